"""What all readers have in common: records one by one, in the order of their source."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ._accelerated import adopt
from ._batch import Batch
from ._frame import FrameError
from ._frames import Undecoded
from ._options import ReadOptions
from ._reading import Reading
from ._steps import run
from .client import Client
from .record_batch import RecordBatch

_get_ident = threading.get_ident


class Reader:
    """The base of all readers: iterators over records."""


class Iteration:
    """What a reader does for nearly every record; for all others it calls `_advance`."""

    # As a Reading's.
    _ready: Any
    _current: Any
    # The program's object whose position follows, or None.
    _handle: Any
    # Its descriptor, if whatever the program does with it can be seen there; else 0.
    _handle_fd: int
    # Where it is to be found if nobody has moved it.
    _place: int
    # The thread that may iterate; None sends each call through _enter.
    _owner: int | None

    def _advance(self) -> Any:
        raise NotImplementedError

    def _decode(self, item: Any) -> Any:
        raise NotImplementedError

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if not self._ready or self._handle is not None or self._owner != _get_ident():
            return self._advance()
        item = self._current = self._ready.pop()
        return self._decode(item) if item.__class__ is Undecoded else item


if not TYPE_CHECKING:
    Iteration = adopt(Iteration)


class RecordReader(Iteration, Reading, Reader):
    """Iterates over the records of a source; skipped ones are told by `diagnostics` alone.

    A reader belongs to one thread at a time: the first that asks for a record, until it
    ends. Another gets a RuntimeError, and so does a child process that inherited the
    reader. `read_batch` binds the reader for the call only.

    After the end it stays at the end; after an error it raises the same error again; after
    `close` it raises ValueError.
    """

    def __init__(
        self,
        target: Any,
        options: ReadOptions,
        *,
        position: str | None = None,
        client: Client | None = None,
        progress: bool = False,
    ) -> None:
        """See `marcd.read`, which makes one."""
        Reading.__init__(self, target, options, position=position, client=client, progress=progress)
        self._handle = self._source.handle
        self._handle_fd = 0
        if type(self._handle) in (io.BufferedReader, io.FileIO):
            self._handle_fd = self._handle.fileno()
        self._batches: Iterator[Batch] | None = None
        self._owner = None
        self._lock = threading.Lock()
        self._place = -1

    def _enter(self) -> None:
        """Make the calling thread the reader's, or say why it cannot be."""
        if self._refusal is not None:
            raise self._refusal
        me = _get_ident()
        with self._lock:
            owner = self._owner
            if owner not in (None, me) and any(t.ident == owner for t in threading.enumerate()):
                raise RuntimeError(
                    "This reader is being read by another thread. A reader belongs to one thread"
                    " at a time: give each its own, or hand over records"
                )
            self._owner = me

    @contextlib.contextmanager
    def _bound_for_a_call(self) -> Iterator[None]:
        """The reader is the calling thread's within, and afterwards whose it was before."""
        owner = self._owner
        self._enter()
        try:
            yield
        finally:
            if self._refusal is None:
                self._owner = owner

    def _next_batch(self) -> Batch | None:
        """The next batch, with its findings noted; None at the end."""
        if not self._may_advance():
            return None
        batch = None
        try:
            if self._batches is None:
                self._batches = run(self._steps())
            batch = next(self._batches, None)
        except BaseException as error:  # an interrupt too leaves nothing to go on with
            if self._fails(error):
                raise
        return self._take(batch)

    def _fill(self) -> bool:
        """Get the next batch that has records; whether there is one."""
        while (batch := self._next_batch()) is not None:
            if batch.frames.count:
                self._ready = self._begin(batch)
                return True
        return False

    def _next_item(self) -> Any:
        """The next record; None at the end."""
        if self._ready or self._fill():
            self._current = self._ready.pop()
        else:
            self._current = None
        return self._current

    def _go_to_handle(self) -> None:
        """Go on from where the program's object is, if the program has moved it."""
        try:
            place = self._handle.tell()
        except ValueError:
            raise ValueError("File closed; cannot read records") from None
        if place != self._place and self._batch is not None:
            item, batch = self._current, self._batch
            self._ready = ()
            ordinal = batch.next_ordinal if item is None else (item.ordinal or 0) + 1
            self._batches = run(self._source.batches(place, ordinal))

    def _next_beside_handle(self) -> Any:
        """As _next_item, from where the program's object is, leaving it after the record."""
        if self._ended:
            return None
        self._go_to_handle()
        item = self._next_item()
        end = self._handle.seek(0, os.SEEK_END)  # also empties its buffer
        if item is None:
            self._place = end
        else:
            self._place = self._handle.seek((item.offset or 0) + (item.length or 0))
        return item

    def _advance(self) -> Any:
        """The next record, whatever that takes."""
        if _get_ident() != self._owner:
            self._enter()
        item = self._next_item() if self._handle is None else self._next_beside_handle()
        if item is None:
            raise StopIteration
        return self._decode(item) if item.__class__ is Undecoded else item

    def _decode(self, item: Any) -> Any:
        raise FrameError(f"The daemon left record {item.ordinal} undecoded, unasked")

    def read_batch(self, n: int = 100) -> list[Any]:
        """The next records, n of them or fewer at the end, then [] for ever.

        An error after some of them is raised by the next call.
        """
        records: list[Any] = []
        with self._bound_for_a_call():
            try:
                records.extend(itertools.islice(self, n))
            except Exception:
                if not records:
                    raise
        return records

    def skip(self, n: int) -> int:
        """Pass over the next n records without making them; how many there were."""
        passed = 0
        with self._bound_for_a_call():
            while passed < n and (some := self._pass(n - passed)):
                passed += some
        return passed

    def _pass(self, most: int) -> int:
        """Pass over up to as many records of a batch; how many, 0 at the end."""
        if self._handle is not None:
            return 0 if self._next_beside_handle() is None else 1
        some = min(most, len(self._ready)) if self._ready or self._fill() else 0
        if some > 1:
            self._ready.skip(some - 1)
        return 0 if self._next_item() is None else some

    def batches(self) -> Iterator[RecordBatch]:
        """The records in batches as they arrive, for whoever wants columns of values.

        An open file stands behind the batch that was given last. RuntimeError in the middle
        of a batch whose records are being given one by one.
        """
        while True:
            self._enter()
            if len(self._ready):
                raise RuntimeError(
                    f"{len(self._ready)} records of the last batch have not been given yet: read"
                    " a source by records or by batches, not by both"
                )
            if self._handle is not None and not self._ended:
                self._go_to_handle()
            batch = self._next_batch()
            self._current = None
            if batch is None:
                return
            if batch.frames.count:
                if self._handle is not None:
                    self._place = self._handle.seek(batch.records_end)
                yield RecordBatch(batch, self._begin, self._decode)

    def _refuse(self, refusal: BaseException) -> None:
        super()._refuse(refusal)
        self._owner = None

    def _abandon(self) -> None:
        self._lock = threading.Lock()  # another thread of the parent may have held it
        super()._abandon()

    def close(self) -> None:
        """End the read, and close the object that was given, if one was.

        May be called by any thread; one that waits for a record gets the ValueError.
        """
        self._refuse(ValueError("File closed; cannot read records"))
        self._source.cancel()
        self._source.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
