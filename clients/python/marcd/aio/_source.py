"""Sources whose `.read()` is awaited."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

from .._options import ReadOptions
from .._steps import Action, Steps
from ..sources import Source, not_bytes
from ._client import Chosen


def is_stream(target: Any) -> bool:
    """Whether the target is read by awaiting, as an asyncio.StreamReader is."""
    return inspect.iscoroutinefunction(getattr(target, "read", None))


class StreamSource(Source):
    """An object of the program's whose `.read(n)` is a coroutine."""

    def __init__(self, target: Any, options: ReadOptions, chosen: Chosen) -> None:
        super().__init__(options, chosen)
        self._target = target

    async def _read(self, size: int) -> Any:
        part = await self._target.read(size)
        if not isinstance(part, (bytes, bytearray, memoryview)):
            raise not_bytes(part)
        return part

    def _reading(self, size: int) -> Action:
        return partial(self._read, size)

    def batches(self, offset: int, ordinal: int) -> Steps[None]:
        yield from self._push(self._reading, offset, ordinal)

    def close(self) -> Any:
        close = getattr(self._target, "close", None)
        return close() if close is not None else None
