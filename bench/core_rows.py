"""What the C++ library does with a file in memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from pathlib import Path

import inputs
from table import Table, spread


def core_rates(built: Path, file: Path, rounds: int, only: str = ".") -> dict[str, list[float]]:
    """GB/s of the C++ benchmarks over a file, a value for each round."""
    result = subprocess.run(
        [
            built / "bench/core_bench",
            "--benchmark_format=json",
            f"--benchmark_filter={only}",
            f"--benchmark_repetitions={rounds}",
            "--benchmark_enable_random_interleaving=true",
        ],
        env={**os.environ, "MARCD_BENCH_FILE": str(file)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=600,
    )
    found: dict[str, list[float]] = {}
    for run in json.loads(result.stdout)["benchmarks"]:
        if run["run_type"] == "iteration":
            name = run["run_name"].removeprefix("BM_").replace("/real_time", "")
            found.setdefault(name, []).append(run["bytes_per_second"] / 1e9)
    return found


def core(table: Table, built: Path, file: Path, rounds: int) -> None:
    """The C++ parts beside memcpy, and the recovery modes beside STRICT."""
    found = core_rates(built, file, rounds)
    memcpy, strict = (statistics.median(found[name]) for name in ("Memcpy", "Decode/strict"))
    table.head("C++, file in memory; one thread where nothing else is said")
    table.row("", "GB/s", "of memcpy", "of STRICT")
    for name, rates in found.items():
        rate = statistics.median(rates)
        of_strict = f"{rate / strict:.3f}" if name.startswith("Decode/") else ""
        table.row(name, spread(rates, "{:.2f}"), f"{rate / memcpy:.3f}", of_strict)


def damaged(table: Table, built: Path, file: Path, rounds: int) -> None:
    """REPAIR over a file of which every tenth record is damaged."""
    bad = file.with_name("damaged.mrc")
    count = inputs.write_damaged(file, bad)
    try:
        table.head(f"C++: REPAIR, one thread, {count:,} records (every tenth) damaged")
        table.row("", "GB/s", "of the clean file")
        clean = core_rates(built, file, rounds, "Decode/repair.*threads:1")
        rates = core_rates(built, bad, rounds, "Decode/repair.*threads:1")
        [before], [after] = clean.values(), rates.values()
        ratio = statistics.median(after) / statistics.median(before)
        table.row("damaged", spread(after, "{:.2f}"), f"{ratio:.2f}")
    finally:
        bad.unlink(missing_ok=True)


def marc8(table: Table, built: Path, file: Path, rounds: int) -> None:
    """MARC-8 to UTF-8 beside yaz-marcdump, a whole command with its start."""
    twin = inputs.marc8_file(file.parent)
    if twin is None:
        print("\nMARC-8: not measured: no ../shared/corpus here")
        return
    size = twin.stat().st_size
    command = ["yaz-marcdump", "-f", "marc8", "-t", "utf8", "-o", "marc", str(twin)]
    yaz = []
    for _ in range(rounds):
        before = os.times().children_user + os.times().children_system
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=120)
        spent = os.times().children_user + os.times().children_system - before
        yaz.append(size / spent / 1e9)
    ours = core_rates(built, twin, rounds, "Decode/repair")
    one, two = (statistics.median(ours[f"Decode/repair/threads:{n}"]) for n in (1, 2))
    table.head(f"MARC-8 to UTF-8: {size / 1e6:.0f} MB, a core")
    table.row("", "GB/s", "of yaz-marcdump", "of one thread")
    table.row("yaz-marcdump", spread(yaz, "{:.3f}"))
    base = statistics.median(yaz)
    table.row("one thread", spread(ours["Decode/repair/threads:1"], "{:.2f}"), f"{one / base:.1f}")
    table.row(
        "two threads", spread(ours["Decode/repair/threads:2"], "{:.2f}"), "", f"{two / one:.2f}"
    )
