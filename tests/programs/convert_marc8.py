#!/usr/bin/env python3
# old conversion script: whatever comes in goes out as UTF-8
from pymarc import *
import sys, unicodedata


def nfc(record):
    for field in record.get_fields():
        if field.control_field:
            field.data = unicodedata.normalize("NFC", field.data)
        else:
            field.subfields = [
                Subfield(code=s.code, value=unicodedata.normalize("NFC", s.value))
                for s in field.subfields
            ]
    return record


options = [
    dict(),
    dict(to_unicode=True, force_utf8=True, utf8_handling="replace"),
    dict(file_encoding="cp1252"),
    dict(hide_utf8_warnings=True, utf8_handling="ignore"),
    dict(file_encoding="cp1251", to_unicode=True),
]
for path in sys.argv[1:]:
    for i, option in enumerate(options):
        out = MARCWriter(open("%d.mrc" % i, "ab"))
        reader = MARCReader(open(path, "rb"), **option)
        good = bad = 0
        for record in reader:
            if record is None:
                bad = bad + 1
                continue
            before = record.leader[9]
            try:
                out.write(nfc(record))
            except UnicodeError as e:
                print("   ", e.reason, ascii(record.title))
                continue
            good = good + 1
        out.close()
        print(path.split("/")[-1], option, good, bad, repr(before) if good else None)

for text in (
    b"caf\xe2e",
    b"\x1b(NmOSKWA\x1b(B",
    b"H\x1bb2\x1bsO",
    b"plain",
    b"\xc3\xa9",
    b"\x1b$1!0!",
):
    try:
        print(ascii(marc8_to_unicode(text)))
    except UnicodeDecodeError as e:
        print(e)
