"""A daemon that does not come, or does not answer: an error that tells by whom, in time."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import marcd
import pytest
from marcd import _daemon

from tests.python.test_daemon import is_gone
from tests.python.test_reader import wait_until
from tests.support import daemons

DEADLINE = 120.0


def says(reason: str) -> str:
    """The message of the error that connecting ends in, which has this reason."""
    with pytest.raises(marcd.ServerError) as caught:
        marcd.connect()
    assert caught.value.reason == reason
    return caught.value.message


def pid_of_daemon() -> int:
    with marcd.connect() as client:
        return client.info().pid


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """No patience with what never comes."""
    monkeypatch.setattr(_daemon, "START_SECONDS", 0.5)
    monkeypatch.setattr("marcd._channel.INFO_SECONDS", 0.5)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Meanwhile this process holds the file's lock."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def lock_holder(path: Path) -> Iterator[int]:
    """Another process, which holds the file's lock."""
    flock = subprocess.Popen(["flock", "--close", path, "cat"], stdin=subprocess.PIPE)
    try:
        wait_until(lambda: _daemon._holder(path) == flock.pid)
        yield flock.pid
    finally:
        flock.kill()
        flock.communicate(timeout=DEADLINE)


def starting(folder: Path) -> int:
    """The daemon's own process while it starts, and not the one that waits for it."""
    found: list[int] = []
    wait_until(lambda: bool(found.extend(p for p in daemons(folder) if os.getsid(p) == p) or found))
    return found[0]


def test_a_daemon_that_holds_its_lock_and_never_listens_is_named(soon: None, runtime: Path) -> None:
    own = _daemon.place()
    with lock_holder(own.lock) as pid:
        said = says("DAEMON_NOT_STARTED")
        assert str(own.socket) in said and str(own.log) in said
        assert f"process {pid} holds {own.lock}" in said and f"kill -9 {pid}" in said
    assert pid_of_daemon()


def test_a_program_that_starts_the_daemon_for_ever_is_named(soon: None, runtime: Path) -> None:
    own = _daemon.place()
    with lock_holder(own.turn) as pid:
        said = says("DAEMON_NOT_STARTED")
        assert f"process {pid} holds {own.turn}" in said and f"kill -9 {pid}" in said
    assert pid_of_daemon()


def test_a_daemon_that_is_stopped_while_it_starts_is_an_error_in_time(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_daemon, "START_SECONDS", 1.5)
    own = _daemon.place()
    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        stack.enter_context(locked(own.lock))
        error = pool.submit(says, "DAEMON_NOT_STARTED")
        stopped = starting(runtime)
        os.kill(stopped, signal.SIGSTOP)
        stack.close()
        assert str(own.log) in error.result(DEADLINE)
    os.kill(stopped, signal.SIGCONT)
    assert pid_of_daemon()


def test_a_daemon_that_is_killed_while_it_starts_is_started_again(runtime: Path) -> None:
    own = _daemon.place()
    with ThreadPoolExecutor(1) as pool, locked(own.lock):
        found = pool.submit(pid_of_daemon)
        killed = starting(runtime)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: is_gone(killed))
        fcntl.flock(os.open(own.lock, os.O_RDONLY), fcntl.LOCK_UN)
        wait_until(lambda: starting(runtime) != killed)
    assert found.result(DEADLINE) != killed


def test_a_predecessor_that_takes_long_to_leave_is_waited_for(runtime: Path) -> None:
    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        stack.enter_context(locked(_daemon.place().lock))
        found = pool.submit(pid_of_daemon)
        first = starting(runtime)
        wait_until(lambda: is_gone(first))  # it has waited for two seconds
        assert not found.done()
        stack.close()
        assert found.result(DEADLINE)


def test_a_daemon_that_stands_still_is_named(soon: None, runtime: Path) -> None:
    pid = pid_of_daemon()
    os.kill(pid, signal.SIGSTOP)
    said = says("NO_ANSWER")
    assert f"{_daemon.place().target} takes connections, but does not answer" in said
    assert f"kill -9 {pid}" in said
    os.kill(pid, signal.SIGCONT)
    assert pid_of_daemon() == pid


def test_a_socket_that_takes_no_more_connections_is_named(runtime: Path) -> None:
    path = _daemon.place().socket
    with socket.socket(socket.AF_UNIX) as full, ExitStack() as stack:
        full.bind(str(path))
        full.listen(0)
        waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
        waiting.connect(str(path))
        said = says("CONNECT_FAILED")
        assert f"{path} takes no more connections" in said and "Remove that file" in said
        path.unlink()
        assert pid_of_daemon()


def test_too_many_open_files_are_told(runtime: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = os.open("/dev/null", os.O_RDONLY)
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken + 1, before[1]))
    try:
        said = says("DAEMON_NOT_FOUND")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        os.close(taken)
    assert "Too many open files" in said and "ulimit -n" in said
    assert pid_of_daemon()


def test_the_first_clients_limit_on_open_files_is_not_the_daemons(runtime: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = len(os.listdir("/proc/self/fd")) + 64
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, hard))
    try:
        pid = pid_of_daemon()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == (hard, hard)


@pytest.mark.parametrize("content", [b"", b"\x7fELF and no more", b"#!/no/such/interpreter\n"])
def test_a_file_that_cannot_be_run_is_told(
    content: bytes, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "marcd"
    program.write_bytes(content)
    program.chmod(0o755)
    monkeypatch.setenv("MARCD_DAEMON", str(program))
    said = says("DAEMON_NOT_STARTED")
    assert f"Cannot run {program}: " in said and "set MARCD_DAEMON" in said


def test_a_daemon_without_a_build_id_is_told_by_its_file(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the middle of an upgrade: BUILD_ID is there, and empty yet."""
    program = shutil.copy(os.environ["MARCD_DAEMON"], tmp_path / "marcd")
    (tmp_path / "BUILD_ID").touch()
    monkeypatch.setenv("MARCD_DAEMON", str(program))
    assert pid_of_daemon()
    assert len(_daemon.place().base.name) == 12


def test_an_interrupt_while_the_daemon_starts_leaves_nothing_in_the_way(runtime: Path) -> None:
    with locked(_daemon.place().lock):
        before = signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.2)  # it would wait for 20 s
        try:
            with pytest.raises(KeyboardInterrupt):
                marcd.connect()
        finally:
            signal.signal(signal.SIGALRM, before)
    assert pid_of_daemon()
