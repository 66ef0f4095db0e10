"""Where the records of an ISO 2709 source begin and end, when all of it is in memory.

The rule is the daemon's (core/framing/iso2709_framer.h says it in words); a test
compares the two over damaged files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_FILLER = re.compile(rb"[\n\r \0\x1a]+")
_LINE_ENDS = re.compile(rb"[\n\r]*")
_DIGITS = re.compile(rb"[0-9]{5}")
_OVERLAPPING_DIGITS = re.compile(rb"(?=([0-9]{5}))")
_LEADER = 24
# A leader, the directory's terminator and the record's.
_SHORTEST = _LEADER + 2

BETWEEN = "BYTES_BETWEEN_RECORDS"
NO_RECORD = "NOT_A_RECORD"


class Piece(NamedTuple):
    """A stretch of the source: a record, or a gap; and what is wrong with it, if anything."""

    is_record: bool
    offset: int
    length: int
    reason: str = ""


def _number(data: bytes, at: int) -> int:
    """The five digits at a place; -1 when there are none."""
    return int(data[at : at + 5]) if _DIGITS.match(data, at) else -1


def _has_leader(data: bytes, at: int) -> bool:
    if len(data) - at < _LEADER:
        return False
    return _number(data, at) >= _SHORTEST and _number(data, at + 12) > _LEADER


def _has_agreeing_leader(data: bytes, at: int) -> bool:
    """Whether a leader stands there, line ends apart, that nothing in view contradicts."""
    match = _LINE_ENDS.match(data, at)
    at = match.end() if match else at
    if not _has_leader(data, at):
        return False
    end = at + _number(data, at)
    return end > len(data) or data[end - 1] == 0x1D


def _leader_of(data: bytes, at: int, end: int) -> int:
    """The first place after `at` where a leader declares exactly `end`; -1 if none does."""
    for match in _OVERLAPPING_DIGITS.finditer(data, at + 1, end):
        start = match.start()
        if start + _SHORTEST > end:
            break
        if start + int(match[1]) == end and _has_leader(data, start):
            return start
    return -1


def _unterminated(data: bytes, at: int) -> Piece:
    """The rest of the source, in which no terminator is."""
    size = len(data) - at
    start = data[at : at + 5]
    if size < _LEADER and (start.isdigit() or not start):
        return Piece(True, at, size, "TRUNCATED_LEADER")
    if _has_leader(data, at):
        length = _number(data, at)
        if length == size or (length < size and _has_leader(data, at + length)):
            return Piece(True, at, length, "MISSING_TERMINATOR")
        return Piece(True, at, size, "TRUNCATED_RECORD" if length > size else "MISSING_TERMINATOR")
    for match in _OVERLAPPING_DIGITS.finditer(data, at + 1):
        if _has_leader(data, match.start()):
            return Piece(False, at, match.start() - at, NO_RECORD)
    return Piece(False, at, size, NO_RECORD)


def _resolve(data: bytes, at: int, declared: int) -> Piece:
    """The piece at a place where length and terminator do not agree at first sight."""
    terminator = data.find(b"\x1d", at)
    if terminator < 0:
        return _unterminated(data, at)
    end = terminator + 1
    length = declared if declared >= _SHORTEST else 0
    in_view = 0 < length <= len(data) - at
    if in_view and data[at + length - 1] == 0x1D and not _has_agreeing_leader(data, end):
        return Piece(True, at, length)  # the earlier terminator is inside a field
    if in_view and at + length < end and _has_leader(data, at + length):
        return Piece(True, at, length, "MISSING_TERMINATOR")
    following = _leader_of(data, at, end)
    if following > 0:
        if _has_leader(data, at) and following - at >= _SHORTEST:
            return Piece(True, at, following - at, "MISSING_TERMINATOR")
        return Piece(False, at, following - at, NO_RECORD)
    if end - at < _SHORTEST:
        return Piece(False, at, end - at, NO_RECORD)
    if declared < 0:
        return Piece(True, at, end - at, "LENGTH_NOT_DIGITS")
    return Piece(
        True, at, end - at, "LENGTH_TOO_SMALL" if declared < _LEADER else "LENGTH_MISMATCH"
    )


def _look(data: bytes, at: int) -> Piece:
    declared = _number(data, at)
    if declared >= _SHORTEST:
        if data.find(b"\x1d", at) == at + declared - 1:
            return Piece(True, at, declared)
    elif filler := _FILLER.match(data, at):
        return Piece(False, at, filler.end() - at, BETWEEN)
    return _resolve(data, at, declared)


def pieces(data: bytes) -> Iterator[Piece]:
    """All of the source in pieces end to end; neighbouring gaps of one reason are one."""
    at = 0
    gap: Piece | None = None
    while at < len(data):
        piece = _look(data, at)
        at += piece.length
        if gap and not piece.is_record and gap.reason == piece.reason:
            gap = gap._replace(length=gap.length + piece.length)
            continue
        if gap:
            yield gap
        gap = None if piece.is_record else piece
        if piece.is_record:
            yield piece
    if gap:
        yield gap


def describe(reason: str, record: bytes, offset: int) -> str:
    """A sentence about a damaged record, for the reasons that framing gives."""
    declared = _number(record, 0)
    head = record[:5]
    shown = "".join(chr(b) if 0x20 <= b <= 0x7E else "." for b in head)
    size = len(record)
    return {
        "LENGTH_NOT_DIGITS": "Invalid MARC record length: expected 5 ASCII digits at offset"
        f" {offset}, got '{shown}' (hex: {head.hex()})",
        "TRUNCATED_LEADER": f"Unexpected EOF: expected 24-byte MARC header, got only {size} bytes"
        f" at offset {offset}",
        "TRUNCATED_RECORD": f"Unexpected EOF: record declares {declared} bytes but only {size}"
        f" bytes available at offset {offset}",
        "MISSING_TERMINATOR": f"MARC record missing terminator (0x1D) at offset {offset}",
        "LENGTH_TOO_SMALL": f"MARC record too short: {declared} bytes (minimum 24) at offset"
        f" {offset}",
        "LENGTH_MISMATCH": f"MARC record declares {declared} bytes but ends after {size} at"
        f" offset {offset}",
    }[reason]
