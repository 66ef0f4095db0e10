"""Records as they come out of a web API or a database: bytes, one by one or glued."""

import io
import sys
from pathlib import Path

import pymarc
from pymarc import Record, MARCReader

for name in sys.argv[1:]:
    blob = Path(name).read_bytes()
    print(Path(name).name, len(blob))

    # the whole of it
    titles = [r.title if r else None for r in MARCReader(blob)]
    print(len(titles), titles[:3])

    # glued with what another call gave
    handle = io.BytesIO(blob + blob[:3000])
    reader = MARCReader(handle)
    read = sum(1 for r in reader if r is not None)
    print(read, handle.tell(), type(reader.current_exception).__name__)
    reader.close()
    print(handle.closed)

    # cut at the record terminator, as one does when the lengths cannot be trusted
    for piece in blob.split(b"\x1d")[:20]:
        piece = piece.lstrip(b"\r\n") + b"\x1d"
        try:
            record = Record(data=piece)
        except pymarc.PymarcException as e:
            print("  ", type(e).__name__, e)
            continue
        except (UnicodeError, ValueError) as e:
            print("  ", type(e).__name__)
            continue
        again = Record(data=record.as_marc(), to_unicode=True, force_utf8=True)
        same = again.as_dict() == record.as_dict()
        print("  ", record.leader, same, again.pos, len(again.as_marc()))
