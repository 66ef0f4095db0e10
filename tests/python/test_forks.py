"""Forks of a process in which other threads use gRPC.

What a fork waits for is tried on gates of a test's own; that it is enough, on programs that
fork many times amid calls.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FuturesTimeout
from contextlib import suppress
from pathlib import Path

import marcd
import pytest
from marcd import _forks
from marcd._forks import Gate

from tests.generate import realistic
from tests.python.test_reader import wait_until

DEADLINE = 180.0
RECORDS = 6000
# Threads that push bytes, or connect, while the process forks; each child reads for itself.
PROGRAM = """
import os, sys, threading
import marcd

kind, path, forks, records = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
data = open(path, "rb").read()
over = threading.Event()
marcd.connect()

def push():
    assert sum(1 for _ in marcd.MARCReader(data)) == records

def connect():
    with marcd.connect() as client:
        client.info()

def work():
    while not over.is_set():
        {"push": push, "connect": connect}[kind]()

threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
ends = set()
for _ in range(forks):
    child = os.fork()
    if child == 0:
        os._exit(7 if sum(1 for _ in marcd.MARCReader(path)) == records else 1)
    ends.add(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
over.set()
for thread in threads:
    thread.join()
print(*ends)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(b"".join(realistic(RECORDS // 20, seed=1)) * 20)
    return file


def run(program: str, *arguments: object) -> tuple[str, int, str]:
    """What it says, how it ends, and what it complains of."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program]
    with subprocess.Popen(
        [*command, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(timeout=DEADLINE)
        finally:
            with suppress(ProcessLookupError):  # none is left, as it should be
                os.killpg(process.pid, signal.SIGKILL)
    return output, process.returncode, errors


@pytest.mark.parametrize("kind", ["push", "connect"])
@pytest.mark.parametrize("forks", [10, pytest.param(200, marks=pytest.mark.full)])
def test_parent_and_children_read_right_while_threads_call(
    kind: str, forks: int, client: marcd.Client, path: Path
) -> None:
    assert run(PROGRAM, kind, path, forks, RECORDS) == ("7\n", 0, "")


def test_a_fork_waits_for_another_threads_call() -> None:
    gate = Gate()
    with ThreadPoolExecutor(1) as pool:
        call = gate.enter()
        fork = pool.submit(gate.before_fork)
        wait_until(lambda: bool(gate._forking))
        assert not fork.done()
        gate.leave(call)
        fork.result(DEADLINE)


def test_a_call_waits_for_another_threads_fork() -> None:
    gate = Gate()
    entered = threading.Event()

    def call() -> None:
        with gate:
            entered.set()

    gate.before_fork()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(call)
        with gate:  # what the garbage collector does meanwhile
            assert not entered.wait(0.05)
        gate.after_fork_in_parent()
        done.result(DEADLINE)


def test_two_threads_may_fork_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marcd._forks.PATIENCE_SECONDS", DEADLINE)
    gate = Gate()
    with ThreadPoolExecutor(1) as pool, gate:
        other = pool.submit(gate.before_fork)
        wait_until(lambda: bool(gate._forking))
        gate.before_fork()
        other.result(DEADLINE / 2)


def test_a_read_that_nobody_goes_on_with_holds_no_fork_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("marcd._forks.PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("marcd._forks.LONGEST_SECONDS", DEADLINE)
    gate = Gate()
    gate.enter()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(gate.before_fork).result(DEADLINE / 2)


def test_a_fork_waits_longer_for_a_thread_that_waits_for_the_daemon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("marcd._forks.PATIENCE_SECONDS", 0.001)
    monkeypatch.setattr("marcd._forks.LONGEST_SECONDS", DEADLINE)
    gate = Gate()
    with ThreadPoolExecutor(1) as pool:
        with gate:
            fork = pool.submit(gate.before_fork)
            wait_until(lambda: bool(gate._forking))
            with pytest.raises(FuturesTimeout):
                fork.result(0.05)
        fork.result(DEADLINE)


def test_a_fork_that_waits_no_longer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marcd._forks.PATIENCE_SECONDS", 0.001)
    monkeypatch.setattr("marcd._forks.LONGEST_SECONDS", 0.01)
    gate = Gate()
    late = pytest.warns(RuntimeWarning, match="another thread has waited")
    with gate, ThreadPoolExecutor(1) as pool, late:
        pool.submit(gate.before_fork).result(DEADLINE)


def test_a_fork_waits_until_no_thread_of_grpcs_has_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asleep, again = {"7": ("S", "1")}, {"7": ("S", "2")}
    seen = [{"7": ("R", "0")}, {"7": ("R", "0")}, asleep, again, again]
    monkeypatch.setattr(_forks, "_look", lambda: seen.pop(0))
    assert _forks.await_rest(DEADLINE)
    assert seen == []


def test_a_fork_waits_not_for_ever_for_threads_of_grpcs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_forks, "_look", lambda: {"7": ("R", "0")})
    assert not _forks.await_rest(0.01)


def test_it_sees_threads_of_grpcs(client: marcd.Client) -> None:
    """Should gRPC name them otherwise one day, this fails, and not one fork of a thousand."""
    client.info()
    assert _forks._look()
    assert _forks.await_rest(DEADLINE)


def test_numbers_of_closed_descriptors_go_to_nothing_else() -> None:
    ours, theirs = os.pipe()
    kept = fcntl.fcntl(ours, fcntl.F_DUPFD_CLOEXEC, 500)  # nobody else comes so high
    numbers = [kept, kept + 1, kept + 2]
    before = _forks.open_descriptors()
    _forks.occupy(numbers)
    try:
        assert set(_forks.open_descriptors()) == {*before, kept + 1, kept + 2}
        assert os.path.sameopenfile(kept, ours)
        for number in numbers[1:]:
            assert os.read(number, 1) == b""  # nobody is at the other end
            assert not os.get_inheritable(number)
    finally:
        for number in (ours, theirs, *numbers):
            os.close(number)


# A thread that has stopped amid its bytes; the process goes on to fork.
STOPPED = """
import os, sys, threading
import marcd
from marcd import _forks

_forks.PATIENCE_SECONDS = 0.05
path, records = sys.argv[1], int(sys.argv[2])
begun, go_on = threading.Event(), threading.Event()
found = []

def push():
    reader = marcd.MARCReader(open(path, "rb").read())
    found.append(next(reader))
    begun.set()
    go_on.wait()
    found.extend(reader)

thread = threading.Thread(target=push)
thread.start()
begun.wait()
ends = set()
for _ in range(5):
    child = os.fork()
    if child == 0:
        os._exit(7 if sum(1 for _ in marcd.MARCReader(path)) == records else 1)
    ends.add(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
go_on.set()
thread.join()
print(*ends, len(found))
"""


def test_parent_and_children_read_right_while_a_thread_has_stopped_reading(
    client: marcd.Client, path: Path
) -> None:
    assert run(STOPPED, path, RECORDS) == (f"7 {RECORDS}\n", 0, "")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_reader_left_in_the_middle_lets_its_own_thread_fork_at_once(
    client: marcd.Client, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marcd._forks.PATIENCE_SECONDS", DEADLINE)
    reader = marcd.MARCReader(path.read_bytes())
    assert next(reader)
    child = os.fork()
    if child == 0:
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert sum(1 for _ in reader) == RECORDS - 1
