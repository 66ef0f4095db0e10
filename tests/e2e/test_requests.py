"""Requests that no proper client sends: an error each, and the daemon lives on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from tests import generate
from tests.e2e.calls import Client, Failure, drain, wait_until
from tests.support import Daemon

MAX = 2**64 - 1
METHODS = {
    "/marcd.v1.RecordService/ReadRecords": True,
    "/marcd.v1.RecordService/ParseRecords": True,
    "/marcd.v1.FileService/GetFile": False,
    "/marcd.v1.FileService/CheckFile": True,
    "/marcd.v1.ServerService/GetServerInfo": False,
}
REFUSALS = ("INVALID_ARGUMENT", "INTERNAL", "UNIMPLEMENTED")
RECORD = next(generate.realistic(1))


@pytest.fixture(autouse=True)
def alive(daemon: Daemon, client: Client) -> Iterator[None]:
    """After each test the same daemon answers and holds no stream."""
    yield
    assert daemon.process.poll() is None, daemon.log
    wait_until(lambda: client.info().open_streams == 0, "a stream is still open")


def send(client: Client, method: str, request: bytes) -> Failure | None:
    """How a call of `method` with these very bytes fails."""
    try:
        if METHODS[method]:
            list(client.channel.unary_stream(method)(request, timeout=20))
        else:
            client.channel.unary_unary(method)(request, timeout=20)
    except grpc.RpcError as error:
        return Failure.of(error)
    return None


@pytest.mark.parametrize("method", METHODS)
def test_bytes_that_are_no_message_are_refused(client: Client, method: str) -> None:
    rng = random.Random(7)
    cut_short = b"\x0a\x7f"  # a field whose length goes past the end
    for request in (cut_short, *(rng.randbytes(rng.randint(1, 200)) for _ in range(50))):
        failure = send(client, method, request)
        assert failure is not None or request != cut_short
        # For unary calls gRPC itself answers UNIMPLEMENTED.
        assert failure is None or failure.code.name in REFUSALS


def test_a_method_that_does_not_exist_is_unimplemented(client: Client) -> None:
    call = client.channel.unary_unary("/marcd.v1.RecordService/WriteRecords")
    with pytest.raises(grpc.RpcError) as caught:
        call(b"", timeout=20)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("method", [m for m in METHODS if "Read" in m or m.endswith("File")])
def test_an_empty_request_is_told_what_it_lacks(client: Client, method: str) -> None:
    failure = send(client, method, b"")
    assert failure is not None
    assert failure.what == ("INVALID_ARGUMENT", "FILE_NAME_INVALID")


@pytest.mark.parametrize(
    "numbers",
    [
        {"start_offset": MAX},
        {"end_offset": MAX},
        {"end_offset": 0},
        {"start_ordinal": MAX},
        {"start_ordinal": 2**63, "end_offset": MAX, "batch_bytes": 1},
        {"batch_bytes": 2**32 - 1},
    ],
)
def test_the_largest_numbers_overflow_nothing(
    client: Client, tmp_path: Path, numbers: dict[str, int]
) -> None:
    path = tmp_path / "few.mrc"
    path.write_bytes(RECORD * 3)
    reading = client.read(path, **numbers)
    if reading.failure is not None:
        assert reading.failure.code.name in ("INVALID_ARGUMENT", "OUT_OF_RANGE")
    else:
        begin = numbers.get("start_ordinal", 0)
        assert reading.ordinals in ([], [(begin + n) % 2**64 for n in range(3)])
        assert bool(reading.records) == (numbers.get("end_offset") != 0)


@pytest.mark.parametrize("offset", [MAX, MAX - 100])
@pytest.mark.parametrize("last", [False, True])
def test_pushed_bytes_past_the_last_offset_there_is_are_refused(
    client: Client, offset: int, last: bool
) -> None:
    reading = client.parse(RECORD * 3, last=last, offset=offset)
    assert reading.failure is not None
    assert reading.failure.code.name in ("INVALID_ARGUMENT", "OUT_OF_RANGE")


def test_a_request_past_the_size_that_is_taken_is_refused(client: Client) -> None:
    reading = client.parse(b"x" * 100_000_000, last=True)
    assert reading.failure is not None
    assert reading.failure.code.name == "RESOURCE_EXHAUSTED"


@pytest.mark.parametrize("seed", range(3))
def test_any_bytes_can_be_pushed(client: Client, seed: int) -> None:
    rng = random.Random(seed)
    for size in (1, 23, 24, 25, 1_000, 70_000):
        for alphabet in (bytes(range(256)), b"0123456789\x1d\x1e\x1f ", b"\x1d", b"0", b"\0"):
            data = bytes(rng.choices(alphabet, k=size))
            reading = client.parse(data, last=True)
            assert reading.failure is None
            reading.check_covers(0, size)


def test_a_call_that_is_cancelled_at_once_leaves_nothing(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "few.mrc"
    path.write_bytes(RECORD * 100)
    for _ in range(200):
        client.stream(path).cancel()
    assert drain(client.stream(path)).end
