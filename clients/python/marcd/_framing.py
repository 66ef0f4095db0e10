"""Where the records of a source begin and end, where no rule is needed to tell.

For damaged data the daemon has one (docs/reading.md). Here are what every rule agrees on,
and pymarc's way.
"""

from __future__ import annotations

from . import codec

# A leader, the directory's terminator and the record's.
_SHORTEST = 24 + 2


def _declared(start: bytes) -> int:
    """The length that a record's first five bytes say, in any way that int() can read."""
    try:
        return int(start) if len(start) == 5 else 5
    except ValueError:
        return 5


def pymarc_places(data: bytes) -> list[tuple[int, int]] | None:
    """Offset and length of each record: by its declared length, up to the first fatal one.

    None where pymarc would take all the rest for one record, since the length says so
    (`00000`, `-0001`): that is loss, and the daemon's rule is followed.
    """
    places = []
    at = 0
    while at < len(data):
        length = _declared(data[at : at + 5])
        if length < 5:
            return None
        chunk = data[at : at + length]
        places.append((at, len(chunk)))
        if codec.fatal(chunk) is not None:
            break
        at += length
    return places


def clean_places(data: bytes) -> list[tuple[int, int]] | None:
    """Offset and length of each record, if the lengths lead from 0x1D to 0x1D to the end."""
    places = []
    at = 0
    while at < len(data):
        length = _declared(data[at : at + 5])
        if length < _SHORTEST or data.find(b"\x1d", at) != at + length - 1:
            return None
        places.append((at, length))
        at += length
    return places
