"""Readers: records one by one, in the order of their source, each awaited."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any

from .._batch import Batch
from .._frame import FrameError
from .._frames import Undecoded
from .._options import ReadOptions
from .._pymarc_reading import PymarcReading, only_pymarcs
from .._reading import Reading
from .._steps import Steps
from ..record import Record
from ..record_batch import RecordBatch
from ..sources import Source, open_source
from ._client import Chosen, Client
from ._source import StreamSource, is_stream
from ._steps import advance


class RecordReader(Reading):
    """Iterates over the records of a source: `async for record in reader`.

    What it gives and knows is what `marcd.RecordReader` does. It belongs to one task at a
    time and to one event loop. A task that is cancelled while it waits for a record ends the
    read; `position` says from where another reader would go on.
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
        """See `marcd.aio.read`, which makes one."""
        super().__init__(target, options, position=position, client=client, progress=progress)
        self._under_way: Steps[None] | None = None
        self._waiting = False

    def _open_source(
        self, target: Any, options: ReadOptions, position: str | None, client: Any
    ) -> Source:
        if is_stream(target) and position is None:
            return StreamSource(target, options, Chosen(client))
        return open_source(target, options, position, client, Chosen)

    async def _next_batch(self) -> Batch | None:
        """The next batch, with its findings noted; None at the end."""
        if self._waiting:
            raise RuntimeError(
                "This reader is being read by another task. A reader belongs to one task at a"
                " time: give each its own, or hand over records"
            )
        if self._refusal is not None:
            raise self._refusal
        if not self._may_advance():
            return None
        batch = None
        self._waiting = True
        try:
            if self._under_way is None:
                self._under_way = self._steps()
            batch = await advance(self._under_way)
        except asyncio.CancelledError:
            self._refuse(
                RuntimeError(
                    "The read ended when its task was cancelled: make another reader, which may"
                    " begin at this one's position"
                )
            )
            raise
        except BaseException as error:
            if self._fails(error):
                raise
        finally:
            self._waiting = False
        return self._take(batch)

    async def _fill(self) -> bool:
        """Get the next batch that has records; whether there is one."""
        while (batch := await self._next_batch()) is not None:
            if batch.frames.count:
                self._ready = self._begin(batch)
                return True
        self._current = None
        return False

    def _decode_here(self, item: Any) -> Any:
        raise FrameError(f"The daemon left record {item.ordinal} undecoded, unasked")

    async def _decode(self, item: Any) -> Any:
        return self._decode_here(item)

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        if (self._refusal is not None or not self._ready) and not await self._fill():
            raise StopAsyncIteration
        item = self._current = self._ready.pop()
        return await self._decode(item) if item.__class__ is Undecoded else item

    async def read_batch(self, n: int = 100) -> list[Any]:
        """The next records, n of them or fewer at the end, then [] for ever.

        An error after some of them is raised by the next call.
        """
        records: list[Any] = []
        try:
            while len(records) < n:
                records.append(await anext(self))
        except StopAsyncIteration:
            pass
        except Exception:
            if not records:
                raise
        return records

    async def skip(self, n: int) -> int:
        """Pass over the next n records without making them; how many there were."""
        passed = 0
        while passed < n and (self._ready or await self._fill()):
            some = min(n - passed, len(self._ready))
            if some > 1:
                self._ready.skip(some - 1)
            self._current = self._ready.pop()
            passed += some
        return passed

    async def batches(self) -> AsyncIterator[RecordBatch]:
        """The records in batches as they arrive, for whoever wants columns of values.

        RuntimeError in the middle of a batch whose records are being given one by one.
        """
        while True:
            if len(self._ready):
                raise RuntimeError(
                    f"{len(self._ready)} records of the last batch have not been given yet: read"
                    " a source by records or by batches, not by both"
                )
            batch = await self._next_batch()
            self._current = None
            if batch is None:
                return
            if batch.frames.count:
                yield RecordBatch(batch, self._begin, self._decode_here)

    async def close(self) -> None:
        """End the read, and close the object that was given, if one was."""
        self._refuse(ValueError("File closed; cannot read records"))
        self._source.cancel()
        if self._under_way is not None and not self._waiting:
            self._under_way.close()
        closing: Any = self._source.close()
        if inspect.isawaitable(closing):
            await closing

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class MARCReader(PymarcReading, RecordReader):
    """Iterates over the records of a source as pymarc's reader does, each awaited.

    As `marcd.MARCReader`: None in the place of a record that cannot be read.
    """

    async def _fill(self) -> bool:
        if not self._stopped:
            return await super()._fill()
        while await self._next_batch() is not None:  # for the gap that is the rest
            pass
        return False

    def _decode_here(self, item: Any) -> Record | None:
        return self._record_of(item, self._chunk_here(item))

    async def _decode(self, item: Any) -> Record | None:
        chunk = self._chunk_here(item)
        if chunk is None:
            chunk = self._chunk_in(await advance(self._source.batch_at(item.offset)), item)
        return self._record_of(item, chunk)

    @property
    def current_chunk(self) -> bytes | None:
        """The source bytes of the last record, if they are at hand; empty at the end.

        They are of a record that is None, and of those of the client's own files and bytes.
        """
        if self._current is None:
            return b"" if self._ended else None
        return self._chunk_here(self._current)


def read(
    target: Any,
    mode: str = "repair",
    *,
    text: str | None = None,
    encoding: str = "",
    nfc: bool = False,
    half_marks: bool = False,
    join_continued: bool = False,
    with_source: bool = False,
    position: str | None = None,
    format: str | None = None,
    member: str | None = None,
    client: Client | None = None,
    progress: bool = False,
) -> RecordReader:
    """The records of a source, with the options of `marcd.read`."""
    options = ReadOptions(
        mode,
        text,
        encoding,
        nfc,
        half_marks,
        join_continued=join_continued,
        with_source=with_source,
        format=format,
        member=member,
    )
    if mode == "pymarc":
        only_pymarcs(options)
        return MARCReader(target, position=position, client=client, progress=progress)
    return RecordReader(target, options, position=position, client=client, progress=progress)
