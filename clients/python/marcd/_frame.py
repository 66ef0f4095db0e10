"""The frame: one record as a flat run of bytes (docs/frame.md).

What is read from a frame is checked when its entries are first walked; an invalid frame
is a `FrameError`, never a wrong field.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Any

from ._accelerated import use
from .constants import SUBFIELD_INDICATOR
from .field import Field, Indicators, RawField, Subfield

VERSION = 1
VERBATIM = 1
UNDECODED = 2
RAW = 4
WITH_SOURCE = 8
CONTROL = 1
ASCII = 2
REPAIRED = 4
_ENTRY_FLAGS = 7

HEAD = struct.Struct("<I24sI")
ENTRY = struct.Struct("<3sBI")
MAX_ENTRIES = 100_000
MAX_PAYLOAD = 64 * 1024 * 1024
LEADER = slice(4, 28)
_CODING_SCHEME = 4 + 9
# The tag of the entry that holds the record's source bytes.
_NO_TAG = b"\0\0\0"
_DELIMITER = SUBFIELD_INDICATOR.encode("ascii")
_UTF8 = ord("a")


class FrameError(ValueError):
    """Bytes that are no frame of version 1."""


use(FrameError=FrameError)


def is_control_tag(tag: str | bytes) -> bool:
    """Whether the tag is a control field's: three digits below 010."""
    return len(tag) == 3 and tag.isdigit() and tag[:2] in ("00", b"00")


def build(leader: bytes, fields: Iterable[tuple[bytes, bytes]], flags: int) -> bytes:
    """The frame of a leader and of (tag, payload) pairs that a decoder has checked."""
    entries = bytearray()
    payloads = bytearray()
    count = 0
    for tag, payload in fields:
        payloads += payload
        entry_flags = (CONTROL if is_control_tag(tag) else 0) | (ASCII if payload.isascii() else 0)
        entries += ENTRY.pack(tag, entry_flags, len(payloads))
        count += 1
    return HEAD.pack(flags, leader, count) + bytes(entries) + bytes(payloads)


def undecoded(source: bytes) -> bytes:
    """The frame of a record that is to be decoded by whoever reads it."""
    entry = ENTRY.pack(_NO_TAG, 0, len(source))
    return HEAD.pack(UNDECODED, b" " * 24, 1) + entry + source


def _entries_end(frame: bytes) -> int:
    """Where the entries end and the payloads begin."""
    if len(frame) < HEAD.size:
        raise FrameError(f"Frame of {len(frame)} bytes is shorter than its head of {HEAD.size}")
    flags, _, count = HEAD.unpack_from(frame)
    end: int = HEAD.size + ENTRY.size * count
    if count > MAX_ENTRIES or end > len(frame):
        raise FrameError(f"Frame of {len(frame)} bytes cannot have {count} entries")
    if len(frame) - end > MAX_PAYLOAD:
        raise FrameError(f"Frame has {len(frame) - end} bytes of payloads, over {MAX_PAYLOAD}")
    if flags & ~(VERBATIM | UNDECODED | RAW | WITH_SOURCE):
        raise FrameError(f"Frame has unknown record flags: {flags:#x}")
    if flags & UNDECODED and count != 1:
        raise FrameError(f"Frame is undecoded and has {count} entries, not one")
    if flags & WITH_SOURCE and (count == 0 or flags & UNDECODED):
        raise FrameError("Frame has no entry for its source bytes")
    return end


def entries(frame: bytes) -> Iterator[tuple[bytes, int, int, int]]:
    """Each entry's tag, flags, and where its payload begins and ends in the frame.

    The entry of source bytes, under the tag of three NULs, is among them.
    """
    base = start = _entries_end(frame)
    for tag, flags, end in ENTRY.iter_unpack(frame[HEAD.size : base]):
        end += base
        if end < start or end > len(frame):
            raise FrameError(f"Frame's entry {tag!r} ends at {end}, outside {start}-{len(frame)}")
        if flags > _ENTRY_FLAGS:
            raise FrameError(f"Frame's entry {tag!r} has unknown flags: {flags:#x}")
        yield tag, flags, start, end
        start = end
    if start != len(frame):
        raise FrameError(f"Frame has {len(frame) - start} bytes after its last payload")


class _Tags(dict[bytes, str]):
    """The text of every tag met: tags are few, and equal ones are to be one object."""

    def __missing__(self, tag: bytes) -> str:
        text = self[tag] = tag.decode("ascii")
        return text


_tags = _Tags()


def without_source(frame: bytes) -> bytes:
    """The frame less the entry of source bytes."""
    fields = [(tag, frame[start:end]) for tag, _, start, end in entries(frame) if tag != _NO_TAG]
    return build(frame[LEADER], fields, frame[0] & ~WITH_SOURCE)


def _raw_field(tag: bytes, payload: bytes) -> Field:
    """The field of an entry of a raw frame."""
    if is_control_tag(tag):
        data: Any = payload
        return RawField(_tags[tag], data=data)
    indicators, *parts = payload.split(_DELIMITER)
    if len(indicators) != 2 or not all(parts):
        raise FrameError(f"Frame's field {tag!r} lacks an indicator or a subfield code")
    values: list[Any] = [part[1:] for part in parts]
    subfields = [Subfield(chr(part[0]), value) for part, value in zip(parts, values)]
    return RawField(_tags[tag], Indicators(*indicators.decode("ascii")), subfields)


def make_fields(frame: bytes, made: dict[int, Field] | None = None) -> list[Field]:
    """The fields, in order; those in `made`, by their places, are taken as they are."""
    if frame[0] & WITH_SOURCE:
        frame = without_source(frame)
    if frame[0] & UNDECODED:
        raise FrameError("Frame holds no fields: its record is undecoded")
    if frame[0] & RAW:
        fields = [_raw_field(tag, frame[start:end]) for tag, _, start, end in entries(frame)]
        return _in_places(fields, made)
    base = _entries_end(frame)
    payloads = frame[base:]
    # In ASCII, places in the bytes are places in the text, and a slice of text is cheaper.
    text = payloads.decode("ascii") if payloads.isascii() else None
    fields = []
    start = 0
    new = Field.__new__
    for tag, flags, end in ENTRY.iter_unpack(frame[HEAD.size : base]):
        if end < start or flags > _ENTRY_FLAGS:
            raise FrameError(f"Frame's entry {tag!r} ends before it begins or has unknown flags")
        value = payloads[start:end].decode("utf-8") if text is None else text[start:end]
        # As make_field does: a call for each would take a tenth of the time of a whole read.
        field = new(Field)
        field.tag = _tags[tag]
        if flags & CONTROL:
            field.control_field = True
            field.data = value
            field._payload = field._indicators = None
            field._subfields = []
        else:  # _indicators and _subfields are set when the payload is parsed
            field.control_field = False
            field.data = None
            field._payload = value
        fields.append(field)
        start = end
    if base + start != len(frame):
        raise FrameError(f"Frame's payloads end at {base + start}, the frame at {len(frame)}")
    return _in_places(fields, made)


use(make_raw_fields=make_fields)


def _in_places(fields: list[Field], made: dict[int, Field] | None) -> list[Field]:
    if made:
        for place, field in made.items():
            fields[place] = field
    return fields


def find(frame: bytes, tag: str, place: int = 0) -> int:
    """The place of the first field with the tag, from `place` on; -1 when there is none."""
    if len(tag) != 3 or not tag.isascii() or tag == "\0\0\0":
        return -1
    base = _entries_end(frame)
    wanted = tag.encode("ascii")
    at = frame.find(wanted, HEAD.size + ENTRY.size * place, base)
    while at >= 0 and (at - HEAD.size) % ENTRY.size:
        at = frame.find(wanted, at + 1, base)
    return -1 if at < 0 else (at - HEAD.size) // ENTRY.size


def tag_at(frame: bytes, place: int) -> str:
    """The tag of the field at a place that `find` gave."""
    at = HEAD.size + ENTRY.size * place
    return _tags[frame[at : at + 3]]


def make_field(frame: bytes, place: int) -> Field:
    """The field at a place that `find` gave."""
    if frame[0] & UNDECODED:
        raise FrameError("Frame holds no fields: its record is undecoded")
    base = _entries_end(frame)
    at = HEAD.size + ENTRY.size * place
    tag, flags, end = ENTRY.unpack_from(frame, at)
    start = int.from_bytes(frame[at - 4 : at], "little") if place else 0
    if not start <= end <= len(frame) - base or flags > _ENTRY_FLAGS:
        raise FrameError(f"Frame's entry {tag!r} lies at {start}-{end} of {len(frame) - base}")
    payload = frame[base + start : base + end]
    if frame[0] & RAW:
        return _raw_field(tag, payload)
    field = Field.__new__(Field)
    field.tag = _tags[tag]
    field.control_field = bool(flags & CONTROL)
    field._subfields = []
    field._indicators = field._payload = field.data = None
    if flags & CONTROL:
        field.data = payload.decode("utf-8")
    else:
        field._payload = payload.decode("utf-8")
    return field


def _write(frame: bytes, leader: bytes | None) -> bytes:
    """ISO 2709 of the frame's fields; a leader of None is made of the frame's own."""
    directory = bytearray()
    payloads = []
    position = 0
    for tag, _, start, end in entries(frame):
        if tag == _NO_TAG:
            continue
        length = end - start + 1
        directory += b"%b%04d%05d" % (tag, length, position)
        payloads.append(frame[start:end])
        position += length
    payloads.append(b"\x1d")
    directory += b"\x1e"
    if leader is None:
        base = len(directory) + 24
        own = frame[LEADER]
        leader = b"%05d%b%05d%b" % (base + position + 1, own[5:12], base, own[17:])
    return b"".join([leader, directory, b"\x1e".join(payloads)])


def is_utf8(frame: bytes) -> bool:
    """Whether the leader says that the record is UTF-8."""
    return frame[_CODING_SCHEME] == _UTF8


def is_raw(frame: bytes) -> bool:
    """Whether its text is the source's bytes, not decoded."""
    return bool(frame[0] & RAW)


def as_marc(frame: bytes) -> bytes:
    """ISO 2709 with lengths made anew and the leader otherwise as it stands."""
    return _write(frame, None)


def source(frame: bytes) -> bytes | None:
    """The source's very bytes; None when they cannot be had from the frame."""
    if frame[0] & (UNDECODED | WITH_SOURCE):
        *_, (_, _, start, end) = entries(frame)
        return frame[start:end]
    return _write(frame, frame[LEADER]) if frame[0] & VERBATIM else None
