"""Many streams at once: those that stand still, end early, or are one too many."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e.calls import FRAMES, Client, Reading, drain, wait_until
from tests.e2e.conftest import BIG_RECORDS
from tests.e2e.watch import (
    Stalled,
    check_quiet,
    daemon_with,
    peak_kib,
    stall_when_admitted,
)
from tests.support import Daemon


def check_no_streams(client: Client) -> None:
    wait_until(lambda: client.info().open_streams == 0, "a stream is still counted as open")


def check_all_of_big(reading: Reading, big: Path) -> None:
    assert reading.failure is None
    assert reading.ordinals == list(range(BIG_RECORDS))
    reading.check_covers(0, big.stat().st_size)


def test_live_clients_finish_beside_a_stalled_one(daemon: Daemon, big: Path) -> None:
    stalled = Stalled(daemon.target, big)

    def read_all() -> Reading:
        with Client(daemon.target) as client:
            return client.read(big, view=FRAMES)

    with ThreadPoolExecutor(3) as pool:
        for reading in [pool.submit(read_all) for _ in range(3)]:
            check_all_of_big(reading.result(), big)
    check_all_of_big(stalled.read_on(), big)
    stalled.close()


def test_streams_are_counted_while_they_are_open(daemon: Daemon, client: Client, big: Path) -> None:
    check_no_streams(client)
    stalled = [Stalled(daemon.target, big) for _ in range(5)]
    assert client.info().open_streams == 5
    for stream in stalled:
        stream.close()
    check_no_streams(client)


def test_a_cancelled_stream_is_gone_and_costs_nothing(
    daemon: Daemon, client: Client, big: Path
) -> None:
    for _ in range(20):
        stream = client.stream(big)
        next(stream)
        stream.cancel()
    check_no_streams(client)
    check_quiet(daemon.pid)


def test_a_stalled_stream_costs_no_processor_time(daemon: Daemon, big: Path) -> None:
    stalled = Stalled(daemon.target, big)
    check_quiet(daemon.pid)
    stalled.close()


def test_a_deadline_ends_a_stalled_stream(daemon: Daemon, client: Client, big: Path) -> None:
    with Client(daemon.target, small_window=True) as stalling:
        stream = stalling.stream(big, timeout=0.5)
        next(stream)
        check_no_streams(client)
        reading = drain(stream)
    assert reading.failure is not None
    assert reading.failure.code.name == "DEADLINE_EXCEEDED"


def test_a_client_that_vanishes_leaves_nothing_behind(
    daemon: Daemon, client: Client, big: Path
) -> None:
    stalled = Stalled(daemon.target, big)
    assert client.info().open_streams == 1
    stalled.client.channel.close()
    check_no_streams(client)
    check_quiet(daemon.pid)


def test_past_the_limit_the_longest_stalled_is_parked_and_resumes(big: Path) -> None:
    with daemon_with("--max_streams=2") as daemon:
        first = Stalled(daemon.target, big)
        check_quiet(daemon.pid)  # it stands still, before the second does
        second = Stalled(daemon.target, big)
        third = stall_when_admitted(daemon.target, big)
        parked = first.read_on()
        assert parked.failure is not None
        assert parked.failure.what == ("UNAVAILABLE", "PARKED")
        assert not parked.end
        assert 0 < parked.next_offset < big.stat().st_size
        for stalled in (second, third):
            check_all_of_big(stalled.read_on(), big)
        with Client(daemon.target) as client:
            check_no_streams(client)
            parked.failure = None
            stream = client.stream(big, view=FRAMES, resume_token=parked.token)
            check_all_of_big(drain(stream, parked), big)
        for stalled in (first, second, third):
            stalled.close()


def test_more_readers_than_streams_all_come_to_the_end(big: Path) -> None:
    """Whatever is refused or parked goes on from its position later."""

    def read_patiently(target: str) -> Reading:
        reading = Reading()
        with Client(target) as client:
            while not reading.end:
                token = {"resume_token": reading.token} if reading.prefix else {}
                drain(client.stream(big, view=FRAMES, **token), reading)
                if reading.failure:
                    assert reading.failure.reason in ("PARKED", "STREAM_LIMIT")
                    time.sleep(min(reading.failure.retry_seconds or 0.02, 0.2))
                    reading.failure = None
        return reading

    with daemon_with("--max_streams=2") as daemon, ThreadPoolExecutor(6) as pool:
        for reading in pool.map(read_patiently, [daemon.target] * 6):
            check_all_of_big(reading, big)


def test_with_none_stalled_one_too_many_is_told_when_to_come_again(big: Path) -> None:
    with daemon_with("--max_streams=1") as daemon, Client(daemon.target) as client:
        enough = threading.Event()

        def keep_reading() -> None:
            with Client(daemon.target) as busy:
                while not enough.is_set():
                    busy.read(big, view=FRAMES)

        reader = threading.Thread(target=keep_reading)
        reader.start()
        try:
            failures = []

            def refused() -> bool:
                failure = client.read(big, view=FRAMES, end_offset=1).failure
                failures.extend([failure] if failure else [])
                return any(f.reason == "STREAM_LIMIT" for f in failures)

            wait_until(refused, "a second stream was never refused")
        finally:
            enough.set()
            reader.join()
        (failure,) = [f for f in failures if f.reason == "STREAM_LIMIT"]
        assert failure.code.name == "RESOURCE_EXHAUSTED"
        assert failure.retry_seconds is not None and failure.retry_seconds > 0


def test_many_stalled_streams_take_bounded_memory(big: Path) -> None:
    count = 64
    with daemon_with() as daemon:
        idle = peak_kib(daemon.pid)
        stalled = [Stalled(daemon.target, big) for _ in range(count)]
        check_quiet(daemon.pid)
        assert peak_kib(daemon.pid) - idle < count * 9 * 1024
        check_all_of_big(stalled[-1].read_on(), big)
        for stream in stalled:
            stream.close()
