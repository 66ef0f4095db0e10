"""What marcd.aio reaches beside the synchronous reader, and many readers in one loop."""

from __future__ import annotations

import statistics
from pathlib import Path

from asking import ask
from table import Table, spread

READERS = 50


def asyncio_rows(table: Table, target: str, file: Path, rounds: int) -> None:
    """One reader, and many at once."""
    table.head("asyncio: one reader beside the synchronous one, by turns")
    table.row("", "records/s", "ratio of medians", "at least")
    found = [ask(target, "aio", file) for _ in range(rounds)]
    synchronous, awaited = ([run[key] for run in found] for key in ("sync", "aio"))
    ratio = statistics.median(awaited) / statistics.median(synchronous)
    table.row("for record in MARCReader", spread(synchronous))
    table.row("async for, marcd.aio", spread(awaited), f"{ratio:.2f}", "0.8")

    table.head(f"asyncio: {READERS} readers of {file.name} at once in one loop")
    table.row("", "slowest/median speed", "grown by MiB", "records/s")
    found = [ask(target, "aio_many", file, READERS) for _ in range(rounds)]
    columns = {key: [run[key] for run in found] for key in ("slowest", "grown", "rate")}
    table.row(
        "at least 0.5",
        spread(columns["slowest"], "{:.2f}"),
        spread([grown / 2**20 for grown in columns["grown"]], "{:.0f}"),
        spread(columns["rate"]),
    )
