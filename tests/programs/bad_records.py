"""Splits a file into what can be read and what cannot, with a report of the bad ones."""

import sys
import warnings

from pymarc import MARCReader, exceptions as exc

warnings.simplefilter("always")
good = open("good.mrc", "wb")
bad = open("bad.mrc", "wb")

for path in sys.argv[1:]:
    print("==", path.split("/")[-1])
    with open(path, "rb") as fh:
        reader = MARCReader(fh, permissive=True, to_unicode=True, utf8_handling="strict")
        offset = 0
        for i, record in enumerate(reader):
            chunk = reader.current_chunk
            if record:
                good.write(record.as_marc())
                assert reader.current_exception is None
            elif isinstance(reader.current_exception, exc.FatalReaderError):
                # data file format error: the reader will stop now
                print("FATAL", i, offset, type(reader.current_exception).__name__)
                print("     ", reader.current_exception, chunk[:30])
                bad.write(chunk)
            else:
                # fix the record data, skip or stop reading:
                err = reader.current_exception
                print("BAD  ", i, offset, type(err).__name__, err)
                print("     ", len(chunk), chunk[:24], chunk[-3:])
                bad.write(chunk)
            offset += len(chunk)
        print("position", fh.tell(), "of", fh.seek(0, 2), "sum", offset)

good.close()
bad.close()
