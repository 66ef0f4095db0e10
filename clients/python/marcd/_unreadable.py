"""Whether what a writer writes can be read back: None, or a sentence that says why not."""

from __future__ import annotations

import re
from typing import Any

from .field import Field, RawField
from .record import Record

# The most that five and four digits can say.
_RECORD_LIMIT = 99_999
_FIELD_LIMIT = 9_999
_FIELD_TERMINATOR = b"\x1e"
_RECORD_TERMINATOR = b"\x1d"
_TERMINATORS = re.compile(b"[\x1d\x1e]")
# XML has no way to write these, nor U+FFFE, U+FFFF and halves of surrogate pairs.
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
illegal_xml = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#5[5-7]\d{3};")


def marc_problem(data: bytes, record: Record) -> str | None:
    """Of the bytes that are the record in ISO 2709, if it has room for it."""
    # An entry of the directory has 12 bytes, and more for a field that is too long: all
    # behind it is then displaced. Of 12 such fields the record is too long itself.
    base = int(data[12:17]) if data[12:17].isdigit() else 0
    sound = base % 12 == 1 and data[base - 1 : base] == _FIELD_TERMINATOR
    if len(data) > _RECORD_LIMIT:
        what = f"has {len(data):,} bytes, and ISO 2709 has room for {_RECORD_LIMIT:,}"
        lost = "it and the records behind it"
    elif not sound:
        what = _misfit(record)
        lost = "it"
    elif _has_stray_terminator(data, base):
        what = _stray_terminator(record)
        lost = "it as it is"
    else:
        return None
    return f"{name_of(record)} {what}: most programs will not read {lost}. Write MARCXML or JSON"


def marc_of(field: Field) -> bytes:
    """The bytes that a field has in its record's."""
    return field.as_marc() if isinstance(field, RawField) else field.as_marc("utf-8")


def _has_stray_terminator(data: bytes, base: int) -> bool:
    """Whether a text holds what ends a field or a record."""
    entries = base // 12 - 2
    ends = data.count(_FIELD_TERMINATOR)
    return ends != entries + 1 or data.find(_RECORD_TERMINATOR) != len(data) - 1


def _stray_terminator(record: Record) -> str:
    for field in record.fields:
        found = _TERMINATORS.search(marc_of(field)[:-1])
        if found:
            return f"has 0x{found[0][0]:02X} in a field {field.tag}, which ends a field or a record"
    return "has 0x1D or 0x1E in its leader or a tag, which end a field or a record"


def _misfit(record: Record) -> str:
    """What displaces the directory."""
    for field in record.fields:
        if len(field.tag.encode()) > 3:
            return f"has a tag {field.tag!r}, and ISO 2709 has room for three bytes"
        size = len(marc_of(field))
        if size > _FIELD_LIMIT:
            return (
                f"has a field {field.tag} of {size:,} bytes, and ISO 2709 has room for"
                f" {_FIELD_LIMIT:,}"
            )
    return f"has the leader {str(record.leader)!r}, and ISO 2709 wants 24 ASCII characters"


def xml_problem(data: bytes, record: Record) -> str | None:
    """Of the bytes that are the record's XML in UTF-8, if they are well-formed."""
    suspect = len(data.translate(None, _CONTROLS)) < len(data) or b"&#5" in data
    if not suspect and (data.isascii() or b"\xef\xbf" not in data):
        return None
    bad = illegal_xml.search(data.decode())
    if bad is None:
        return None
    return (
        f"{name_of(record)} has {bad[0]!a}, which XML cannot hold: no program will read the"
        " file. Take such characters out, or write ISO 2709 or JSON"
    )


def length_problem(length: int, longest_field: int, record: Record) -> str | None:
    """Of the bytes that the record, and its longest field, would have in ISO 2709."""
    if length > _RECORD_LIMIT:
        what = f"would have {length:,} bytes, and ISO 2709 has room for {_RECORD_LIMIT:,}"
    elif longest_field > _FIELD_LIMIT:
        what = (
            f"would have a field of {longest_field:,} bytes, and ISO 2709 has room for"
            f" {_FIELD_LIMIT:,}"
        )
    else:
        return None
    return f"{name_of(record)} {what}: it is not written"


def name_of(record: Record) -> str:
    """What to call the record in a sentence."""
    field = record.get("001")
    if not field:
        return "A record without 001"
    data: Any = field.data
    if isinstance(data, bytes):  # not decoded
        data = data.decode("utf-8", "replace")
    return f"The record {data!r}"
