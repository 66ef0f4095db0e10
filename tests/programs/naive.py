"""What a beginner writes: no check for None, no handles closed, subscripts everywhere."""

import sys
import pymarc

n = 0
for path in sys.argv[1:]:
    for record in pymarc.MARCReader(open(path, "rb")):
        print(record["245"]["a"], record["001"].data, record.title)
        for f in record.get_fields("650"):
            print("   ", f["a"])
            f["a"] = f["a"].upper()
        if "100" in record:
            print(record["100"].get_subfields("a", "d"), record["100"].get("e"))
        n = n + 1
print("total", n)
