"""Batches of records, for whoever wants columns of values and no objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._batch import Batch
from ._findings import Diagnostic, Gap
from ._frames import Frames, Undecoded


class RecordBatch:
    """Consecutive records as a reader's `batches` gives them; `len` is how many they are.

    Not safe to be used by two threads.
    """

    def __init__(
        self,
        batch: Batch,
        begin: Callable[[Batch], Frames],
        decode: Callable[[Undecoded], Any],
    ) -> None:
        """Made by `RecordReader.batches`."""
        self._batch = batch
        self._begin = begin
        self._decode = decode
        self._records: list[Any] | None = None

    def __len__(self) -> int:
        return self._batch.frames.count

    def records(self) -> list[Any]:
        """The records, the same objects each time; None for one that cannot be read."""
        if self._records is None:
            frames = self._begin(self._batch)
            items = [frames.pop() for _ in range(len(frames))]
            self._records = [self._decode(i) if isinstance(i, Undecoded) else i for i in items]
        return self._records

    def values(self, tag: str, code: str | None = None) -> list[str | None]:
        """For each record, the first value of the tag's fields; None where there is none.

        With a code that is the first subfield with it, without one the text of a field as
        `Field.value` gives it. The values are those in the source, whatever has been done
        to objects of `records`. ValueError for what can be no tag or no code.
        """
        column = self._batch.frames.values(tag, code)
        return self._complete(column, tag, code, lambda found: found[0] if found else None)

    def lists(self, tag: str, code: str | None = None) -> list[list[str]]:
        """For each record, all such values in a list."""
        column: list[Any] = self._batch.frames.lists(tag, code)
        return self._complete(column, tag, code, lambda found: found)

    def _complete(
        self, column: list[Any], tag: str, code: str | None, make: Callable[[list[str]], Any]
    ) -> list[Any]:
        """Fill in what the daemon left to be decoded here."""
        if None in column:
            for place, record in enumerate(self.records()):
                if column[place] is None:
                    fields = record.get_fields(tag) if record is not None else []
                    found = [[f.value()] if code is None else f.get_subfields(code) for f in fields]
                    column[place] = make([value for values in found for value in values])
        return column

    @property
    def ordinals(self) -> list[int]:
        """Each record's place in the source, from 0."""
        return self._batch.frames.ordinals

    @property
    def offsets(self) -> list[int]:
        """Where each record begins in the source, in bytes."""
        return self._batch.frames.offsets

    @property
    def lengths(self) -> list[int]:
        """How long each record is in the source, in bytes."""
        return self._batch.frames.lengths

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was found in the records."""
        return self._batch.diagnostics

    @property
    def gaps(self) -> list[Gap]:
        """Bytes of no record among them."""
        return self._batch.gaps
