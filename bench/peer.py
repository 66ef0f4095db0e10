"""One measurement in a process of its own: `peer.py TASK ARGUMENT...`, its answer in JSON.

Nothing of one peer is then in another's memory, and each finds the collector as it is at
the start of a program. marcd's daemon is the one that MARCD_SERVER names; it runs already.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import work
from aio_tasks import aio, aio_many
from work import Answer, Work

WARM_RECORDS = 200
# A work is done again until so much time has gone, so that a slow moment does not count most.
LEAST_SECONDS = 0.5
# So many records are kept for it.
AGAIN_RECORDS = 500


class Peer:
    """A package that reads MARC records, and how it opens a file."""

    def __init__(self, name: str) -> None:
        """`marcd`, which reads by path; any other package, or `marcd-handle`, by a handle."""
        package = name.partition("-")[0]
        self.module: Any = importlib.import_module(package)
        self._by_path = name == "marcd"
        self._works = work.WORKS_BY_CALL if package == "mrrc" else work.WORKS

    def work(self, name: str) -> Work:
        return self._works[name]

    def open(self, file: str) -> Iterable[Any]:
        target = file if self._by_path else open(file, "rb")  # noqa: SIM115  # the reader's
        reader: Iterable[Any] = self.module.MARCReader(target)
        return reader

    def warm(self, work: Work, file: str) -> None:
        """Do the work for a few records: caches fill, marcd's connection is made."""
        work(itertools.islice(self.open(file), WARM_RECORDS), self.module)


def passes(run: Callable[[], Answer]) -> tuple[Answer, float, float]:
    """The answer, seconds and processor seconds of a run, means over as many as fill the time.

    What a run has kept is freed while no clock runs.
    """
    answers = []
    wall = cpu = 0.0
    while wall < LEAST_SECONDS:
        work.kept.clear()
        gc.collect()
        began, used = time.perf_counter(), time.process_time()
        answers.append(run())
        wall += time.perf_counter() - began
        cpu += time.process_time() - used
    if len(set(answers)) > 1:
        raise SystemExit(f"peer: one and the same work gives {answers}")
    return answers[0], wall / len(answers), cpu / len(answers)


def timed(peer_name: str, work_name: str, file: str) -> dict[str, Any]:
    """The work over a file, opening included."""
    peer = Peer(peer_name)
    do = peer.work(work_name)
    peer.warm(do, file)
    (count, total), wall, cpu = passes(lambda: do(peer.open(file), peer.module))
    accelerated = getattr(peer.module, "accelerated", False)
    return {"count": count, "total": total, "wall": wall, "cpu": cpu, "accelerated": accelerated}


def checksum(value: str | bytes) -> int:
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    return zlib.crc32(value)


def answers(peer_name: str, work_name: str, file: str, records: str) -> list[int]:
    """What the work gives for each of the first records, letter for letter."""
    peer = Peer(peer_name)
    do = peer.work(work_name)
    some = itertools.islice(peer.open(file), int(records))
    return [do([record], peer.module, checksum)[1] for record in some]


def threads(work_name: str, first: str, second: str) -> dict[str, float]:
    """Records/s of marcd, of one thread and of two that have a file each, together."""
    peer = Peer("marcd")
    do = peer.work(work_name)
    peer.warm(do, first)
    one, alone, _ = passes(lambda: do(peer.open(first), peer.module))

    def together() -> Answer:
        with ThreadPoolExecutor(2) as pool:
            tasks = [pool.submit(do, peer.open(file), peer.module) for file in (first, second)]
            both = [task.result() for task in tasks]
        if both != [one, one]:
            raise SystemExit(f"peer: one thread says {one}, two say {both}")
        return both[0]

    _, both, _ = passes(together)
    return {"one": one[0] / alone, "two": 2 * one[0] / both}


def shares(work_name: str, file: str) -> dict[str, float]:
    """Processor microseconds a record: all of them, and those of the work done again.

    Then all objects are there that are made once: the interpreter's loop is left, and what is
    made each time, as the values of fields.
    """
    peer = Peer("marcd")
    do = peer.work(work_name)
    peer.warm(do, file)
    (count, _), _, cpu = passes(lambda: do(peer.open(file), peer.module))
    records = list(itertools.islice(peer.open(file), AGAIN_RECORDS))
    do(records, peer.module)
    _, _, again = passes(lambda: do(records, peer.module))
    return {"cpu": cpu / count * 1e6, "again": again / len(records) * 1e6}


def resident(key: str) -> int:
    """A line of this process's status, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"peer: /proc/self/status says nothing of {key}")


def peak(file: str) -> dict[str, int]:
    """Marcd's largest memory, imports included, after iterating over a file."""
    peer = Peer("marcd")
    count, _ = work.read(peer.open(file), peer.module)
    return {"count": count, "peak": resident("VmHWM")}


def kept(file: str, records: str, every: str) -> dict[str, int]:
    """How much memory grows by keeping one record in `every`, and what they have as bytes.

    The file is read until so many records are kept.
    """
    peer = Peer("marcd")
    work.read(peer.open(file), peer.module)  # what the first read takes is not the records'
    gc.collect()
    before = resident("VmRSS")
    some: list[Any] = []
    while len(some) < int(records):
        some.extend(itertools.islice(peer.open(file), 0, None, int(every)))
    gc.collect()
    grown = resident("VmRSS") - before
    source = sum(record.length for record in some)
    return {"count": len(some), "grown": grown, "source": source}


def _write(peer_name: str, file: str, out: str, most: int | None = None) -> int:
    """Write the records of a file into another, which is on the disk then; their number."""
    module: Any = importlib.import_module(peer_name.partition("-")[0])
    if peer_name == "marcd-write":
        written: int = module.write(itertools.islice(module.MARCReader(file), most), out).records
        return written
    count = 0
    if peer_name == "marcd":
        with module.MARCWriter(out) as writer:
            for record in itertools.islice(module.MARCReader(file), most):
                writer.write(record)
                count += 1
        return count
    with open(out, "wb") as target, open(file, "rb") as source:
        writer = module.MARCWriter(target)
        # mrrc's writer takes records by another name.
        write = getattr(writer, "write", None) or writer.write_record
        for record in itertools.islice(module.MARCReader(source), most):
            write(record)
            count += 1
        if peer_name == "mrrc":
            writer.close()
        target.flush()
        os.fsync(target.fileno())
    return count


def written(peer_name: str, file: str, out: str) -> dict[str, float]:
    """Seconds to write every record of a file into another, which is on the disk then.

    `marcd-write` is `marcd.write` with a reader; the others write record by record.
    """
    _write(peer_name, file, out, WARM_RECORDS)
    began = time.perf_counter()
    count = _write(peer_name, file, out)
    return {"count": count, "wall": time.perf_counter() - began}


TASKS: dict[str, Any] = {
    task.__name__: task
    for task in (timed, answers, threads, shares, peak, kept, written, aio, aio_many)
}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
