"""Forks of a process in which other threads use gRPC."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import marcd
import pytest
from marcd._forks import Gate

from tests.generate import realistic
from tests.python.test_reader import wait_until

DEADLINE = 90.0
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


@pytest.mark.parametrize("kind", ["push", "connect"])
@pytest.mark.parametrize("forks", [10, pytest.param(200, marks=pytest.mark.full)])
def test_parent_and_children_read_right_while_threads_call(
    kind: str, forks: int, client: marcd.Client, path: Path
) -> None:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROGRAM]
    done = subprocess.run(
        [*command, kind, path, str(forks), str(RECORDS)],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert (done.stdout, done.returncode, done.stderr) == ("7\n", 0, "")


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


def test_a_call_that_does_not_end_holds_no_fork_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marcd._forks.PATIENCE_SECONDS", 0.05)
    gate = Gate()
    with gate, ThreadPoolExecutor(1) as pool:
        pool.submit(gate.before_fork).result(DEADLINE)


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
