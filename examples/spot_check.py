"""Shows the first few records of every so many, to look a large file over.

spot_check.py FILE [EVERY [FEW]]
"""

import sys

import marcd


def main(file: str, every: str = "10000", few: str = "3") -> None:
    passed = max(int(every) - int(few), 0)
    with marcd.MARCReader(file) as reader:
        while records := reader.read_batch(int(few)):
            for record in records:
                print(record if record is not None else "a record that cannot be read\n")
            reader.skip(passed)  # makes no objects


if __name__ == "__main__":
    main(*sys.argv[1:])
