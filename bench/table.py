"""Runs the measurements of bench/run and prints their table.

Peers take turns in every round, so that a slow moment of the machine hits all of them;
the median of the rounds is given, with the least and the most. An answer is compared
with pymarc's before anything is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import inputs
import marcd
import pymarc
from work import WORKS, Answer, Work, iterate

BIG_FILE_BYTES = 1_000_000_000
FIRST_RECORD_CALLS = 50
WAIT_SECONDS = 2.0
# One record and the beginning of another.
SLOW_SOURCE = b"00050nam a2200037 a 4500001001200000\x1eslow source\x1e\x1d" + b"00050nam"


class Table:
    """Rows of text, printed as they come."""

    def head(self, title: str) -> None:
        print(f"\n{title}\n{'-' * len(title)}", flush=True)

    def row(self, name: str, *cells: str) -> None:
        print(f"{name:<38}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


def spread(values: list[float], form: str = "{:,.0f}") -> str:
    """Median (least..most)."""
    few = (form.format(v) for v in (statistics.median(values), min(values), max(values)))
    return "{} ({}..{})".format(*few)


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
        ratio = [statistics.median(*found.values()) for found in (rates, clean)]
        table.row("damaged", spread(*rates.values(), form="{:.2f}"), f"{ratio[0] / ratio[1]:.2f}")
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


def checking(table: Table, client: marcd.Client, file: Path, rounds: int) -> None:
    """A check with its profile beside a read that only counts."""
    count = iterate(marcd.MARCReader(str(file), client=client))[0]
    reads, checks = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        with marcd.read(str(file), client=client) as reader:
            if sum(1 for _ in reader) != count:
                raise SystemExit("bench: reading gives another number of records")
        reads.append(count / (time.perf_counter() - start))
        start = time.perf_counter()
        report = marcd.check(str(file), client=client)
        checks.append(count / (time.perf_counter() - start))
        if report.delivered != count:
            raise SystemExit(f"bench: check counts {report.delivered} records, reading {count}")
    table.head("checking and profiling beside reading, one client")
    table.row("", "records/s", "of reading")
    table.row("marcd.read, counting", spread(reads))
    ratio = statistics.median(checks) / statistics.median(reads)
    table.row("marcd.check", spread(checks), f"{ratio:.2f}")
    table.row("daemon's peak since start, MiB", f"{resident_mib(client.info().pid, 'VmHWM'):.0f}")


def stream(table: Table, built: Path, target: str, file: Path, rounds: int) -> None:
    """The daemon and a client that does nothing with the frames."""
    result = subprocess.run(
        [built / "bench/stream_client", target, file, str(rounds + 1)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    )
    lines = [[float(word) for word in line.split()] for line in result.stdout.splitlines()[1:]]
    size = file.stat().st_size
    table.head("stream of frames to a C++ client, one connection")
    table.row("", "records/s", "GB/s", "client CPU s")
    table.row(
        "stream_client",
        spread([records / seconds for records, seconds, _, _ in lines]),
        spread([size / seconds / 1e9 for _, seconds, _, _ in lines], "{:.2f}"),
        spread([cpu for *_, cpu in lines], "{:.3f}"),
    )


def read_marcd(client: marcd.Client, file: Path, work: Work) -> Answer:
    with marcd.MARCReader(str(file), client=client) as reader:
        return work(reader)


def read_pymarc(file: Path, work: Work) -> Answer:
    with file.open("rb") as handle:
        return work(pymarc.MARCReader(handle))


def timed(call: Callable[[], Answer]) -> tuple[Answer, float, float]:
    """The answer, wall seconds, CPU seconds of this thread."""
    wall, cpu = time.perf_counter(), time.thread_time()
    answer = call()
    return answer, time.perf_counter() - wall, time.thread_time() - cpu


def python(table: Table, client: marcd.Client, file: Path, rounds: int) -> None:
    """marcd's Python client beside pymarc."""
    table.head(f"Python client beside pymarc {metadata.version('pymarc')}")
    table.row("", "marcd records/s", "pymarc records/s", "ratio of medians", "marcd CPU/wall")
    for name, work in WORKS.items():
        ours: list[float] = []
        theirs: list[float] = []
        share: list[float] = []
        for _ in range(rounds):
            answer, wall, cpu = timed(lambda work=work: read_marcd(client, file, work))  # type: ignore[misc]
            expected, other, _ = timed(lambda work=work: read_pymarc(file, work))  # type: ignore[misc]
            if answer != expected:
                raise SystemExit(f"bench: {name}: marcd says {answer}, pymarc {expected}")
            ours.append(answer[0] / wall)
            theirs.append(answer[0] / other)
            share.append(cpu / wall)
        ratio = statistics.median(ours) / statistics.median(theirs)
        table.row(name, spread(ours), spread(theirs), f"{ratio:.1f}", spread(share, "{:.2f}"))


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


@contextmanager
def big_file(file: Path) -> Iterator[Path]:
    """`file` again and again, up to 1 GB; removed afterwards."""
    big = file.with_name("bench-1gb.mrc")
    content = file.read_bytes()
    try:
        with big.open("wb") as out:
            while out.tell() < BIG_FILE_BYTES:
                out.write(content)
        yield big
    finally:
        big.unlink(missing_ok=True)


def resident_mib(pid: int, key: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"bench: /proc/{pid}/status says nothing of {key}")


def memory(table: Table, client: marcd.Client, big: Path) -> None:
    """The daemon's memory with one reader that stalls and three that read 1 GB."""
    table.head("daemon's memory: 1 GB to a stalled reader and three live ones")
    pid = client.info().pid
    counts: list[int] = []

    def live() -> None:
        with marcd.MARCReader(str(big), client=client) as reader:
            counts.append(sum(1 for _ in reader))

    with marcd.MARCReader(str(big), client=client) as stalled:
        next(stalled)
        threads = [threading.Thread(target=live) for _ in range(3)]
        for thread in threads:
            thread.start()
        seen = []
        while any(thread.is_alive() for thread in threads):
            seen.append(resident_mib(pid, "VmRSS"))
            time.sleep(0.01)
    if len(set(counts)) != 1 or len(counts) != 3:
        raise SystemExit(f"bench: the live readers got {counts} records")
    table.row("", "resident MiB", "peak since start")
    table.row(f"{counts[0]:,} records, 3 times", spread(seen), f"{resident_mib(pid, 'VmHWM'):.0f}")


def start_daemon(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    socket = folder / "bench.sock"
    program = Path(marcd.__file__).parent / "_bin/marcd"
    command = [program, f"--listen=unix:{socket}", "--roots=all=/"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL), f"unix:{socket}"


def wait_for(target: str) -> marcd.Client:
    deadline = time.monotonic() + 20
    while True:
        try:
            return marcd.connect(target)
        except marcd.ServerError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--built", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    file: Path = arguments.file
    rounds = 1 if arguments.quick else 5
    table = Table()
    facts = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(":")[1].strip() for line in facts if "model name" in line), "?")
    print(f"{file.name}: {file.stat().st_size:,} bytes; {os.cpu_count()} x {cpu}")
    print("median (least..most) of", rounds, "rounds")
    core(table, arguments.built, file, rounds)
    damaged(table, arguments.built, file, rounds)
    marc8(table, arguments.built, file, rounds)
    process, target = start_daemon(file.parent)
    try:
        client = wait_for(target)
        stream(table, arguments.built, target, file, rounds)
        python(table, client, file, rounds)
        checking(table, client, file, rounds)
        waiting(table, client, rounds)
        if arguments.quick:
            first_record(table, client, [file])
            return
        with big_file(file) as big:
            first_record(table, client, [file, big])
            memory(table, client, big)
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
