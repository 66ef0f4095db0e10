"""Daemons on other machines: files that are sent, lines that break, several daemons."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import marcd
import marcd.aio
import pytest

from tests.generate import realistic
from tests.line import ENDLESS, Line, line_to
from tests.support import Daemon, start_daemon

DEADLINE = 60.0
RECORDS = list(realistic(3000, seed=21))  # 6 MB
DATA = b"".join(RECORDS)


@contextmanager
def far_daemon(root: Path, breaks_after: int = ENDLESS) -> Iterator[tuple[Daemon, Line]]:
    """A daemon with the folder as its root `far`, and a line to it."""
    daemon = start_daemon(f"--roots=far={root}")
    try:
        with line_to(daemon.target, breaks_after) as line:
            yield daemon, line
    finally:
        daemon.stop()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "mine" / "records.mrc"
    file.parent.mkdir()
    file.write_bytes(DATA)
    return file


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A folder of the server's, in which there is a file of the same name."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "records.mrc").write_bytes(b"".join(RECORDS[:100]))
    return folder


def marc(records: Any) -> list[bytes]:
    return [record.as_marc() for record in records]


async def marc_by_aio(target: str, source: Callable[[Any], Any]) -> list[bytes]:
    async with await marcd.aio.connect(target) as client:
        reader = marcd.aio.MARCReader(source(client), client=client)
        return [record.as_marc() async for record in reader]


def read_both(target: str, source: Callable[[Any], Any]) -> Iterator[list[bytes]]:
    """What the client's reader gives, and what that for asyncio does."""
    with marcd.connect(target) as client:
        yield marc(marcd.MARCReader(source(client), client=client))
    yield asyncio.run(asyncio.wait_for(marc_by_aio(target, source), DEADLINE))


def test_a_path_is_the_clients_file_and_a_servers_is_named(path: Path, theirs: Path) -> None:
    with far_daemon(theirs) as (_, line):
        for found in read_both(line.target, lambda client: path):
            assert found == RECORDS
        for found in read_both(line.target, lambda client: client.file("far", "records.mrc")):
            assert found == RECORDS[:100]


def test_the_environment_names_the_daemon(
    path: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with far_daemon(theirs) as (daemon, line):
        monkeypatch.setenv("MARCD_SERVER", line.target)
        with marcd.connect() as client:
            assert client.info().pid == daemon.pid
        assert marc(marcd.MARCReader(path)) == RECORDS


@pytest.mark.parametrize("of_the_servers", [True, False], ids=["the server's", "sent"])
def test_a_read_goes_on_when_the_line_breaks(
    of_the_servers: bool, path: Path, theirs: Path
) -> None:
    root = path.parent if of_the_servers else theirs
    with far_daemon(root, breaks_after=300_000) as (_, line):

        def source(client: Any) -> Any:
            return client.file("far", path.name) if of_the_servers else path

        for found in read_both(line.target, source):
            assert found == RECORDS
        assert line.breaks >= 4  # 0.3 + 0.6 + 1.2 + 2.4 MB are less than the file


def meet(client: marcd.Client, wanted: set[int]) -> None:
    """Wait until calls have gone to all these daemons."""
    seen = set()
    deadline = time.monotonic() + DEADLINE
    while seen != wanted:
        assert time.monotonic() < deadline
        seen.add(client.info().pid)


def open_streams(daemon: Daemon) -> int:
    with marcd.connect(daemon.target) as client:
        return client.info().open_streams


def test_reads_go_to_each_of_several_daemons(path: Path) -> None:
    path.write_bytes(DATA * 6)  # more than lies on the way
    with (
        far_daemon(path.parent) as (one, first),
        far_daemon(path.parent) as (two, second),
        marcd.connect(f"{first.target},{second.target}") as client,
    ):
        meet(client, {one.pid, two.pid})
        file = client.file("far", path.name)
        readers = [marcd.MARCReader(file, client=client) for _ in "1234"]
        assert [next(reader).ordinal for reader in readers] == [0] * 4
        assert [open_streams(one), open_streams(two)] == [2, 2]
        assert [sum(1 for _ in reader) for reader in readers] == [6 * len(RECORDS) - 1] * 4


def test_a_read_goes_on_at_another_daemon_when_one_is_killed(path: Path) -> None:
    with far_daemon(path.parent) as (survivor, first):
        doomed = start_daemon(f"--roots=far={path.parent}")
        with (
            line_to(doomed.target) as second,
            marcd.connect(f"{first.target},{second.target}") as client,
        ):
            meet(client, {survivor.pid, doomed.pid})
            file = client.file("far", path.name)
            readers = [marcd.MARCReader(file, client=client) for _ in "12"]
            assert [next(reader).ordinal for reader in readers] == [0, 0]
            doomed.kill()
            assert [marc(reader) for reader in readers] == [RECORDS[1:]] * 2


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("http://catalogue:7333", "web address"),
        ("one:7333,two:7333", "IP addresses of one kind"),
        ("127.0.0.1:7333,[::1]:7333", "IP addresses of one kind"),
    ],
)
def test_what_is_no_address_is_a_clear_error(address: str, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        marcd.connect(address)


def test_nobody_there_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(marcd.ServerError, match=f"No answer from the daemon at {address}"):
        marcd.connect(address)
