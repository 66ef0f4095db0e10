"""`python -m marcd`: this user's daemon, as a person sees to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import marcd
import pytest

from tests.python.test_reader import wait_until

DEADLINE = 120.0
COMMAND = [sys.executable, "-m", "marcd"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=DEADLINE, check=False
    )


def pid_of_daemon() -> int:
    with marcd.connect() as client:
        return client.info().pid


@pytest.fixture
def served(runtime: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon in the foreground of another process."""
    process = subprocess.Popen([*COMMAND, "serve", "--drain_seconds=1"], stderr=subprocess.DEVNULL)
    wait_until(lambda: bool(list(runtime.glob("marcd/*.sock"))) or process.poll() is not None)
    yield process
    process.kill()
    process.wait(DEADLINE)


def test_status_starts_no_daemon(runtime: Path) -> None:
    for _ in range(2):
        done = run("status")
        assert done.returncode == 3
        assert done.stdout.startswith("not running: nobody listens at unix:")


def test_status_tells_of_the_daemon_that_runs(runtime: Path) -> None:
    pid = pid_of_daemon()
    done = run("status")
    assert done.returncode == 0
    assert f"process {pid}, at unix:{runtime}" in done.stdout
    assert "streams: 0 of 200 open" in done.stdout
    assert "roots: all" in done.stdout


def test_stop_returns_when_the_daemon_has_gone(runtime: Path) -> None:
    pid = pid_of_daemon()
    done = run("stop")
    assert (done.returncode, done.stdout) == (0, f"stopped: process {pid}\n")
    assert run("status").returncode == 3
    assert pid_of_daemon() != pid


def test_stop_without_a_daemon_is_no_error(runtime: Path) -> None:
    done = run("stop")
    assert done.returncode == 0
    assert done.stdout.startswith("not running")


def test_log_is_what_the_daemon_said(runtime: Path) -> None:
    assert run("log").returncode == 1
    pid_of_daemon()
    run("stop")
    done = run("log")
    assert done.returncode == 0
    assert "draining" in done.stdout


def test_programs_find_the_daemon_that_was_served(served: subprocess.Popen[bytes]) -> None:
    assert pid_of_daemon() == served.pid
    os.kill(served.pid, signal.SIGINT)
    assert served.wait(DEADLINE) == 0


def test_a_second_daemon_is_refused(served: subprocess.Popen[bytes]) -> None:
    done = run("serve")
    assert done.returncode == 75
    assert "another daemon is running" in done.stderr


def test_status_tells_of_the_server_that_is_named(
    served: subprocess.Popen[bytes], runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (socket,) = (path for path in runtime.glob("marcd/*.sock"))
    monkeypatch.setenv("MARCD_SERVER", f"unix:{socket}")
    assert f"process {served.pid}" in run("status").stdout
    monkeypatch.setenv("MARCD_SERVER", f"unix:{socket}.not")
    done = run("status")
    assert done.returncode == 1
    assert done.stderr.startswith("marcd: ")


def test_a_wrong_command_says_which_there_are() -> None:
    done = run("restart")
    assert done.returncode == 2
    assert "serve" in done.stderr and "status" in done.stderr
