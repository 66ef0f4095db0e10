"""Says of each record that had to be mended, and of bytes of no record, where and why.

what_is_wrong.py FILE
"""

import sys

import marcd


def main(file: str) -> None:
    with marcd.read(file) as reader:
        for record in reader:
            source = record.source
            for found in record.diagnostics:
                print(f"record {source.ordinal}, byte {source.offset}: {found.message}")
        for gap in reader.gaps:
            print(f"{gap.length} bytes at {gap.offset} belong to no record: {gap.message}")


if __name__ == "__main__":
    main(*sys.argv[1:])
