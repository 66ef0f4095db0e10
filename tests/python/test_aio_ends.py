"""marcd.aio: how reads end, and what is left of them."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import marcd
import marcd.aio
import pytest

from tests.generate import realistic, write_records
from tests.python.fake_server import FakeServer, response, serve
from tests.python.test_aio import DEADLINE, FEW, collect, run
from tests.support import Daemon

BIG = 20_000  # records, some 40 MB: more than all buffers on the way hold


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("aio") / "big.mrc"
    write_records(path, realistic(BIG, seed=13))
    return path


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it; `run` has the deadline."""
    while not await condition():
        await asyncio.sleep(0.002)


def no_streams(server: marcd.aio.Client) -> Callable[[], Awaitable[bool]]:
    async def none() -> bool:
        return (await server.info()).open_streams == 0

    return none


async def leave_by_break(path: Path) -> None:
    async for _ in marcd.aio.MARCReader(path):
        break


async def leave_by_with(path: Path) -> None:
    async with marcd.aio.MARCReader(path) as reader:
        await anext(reader)


async def leave_by_close(path: Path) -> None:
    reader = marcd.aio.MARCReader(path)
    await anext(reader)
    await reader.close()
    for call in (reader.__anext__, reader.read_batch):
        with pytest.raises(ValueError, match="File closed; cannot read records"):
            await call()


async def leave_by_error(path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async for _ in marcd.aio.MARCReader(path):
            raise ZeroDivisionError


async def leave_by_cancel(path: Path) -> None:
    begun = asyncio.Event()

    async def read() -> None:
        async for _ in marcd.aio.MARCReader(path):
            begun.set()

    reading = asyncio.create_task(read())
    await begun.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


WAYS = [leave_by_break, leave_by_with, leave_by_close, leave_by_error, leave_by_cancel]


@pytest.mark.parametrize("leave", WAYS, ids=lambda way: way.__name__)
def test_a_read_that_is_left_closes_its_stream(
    leave: Callable[[Path], Awaitable[None]], client: marcd.Client, big: Path
) -> None:
    async def work() -> None:
        async with await marcd.aio.connect() as server:
            descriptors = len(os.listdir("/proc/self/fd"))
            for _ in range(5):
                await leave(big)
            await until(no_streams(server))
            assert len(os.listdir("/proc/self/fd")) <= descriptors + 2  # the loop's own client

    run(work())


def test_a_cancelled_read_says_so_and_goes_on_from_its_position(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "few.mrc"
    file.write_bytes(b"".join(FEW))
    never = threading.Event()
    server = FakeServer([[response(FEW, 0, 10), never], [response(FEW, 10, 20, end=True)]])

    async def work(target: str) -> None:
        async with await marcd.aio.connect(target) as connected:
            reader = marcd.aio.MARCReader(file, client=connected)
            found = [record.ordinal for record in await reader.read_batch(10)]
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(anext(reader), 0.01)
            assert await asyncio.to_thread(server.cancelled.wait, DEADLINE)
            for _ in range(2):
                with pytest.raises(RuntimeError, match="its task was cancelled"):
                    await anext(reader)
            again = marcd.aio.MARCReader(file, position=reader.position, client=connected)
            found += [record.ordinal for record in await collect(again)]
            assert found == list(range(len(FEW)))

    with serve(server, folder) as target:
        run(work(target))
        never.set()


def test_closing_wakes_a_task_that_waits_for_the_source(client: marcd.Client) -> None:
    async def work() -> None:
        stream = asyncio.StreamReader()
        reader = marcd.aio.MARCReader(stream)
        waiting = asyncio.create_task(anext(reader))
        await asyncio.sleep(0)
        await reader.close()
        stream.feed_eof()
        with pytest.raises(ValueError, match="File closed"):
            await waiting

    run(work())


def test_closing_wakes_a_task_that_waits_for_the_daemon(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "few.mrc"
    file.write_bytes(b"".join(FEW))
    never = threading.Event()
    server = FakeServer([[response(FEW, 0, 10), never]])

    async def work(target: str) -> None:
        async with await marcd.aio.connect(target) as connected:
            reader = marcd.aio.MARCReader(file, client=connected)
            await reader.skip(10)
            waiting = asyncio.create_task(anext(reader))
            await asyncio.sleep(0)
            await reader.close()
            with pytest.raises(ValueError, match="File closed"):
                await waiting

    with serve(server, folder) as target:
        run(work(target))
        never.set()


def test_a_reader_belongs_to_one_task_at_a_time(client: marcd.Client) -> None:
    async def work() -> None:
        stream = asyncio.StreamReader()
        reader = marcd.aio.MARCReader(stream)
        waiting = asyncio.create_task(anext(reader))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="another task"):
            await anext(reader)
        stream.feed_data(FEW[0])
        stream.feed_eof()
        assert (await waiting).as_marc() == FEW[0]

    run(work())


def test_a_reader_that_is_not_read_holds_the_daemon_back(
    client: marcd.Client, server: Daemon, big: Path
) -> None:
    def read_by_daemon() -> int:
        facts = Path(f"/proc/{server.pid}/io").read_text()
        return int(facts.split("rchar: ")[1].split()[0])

    async def work() -> None:
        before = read_by_daemon()
        reader = marcd.aio.MARCReader(big)
        await anext(reader)
        seen = [0, 1]
        while seen[-1] != seen[-2]:  # until it reads no more
            seen.append(read_by_daemon() - before)
            await asyncio.sleep(0.1)
        assert 0 < seen[-1] < big.stat().st_size // 2
        assert len(await collect(reader)) == BIG - 1

    run(work())


def count(path: Path) -> int:
    return sum(1 for _ in marcd.MARCReader(path))


def count_by_aio(path: Path) -> int:
    return len(run(collect(marcd.aio.MARCReader(path))))


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("read", [count, count_by_aio])
def test_a_forked_child_is_told_why_it_cannot_read(
    read: Callable[[Path], int], client: marcd.Client, tmp_path: Path
) -> None:
    """It would wait for ever, or take bytes that its parent waits for."""
    file = tmp_path / "few.mrc"
    file.write_bytes(b"".join(FEW * 10))

    async def work() -> None:
        reader = marcd.aio.MARCReader(file)
        pushed = marcd.MARCReader(file.read_bytes())
        await anext(reader)
        next(pushed)
        with (
            multiprocessing.get_context("fork").Pool(2) as pool,
            pytest.raises(RuntimeError, match="when this process was forked"),
        ):
            await asyncio.to_thread(pool.map, read, [file] * 4, 1)
        assert len(await collect(reader)) == 10 * len(FEW) - 1
        assert sum(1 for _ in pushed) == 10 * len(FEW) - 1

    run(work())


def try_often(path: Path) -> None:
    for _ in range(200):
        with pytest.raises(RuntimeError):
            count_by_aio(path)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_that_tries_disturbs_no_call_of_its_parents(
    client: marcd.Client, big: Path
) -> None:
    async def work() -> None:
        async with await marcd.aio.connect() as server:
            with multiprocessing.get_context("fork").Pool(1) as pool:
                tries = asyncio.create_task(asyncio.to_thread(pool.map, try_often, [big]))
                while not tries.done():
                    await server.info()
                await tries

    run(work())


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_process_that_is_forked_afterwards_reads(client: marcd.Client, big: Path) -> None:
    async def work() -> None:
        async with await marcd.aio.connect() as server:
            await anext(marcd.aio.MARCReader(big, client=server))
        await anext(marcd.aio.MARCReader(big))

    run(work())
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(count, [big] * 2) == [BIG] * 2


# What grpcio 1.49 says at the end of any program that has used its asyncio.
NOISE = "Error in sys.excepthook:\n\nOriginal exception was:\n"
PROGRAMS = {
    "a reader left open": "keep.append(reader)",
    "a task left running": (
        "async def on():\n"
        "        async for _ in reader: await asyncio.sleep(0)\n"
        "    keep.append(asyncio.create_task(on()))\n"
        "    await asyncio.sleep(0.01)"
    ),
    "an exit amid a read": "async for _ in reader: raise SystemExit(0)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_end_in_silence(name: str, client: marcd.Client, big: Path) -> None:
    program = (
        "import asyncio, sys, marcd.aio\nkeep, path = [], sys.argv[1]\n"
        "async def main():\n"
        "    reader = marcd.aio.MARCReader(path)\n"
        "    await anext(reader)\n"
        f"    {PROGRAMS[name]}\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, big],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.replace(NOISE, "")) == (0, "", "")


def test_many_readers_share_a_loop(client: marcd.Client, big: Path) -> None:
    async def first(count: int) -> list[Any]:
        return await marcd.aio.MARCReader(big).read_batch(count)

    async def work() -> None:
        found = await asyncio.gather(*[first(1000) for _ in range(30)])
        assert [[r.ordinal for r in records] for records in found] == [list(range(1000))] * 30

    run(work())
