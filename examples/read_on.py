"""Prints titles, and when it is started again goes on behind the last one it printed.

read_on.py FILE BOOKMARK [COUNT]    COUNT records at most; all that are left without it
"""

import itertools
import sys
from pathlib import Path

import marcd


def main(file: str, bookmark: str, count: str = "") -> None:
    place = Path(bookmark)
    position = place.read_text() if place.exists() else None
    with marcd.read(file, position=position) as reader:
        for record in itertools.islice(reader, int(count) if count else None):
            print(record.title)
        if reader.position:
            place.write_text(reader.position)


if __name__ == "__main__":
    main(*sys.argv[1:])
