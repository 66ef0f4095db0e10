"""How a stream goes on after a break, and when it does not."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import grpc
import marcd
import pytest
from marcd import _backoff, _position, _steps
from marcd.exceptions import ServerError

from tests.generate import realistic
from tests.python.fake_server import DEADLINE, PREFIX, Abort, FakeServer, parsed, response, serve

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
RECORDS = list(realistic(30, seed=4))
ALL = list(range(len(RECORDS)))


@pytest.fixture(autouse=True)
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was slept, in place of sleeping."""
    slept: list[float] = []
    monkeypatch.setattr(_steps, "sleep", slept.append)
    monkeypatch.setattr(_backoff, "_random", lambda: 1.0)
    return slept


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "records.mrc"
    path.write_bytes(b"".join(RECORDS))
    return path


def part(first: int, count: int, end: bool = False) -> Any:
    return response(RECORDS, first, count, end)


def token(first: int) -> str:
    return _position.token(PREFIX, sum(map(len, RECORDS[:first])), first)


def read(server: FakeServer, folder: Path, file: Path) -> list[int]:
    with serve(server, folder) as target, marcd.connect(target) as client:
        return [record.ordinal for record in marcd.MARCReader(file, client=client)]


@pytest.mark.parametrize(
    "end",
    [
        Abort(UNAVAILABLE),
        Abort(UNAVAILABLE, "PARKED"),
        Abort(UNAVAILABLE, "DRAINING", delay=0.5),
        Abort(grpc.StatusCode.INTERNAL, message="Received RST_STREAM with error code 2"),
        Abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "STREAM_LIMIT", delay=1.0),
        None,  # the stream ends well, and the file was not at its end
    ],
    ids=lambda end: f"{end.code.name} {end.reason}" if end else "no end",
)
def test_a_broken_stream_goes_on_from_its_last_position(
    end: Abort | None, folder: Path, file: Path
) -> None:
    stop = [end] if end else []
    scripts = [[part(0, 10), part(10, 3), *stop], [part(13, 7), *stop], [part(20, 10, end=True)]]
    server = FakeServer(scripts)
    assert read(server, folder, file) == ALL
    assert [request.resume_token for request in server.requests] == ["", token(13), token(20)]
    assert all(request.file.seen.size == file.stat().st_size for request in server.requests)


def test_a_call_refused_at_first_is_made_again(folder: Path, file: Path) -> None:
    server = FakeServer([[Abort(UNAVAILABLE)], [Abort(UNAVAILABLE)], [part(0, 30, end=True)]])
    assert read(server, folder, file) == ALL


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (grpc.StatusCode.DATA_LOSS, "READ_FAILED"),
        (grpc.StatusCode.FAILED_PRECONDITION, "FILE_CHANGED"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, ""),
        (grpc.StatusCode.INTERNAL, ""),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, ""),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_other_ends_are_errors_at_once(
    code: grpc.StatusCode, reason: str, folder: Path, file: Path, sleeps: list[float]
) -> None:
    abort = Abort(
        code, reason, "what happened", metadata={"path": "/x", "offset": "7"} if reason else {}
    )
    server = FakeServer([[part(0, 10), abort]])
    with serve(server, folder) as target, marcd.connect(target) as client:
        reader = marcd.MARCReader(file, client=client)
        assert [record.ordinal for record in reader.read_batch(10)] == ALL[:10]
        for _ in range(2):
            with pytest.raises(marcd.ServerError, match="what happened") as caught:
                next(reader)
    error = caught.value
    assert (error.code, error.reason, error.metadata) == (code.name, reason, abort.metadata)
    assert (len(server.requests), sleeps) == (1, [])


def test_tries_without_progress_are_bounded(folder: Path, file: Path, sleeps: list[float]) -> None:
    scripts = [[part(0, 10), Abort(UNAVAILABLE)]]
    scripts += [[Abort(UNAVAILABLE, message="still away")] for _ in range(100)]
    server = FakeServer(scripts)
    with pytest.raises(marcd.ServerError, match="still away"):
        read(server, folder, file)
    assert len(server.requests) == 1 + _backoff.MAX_TRIES
    assert sleeps == sorted(sleeps)
    assert sleeps[-1] == _backoff.LONGEST_DELAY


def test_progress_starts_the_count_anew(folder: Path, file: Path, sleeps: list[float]) -> None:
    scripts: list[list[Any]] = [[part(n, 1), Abort(UNAVAILABLE)] for n in ALL[:-1]]
    server = FakeServer([*scripts, [part(29, 1, end=True)]])
    assert read(server, folder, file) == ALL
    assert sleeps == [_backoff.FIRST_DELAY] * 29


def test_a_parked_stream_is_opened_again_only_when_more_is_asked_for(
    folder: Path, file: Path, sleeps: list[float]
) -> None:
    server = FakeServer(
        [[part(0, 10), Abort(UNAVAILABLE, "PARKED", delay=9.0)], [part(10, 20, end=True)]]
    )
    with serve(server, folder) as target, marcd.connect(target) as client:
        reader = marcd.MARCReader(file, client=client)
        assert len(reader.read_batch(10)) == 10
        assert reader.position == token(10)
        assert len(server.requests) == 1
        assert next(reader).ordinal == 10
        assert len(server.requests) == 2
    assert sleeps == []


def test_the_daemons_delay_is_waited_for(folder: Path, file: Path, sleeps: list[float]) -> None:
    server = FakeServer([[Abort(UNAVAILABLE, "DRAINING", delay=2.5)], [part(0, 30, end=True)]])
    read(server, folder, file)
    assert sleeps == [2.5]


def test_a_reader_that_is_dropped_cancels_its_call(folder: Path, file: Path) -> None:
    never = threading.Event()
    server = FakeServer([[part(0, 10), never, part(10, 20, end=True)]])
    with serve(server, folder) as target, marcd.connect(target) as client:
        reader = marcd.MARCReader(file, client=client)
        next(reader)
        del reader
        assert server.cancelled.wait(DEADLINE)
        never.set()


def test_a_position_is_sent_as_it_was(folder: Path, file: Path) -> None:
    server = FakeServer([[part(13, 17, end=True)]])
    with serve(server, folder) as target, marcd.connect(target) as client:
        reader = marcd.MARCReader(file, position=token(13), client=client)
        assert next(reader).ordinal == 13
        assert reader.position == token(14)
    (request,) = server.requests
    assert (request.resume_token, request.start_offset) == (token(13), 0)


@pytest.mark.parametrize(
    "reason", ["FILE_MISMATCH", "OUTSIDE_ROOTS", "FILE_NOT_FOUND", "FILE_UNREADABLE"]
)
def test_a_refused_file_is_sent(reason: str, folder: Path, file: Path) -> None:
    codes = {"FILE_MISMATCH": "FAILED_PRECONDITION", "FILE_NOT_FOUND": "NOT_FOUND"}
    code = grpc.StatusCode[codes.get(reason, "PERMISSION_DENIED")]
    server = FakeServer(
        [[Abort(code, reason)], [parsed(RECORDS, 0, 12), parsed(RECORDS, 12, 18, end=True)]]
    )
    with serve(server, folder) as target, marcd.connect(target) as client:
        reader = marcd.MARCReader(file, client=client)
        records = [record.ordinal for record in reader]
    assert records == ALL
    assert server.requests[1].data == b"".join(RECORDS)


def test_an_open_file_that_lost_its_path_is_sent_from_where_it_broke(
    folder: Path, file: Path
) -> None:
    gone = Abort(grpc.StatusCode.NOT_FOUND, "FILE_NOT_FOUND")
    scripts = [[part(0, 10), Abort(UNAVAILABLE)], [gone], [parsed(RECORDS, 10, 20, end=True)]]
    server = FakeServer(scripts)
    with (
        serve(server, folder) as target,
        marcd.connect(target) as client,
        file.open("rb") as opened,
    ):
        assert [r.ordinal for r in marcd.MARCReader(opened, client=client)] == ALL
    assert server.requests[2].data == b"".join(RECORDS[10:])


def test_a_path_that_is_gone_is_pythons_error(folder: Path, file: Path) -> None:
    server = FakeServer([[part(0, 10), Abort(UNAVAILABLE)]])
    with serve(server, folder) as target, marcd.connect(target) as client:
        reader = marcd.MARCReader(file, client=client)
        reader.read_batch(10)
        file.unlink()
        with pytest.raises(FileNotFoundError):
            next(reader)


def test_sent_bytes_are_sent_again_from_what_was_consumed(folder: Path) -> None:
    data = b"".join(RECORDS)
    scripts = [[parsed(RECORDS, 0, 10), Abort(UNAVAILABLE)], [parsed(RECORDS, 10, 20, end=True)]]
    server = FakeServer(scripts)
    with serve(server, folder) as target, marcd.connect(target) as client:
        assert [r.ordinal for r in marcd.MARCReader(data, client=client)] == ALL
    sent = [(request.offset, request.ordinal, len(request.data)) for request in server.requests]
    begun = len(b"".join(RECORDS[:10]))
    assert sent == [(0, 0, len(data)), (begun, 10, len(data) - begun)]


class Pipe:
    """Gives what comes, part by part."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts = iter(parts)

    def read(self, size: int = -1) -> bytes:
        return next(self.parts, b"")


def test_each_request_brings_along_what_the_one_before_it_ended_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tens = [RECORDS[:10], RECORDS[10:20], RECORDS[20:]]
    chunk = max(len(b"".join(ten)) for ten in tens)
    monkeypatch.setattr("marcd._streams.CHUNK_BYTES", chunk)
    scripts = [
        [parsed(RECORDS, 0, 5), parsed(RECORDS, 5, 5, end=True, state=b"first")],
        [parsed(RECORDS, 10, 5, state=b""), Abort(UNAVAILABLE)],
        [parsed(RECORDS, 15, 5, end=True, state=b"second")],
        [parsed(RECORDS, 20, 10, end=True)],
    ]
    server = FakeServer(scripts)
    with serve(server, folder) as target, marcd.connect(target) as client:
        reader = marcd.read(Pipe(b"".join(ten) for ten in tens), client=client)
        assert [r.ordinal for r in reader] == ALL
    assert [request.state for request in server.requests] == [b"", b"first", b"first", b"second"]


def test_a_daemon_with_other_frames_is_refused(folder: Path) -> None:
    text = "version 2, 3; this package reads version 1"
    server = FakeServer([], frame_versions=(2, 3))
    with serve(server, folder) as target, pytest.raises(marcd.ServerError, match=text):
        marcd.connect(target)


def test_a_daemon_that_is_not_there_is_a_clear_error(folder: Path) -> None:
    with pytest.raises(
        marcd.ServerError, match=f"No answer from the daemon at unix:{folder}"
    ) as caught:
        marcd.connect(f"unix:{folder}/nothing.sock")
    assert caught.value.code == "UNAVAILABLE"


def test_a_batch_that_does_not_add_up_is_an_error(folder: Path, file: Path) -> None:
    bad = part(0, 3)
    bad.batch.frame_lengths[1] += 1
    with pytest.raises(ValueError, match="does not add up"):
        read(FakeServer([[bad]]), folder, file)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("NOT_FOUND", FileNotFoundError),
        ("PERMISSION_DENIED", PermissionError),
        ("INVALID_ARGUMENT", ValueError),
        ("OUT_OF_RANGE", ValueError),
        ("INTERNAL", ServerError),
    ],
)
def test_failures_have_pythons_names(code: str, error: type, folder: Path) -> None:
    server = FakeServer([[Abort(grpc.StatusCode[code], "WHY", "the daemon's words")]])
    with (
        serve(server, folder) as target,
        marcd.connect(target) as client,
        pytest.raises(error, match=r"the daemon's words \[WHY\]") as caught,
    ):
        next(marcd.MARCReader(client.file("root", "x.mrc")))
    assert isinstance(caught.value, ServerError)
    assert caught.value.reason == "WHY"
