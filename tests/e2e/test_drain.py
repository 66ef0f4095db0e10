"""A daemon that ends, gently or not: whoever was reading goes on exactly where they were."""

from __future__ import annotations

import signal
from pathlib import Path

import grpc
import pytest

from tests.e2e.calls import FRAMES, Client, Reading, drain, failure_of
from tests.e2e.conftest import BIG_RECORDS
from tests.e2e.watch import Stalled, daemon_with, wait_until_idle
from tests.support import STOP_SECONDS, start_daemon


def read_on(path: Path, reading: Reading) -> Reading:
    """Goes on at a new daemon from where `reading` ended."""
    reading.failure = None
    with daemon_with() as daemon, Client(daemon.target) as client:
        return drain(client.stream(path, view=FRAMES, resume_token=reading.token), reading)


def check_whole(reading: Reading, path: Path) -> None:
    assert reading.failure is None
    assert reading.ordinals == list(range(BIG_RECORDS))
    reading.check_covers(0, path.stat().st_size)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_a_drain_ends_streams_at_a_batch_and_exits_with_0(
    big: Path, number: signal.Signals
) -> None:
    daemon = start_daemon("--roots=all=/")
    try:
        streams = [Stalled(daemon.target, big) for _ in range(3)]
        daemon.process.send_signal(number)
        for stream in streams:
            reading = stream.read_on()
            assert reading.failure is not None
            assert reading.failure.what == ("UNAVAILABLE", "DRAINING")
            assert 0 < reading.next_offset < big.stat().st_size
            reading.check_covers(0, reading.next_offset)
        assert daemon.process.wait(STOP_SECONDS) == 0
        for stream in streams:
            stream.close()
    finally:
        daemon.kill()
    check_whole(read_on(big, streams[0].reading), big)


def test_while_it_drains_it_is_not_serving_and_takes_no_new_stream(big: Path) -> None:
    daemon = start_daemon("--roots=all=/", "--drain_seconds=20")
    try:
        with Client(daemon.target) as client:
            check = client.channel.unary_unary("/grpc.health.v1.Health/Check")
            assert check(b"", timeout=10) == b"\x08\x01"  # SERVING
            watch = client.channel.unary_stream("/grpc.health.v1.Health/Watch")(b"", timeout=20)
            assert next(watch) == b"\x08\x01"
            stalled = Stalled(daemon.target, big)  # holds the drain
            wait_until_idle(daemon.pid)  # once its write waits for the client
            daemon.process.terminate()
            assert next(watch) == b"\x08\x02"  # NOT_SERVING
            refused = client.read(big).failure
            assert refused is not None
            assert refused.what == ("UNAVAILABLE", "DRAINING")
            assert refused.retry_seconds is not None and refused.retry_seconds > 0
            assert daemon.process.poll() is None
            watch.cancel()
            stalled.read_on()
            stalled.close()
        assert daemon.process.wait(STOP_SECONDS) == 0
    finally:
        daemon.kill()


def test_a_client_that_never_reads_cannot_hold_a_drain(big: Path) -> None:
    daemon = start_daemon("--roots=all=/", "--drain_seconds=1")
    stalled = Stalled(daemon.target, big)
    daemon.stop()
    stalled.close()


def test_after_kill_9_a_new_daemon_gives_exactly_the_rest(big: Path) -> None:
    daemon = start_daemon("--roots=all=/")
    stream = Stalled(daemon.target, big)
    daemon.kill()
    reading = stream.read_on()
    stream.close()
    assert reading.failure is not None
    assert reading.failure.code is grpc.StatusCode.UNAVAILABLE
    assert 0 < reading.next_offset < big.stat().st_size
    check_whole(read_on(big, reading), big)


def test_a_daemon_that_is_gone_is_unavailable() -> None:
    daemon = start_daemon("--roots=all=/")
    with Client(daemon.target) as client:
        client.info()
        daemon.stop()
        assert failure_of(client.info).code is grpc.StatusCode.UNAVAILABLE
