"""Packs files into one .mrc.gz, then splits it into parts of 500 records."""

import gzip
import shutil
import sys

import pymarc

SIZE = 500

with gzip.GzipFile("all.mrc.gz", "wb", mtime=0) as packed:
    for path in sys.argv[1:]:
        with open(path, "rb") as plain:
            shutil.copyfileobj(plain, packed)

part = 0
writer = None
with gzip.open("all.mrc.gz", "rb") as fh:
    for n, record in enumerate(pymarc.MARCReader(fh, force_utf8=True, utf8_handling="replace")):
        if n % SIZE == 0:
            if writer:
                writer.close()
            part += 1
            writer = pymarc.MARCWriter(open("part%03d.mrc" % part, "wb"))
        if record is None:
            print("record", n, "of part", part, "left out")
            continue
        writer.write(record)
if writer:
    writer.close()
print(part, "parts of", n + 1, "records")
