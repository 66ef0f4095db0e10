"""Measurements of marcd.aio, each in a process of its own (asking.py)."""

from __future__ import annotations

import asyncio
import resource
import statistics
import time

TURNS = 15


def aio(file: str) -> dict[str, float]:
    """Records a second by the synchronous reader and by that of asyncio, medians of turns."""
    import marcd
    import marcd.aio

    async def count() -> int:
        found = 0
        async for _ in marcd.aio.MARCReader(file):
            found += 1
        return found

    async def turns() -> dict[str, float]:
        rates: dict[str, list[float]] = {"sync": [], "aio": []}
        for turn in range(TURNS + 1):
            began = time.perf_counter()
            one = sum(1 for _ in marcd.MARCReader(file))
            between = time.perf_counter()
            other = await count()
            ended = time.perf_counter()
            if one != other:
                raise SystemExit(f"aio: {other} records in place of {one}")
            if turn:  # the first makes connections
                rates["sync"].append(one / (between - began))
                rates["aio"].append(other / (ended - between))
        return {name: statistics.median(found) for name, found in rates.items()}

    return asyncio.run(turns())


def aio_many(file: str, readers: str) -> dict[str, float]:
    """So many readers at once: the slowest one's speed by the median one's, and the memory."""
    import marcd.aio

    async def count() -> tuple[int, float]:
        began = time.perf_counter()
        found = 0
        async for _ in marcd.aio.MARCReader(file):
            found += 1
        return found, time.perf_counter() - began

    async def together() -> dict[str, float]:
        wanted, _ = await count()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        found = await asyncio.gather(*(count() for _ in range(int(readers))))
        seconds = time.perf_counter() - began
        if {records for records, _ in found} != {wanted}:
            raise SystemExit(f"aio: not every reader had {wanted} records")
        times = [taken for _, taken in found]
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        return {
            "slowest": statistics.median(times) / max(times),
            "grown": grown * 1024,
            "rate": wanted * len(found) / seconds,
        }

    return asyncio.run(together())
