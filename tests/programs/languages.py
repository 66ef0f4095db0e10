#!/usr/bin/env python3
# How many records there are of each language (008/35-37), and of each 041 $a.
from collections import Counter
from sys import argv

import pymarc

fixed, coded, types = Counter(), Counter(), Counter()
for name in argv[1:]:
    for rec in pymarc.MARCReader(open(name, "rb")):
        if not rec:
            fixed["unreadable"] += 1
            continue
        f008 = rec.get("008")
        fixed[f008.data[35:38] if f008 else "no 008"] += 1
        types[rec.leader[6:8]] += 1
        for f in rec.get_fields("041"):
            for code in f.get_subfields("a", "d"):
                # old records run the codes together
                coded.update(code[i : i + 3] for i in range(0, len(code), 3))

for title, counter in (("008/35-37", fixed), ("041", coded), ("leader/06-07", types)):
    print(title)
    for code, n in sorted(counter.items(), key=lambda item: (-item[1], item[0])):
        print("%6d  %r" % (n, code))
