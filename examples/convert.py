"""Writes the records of a file into another one, in the format that its name tells.

convert.py FILE TARGET    for instance records.mrc records.xml

A damaged record is mended. What was mended and what TARGET cannot hold as it is goes to standard
error. TARGET is there, whole, at the end, or what was there before still is.
"""

import sys

import marcd


def main(file: str, target: str) -> None:
    with marcd.read(file) as reader:
        done = marcd.write(reader, target)
    for finding in [*reader.diagnostics, *done.diagnostics]:
        print(f"record {finding.ordinal}: {finding.message}", file=sys.stderr)
    print(f"{done.records:,} records, {done.size:,} bytes: {target}")


if __name__ == "__main__":
    main(*sys.argv[1:])
