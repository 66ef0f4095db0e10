"""Data connections: a stream's messages past gRPC."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import marcd
import pytest
from marcd import _backoff, _data_connection
from marcd._data_connection import DataConnection

from tests import generate
from tests.python.test_reader import wait_until
from tests.support import Daemon, start_daemon

RECORDS = 3000


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of some 6 MB: many batches."""
    path = tmp_path_factory.mktemp("data") / "records.mrc"
    generate.write_records(path, generate.realistic(RECORDS, seed=5))
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[DataConnection | None]:
    """The data connections that are opened, or None for each that cannot be."""
    seen: list[DataConnection | None] = []
    true = DataConnection.open.__func__  # type: ignore[attr-defined]

    def open_and_note(kind: type[DataConnection], target: str) -> DataConnection | None:
        seen.append(true(kind, target))
        return seen[-1]

    monkeypatch.setattr(DataConnection, "open", classmethod(open_and_note))
    return seen


def texts(reader: Any) -> list[str]:
    return [str(record) for record in reader]


def test_records_are_the_same_by_either_way(
    client: marcd.Client, file: Path, opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_data = texts(marcd.MARCReader(str(file)))
    assert len(by_data) == RECORDS and isinstance(opened[0], DataConnection)
    monkeypatch.setattr(DataConnection, "open", classmethod(lambda kind, target: None))
    assert texts(marcd.MARCReader(str(file))) == by_data


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_grpc_that_must_be_waited_for_connects_by_a_greeting(
    by_itself: bool, server: Daemon, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the call would be sent with the next of its polls, after five seconds."""
    monkeypatch.setattr("marcd.client.works_by_itself", lambda: by_itself)
    with marcd.Client(server.target) as client:
        assert next(marcd.MARCReader(file, client=client))
        assert client._greeted is not by_itself


def test_a_daemon_that_takes_no_data_connection_is_read_by_grpc(
    client: marcd.Client, server: Daemon, file: Path, opened: list[Any]
) -> None:
    path = server.target.removeprefix("unix:") + ".data"
    os.rename(path, path + ".away")
    try:
        assert len(texts(marcd.MARCReader(str(file)))) == RECORDS
    finally:
        os.rename(path + ".away", path)
    assert opened == [None]


def test_one_that_never_answers_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_data_connection, "OPEN_SECONDS", 0.05)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s.data"))
        silent.listen()
        assert DataConnection.open(f"unix:{tmp_path}/s") is None


def test_a_name_that_the_daemon_has_given_up_is_tried_anew(
    client: marcd.Client, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = DataConnection.open.__func__  # type: ignore[attr-defined]
    calls = []

    def open_wrongly_once(kind: type[DataConnection], target: str) -> DataConnection:
        connection = true(kind, target)
        calls.append(connection)
        if len(calls) == 1:
            connection.name = bytes(16)
            connection.shut_down()
        return connection

    monkeypatch.setattr(DataConnection, "open", classmethod(open_wrongly_once))
    assert len(texts(marcd.MARCReader(str(file)))) == RECORDS
    assert len(calls) == 2


def test_batches_that_are_kept_keep_their_bytes(client: marcd.Client, file: Path) -> None:
    wanted = [record.title for record in marcd.MARCReader(str(file))]
    batches = list(marcd.read(str(file)).batches())
    assert len(batches) > 5
    assert [title for batch in batches for title in titles(batch)] == wanted


def titles(batch: marcd.RecordBatch) -> Iterator[str | None]:
    return (record.title for record in batch.records())


def test_reading_leaves_no_descriptor_open(client: marcd.Client, file: Path) -> None:
    def read_and_leave() -> None:
        assert len(texts(marcd.MARCReader(str(file)))) == RECORDS
        with marcd.MARCReader(str(file)) as reader:
            next(reader)
        next(marcd.MARCReader(str(file)))  # dropped amid the file

    read_and_leave()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        read_and_leave()
    wait_until(lambda: len(os.listdir("/proc/self/fd")) <= before)


def test_a_reader_that_waits_is_ended_by_another_thread(client: marcd.Client, file: Path) -> None:
    reader = marcd.MARCReader(str(file))
    next(reader)
    threading.Timer(0.01, reader.close).start()
    with pytest.raises(ValueError, match="closed"):
        while True:
            for _ in reader:
                pass


def test_an_error_is_told_at_once(client: marcd.Client) -> None:
    """Though the client reads the data connection before it asks how the call ended."""

    def read() -> None:
        with pytest.raises(FileNotFoundError):
            next(marcd.MARCReader(client.file("all", "no/such/file")))

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(9)  # what no call claims, the daemon keeps for ten seconds
    assert not reading.is_alive()


def test_a_daemon_that_is_killed_amid_a_stream_is_an_error_that_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_backoff, "MAX_TRIES", 2)
    daemon = start_daemon("--roots=all=/")
    with marcd.connect(daemon.target) as client:
        reader = marcd.MARCReader(str(file), client=client)
        given = [next(reader) for _ in range(10)]
        daemon.kill()
        with pytest.raises(marcd.ServerError, match="UNAVAILABLE"):
            given.extend(reader)
    assert [record.ordinal for record in given] == list(range(len(given)))


def test_a_client_that_never_reads_cannot_hold_a_drain(file: Path) -> None:
    daemon = start_daemon("--roots=all=/", "--drain_seconds=1")
    with marcd.connect(daemon.target) as client:
        reader = marcd.MARCReader(str(file), client=client)
        next(reader)
        daemon.stop()  # exits with 0, within its time


def test_the_data_socket_is_gone_when_the_daemon_is() -> None:
    daemon = start_daemon("--roots=all=/")
    path = daemon.target.removeprefix("unix:") + ".data"
    assert os.path.exists(path)
    daemon.stop()
    assert not os.path.exists(path)
