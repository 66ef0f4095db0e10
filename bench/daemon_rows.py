"""The daemon as a whole: its stream, a check, its memory under several readers."""

from __future__ import annotations

import statistics
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import inputs
import marcd
from table import Table, spread


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A daemon of the bench's own, and what to connect to."""
    socket = folder / "bench.sock"
    program = Path(marcd.__file__).parent / "_bin/marcd"
    command = [str(program), f"--listen=unix:{socket}", "--roots=all=/:rw"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield f"unix:{socket}"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(target: str) -> marcd.Client:
    """A client, once the daemon answers."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return marcd.connect(target)
        except marcd.ServerError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def resident_mib(pid: int, key: str) -> float:
    """A line of the process's status, as VmRSS or VmHWM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"bench: /proc/{pid}/status says nothing of {key}")


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


def checking(table: Table, client: marcd.Client, file: Path, rounds: int) -> None:
    """A check with its profile beside a read that only counts."""
    count = sum(1 for _ in marcd.MARCReader(str(file), client=client))
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


def gunzipped(file: Path) -> tuple[int, float]:
    """How many bytes a gzip file holds, and how many a second zlib makes of it."""
    start = time.perf_counter()
    size = 0
    gunzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    with file.open("rb") as compressed:
        while part := compressed.read(256 << 10):
            size += len(gunzip.decompress(part))
    return size, size / (time.perf_counter() - start)


def compressed(table: Table, client: marcd.Client, file: Path, rounds: int) -> None:
    """A file compressed by gzip beside zlib alone, by turns."""
    packed = inputs.gzip_file(file)
    count = sum(1 for _ in marcd.read(str(file), client=client))
    alone, read = [], []
    for _ in range(rounds):
        size, rate = gunzipped(packed)
        alone.append(rate / 1e6)
        start = time.perf_counter()
        if sum(1 for _ in marcd.read(str(packed), client=client)) != count:
            raise SystemExit("bench: the compressed file has another number of records")
        read.append(size / (time.perf_counter() - start) / 1e6)
    table.head("a file compressed by gzip, one client")
    table.row("", "MB/s of what it holds", "of zlib", "at least")
    table.row("zlib alone", spread(alone))
    ratio = statistics.median(read) / statistics.median(alone)
    table.row("marcd.read, counting", spread(read), f"{ratio:.2f}", "0.8")


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
