"""Counts with map_records, the functional way."""

import functools
import sys

import pymarc


class Statistics:
    def __init__(self):
        self.records = self.fields = self.none = 0
        self.longest = ""

    def __call__(self, record):
        if record is None:
            self.none += 1
            return
        self.records += 1
        self.fields += len(record.get_fields())
        self.longest = max(self.longest, record.title or "", key=len)


stats = Statistics()
handles = [open(path, "rb") for path in sys.argv[1:]]
pymarc.map_records(stats, *handles)
for handle in handles:
    print(handle.tell(), handle.closed)
print(vars(stats))

# and once more with a lambda and reduce
lengths = []
with open(sys.argv[1], "rb") as fh:
    pymarc.map_records(lambda r: lengths.append(int(r.leader[:5]) if r else 0), fh)
print(functools.reduce(lambda a, b: a + b, lengths, 0), lengths[:10])
