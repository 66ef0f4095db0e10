"""The daemon that starts itself, and what becomes of it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import marcd
import pytest
from marcd import _daemon

from tests.generate import realistic
from tests.python.test_reader import wait_until

DEADLINE = 120.0
RECORDS = list(realistic(300, seed=6))
DATA = b"".join(RECORDS)
READ = """
import sys, marcd
print(sum(1 for _ in marcd.MARCReader(sys.argv[1])), marcd.connect().info().pid)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(DATA)
    return file


def in_processes(count: int, path: Path) -> set[str]:
    """What so many processes that start at once say: the number of records and the daemon."""
    command = [sys.executable, "-c", READ, str(path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    said = [process.communicate(timeout=DEADLINE)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * count
    return set(said)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_reader_starts_the_daemon(runtime: Path, path: Path) -> None:
    assert [record.as_marc() for record in marcd.MARCReader(path)] == RECORDS
    client = marcd.connect()
    (socket,) = runtime.glob("marcd/*.sock")
    assert client.target == f"unix:{socket}"
    assert client.info().roots == ("all",)
    assert (runtime / "marcd").stat().st_mode & 0o777 == 0o700
    client.close()


def test_eight_processes_at_once_get_one_daemon(runtime: Path, path: Path) -> None:
    (said,) = in_processes(8, path)
    assert said.startswith("300 ")
    assert len(list(runtime.glob("marcd/*.sock"))) == 1


def test_eight_processes_at_once_after_a_kill_get_one_daemon(runtime: Path, path: Path) -> None:
    """The killed one's socket still lies there."""
    with marcd.connect() as client:
        killed = client.info().pid
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: is_gone(killed))
    assert len(list(runtime.glob("marcd/*.sock"))) == 1
    (said,) = in_processes(8, path)
    assert said != f"300 {killed}"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_reader_survives_its_daemon(number: int, runtime: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.mrc"
    path.write_bytes(DATA * 100)  # more than a connection holds
    with marcd.connect() as client:
        reader = marcd.MARCReader(path, client=client)
        found = [next(reader).ordinal]
        first = client.info().pid
        os.kill(first, number)
        found += [record.ordinal for record in reader]
        assert found == list(range(len(RECORDS) * 100))
        assert client.info().pid != first


def test_a_daemon_that_left_is_started_again(runtime: Path, path: Path) -> None:
    for _ in range(2):
        assert sum(1 for _ in marcd.MARCReader(path)) == 300
        with marcd.connect() as client:
            pid = client.info().pid
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda pid=pid: is_gone(pid))  # type: ignore[misc]


def test_a_client_survives_its_daemon(runtime: Path) -> None:
    with marcd.connect() as client:
        first = client.info().pid
        os.kill(first, signal.SIGKILL)
        assert client.info().pid != first


def test_no_daemon_to_start_is_a_clear_error(alone: None, path: Path) -> None:
    for _ in range(2):
        with pytest.raises(
            marcd.ServerError, match=r"MARCD_DAEMON names .*no-such-daemon"
        ) as caught:
            next(marcd.MARCReader(path))
        assert caught.value.reason == "DAEMON_NOT_FOUND"


def test_a_program_that_is_no_daemon_is_a_clear_error(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "marcd"
    program.write_text("#!/bin/sh\necho what is wrong >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("MARCD_DAEMON", str(program))
    with pytest.raises(marcd.ServerError, match="ended with status 3: what is wrong") as caught:
        marcd.connect()
    assert caught.value.reason == "DAEMON_NOT_STARTED"


def test_a_daemon_that_is_killed_while_it_starts_is_started_again(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "marcd"
    daemon = os.environ["MARCD_DAEMON"]
    program.write_text(
        f'#!/bin/sh\nif mkdir {tmp_path}/once; then kill -9 $$; fi\nexec {daemon} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("MARCD_DAEMON", str(program))
    with marcd.connect() as client:
        assert client.info().pid
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    os.utime(program, (1, 1))  # another build
    with pytest.raises(marcd.ServerError, match="ended with status -9") as caught:
        marcd.connect()
    assert caught.value.reason == "DAEMON_NOT_STARTED"


def test_a_directory_that_others_may_enter_is_not_used(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runtime / "marcd").mkdir(mode=0o755)
    (runtime / "marcd").chmod(0o755)
    assert _daemon._runtime_directory("x.sock") == Path("/tmp") / f"marcd-{os.getuid()}"
    (runtime / "marcd").rmdir()
    (runtime / "elsewhere").mkdir(mode=0o700)
    (runtime / "marcd").symlink_to(runtime / "elsewhere")
    assert _daemon._runtime_directory("x.sock").parent == Path("/tmp")


def test_a_runtime_directory_too_long_for_a_socket_is_not_used(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    assert _daemon._runtime_directory("x.sock").parent == Path("/tmp")


def _count(path: Path) -> int:
    return sum(1 for _ in marcd.MARCReader(path))


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_forked_children_read_for_themselves(client: marcd.Client, path: Path) -> None:
    reader = marcd.MARCReader(path)
    assert next(reader).ordinal == 0
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert pool.map(_count, [path] * 6, chunksize=1) == [300] * 6
    assert sum(1 for _ in reader) == 299  # the parent's stream is its own


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_reader_of_the_parents_is_refused_in_a_child(client: marcd.Client, path: Path) -> None:
    reader = marcd.MARCReader(path)
    next(reader)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            next(reader)
        except RuntimeError as error:
            os.write(theirs, str(error).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with open(ours) as answer:
        assert "belongs to the parent" in answer.read()
    assert os.waitpid(child, 0)[1] == 0
    assert next(reader).ordinal == 1


def test_a_forked_child_ends_as_it_should(client: marcd.Client, path: Path) -> None:
    """Its parent's streams and channels are torn down with its interpreter."""
    program = (
        "import os, sys, time, marcd\n"
        "reader = marcd.MARCReader(sys.argv[1]); next(reader)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    print(sum(1 for _ in marcd.MARCReader(sys.argv[1])))\n"
        "    sys.exit(7)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program, path],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "300\n", "")
