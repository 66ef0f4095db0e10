"""The daemon as a process: its flags, its exit statuses, and that there is one of it."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.calls import Client, wait_until
from tests.support import STOP_SECONDS, await_answer, start_daemon

PROGRAM = os.environ.get("MARCD_DAEMON", "")
ROOTS = "--roots=all=/"
WATCHDOG = ["--idle_exit_seconds=60"]  # a failing test leaves no daemon behind
USAGE, TEMPORARY_FAILURE = 1, 75  # the second is of sysexits.h

pytestmark = pytest.mark.skipif(not PROGRAM, reason="MARCD_DAEMON does not name a daemon")


def run(*flags: str) -> subprocess.CompletedProcess[str]:
    """Runs the daemon, which must end by itself."""
    return subprocess.run(
        [PROGRAM, *flags], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pid_at(target: str) -> int:
    """The process that answers at `target`, which may still have to begin."""
    with Client(target) as client:
        await_answer(client.channel)
        return client.info().pid


@contextmanager
def running(*flags: str) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon that listens where `flags` say."""
    process = subprocess.Popen(
        [PROGRAM, *flags], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            assert process.wait(STOP_SECONDS) == 0
        finally:
            process.kill()
            process.wait()


def test_two_daemons_do_not_share_a_port() -> None:
    target = f"127.0.0.1:{free_port()}"
    with running(f"--listen={target}", ROOTS) as first:
        assert pid_at(target) == first.pid
        second = run(f"--listen={target}", ROOTS)
        assert second.returncode > 0
        assert "cannot listen" in second.stderr
        assert pid_at(target) == first.pid


def test_two_daemons_do_not_share_a_socket() -> None:
    first = start_daemon(ROOTS)
    second = run(f"--listen={first.target}", ROOTS)
    assert second.returncode == TEMPORARY_FAILURE
    assert first.target.removeprefix("unix:") in second.stderr
    assert pid_at(first.target) == first.pid
    first.stop()


def test_a_socket_that_a_killed_daemon_left_is_taken_over(folder: Path) -> None:
    target = f"unix:{folder}/s"
    with subprocess.Popen([PROGRAM, f"--listen={target}", ROOTS]) as first:
        assert pid_at(target) == first.pid
        first.kill()
    assert (folder / "s").exists()
    with running(f"--listen={target}", ROOTS) as second:
        assert pid_at(target) == second.pid


def test_it_listens_at_every_address_given(folder: Path) -> None:
    targets = [f"unix:{folder}/s", f"127.0.0.1:{free_port()}"]
    with running(f"--listen={','.join(targets)}", ROOTS) as process:
        assert [pid_at(target) for target in targets] == [process.pid] * 2


def test_of_two_daemons_with_one_lock_the_second_leaves(folder: Path) -> None:
    lock = folder / "lock"
    first = start_daemon(ROOTS, f"--lock_file={lock}")
    second = run(f"--listen=unix:{folder}/s", ROOTS, f"--lock_file={lock}")
    assert second.returncode == TEMPORARY_FAILURE
    assert str(lock) in second.stderr
    assert not (folder / "s").exists()  # the lock comes before the socket
    first.stop()
    with lock.open("rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_it_leaves_when_nobody_calls(folder: Path) -> None:
    daemon = start_daemon(ROOTS, "--idle_exit_seconds=1")
    assert daemon.process.wait(STOP_SECONDS) == 0
    daemon.kill()


def test_a_stream_that_stands_still_is_no_idleness(big: Path) -> None:
    daemon = start_daemon(ROOTS, "--idle_exit_seconds=1")
    with Client(daemon.target, small_window=True) as client:
        stream = client.stream(big)
        next(stream)
        with pytest.raises(subprocess.TimeoutExpired):
            daemon.process.wait(2)
        stream.cancel()
    assert daemon.process.wait(STOP_SECONDS) == 0
    daemon.kill()


def test_detached_it_listens_when_the_command_returns(folder: Path) -> None:
    target = f"unix:{folder}/s"
    log = folder / "log"
    done = run(f"--listen={target}", ROOTS, "--detach", f"--log_file={log}", *WATCHDOG)
    assert done.returncode == 0, done.stderr
    with Client(target) as client:
        pid = client.info().pid
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: "stopped" in log.read_text(), "its end")


def test_detached_it_has_a_session_of_its_own(folder: Path) -> None:
    target = f"unix:{folder}/s"
    assert run(f"--listen={target}", ROOTS, "--detach", *WATCHDOG).returncode == 0
    pid = pid_at(target)
    try:
        assert os.getsid(pid) != os.getsid(0)
    finally:
        os.kill(pid, signal.SIGTERM)


def test_detached_it_tells_why_it_does_not_listen() -> None:
    first = start_daemon(ROOTS)
    second = run(f"--listen={first.target}", ROOTS, "--detach")
    assert second.returncode == TEMPORARY_FAILURE
    assert first.target.removeprefix("unix:") in second.stderr
    first.stop()


@pytest.mark.parametrize(
    ("flag", "word"),
    [
        ("--roots=", "root"),
        ("--roots=nothing", "absolute"),
        ("--roots=a=relative/path", "absolute"),
        ("--roots=a=/,a=/tmp", "twice"),
        ("--roots=a=/no/such/folder", "No such file"),
        ("--io_threads=0", "--io_threads"),
        ("--decode_threads=100000", "--decode_threads"),
        ("--max_streams=0", "--max_streams"),
        ("--max_record_bytes=1", "--max_record_bytes"),
        ("--stream_credit_bytes=0", "--stream_credit_bytes"),
        ("stray", "stray"),
        (f"--listen=unix:/tmp/{'x' * 120}", "107 bytes"),
        ("--io_threads=many", "io_threads"),
        ("--nonsense", "nonsense"),
        ("--listen=", "listen"),
    ],
)
def test_a_flag_that_cannot_be_is_a_sentence(folder: Path, flag: str, word: str) -> None:
    done = run(f"--listen=unix:{folder}/s", ROOTS, "--idle_exit_seconds=2", flag)
    assert word in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.returncode == USAGE


def test_a_negative_limit_is_shown_as_it_was_given(folder: Path) -> None:
    done = run(f"--listen=unix:{folder}/s", ROOTS, "--max_streams=-1")
    assert done.returncode == USAGE
    assert "-1" in done.stderr


def test_an_address_that_cannot_be_is_named(folder: Path) -> None:
    done = run(f"--listen=unix:{folder}/s,unix:{folder}/missing/s", ROOTS)
    assert done.returncode > 0
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("marcd: ")]
    assert f"{folder}/missing/s" in said


def test_help_names_every_flag_with_its_reason() -> None:
    text = run("--help").stdout
    flags = re.findall(r"^ +--(\w+) \((.+?)\);", text, re.MULTILINE | re.DOTALL)
    names = {name for name, _ in flags}
    assert names >= {"listen", "roots", "max_streams", "io_threads", "decode_threads", "lock_file"}
    for name, reason in flags:
        assert len(reason.split()) >= 5, name


def test_version_is_one_line() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"marcd \d+\.\d+\.\d+\n", done.stdout)
