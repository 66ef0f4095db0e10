"""Files that are compressed are read as what they hold."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import marcd
import marcd.aio
import pymarc
import pytest

from tests.generate import realistic
from tests.support import Daemon, start_daemon

RECORDS = list(realistic(3000, seed=31))  # 6 MB
DATA = b"".join(RECORDS)
OFFSETS = [len(b"".join(RECORDS[:place])) for place in (0, 1, 2)]
KINDS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, 1),
    "bzip2": lambda data: bz2.compress(data, 1),
    "xz": lambda data: lzma.compress(data, preset=0),
}
# One that pymarc cannot read among some that it can.
DAMAGED = RECORDS[0] + RECORDS[1][:-9] + b"\xff" + RECORDS[1][-8:] + RECORDS[2]
pytestmark = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def client(daemon: Daemon) -> Any:
    with marcd.connect(daemon.target) as connected:
        yield connected


@pytest.fixture
def path(kind: str, tmp_path: Path) -> Path:
    file = tmp_path / f"records.mrc.{kind}"
    file.write_bytes(KINDS[kind](DATA))
    return file


def marc(records: Any) -> list[bytes]:
    return [record.as_marc() for record in records]


@pytest.mark.parametrize("read", [marcd.MARCReader, marcd.read])
def test_its_records_are_given_with_their_places(
    read: Callable[..., Any], path: Path, client: marcd.Client
) -> None:
    records = list(read(path, client=client))
    assert marc(records) == RECORDS
    assert [record.offset for record in records[:3]] == OFFSETS
    assert records[2].length == len(RECORDS[2])


def test_asyncio_reads_them_too(path: Path, daemon: Daemon) -> None:
    async def work() -> list[bytes]:
        async with await marcd.aio.connect(daemon.target) as client:
            return [r.as_marc() async for r in marcd.aio.MARCReader(path, client=client)]

    assert asyncio.run(work()) == RECORDS


def test_several_members_are_read_as_one(kind: str, path: Path, client: marcd.Client) -> None:
    half = len(DATA) // 2  # in the midst of a record
    path.write_bytes(KINDS[kind](DATA[:half]) + KINDS[kind](DATA[half:]))
    assert marc(marcd.read(path, client=client)) == RECORDS


def test_a_read_goes_on_at_a_position(path: Path, client: marcd.Client) -> None:
    reader = marcd.read(path, client=client)
    reader.skip(2500)
    assert marc(marcd.read(path, position=reader.position, client=client)) == RECORDS[2500:]


def test_a_check_tells_of_what_it_holds(path: Path, client: marcd.Client) -> None:
    report = marcd.check(path, client=client)
    assert (report.records, report.end_offset) == (len(RECORDS), len(DATA))


def test_a_file_that_is_cut_gives_what_is_there_and_says_where(
    path: Path, client: marcd.Client
) -> None:
    size = path.stat().st_size * 2 // 3
    path.write_bytes(path.read_bytes()[:size])
    found = []
    with pytest.raises(marcd.ServerError, match="it ends there, and should not") as caught:
        found.extend(marcd.read(path, client=client))
    assert (caught.value.code, caught.value.reason) == ("DATA_LOSS", "COMPRESSION_CUT")
    assert caught.value.metadata == {"path": str(path), "offset": str(size)}
    assert 1000 < len(found) < 2500
    assert marc(found) == RECORDS[: len(found)]


def test_an_open_file_is_read_as_it_is(path: Path, client: marcd.Client) -> None:
    """As pymarc reads it; a gzip file object decompresses."""

    def first(package: Any, **more: Any) -> str:
        with path.open("rb") as file:
            reader = package.MARCReader(file, **more)
            return repr((next(reader), reader.current_exception))

    assert first(marcd, client=client) == first(pymarc)


def test_a_record_that_cannot_be_read_is_explained(
    kind: str, path: Path, client: marcd.Client
) -> None:
    path.write_bytes(KINDS[kind](DAMAGED))

    def problems(source: Any) -> list[tuple[str, bytes | None]]:
        reader = marcd.MARCReader(source, client=client)
        return [(repr(reader.current_exception), reader.current_chunk) for _ in reader]

    found = problems(path)
    assert found == problems(DAMAGED)
    assert any(chunk == RECORDS[0] for _, chunk in found)


def test_a_file_that_the_daemon_does_not_see_is_decompressed_here(
    path: Path, tmp_path: Path
) -> None:
    (tmp_path / "theirs").mkdir()
    there = start_daemon(f"--roots=far={tmp_path / 'theirs'}")
    with marcd.connect(there.target) as client:
        assert marc(marcd.MARCReader(path, client=client)) == RECORDS
        assert marc(marcd.read(path, client=client)) == RECORDS
    there.stop()
