"""MARC to the text that MarcEdit edits, and back."""

import sys

from pymarc import MARCMakerReader, MARCReader, MARCWriter, TextWriter

mrk = TextWriter(open("all.mrk", "wt", encoding="utf-8", errors="surrogateescape"))
for path in sys.argv[1:]:
    with open(path, "rb") as fh:
        for number, record in enumerate(MARCReader(fh)):
            if record is None:
                continue
            mrk.write(record)
            if number < 2:
                print(record)
                print("%s %r" % (record.leader, [str(f) for f in record.get_fields("008", "245")]))
mrk.close()

written = open("again.mrc", "wb")
out = MARCWriter(written)
n = 0
try:
    for record in MARCMakerReader("all.mrk"):
        n += 1
        try:
            out.write(record)
        except Exception as e:
            print("record", n, type(e).__name__, e)
except Exception as e:
    print("stopped after", n, type(e).__name__, e)
written.close()
print(n)

text = "=LDR  00000nam  2200000 a 4500\n=001  x1\n=245  10$aA title :$bmore\\$cN.N.\n\n=LDR  x\n"
try:
    for record in MARCMakerReader(text):
        print(record.as_dict())
except Exception as e:
    print(type(e).__name__, e)
