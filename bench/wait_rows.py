"""How long a program waits, and what others do meanwhile."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

import marcd
from table import Table, spread

FIRST_RECORD_CALLS = 50
WAIT_SECONDS = 2.0
# One record and the beginning of another.
SLOW_SOURCE = b"00050nam a2200037 a 4500001001200000\x1eslow source\x1e\x1d" + b"00050nam"


def first_record(table: Table, client: marcd.Client, files: list[Path]) -> None:
    """From the call to the first record, on a connection that is in use."""
    table.head("first record, active connection")
    table.row("", "file MB", "ms")
    for file in files:
        waits = []
        for _ in range(FIRST_RECORD_CALLS):
            start = time.perf_counter()
            with marcd.MARCReader(str(file), client=client) as reader:
                next(reader)
                waits.append((time.perf_counter() - start) * 1e3)
        table.row(file.name, f"{file.stat().st_size / 1e6:,.0f}", spread(waits, "{:.2f}"))


def count_beside(wait: Callable[[int], object]) -> tuple[float, float]:
    """A thread counts while `wait` waits for a pipe that closes after WAIT_SECONDS.

    Counts a second, and the CPU seconds that the waiting thread took.
    """
    read_end, write_end = os.pipe()
    stop = threading.Event()
    rates: list[float] = []

    def count() -> None:
        start, counted = time.perf_counter(), 0
        while not stop.is_set():
            counted += 1
        rates.append(counted / (time.perf_counter() - start))

    os.write(write_end, SLOW_SOURCE)
    counter = threading.Thread(target=count)
    closer = threading.Timer(WAIT_SECONDS, os.close, [write_end])
    counter.start()
    closer.start()
    cpu = time.thread_time()
    wait(read_end)
    cpu = time.thread_time() - cpu
    stop.set()
    counter.join()
    return rates[0], cpu


def drain(pipe: int) -> None:
    """Wait as the system does, for comparison."""
    while os.read(pipe, 1 << 16):
        pass
    os.close(pipe)


def waiting(table: Table, client: marcd.Client, rounds: int) -> None:
    """Whether a reader that waits for a slow source leaves the interpreter to others."""

    def read(pipe: int) -> None:
        with os.fdopen(pipe, "rb") as file, marcd.MARCReader(file, client=client) as reader:
            for _ in reader:
                pass

    table.head(f"a counting thread, while another waits {WAIT_SECONDS:.0f} s for a pipe")
    beside_read, beside_reader, spent = [], [], []
    for _ in range(rounds):
        beside_read.append(count_beside(drain)[0])
        rate, cpu = count_beside(read)
        beside_reader.append(rate)
        spent.append(cpu * 1e3)
    ratio = statistics.median(beside_reader) / statistics.median(beside_read)
    table.row("", "counts/s, reader", "counts/s, os.read", "ratio of medians", "reader CPU ms")
    table.row(
        "MARCReader",
        spread([rate / 1e6 for rate in beside_reader], "{:.1f}M"),
        spread([rate / 1e6 for rate in beside_read], "{:.1f}M"),
        f"{ratio:.2f}",
        spread(spent, "{:.1f}"),
    )
