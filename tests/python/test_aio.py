"""marcd.aio: the records that the synchronous readers give, each awaited."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import grpc
import marcd
import marcd.aio
import pytest

from tests.generate import damage, realistic
from tests.python.fake_server import Abort, FakeServer, parsed, response, serve

DEADLINE = 120.0
RECORDS = list(realistic(2000, seed=12))
DATA = b"".join(RECORDS)
# Many records that pymarc cannot read, and at last one at which it stops.
DAMAGED = damage(DATA, 40, seed=1)[0] + b"stop!" + DATA[5:]
FEW = RECORDS[:30]


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """What the work comes to, in an event loop of its own."""
    return asyncio.run(asyncio.wait_for(work, DEADLINE))


async def collect(reader: Any) -> list[Any]:
    return [record async for record in reader]


def texts(records: list[Any]) -> list[str | None]:
    return [None if record is None else str(record) for record in records]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(DATA)
    return file


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    file = tmp_path / "damaged.mrc"
    file.write_bytes(DAMAGED)
    return file


SOURCES: dict[str, Callable[[Path], Any]] = {
    "path": lambda path: path,
    "file": lambda path: path.open("rb"),
    "bytes": lambda path: path.read_bytes(),
    "BytesIO": lambda path: io.BytesIO(path.read_bytes()),
    "object": lambda path: gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(path.read_bytes(), 1))),
}


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_gives_its_records(source: str, client: marcd.Client, path: Path) -> None:
    async def work() -> list[bytes]:
        async with marcd.aio.MARCReader(SOURCES[source](path)) as reader:
            return [record.as_marc() async for record in reader]

    assert run(work()) == RECORDS


def test_an_asyncio_stream_gives_its_records_as_they_come(
    client: marcd.Client, tmp_path: Path
) -> None:
    """The next record is sent when the one before has been received."""

    async def send(
        sent: asyncio.Semaphore, _: asyncio.StreamReader, to: asyncio.StreamWriter
    ) -> None:
        for record in FEW:
            await sent.acquire()
            to.write(record)
        to.close()

    async def work() -> list[bytes]:
        sent = asyncio.Semaphore(1)
        server = await asyncio.start_unix_server(
            lambda stream, to: send(sent, stream, to), tmp_path / "s"
        )
        stream, writer = await asyncio.open_unix_connection(tmp_path / "s")
        found = []
        async for record in marcd.aio.MARCReader(stream):
            found.append(record.as_marc())
            sent.release()
        writer.close()
        server.close()
        return found

    assert run(work()) == FEW


@pytest.mark.parametrize("mode", ["repair", "skip", "pymarc"])
def test_damaged_records_are_told_of_alike(mode: str, client: marcd.Client, damaged: Path) -> None:
    wanted = marcd.read(damaged, mode)
    records = texts(list(wanted))

    async def work() -> None:
        reader = marcd.aio.read(damaged, mode)
        assert texts(await collect(reader)) == records
        assert reader.diagnostics == wanted.diagnostics
        assert reader.gaps == wanted.gaps
        assert reader.reason_counts == wanted.reason_counts

    run(work())


def problem(record: Any, reader: Any) -> tuple[str, bytes | None] | None:
    """What a reader says of a record that it cannot read."""
    return None if record else (repr(reader.current_exception), reader.current_chunk)


@pytest.mark.parametrize("of_the_servers", [False, True])
def test_a_record_that_cannot_be_read_is_explained(
    of_the_servers: bool, client: marcd.Client, damaged: Path
) -> None:
    reader = marcd.MARCReader(damaged)
    wanted = [problem(record, reader) for record in reader]
    last = reader.current_chunk

    async def work() -> None:
        async with await marcd.aio.connect() as server:
            target = server.file("all", str(damaged)[1:]) if of_the_servers else damaged
            reader = marcd.aio.MARCReader(target, client=server)
            assert [problem(record, reader) async for record in reader] == wanted
            assert reader.current_chunk == last

    assert any(wanted)
    run(work())


def test_an_encoding_that_the_daemon_does_not_know_is_decoded_here(
    client: marcd.Client, path: Path
) -> None:
    def options(reader: Any) -> Any:
        return reader(path, to_unicode=True, file_encoding="cp1251")

    wanted = texts(list(options(marcd.MARCReader)))
    assert run(collect(options(marcd.aio.MARCReader))) and wanted == texts(
        run(collect(options(marcd.aio.MARCReader)))
    )


def test_records_can_be_asked_for_one_by_one_and_many_at_once(
    client: marcd.Client, path: Path
) -> None:
    async def work() -> None:
        reader = marcd.aio.MARCReader(path)
        assert (await anext(reader)).ordinal == 0
        assert [record.ordinal for record in await reader.read_batch(3)] == [1, 2, 3]
        assert await reader.skip(1900) == 1900
        assert [record.ordinal for record in await reader.read_batch(1000)] == list(
            range(1904, 2000)
        )
        assert await reader.read_batch() == []
        assert await reader.skip(1) == 0
        for _ in range(2):
            with pytest.raises(StopAsyncIteration):
                await anext(reader)

    run(work())


def test_batches_give_columns(client: marcd.Client, path: Path) -> None:
    wanted = [record.title for record in marcd.MARCReader(path)]

    async def work() -> None:
        titles = []
        async for batch in marcd.aio.MARCReader(path).batches():
            titles += [record.title for record in batch.records()]
            assert batch.values("001") == [record["001"].data for record in batch.records()]
        assert titles == wanted

    run(work())


def test_a_position_is_where_another_reader_goes_on(client: marcd.Client, path: Path) -> None:
    async def work() -> None:
        reader = marcd.aio.MARCReader(path)
        assert reader.position is None
        for _ in range(500):
            await anext(reader)
        again = marcd.aio.MARCReader(path, position=reader.position)
        assert again.position == reader.position
        assert [record.ordinal for record in await collect(again)] == list(range(500, 2000))
        # One of the other kind, too.
        assert next(marcd.MARCReader(path, position=reader.position)).ordinal == 500

    run(work())


def test_broken_streams_go_on(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "few.mrc"
    file.write_bytes(b"".join(FEW))
    broken = Abort(grpc.StatusCode.UNAVAILABLE)
    read = [[response(FEW, 0, 10), broken], [broken], [response(FEW, 10, 20, end=True)]]
    pushed = [[parsed(FEW, 0, 10), broken], [parsed(FEW, 10, 20, end=True)]]

    async def work(target: str) -> None:
        async with await marcd.aio.connect(target) as client:
            for source in (file, file.read_bytes()):
                reader = marcd.aio.MARCReader(source, client=client)
                assert [record.as_marc() for record in await collect(reader)] == FEW

    with serve(FakeServer(read + pushed), folder) as target:
        run(work(target))


def test_errors_have_pythons_names(client: marcd.Client, tmp_path: Path) -> None:
    async def work() -> None:
        with pytest.raises(FileNotFoundError):
            marcd.aio.MARCReader(tmp_path / "nothing.mrc")
        server = await marcd.aio.connect()
        reader = marcd.aio.MARCReader(server.file("all", "no/such/file"))
        for _ in range(2):
            with pytest.raises(FileNotFoundError, match="no/such/file"):
                await anext(reader)
        with pytest.raises(ValueError, match="mode is one of"):
            marcd.aio.read(tmp_path, "hopeful")

    run(work())


def test_a_client_of_the_other_kind_is_refused(client: marcd.Client, path: Path) -> None:
    async def work() -> None:
        with pytest.raises(TypeError, match=r"marcd\.aio\.connect"):
            marcd.aio.MARCReader(path, client=client)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"marcd\.aio\.connect"):
            marcd.aio.MARCReader(client.file("all", path))
        async with await marcd.aio.connect() as server:
            with pytest.raises(TypeError, match=r"marcd\.Client"):
                marcd.MARCReader(path, client=server)
            with pytest.raises(TypeError, match=r"marcd\.Client"):
                marcd.MARCReader(server.file("all", path))

    run(work())


def test_a_daemon_is_started_and_started_again(runtime: Path, path: Path) -> None:
    async def work() -> None:
        async with await marcd.aio.connect() as server:
            first = (await server.info()).pid
            reader = marcd.aio.MARCReader(path, client=server)
            found = [(await anext(reader)).ordinal]
            os.kill(first, 9)
            found += [record.ordinal for record in await collect(reader)]
            assert found == list(range(len(RECORDS)))
            assert (await server.info()).pid != first

    run(work())


def test_a_source_that_blocks_does_not_block_the_loop(client: marcd.Client) -> None:
    """The loop itself writes what the reader waits for."""
    ours, theirs = os.pipe()

    async def write(file: io.FileIO) -> None:
        for record in FEW[:10]:  # not more than a pipe holds
            file.write(record)
            await asyncio.sleep(0)
        file.close()

    async def work() -> None:
        writing = asyncio.create_task(write(io.FileIO(theirs, "w")))
        with open(ours, "rb") as pipe:
            reader = marcd.aio.MARCReader(pipe)
            assert [record.as_marc() for record in await collect(reader)] == FEW[:10]
        await writing

    run(work())


def test_others_have_their_turn_while_a_file_is_read(client: marcd.Client, path: Path) -> None:
    async def count(turns: list[int]) -> None:
        while True:
            turns[0] += 1
            await asyncio.sleep(0)

    async def work() -> None:
        turns = [0]
        counting = asyncio.create_task(count(turns))
        batches: AsyncIterator[Any] = marcd.aio.read(path).batches()
        begun = [turns[0] async for _ in batches]
        counting.cancel()
        assert len(begun) > 5
        assert len(set(begun)) == len(begun)

    run(work())


def test_one_loop_after_another_has_a_client_of_its_own(client: marcd.Client, path: Path) -> None:
    for _ in range(3):
        assert len(run(collect(marcd.aio.MARCReader(path)))) == len(RECORDS)


def test_loops_of_several_threads_read_at_once(client: marcd.Client, path: Path) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(run(collect(marcd.aio.MARCReader(path))))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert found == [len(RECORDS)] * 4
