"""What clients have while the daemon's files change: its socket, its folder, its program."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import marcd
import pytest
from marcd import _daemon

from tests.generate import realistic
from tests.python.test_daemon import is_gone
from tests.python.test_reader import wait_until

RECORDS = list(realistic(300, seed=6))
MANY = 100 * len(RECORDS)  # more than a connection holds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(b"".join(RECORDS) * 100)
    return file


def pid_of_daemon() -> int:
    with marcd.connect() as client:
        return client.info().pid


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: is_gone(pid))


def remove_socket(runtime: Path) -> None:
    (socket,) = runtime.glob("marcd/*.sock")
    socket.unlink()


def remove_folder(runtime: Path) -> None:
    """As at a log-out; the daemon's lock goes, too."""
    shutil.rmtree(runtime / "marcd")


@pytest.mark.parametrize("remove", [remove_socket, remove_folder])
def test_a_daemon_that_cannot_be_found_gives_way(
    remove: Callable[[Path], None], runtime: Path, path: Path
) -> None:
    reader = marcd.MARCReader(path)
    found = [next(reader).ordinal]
    first = pid_of_daemon()
    remove(runtime)
    found += [record.ordinal for record in reader]
    assert found == list(range(MANY))
    second = pid_of_daemon()
    assert second != first
    wait_until(lambda: is_gone(first))
    # The first one's end took nothing of the second's away.
    assert {file.suffix for file in runtime.glob("marcd/*")} >= {".sock", ".data", ".lock"}
    assert pid_of_daemon() == second


def test_a_daemon_whose_socket_is_there_stays(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_daemon, "IDLE_EXIT_SECONDS", 2)  # it looks each second
    with marcd.connect() as client:
        pid = client.info().pid
        (log,) = runtime.glob("marcd/*.log")
    wait_until(lambda: is_gone(pid))
    assert log.read_text() == "marcd: idle: exiting\nmarcd: stopped\n"


@pytest.fixture
def program(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Path]]:
    """Makes a copy of the daemon's program, of a build of its own, and has it used."""

    def copy(name: str) -> Path:
        made = Path(shutil.copy(os.environ["MARCD_DAEMON"], tmp_path / name))
        monkeypatch.setenv("MARCD_DAEMON", str(made))
        return made

    yield copy


def test_two_builds_serve_beside_each_other(program: Callable[[str], Path], path: Path) -> None:
    program("old")
    with marcd.connect() as old:
        reader = marcd.MARCReader(path, client=old)
        assert next(reader).ordinal == 0
        program("new")
        with marcd.connect() as new:
            assert new.target != old.target
            assert new.info().pid != old.info().pid
            assert sum(1 for _ in marcd.MARCReader(path, client=new)) == MANY
        assert sum(1 for _ in reader) == MANY - 1


def test_readers_without_a_client_move_to_the_new_build(
    program: Callable[[str], Path], path: Path
) -> None:
    program("old")
    reader = marcd.MARCReader(path)
    assert next(reader).ordinal == 0
    old = marcd.client.default_client().target
    program("new")
    assert next(marcd.MARCReader(path)).ordinal == 0
    assert marcd.client.default_client().target != old
    assert sum(1 for _ in reader) == MANY - 1


def test_a_program_replaced_under_its_daemon_is_the_next_daemon(
    program: Callable[[str], Path], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = program("marcd")
    with marcd.connect() as client:
        old = client.info().pid
        reader = marcd.MARCReader(path, client=client)
        assert next(reader).ordinal == 0
        os.replace(program("upgrade"), file)
        monkeypatch.setenv("MARCD_DAEMON", str(file))
        assert client.info().pid == old
        new = pid_of_daemon()
        assert new != old
        end(old)
        assert sum(1 for _ in reader) == MANY - 1
        assert client.info().pid == new


def test_a_program_that_is_gone_serves_those_who_are_connected(
    program: Callable[[str], Path], path: Path
) -> None:
    file = program("marcd")
    with marcd.connect() as client:
        file.unlink()
        assert sum(1 for _ in marcd.MARCReader(path, client=client)) == MANY
        end(client.info().pid)
        with pytest.raises(marcd.ServerError, match=r"MARCD_DAEMON names .*marcd") as caught:
            client.info()
        assert caught.value.reason == "DAEMON_NOT_FOUND"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_daemon_that_leaves_as_it_is_found_is_started_again(
    number: int, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edge of its idleness: it listens when it is looked for, and not when it is called."""
    ensure, left = _daemon.ensure, []

    def ensure_and_leave() -> str:
        target = ensure()
        pid = _daemon.place().pid
        if pid is not None and len(left) < 3:
            left.append(pid)
            os.kill(pid, number)
            wait_until(lambda: is_gone(pid))
        return target

    monkeypatch.setattr(_daemon, "ensure", ensure_and_leave)
    assert pid_of_daemon() not in left
    assert len(set(left)) == 3


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_forked_while_the_daemon_starts_keeps_no_lock(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, children = _daemon._start, []

    def fork_and_start(*arguments: object) -> None:
        child = os.fork()  # as another thread may at any time
        if child == 0:
            signal.pause()
        children.append(child)
        start(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(_daemon, "_start", fork_and_start)
    try:
        assert pid_of_daemon()
        with _daemon.place().turn.open() as turn:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
