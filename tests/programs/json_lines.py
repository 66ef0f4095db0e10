"""Records as JSON lines and as one array, then read again from both."""

import json
import sys

import pymarc
from pymarc import JSONReader, JSONWriter, MARCReader

array = JSONWriter(open("records.json", "w"))
with open("records.jsonl", "w", encoding="utf-8", errors="surrogateescape") as lines:
    for path in sys.argv[1:]:
        with open(path, "rb") as fh:
            for record in MARCReader(fh, hide_utf8_warnings=True):
                if record is None:
                    continue
                lines.write(record.as_json(ensure_ascii=False) + "\n")
                array.write(record)
array.close()

first = None
with open("records.jsonl", encoding="utf-8", errors="surrogateescape") as lines:
    for line, record in zip(lines, JSONReader("records.json")):
        if json.loads(line) != record.as_dict():
            print("changed on the way:", record.title)
        first = first or record

if first is None:
    sys.exit("no record could be read")

print(first.as_json(indent=2, sort_keys=True))
for n, record in enumerate(pymarc.parse_json_to_array(open("records.json", "rb"))):
    if n < 3:
        print(record["245"] if "245" in record else record.fields[:1])
        print(len(record.as_marc()), [f.tag for f in record])
print(n + 1)
