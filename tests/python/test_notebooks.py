"""Notebooks: cells that run in a thread with an event loop, are interrupted, and run again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import marcd
import pytest
from marcd import _daemon

from tests.generate import realistic
from tests.python.test_reader import wait_until

RECORDS = 6000  # more than a connection holds
SOURCES: dict[str, Callable[[Path], object]] = {
    "path": lambda path: path,
    "file": lambda path: path.open("rb"),
    "bytes": lambda path: path.read_bytes(),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(b"".join(realistic(RECORDS // 20, seed=5)) * 20)
    return file


@contextmanager
def interrupted() -> Iterator[None]:
    """What is within is interrupted, as by the stop button; it must not end before."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """The daemon stands still within, so that whoever waits for it waits."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("source", SOURCES)
def test_a_cell_reads_in_the_thread_of_a_running_loop(
    source: str, client: marcd.Client, path: Path
) -> None:
    async def first_cell() -> marcd.MARCReader:
        reader = marcd.MARCReader(SOURCES[source](path))
        next(reader)
        return reader

    async def second_cell(reader: marcd.MARCReader) -> int:
        with reader:
            return sum(1 for _ in reader)

    async def notebook() -> tuple[int, int]:
        reader = await first_cell()
        in_thread = asyncio.to_thread(lambda: sum(1 for _ in marcd.MARCReader(path)))
        return await second_cell(reader), await in_thread

    assert asyncio.run(notebook()) == (RECORDS - 1, RECORDS)


def test_a_cell_starts_the_daemon(runtime: Path, path: Path) -> None:
    async def cell() -> int:
        return sum(1 for _ in marcd.MARCReader(path))

    assert asyncio.run(cell()) == RECORDS


def test_a_loop_after_a_loop_uses_the_same_client(client: marcd.Client, path: Path) -> None:
    """As when the kernel is not restarted, and the loop is."""

    async def cell() -> object:
        assert sum(1 for _ in marcd.MARCReader(path)) == RECORDS
        return marcd.client.default_client()

    assert asyncio.run(cell()) is asyncio.run(cell())


@pytest.mark.parametrize("source", SOURCES)
def test_after_an_interrupted_read_the_cell_runs_again(
    source: str, runtime: Path, path: Path
) -> None:
    def cell() -> int:
        with marcd.MARCReader(SOURCES[source](path)) as reader:
            return sum(1 for _ in reader)

    with marcd.connect() as client:
        info = client.info()
        assert cell() == RECORDS
        with stopped(info.pid), interrupted():
            cell()
        assert cell() == RECORDS
        wait_until(lambda: client.info().open_streams == 0)
        assert client.info().pid == info.pid


def test_after_an_interrupted_connect_the_next_one_connects(runtime: Path) -> None:
    with marcd.connect() as client:
        pid = client.info().pid
    with stopped(pid), interrupted():
        marcd.connect()
    with marcd.connect() as client:
        assert client.info().pid == pid


def test_a_cell_that_runs_again_leaves_nothing_open(client: marcd.Client, path: Path) -> None:
    for _ in range(20):
        reader = marcd.MARCReader(path)  # the one before is dropped in the middle
        assert next(reader).ordinal == 0
    reader.close()
    wait_until(lambda: client.info().open_streams == 0)


@pytest.mark.parametrize("close", [True, False])
def test_many_connects_leave_no_files_open(close: bool, runtime: Path) -> None:
    """Forgotten clients, too."""

    def files() -> int:
        return len(os.listdir("/proc/self/fd"))

    def connect() -> None:
        client = marcd.connect()
        assert client.info().pid == pid
        if close:
            client.close()

    pid = _daemon.peer(Path(marcd.connect().target.removeprefix("unix:")))
    connect()
    before = files()
    for _ in range(50):
        connect()
    wait_until(lambda: files() <= before + 5)
    daemon_files = Path(f"/proc/{pid}/fd")
    wait_until(lambda: len(os.listdir(daemon_files)) < 40)
