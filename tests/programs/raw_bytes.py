"""Looks at the bytes as they stand in the file: which fields are not ASCII, and not UTF-8."""

import collections
import sys

from pymarc import MARCReader, RawField, marc8_to_unicode

for path in sys.argv[1:]:
    suspects = collections.Counter()
    out = open("copy.mrc", "ab")
    reader = MARCReader(open(path, "rb"), to_unicode=False)
    for n, record in enumerate(reader):
        if record is None:
            print(n, type(reader.current_exception).__name__, reader.current_exception)
            continue
        for field in record.fields:
            values = (
                [field.data] if field.is_control_field() else [s.value for s in field.subfields]
            )
            for value in values:
                if value.isascii():
                    continue
                try:
                    value.decode("utf-8")
                    suspects[field.tag, "utf-8"] += 1
                except UnicodeDecodeError:
                    suspects[field.tag, "other"] += 1
                    if b"\x1b" not in value:
                        print("   ", repr(marc8_to_unicode(value, hide_utf8_warnings=True))[:60])
        if n < 3:
            print([type(f) is RawField for f in record.fields[:2]], record.get("001") is not None)
            print(record.get_fields("245")[:1] and record["245"].get_subfields("a"))
        try:
            out.write(record.as_marc())
        except Exception as e:
            print(n, "cannot be written:", type(e).__name__, e)
    out.close()
    print(path.split("/")[-1], sorted(suspects.items()))
