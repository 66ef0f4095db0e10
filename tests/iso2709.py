"""Writes ISO 2709 records: what the test data are made with.

Of its own, so that no test compares the daemon or the client with themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

FIELD_END = b"\x1e"
RECORD_END = b"\x1d"
SUBFIELD = b"\x1f"

MAX_RECORD_BYTES = 99_999
MAX_FIELD_BYTES = 9_999  # the terminator counts

# A tag and its payload: what stands before the field terminator.
Field = tuple[bytes, bytes]


def data_field(tag: str, indicators: str, *subfields: tuple[str, str]) -> Field:
    """A data field; each subfield is its code and its value."""
    values = "".join(f"\x1f{code}{value}" for code, value in subfields)
    return tag.encode("ascii"), (indicators + values).encode("utf-8")


def control_field(tag: str, text: str) -> Field:
    """A control field."""
    return tag.encode("ascii"), text.encode("utf-8")


def leader(length: int, base: int, *, coding: str = "a", kind: str = "am") -> bytes:
    """A MARC 21 leader; `coding` is position 9, `kind` positions 6 and 7."""
    return f"{length:05}n{kind} {coding}22{base:05} i 4500".encode("ascii")


def encode(fields: Iterable[Field], *, coding: str = "a", kind: str = "am") -> bytes:
    """One record. Raises ValueError for what ISO 2709 cannot hold."""
    directory, data = bytearray(), bytearray()
    for tag, payload in fields:
        size = len(payload) + 1
        if size > MAX_FIELD_BYTES:
            raise ValueError(f"field {tag!r} of {size} bytes: at most {MAX_FIELD_BYTES}")
        directory += b"%s%04d%05d" % (tag, size, len(data))
        data += payload + FIELD_END
    base = 24 + len(directory) + 1
    length = base + len(data) + 1
    if length > MAX_RECORD_BYTES:
        raise ValueError(f"record of {length} bytes: at most {MAX_RECORD_BYTES}")
    head = leader(length, base, coding=coding, kind=kind)
    return b"".join((head, directory, FIELD_END, data, RECORD_END))
