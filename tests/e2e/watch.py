"""A daemon under watch: streams that stand still, memory, processor time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from tests.e2e.calls import FRAMES, Client, Failure, Reading, drain, wait_until
from tests.support import Daemon, start_daemon

TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def daemon_with(*flags: str) -> Iterator[Daemon]:
    """A daemon of a test's own, which must drain at the end."""
    daemon = start_daemon("--roots=all=/", *flags)
    try:
        yield daemon
    finally:
        daemon.stop()


class Stalled:
    """A stream whose client took one response, and then none."""

    def __init__(self, target: str, path: Path) -> None:
        self.client = Client(target, small_window=True)
        self.stream: Any = self.client.stream(path, view=FRAMES)
        self.reading = Reading()
        self.reading.add(next(self.stream))

    def read_on(self) -> Reading:
        return drain(self.stream, self.reading)

    def close(self) -> None:
        self.stream.cancel()
        self.client.channel.close()


def peak_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def check_quiet(pid: int) -> None:
    """Comes back once the daemon used no processor time worth the name for 0.2 s."""
    seen = [(time.monotonic(), cpu_ticks(pid))]

    def quiet() -> bool:
        seen.append((time.monotonic(), cpu_ticks(pid)))
        lately = [ticks for when, ticks in seen if when >= seen[-1][0] - 0.2]
        return seen[-1][0] - seen[0][0] > 0.2 and lately[-1] - lately[0] <= TICKS * 0.02

    wait_until(quiet, "the daemon still uses the processor")


def stall_when_admitted(target: str, path: Path) -> Stalled:
    """A stalled stream, opened as soon as the daemon admits it.

    A stream counts as stalled, and makes room, only after a while.
    """
    opened: list[Stalled] = []

    def admitted() -> bool:
        try:
            opened.append(Stalled(target, path))
        except grpc.RpcError as error:
            failure = Failure.of(error)
            assert failure.what == ("RESOURCE_EXHAUSTED", "STREAM_LIMIT")
            assert failure.retry_seconds is not None and failure.retry_seconds > 0
        return bool(opened)

    wait_until(admitted, "a stream is not admitted though another stands still")
    return opened[0]


def wait_until_idle(pid: int) -> None:
    """Waits until a process has used no CPU for a while: it waits for its clients."""
    seen = [cpu_ticks(pid)]

    def is_idle() -> bool:
        seen.append(cpu_ticks(pid))
        return len(seen) > 20 and len(set(seen[-20:])) == 1

    wait_until(is_idle, "the daemon has nothing to do")
