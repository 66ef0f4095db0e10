"""Consecutive records of a source, with everything said of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import _frame, _framing, codec
from .exceptions import RecordError
from .record import Record

_new = object.__new__
_DISPOSITIONS = ("UNSPECIFIED", "NOTED", "REPAIRED", "SKIPPED")
_GAP_MESSAGES = {
    _framing.BETWEEN: "Newlines, blanks, NULs or other filler stand where a record should begin.",
    _framing.NO_RECORD: "Bytes that are no record: no leader begins there and no record can be"
    " made of them.",
}


class Diagnostic(NamedTuple):
    """A finding about one record; docs/diagnostics.md lists the reasons."""

    reason: str
    disposition: str  # NOTED, REPAIRED or SKIPPED
    ordinal: int
    offset: int
    length: int
    tag: str
    message: str

    def as_error(self) -> RecordError:
        """The exception that stands for it."""
        return RecordError(
            self.reason,
            self.message,
            tag=self.tag,
            ordinal=self.ordinal,
            offset=self.offset,
            length=self.length,
        )


class Gap(NamedTuple):
    """Bytes of the source that belong to no record."""

    offset: int
    length: int
    reason: str
    message: str


class Batch(NamedTuple):
    """Records as frames end to end, and arrays with an element for each."""

    data: bytes
    frame_lengths: list[int]
    ordinals: list[int]
    offsets: list[int]
    lengths: list[int]
    diagnostics: list[Diagnostic]
    gaps: list[Gap]
    # From where, and with which ordinal, a later read would go on.
    next_offset: int
    next_ordinal: int

    def records(self) -> list[Record]:
        """The records, each with its own copy of its bytes."""
        data = self.data
        records = []
        start = 0
        for size, ordinal, offset, length in zip(
            self.frame_lengths, self.ordinals, self.offsets, self.lengths
        ):
            end = start + size
            record: Record = _new(Record)
            record._frame = data[start:end]
            record._fields = record._made = record._leader = None
            record._position = 0
            record.to_unicode = True
            record.force_utf8 = False
            record.ordinal = ordinal
            record.offset = offset
            record.length = length
            records.append(record)
            start = end
        return records

    def skipped(self) -> list[RecordError]:
        """The records left out, one error each, in the order of the source."""
        return [d.as_error() for d in self.diagnostics if d.disposition == "SKIPPED"]

    def items(self) -> list[Record | RecordError]:
        """Records and errors in the places of skipped ones, in the order of the source."""
        records: list[Record | RecordError] = [*self.records()]
        if self.diagnostics and (skipped := self.skipped()):
            records = sorted([*records, *skipped], key=lambda item: item.ordinal or 0)
        return records


def _check(batch: Any, data: bytes, lengths: list[int], count: int) -> None:
    """ValueError unless the arrays of a message fit its frames."""
    if data and batch.frame_version != _frame.VERSION:
        raise ValueError(
            f"The daemon sends frames of version {batch.frame_version}; this package reads"
            f" version {_frame.VERSION}: upgrade one of the two"
        )
    if sum(lengths) != len(data) or count != len(lengths):
        raise ValueError(
            f"The daemon sent a batch that does not add up: {len(lengths)} frames of"
            f" {sum(lengths)} bytes, {len(data)} bytes of data, {count} ordinals"
        )


def from_message(response: Any) -> Batch:
    """The batch of a ReadRecordsResponse or ParseRecordsResponse."""
    batch = response.batch
    data = batch.data
    lengths = list(batch.frame_lengths)
    ordinals = list(batch.ordinals)
    offsets = list(batch.offsets)
    source_lengths = list(batch.lengths)
    _check(batch, data, lengths, min(len(ordinals), len(offsets), len(source_lengths)))
    return Batch(
        data,
        lengths,
        ordinals,
        offsets,
        source_lengths,
        [
            Diagnostic(
                d.reason,
                _DISPOSITIONS[d.disposition] if d.disposition < len(_DISPOSITIONS) else "",
                d.ordinal,
                d.offset,
                d.length,
                d.tag,
                d.message,
            )
            for d in batch.diagnostics
        ],
        [Gap(g.offset, g.length, g.reason, g.message) for g in batch.gaps],
        response.next_offset,
        response.next_ordinal,
    )


def decode(data: bytes, begin: int = 0, ordinal: int = 0) -> Batch:
    """The batch of the rest of a source, by the codec; it lies at `begin` of the source."""
    frames: list[bytes] = []
    ordinals: list[int] = []
    offsets: list[int] = []
    lengths: list[int] = []
    diagnostics: list[Diagnostic] = []
    gaps: list[Gap] = []
    for is_record, at, length, reason in _framing.pieces(data):
        offset = begin + at
        if not is_record:
            gaps.append(Gap(offset, length, reason, _GAP_MESSAGES[reason]))
            continue
        source = data[at : at + length]
        if reason:
            message = _framing.describe(reason, source, offset)
            frame: bytes | RecordError = RecordError(reason, message)
        else:
            frame = codec.decode(source)
        if isinstance(frame, bytes):
            frames.append(frame)
            ordinals.append(ordinal)
            offsets.append(offset)
            lengths.append(length)
        else:
            where = (ordinal, offset, length)
            diagnostics.append(
                Diagnostic(frame.reason, "SKIPPED", *where, frame.tag, frame.message)
            )
        ordinal += 1
    return Batch(
        b"".join(frames),
        list(map(len, frames)),
        ordinals,
        offsets,
        lengths,
        diagnostics,
        gaps,
        begin + len(data),
        ordinal,
    )
