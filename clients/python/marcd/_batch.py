"""Consecutive records of a source, with everything said of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import _frame, _framing, codec
from ._findings import Diagnostic, Gap
from ._options import ReadOptions
from .record import Record

_new = object.__new__
_DISPOSITIONS = ("UNSPECIFIED", "NOTED", "REPAIRED", "SKIPPED")
PYMARC_STOP = "PYMARC_STOP"
_STOP_MESSAGE = "Bytes that pymarc does not read: it stops at the record before them."


class Undecoded(NamedTuple):
    """A record that is to be decoded here, as late as it is given to the program."""

    frame: bytes
    ordinal: int
    offset: int
    length: int
    diagnostics: tuple[Diagnostic, ...] = ()


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

    def records(
        self, kind: type[Record] = Record, to_unicode: bool = True, force_utf8: bool = False
    ) -> list[Any]:
        """The records, of class `kind` and each with its own copy of its bytes.

        In the places of those that the daemon did not decode and should be, an Undecoded.
        """
        data = self.data
        not_decoded = _frame.UNDECODED | (_frame.RAW if to_unicode else 0)
        records: list[Any] = []
        start = 0
        for size, ordinal, offset, length in zip(
            self.frame_lengths, self.ordinals, self.offsets, self.lengths
        ):
            end = start + size
            if data[start] & not_decoded:
                records.append(Undecoded(data[start:end], ordinal, offset, length))
                start = end
                continue
            record: Record = _new(kind)
            record._frame = data[start:end]
            record._fields = record._made = record._leader = None
            record.pos = 0
            record.to_unicode = to_unicode
            record.force_utf8 = force_utf8
            record.ordinal = ordinal
            record.offset = offset
            record.length = length
            records.append(record)
            start = end
        if self.diagnostics:
            self._attach(records)
        return records

    def _attach(self, records: list[Any]) -> None:
        """Give each record the diagnostics about it."""
        places = {ordinal: place for place, ordinal in enumerate(self.ordinals)}
        about: dict[int, list[Diagnostic]] = {}
        for diagnostic in self.diagnostics:
            if (place := places.get(diagnostic.ordinal)) is not None:
                about.setdefault(place, []).append(diagnostic)
        for place, diagnostics in about.items():
            record = records[place]
            if isinstance(record, Undecoded):
                records[place] = record._replace(diagnostics=tuple(diagnostics))
            else:
                record._diagnostics = tuple(diagnostics)


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
                dict(d.variables),
                d.source or None,
            )
            for d in batch.diagnostics
        ],
        [Gap(g.offset, g.length, g.reason, g.message) for g in batch.gaps],
        response.next_offset,
        response.next_ordinal,
    )


def decode(data: bytes, begin: int, ordinal: int, options: ReadOptions) -> Batch | None:
    """The batch of the rest of a source, which lies at `begin` of it, without a daemon.

    None where the daemon would find anything to say. In mode pymarc it has every record,
    those that are not clean undecoded.
    """
    if options.mode == "pymarc":
        places = _framing.pymarc_places(data)
    else:
        places = _framing.clean_places(data) if options.is_default() else None
    if places is None:
        return None
    frames = []
    for at, length in places:
        source = data[at : at + length]
        frame = None if options.raw else codec.clean_frame(source)
        if options.mode != "pymarc" and (frame is None or not codec.is_usual(source)):
            return None
        frames.append(frame or _frame.undecoded(source))
    end = sum(places[-1]) if places else 0
    rest = Gap(begin + end, len(data) - end, PYMARC_STOP, _STOP_MESSAGE)
    return Batch(
        b"".join(frames),
        list(map(len, frames)),
        list(range(ordinal, ordinal + len(frames))),
        [begin + at for at, _ in places],
        [length for _, length in places],
        [],
        [rest] if rest.length else [],
        begin + len(data),
        ordinal + len(frames),
    )


def unread(begin: int, end: int, ordinal: int) -> Batch:
    """The batch of bytes that were not read because pymarc would not."""
    gap = Gap(begin, end - begin, PYMARC_STOP, _STOP_MESSAGE)
    return Batch(b"", [], [], [], [], [], [gap], end, ordinal)
