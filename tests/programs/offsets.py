"""Indexes a file by the handle's position, looks records up, and reads on after a break."""

import random
import sys

from pymarc import MARCReader

for path in sys.argv[1:]:
    index = []
    with open(path, "rb") as fh:
        reader = MARCReader(fh)
        start = fh.tell()
        for record in reader:
            index.append(
                (start, fh.tell(), record["001"].data if record and "001" in record else None)
            )
            start = fh.tell()
        print(path.split("/")[-1], len(index), index[:3], index[-1:], fh.tell())

        # look some up again, in no order
        for start, end, number in random.Random(1).sample(index, min(10, len(index))):
            fh.seek(start)
            record = next(MARCReader(fh))
            print(number, record.title if record else record, fh.tell() == end)

        if len(index) < 4:
            continue
        # a break, a line of our own, then go on
        fh.seek(0)
        reader = MARCReader(fh)
        for n, record in enumerate(reader):
            if n == 2:
                break
        print("after the break:", fh.tell(), fh.read(5), fh.tell())
        fh.seek(-5, 1)
        print("left:", sum(1 for _ in reader), fh.tell())

        # the same reader over the first record again
        fh.seek(0)
        reader = MARCReader(fh)
        first = next(reader)
        fh.seek(0)
        second = next(reader)
        print(first is second, str(first) == str(second), len(reader.current_chunk or b""))
