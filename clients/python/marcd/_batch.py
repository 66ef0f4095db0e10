"""Consecutive records of a source, with everything said of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import _frame, _framing, _proto, codec
from ._accelerated import native
from ._findings import Diagnostic, Gap
from ._frames import Frames
from ._options import ReadOptions
from .record import Record

_DISPOSITIONS = ("UNSPECIFIED", "NOTED", "REPAIRED", "SKIPPED")
PYMARC_STOP = "PYMARC_STOP"
_STOP_MESSAGE = "Bytes that pymarc does not read: it stops at the record before them."


class Batch(NamedTuple):
    """Records as frames, and what was found in them and between them."""

    frames: Frames
    diagnostics: list[Diagnostic]
    gaps: list[Gap]
    # From where, and with which ordinal, a later read would go on.
    next_offset: int
    next_ordinal: int

    @property
    def records_end(self) -> int:
        """Where in the source the last record ends; 0 where there is none."""
        frames = self.frames
        return frames.offsets[-1] + frames.lengths[-1] if frames.count else 0

    def begin(
        self,
        kind: type[Record] = Record,
        to_unicode: bool = True,
        force_utf8: bool = False,
        file: str | None = None,
    ) -> Frames:
        """The frames, ready to give records of class `kind`.

        In the places of those that the daemon did not decode and should be, an Undecoded.
        """
        not_decoded = _frame.UNDECODED | (_frame.RAW if to_unicode else 0)
        self.frames.begin(kind, to_unicode, force_utf8, not_decoded, self._by_place(), file)
        return self.frames

    def _by_place(self) -> dict[int, tuple[Diagnostic, ...]] | None:
        """The diagnostics about each record, by its place in the batch."""
        if not self.diagnostics:
            return None
        places = {ordinal: place for place, ordinal in enumerate(self.frames.ordinals)}
        about: dict[int, tuple[Diagnostic, ...]] = {}
        for diagnostic in self.diagnostics:
            place = places.get(diagnostic.ordinal)
            if place is not None:
                about[place] = (*about.get(place, ()), diagnostic)
        return about


class Response(NamedTuple):
    """One response of a stream."""

    batch: Batch
    # Whether it is the last one.
    end: bool
    # The rest is said of files alone.
    token_prefix: str
    file_size: int
    # And this of pushed bytes: what the next request is to bring along.
    state: bytes = b""


class _Kind(NamedTuple):
    """A message of record_service.proto, with the numbers of its fields; 0 is none."""

    name: str
    next_offset: int
    next_ordinal: int
    end: int
    token_prefix: int = 0
    file_size: int = 0
    state: int = 0


_READ = _Kind("ReadRecordsResponse", 2, 3, 4, token_prefix=1, file_size=5)
_PARSE = _Kind("ParseRecordsResponse", 1, 2, 3, state=4)


def _check_version(frames: Frames) -> None:
    if frames.count and frames.version != _frame.VERSION:
        raise ValueError(
            f"The daemon sends frames of version {frames.version}; this package reads"
            f" version {_frame.VERSION}: upgrade one of the two"
        )


def _findings(batch: Any) -> tuple[list[Diagnostic], list[Gap]]:
    """What the RecordBatch says of its records and of the bytes between them."""
    diagnostics = [
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
    ]
    return diagnostics, [Gap(g.offset, g.length, g.reason, g.message) for g in batch.gaps]


def _from_message(data: bytes | memoryview, kind: _Kind) -> Response:
    message = getattr(_proto.record_service_pb2, kind.name).FromString(bytes(data))
    batch = message.batch
    frames = Frames(
        batch.data,
        list(batch.frame_lengths),
        list(batch.ordinals),
        list(batch.offsets),
        list(batch.lengths),
        batch.frame_version,
    )
    return Response(
        Batch(frames, *_findings(batch), message.next_offset, message.next_ordinal),
        message.end,
        message.token_prefix if kind.token_prefix else "",
        message.file_size if kind.file_size else 0,
        message.state if kind.state else b"",
    )


def _from_bytes(data: bytes | memoryview, kind: _Kind) -> Response:
    """As _from_message, by the accelerator: protobuf is asked for findings alone."""
    assert native is not None
    numbers, frames, has_findings = native.read_message(data)
    diagnostics: list[Diagnostic] = []
    gaps: list[Gap] = []
    if has_findings:
        message = getattr(_proto.record_service_pb2, kind.name).FromString(bytes(data))
        diagnostics, gaps = _findings(message.batch)
    get = numbers.get
    return Response(
        Batch(frames, diagnostics, gaps, get(kind.next_offset, 0), get(kind.next_ordinal, 0)),
        bool(get(kind.end)),
        get(kind.token_prefix, b"").decode("utf-8"),
        get(kind.file_size, 0),
        get(kind.state, b""),
    )


def _response(data: bytes | memoryview, kind: _Kind) -> Response:
    response = _from_message(data, kind) if native is None else _from_bytes(data, kind)
    _check_version(response.batch.frames)
    return response


def read_records_response(data: bytes | memoryview) -> Response:
    """The ReadRecordsResponse of these bytes."""
    return _response(data, _READ)


def parse_records_response(data: bytes | memoryview) -> Response:
    """The ParseRecordsResponse of these bytes."""
    return _response(data, _PARSE)


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
    found = []
    for at, length in places:
        source = data[at : at + length]
        frame = None if options.raw else codec.clean_frame(source)
        if options.mode != "pymarc" and (frame is None or not codec.is_usual(source)):
            return None
        found.append(frame or _frame.undecoded(source))
    end = sum(places[-1]) if places else 0
    rest = Gap(begin + end, len(data) - end, PYMARC_STOP, _STOP_MESSAGE)
    frames = Frames(
        b"".join(found),
        list(map(len, found)),
        list(range(ordinal, ordinal + len(found))),
        [begin + at for at, _ in places],
        [length for _, length in places],
    )
    return Batch(
        frames,
        [],
        [rest] if rest.length else [],
        begin + len(data),
        ordinal + len(found),
    )


def unread(begin: int, end: int, ordinal: int) -> Batch:
    """The batch of bytes that were not read because pymarc would not."""
    gap = Gap(begin, end - begin, PYMARC_STOP, _STOP_MESSAGE)
    return Batch(Frames(b"", [], [], [], []), [], [gap], end, ordinal)
