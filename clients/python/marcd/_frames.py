"""The frames of a batch, given as records one by one.

What `Frames` does, the accelerator's type of the name does with the bytes of a message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from . import _frame
from ._accelerated import use
from ._findings import Diagnostic
from .record import Record

Findings = Mapping[int, tuple[Diagnostic, ...]]


class Undecoded(NamedTuple):
    """A record that is to be decoded here, as late as it is given to the program."""

    frame: bytes
    ordinal: int
    offset: int
    length: int
    diagnostics: tuple[Diagnostic, ...] | None = None


use(Undecoded=Undecoded)


class Frames:
    """Frames end to end, and a column each of what is known of their records.

    After `begin`, `pop` gives the records in order, each with its own copy of its bytes;
    `len` is how many are left. Not safe to be used by two threads.
    """

    def __init__(
        self,
        data: bytes,
        frame_lengths: list[int],
        ordinals: list[int],
        offsets: list[int],
        lengths: list[int],
        version: int = _frame.VERSION,
    ) -> None:
        """ValueError unless the columns fit the data."""
        columns = (ordinals, offsets, lengths)
        count = len(frame_lengths)
        if sum(frame_lengths) != len(data) or any(len(column) != count for column in columns):
            raise ValueError(
                f"The daemon sent a batch that does not add up: {count} frames of"
                f" {sum(frame_lengths)} bytes, {len(data)} bytes of data,"
                f" {min(map(len, columns))} ordinals"
            )
        self.count = count
        self.version = version
        self.data = data
        self.frame_lengths = frame_lengths
        self.ordinals = ordinals
        self.offsets = offsets
        self.lengths = lengths
        # The next record last.
        self._left: list[Any] = []

    def begin(
        self,
        kind: type[Record],
        to_unicode: bool,
        force_utf8: bool,
        undecoded_flags: int,
        findings: Findings | None,
        file: str | None,
    ) -> None:
        """Say what the records are to be; `findings` has those of a record by its place.

        In the place of a record whose frame has any of the flags, an Undecoded is given.
        """
        data = self.data
        left = self._left = []
        start = 0
        columns = zip(self.frame_lengths, self.ordinals, self.offsets, self.lengths)
        for size, ordinal, offset, length in columns:
            end = start + size
            frame = data[start:end]
            start = end
            if frame[:1] and frame[0] & undecoded_flags:
                left.append(Undecoded(frame, ordinal, offset, length))
                continue
            record: Record = kind.__new__(kind)
            record._take(frame)
            record.pos = 0
            record.to_unicode = to_unicode
            record.force_utf8 = force_utf8
            record._file = file
            record.ordinal = ordinal
            record.offset = offset
            record.length = length
            left.append(record)
        for place, found in (findings or {}).items():
            item = left[place]
            if isinstance(item, Undecoded):
                left[place] = item._replace(diagnostics=found)
            else:
                item._diagnostics = found
        left.reverse()

    def __len__(self) -> int:
        return len(self._left)

    def pop(self) -> Any:
        """The next record."""
        return self._left.pop()

    def skip(self, count: int) -> None:
        """Pass over as many records, of which there must be so many."""
        del self._left[len(self._left) - count :]

    def _column(self, tag: str, code: str | None, make: Callable[[list[str]], Any]) -> list[Any]:
        usual = len(tag) == 3 and tag.isascii() and (code is None or len(code) == 1)
        if not usual or (code is not None and not code.isascii()):
            raise ValueError("A tag has three ASCII characters, and a subfield code has one")
        column = []
        start = 0
        for size in self.frame_lengths:
            frame = self.data[start : start + size]
            start += size
            undecoded = frame[0] & (_frame.UNDECODED | _frame.RAW)
            column.append(None if undecoded else make(list(_values(frame, tag, code))))
        return column

    def values(self, tag: str, code: str | None) -> list[str | None]:
        """Each record's first value; None without one, and for one that is not decoded."""
        return self._column(tag, code, lambda values: values[0] if values else None)

    def lists(self, tag: str, code: str | None) -> list[list[str] | None]:
        """Each record's values; None for one that is not decoded."""
        return self._column(tag, code, lambda values: values)


def _values(frame: bytes, tag: str, code: str | None) -> list[str]:
    """The texts of the frame's fields with the tag, or of their subfields with the code."""
    found = []
    place = _frame.find(frame, tag)
    while place >= 0:
        field = _frame.make_field(frame, place)
        found.extend([field.value()] if code is None else field.get_subfields(code))
        place = _frame.find(frame, tag, place + 1)
    return found
