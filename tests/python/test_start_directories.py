"""Where the daemon that starts itself keeps its files, and what may be in their places."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import marcd
import pytest
from marcd import _daemon

from tests.python.test_daemon import is_gone
from tests.python.test_reader import wait_until
from tests.python.test_start_failures import says
from tests.support import daemons

ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root can be what this needs")


def elsewhere() -> Path:
    """The directory that is used when XDG_RUNTIME_DIR is none to use."""
    return Path("/tmp") / f"marcd-{os.getuid()}"


def directory() -> Path:
    return _daemon.place().base.parent


def answers() -> bool:
    with marcd.connect() as client:
        return client.info().pid > 0


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_whatever_the_umask_the_files_are_their_users_alone(mask: int, runtime: Path) -> None:
    before = os.umask(mask)
    try:
        assert answers()
    finally:
        os.umask(before)
    assert stat.S_IMODE((runtime / "marcd").stat().st_mode) == 0o700
    files = {path.name.partition(".")[2]: path.stat().st_mode for path in runtime.glob("marcd/*")}
    assert set(files) == {"sock", "sock.data", "lock", "start", "log", "writes"}
    assert not any(mode & 0o077 for mode in files.values())


@pytest.mark.parametrize("name", ["a b", "a%20b", "a#b", "a?b", "a,b", "ä", "\udcff"])
def test_a_name_that_grpc_or_a_flag_reads_otherwise_is_not_used(
    name: str, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runtime / name).mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime / name))
    assert directory() == elsewhere()


@pytest.mark.parametrize("name", ["missing", "file", "file/below"])
def test_what_is_no_directory_is_not_used(
    name: str, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runtime / "file").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime / name))
    assert directory() == elsewhere()
    assert not (runtime / "missing").exists()


def test_a_relative_directory_is_not_used(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The daemon would look for it elsewhere."""
    monkeypatch.chdir(runtime)
    monkeypatch.setenv("XDG_RUNTIME_DIR", ".")
    assert directory() == elsewhere()
    assert not (runtime / "marcd").exists()


@ROOT
def test_another_users_directory_is_not_used(runtime: Path) -> None:
    """As under sudo -E: its owner could put another in place of ours."""
    os.chown(runtime, 65534, 65534)
    assert directory() == elsewhere()
    assert not (runtime / "marcd").exists()


MAKE: dict[str, Callable[[Path], object]] = {
    "file": lambda path: path.write_text("mine"),
    "directory": Path.mkdir,
    "pipe": os.mkfifo,
    "link": lambda path: path.symlink_to(path.parent / "victim"),
    "dangling link": lambda path: path.symlink_to(path.parent / "nothing"),
}
PLACES = [(suffix, what) for suffix in (".sock", ".sock.data", ".lock", ".start") for what in MAKE]
# A lock is a lock on any file.
SERVES = [(suffix, what) for suffix in (".lock", ".start") for what in ("file", "pipe")]


@pytest.fixture
def base(runtime: Path) -> Path:
    """The daemon's files without their suffixes, beside one that is not to be touched."""
    found = _daemon.place().base
    found.with_name("victim").write_text("mine")
    return found


def put(base: Path, suffix: str, what: str) -> Path:
    path = base.with_name(base.name + suffix)
    MAKE[what](path)
    return path


@pytest.mark.parametrize(("suffix", "what"), [place for place in PLACES if place not in SERVES])
def test_what_is_in_a_files_place_is_named_and_left_alone(
    suffix: str, what: str, base: Path
) -> None:
    path = put(base, suffix, what)
    said = says("START_FILE_UNUSABLE" if suffix == ".start" else "DAEMON_NOT_STARTED")
    assert str(path) in said and "emove" in said
    assert base.with_name("victim").read_text() == "mine"
    assert not base.with_name("nothing").exists()
    if what == "directory":
        path.rmdir()
    else:
        path.unlink()
    assert answers()


@pytest.mark.parametrize(("suffix", "what"), SERVES + [(".log", what) for what in MAKE])
def test_what_does_no_harm_in_a_files_place_does_none(suffix: str, what: str, base: Path) -> None:
    path = put(base, suffix, what)
    before = path.lstat().st_ino
    with marcd.connect() as client:
        pid = client.info().pid
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: is_gone(pid))
    assert path.lstat().st_ino == before
    assert base.with_name("victim").read_text() == "mine"
    assert not base.with_name("nothing").exists()


@ROOT
def test_a_daemon_of_another_users_is_not_spoken_to(base: Path) -> None:
    path = base.with_suffix(".sock")
    with socket.socket(socket.AF_UNIX) as planted:
        planted.bind(str(path))
        os.seteuid(65534)
        try:
            planted.listen()
        finally:
            os.seteuid(0)
        said = says("FOREIGN_DAEMON")
        assert f"{path} belongs to user 65534" in said and "remove" in said
    assert answers()


@pytest.fixture
def small_disk(runtime: Path) -> Iterator[Callable[[int], None]]:
    """Leaves room in the runtime directory for so many files, and for no byte in them."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k,mode=700", "marcd-test", str(runtime)]
    if os.getuid() != 0 or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("a file system cannot be mounted here")
    (runtime / "full").write_bytes(bytes(4096))

    def leave(files: int) -> None:
        options = f"remount,nr_inodes={2 + files}"  # the root's, and the file's
        subprocess.run(["mount", "-o", options, str(runtime)], check=True)

    yield leave
    for pid in daemons(runtime):
        os.kill(pid, signal.SIGKILL)
    subprocess.run(["umount", "--lazy", str(runtime)], check=True)


def test_on_a_disk_without_a_free_byte_the_daemon_serves(
    small_disk: Callable[[int], None], tmp_path: Path
) -> None:
    assert answers()
    assert directory() != elsewhere()


def test_a_disk_without_room_for_the_directory_is_not_used(
    small_disk: Callable[[int], None],
) -> None:
    small_disk(0)
    assert directory() == elsewhere()


@pytest.mark.parametrize(
    ("files", "suffix", "reason"),
    [
        (1, ".start", "START_FILE_UNUSABLE"),
        (2, ".lock", "DAEMON_NOT_STARTED"),
        (3, ".sock.data", "DAEMON_NOT_STARTED"),
    ],
)
def test_a_disk_without_room_for_a_file_is_named(
    files: int, suffix: str, reason: str, small_disk: Callable[[int], None], runtime: Path
) -> None:
    small_disk(files)
    said = says(reason)
    assert f"{runtime}/marcd/" in said and suffix in said
    assert "No space left on device" in said
    small_disk(9)
    assert answers()


def test_no_place_for_temporary_files_is_needed(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/no/such/folder")
    assert answers()
