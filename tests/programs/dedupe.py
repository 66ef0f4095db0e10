"""Finds records that describe the same book, and merges the subjects into the fullest."""

import re
import sys
import unicodedata
from itertools import groupby
from operator import itemgetter

from pymarc import MARCReader, MARCWriter


def key(record):
    text = unicodedata.normalize("NFKD", (record.title or "") + (record.author or ""))
    return re.sub(r"\W+", "", text.lower())[:40], record.pubyear or ""


# all records are kept: this is a script for small files
records = []
for path in sys.argv[1:]:
    with open(path, "rb") as fh:
        records.extend(r for r in MARCReader(fh, hide_utf8_warnings=True) if r is not None)

keyed = sorted(((key(r), i, r) for i, r in enumerate(records)), key=itemgetter(0, 1))
with open("merged.mrc", "wb") as out:
    writer = MARCWriter(out)
    for k, group in groupby(keyed, key=itemgetter(0)):
        group = [r for _, _, r in group]
        best = max(group, key=lambda r: len(r.fields))
        known = {str(f) for f in best.subjects}
        for other in group:
            for field in other.subjects:
                if other is not best and str(field) not in known:
                    known.add(str(field))
                    best.add_grouped_field(field)
        if len(group) > 1:
            print(len(group), k, [r.get("001") and r["001"].value() for r in group])
        best.fields.sort(key=lambda f: f.tag)
        try:
            writer.write(best)
        except UnicodeEncodeError as e:
            print("not written:", k, e.reason)
print(len(records), "records")
