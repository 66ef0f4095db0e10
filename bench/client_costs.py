"""What marcd's client costs beside time: threads, imports, memory; and where its time goes."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import inputs
from asking import ask
from table import Table, spread

IMPORT_TIMES = 15
KEPT_RECORDS = 100_000


@contextmanager
def copied(file: Path) -> Iterator[Path]:
    """Another file of the same content."""
    copy = file.with_name("copy-of-" + file.name)
    try:
        yield Path(shutil.copyfile(file, copy))
    finally:
        copy.unlink(missing_ok=True)


def two_threads(table: Table, target: str, file: Path, rounds: int) -> None:
    """What two threads with a reader each reach together, beside one."""
    table.head("marcd in two threads, each with its own reader over its own file")
    table.row("", "one, records/s", "two together", "ratio of medians", "at least")
    marc8 = inputs.marc8_file(file.parent)
    for name, one, goal in (
        ("read", file, 1.0),
        ("extract", file, 1.0),
        ("read", marc8, 1.5),
    ):
        if one is None:
            continue
        with copied(one) as other:
            found = [ask(target, "threads", name, one, other) for _ in range(rounds)]
        alone, both = ([run[key] for run in found] for key in ("one", "two"))
        ratio = statistics.median(both) / statistics.median(alone)
        table.row(f"{name}, {one.name}", spread(alone), spread(both), f"{ratio:.2f}", f"{goal}")


def shares(table: Table, target: str, file: Path, rounds: int) -> None:
    """Where the client's time goes: reading and records, fields and subfields, the work itself."""
    table.head("marcd's client: processor microseconds a record, and for what")
    table.row("", "in all", "reading, %", "making objects, %", "the work again, %")
    reading = 0.0
    for name in ("read", "extract", "touch", "select"):
        found = [ask(target, "shares", name, file) for _ in range(rounds)]
        cpu, again = (statistics.median(run[key] for run in found) for key in ("cpu", "again"))
        if name == "read":
            reading = cpu - again
        parts = (reading, cpu - again - reading, again)
        whole = spread([run["cpu"] for run in found], "{:.2f}")
        table.row(name, whole, *(f"{100 * part / cpu:.0f}" for part in parts))


def imports(table: Table) -> None:
    """What `import marcd` costs beside pymarc's and gRPC's."""
    program = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"
    found: dict[str, list[float]] = {"marcd": [], "pymarc, grpc": []}
    for _ in range(IMPORT_TIMES):
        for names, times in found.items():
            command = [sys.executable, "-c", program.format(names)]
            ended = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60)
            times.append(float(ended.stdout) * 1e3)
    table.head("importing, in fresh processes")
    table.row("", "ms", "ratio of medians", "at most")
    ours, theirs = found.values()
    ratio = statistics.median(ours) / statistics.median(theirs)
    table.row("import pymarc, grpc", spread(theirs, "{:.1f}"))
    table.row("import marcd", spread(ours, "{:.1f}"), f"{ratio:.2f}", "1.5")


def peak(table: Table, target: str, big: Path) -> None:
    """The client's largest memory."""
    table.head("client's memory, iterating over 1 GB")
    table.row("", "peak MiB", "at most")
    found = ask(target, "peak", big)
    table.row(f"{found['count']:,} records", f"{found['peak'] / 2**20:.0f}", "80")


def kept(table: Table, target: str, file: Path) -> None:
    """What kept records cost."""
    table.head("client's memory: records kept untouched")
    table.row("", "grown by MiB", "their bytes, MiB", "ratio", "at most")
    for every, records, goal in ((1, KEPT_RECORDS, "1.3"), (100, KEPT_RECORDS // 20, "")):
        found = ask(target, "kept", file, records, every)
        name = f"{found['count']:,} records" + (f", one in {every}" if every > 1 else "")
        grown, source = found["grown"], found["source"]
        table.row(
            name, f"{grown / 2**20:.1f}", f"{source / 2**20:.1f}", f"{grown / source:.2f}", goal
        )
