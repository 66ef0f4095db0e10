"""Many users on one machine: each has a daemon, and none can be led to another's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import marcd
import pytest

from tests.support import daemons

DEADLINE = 120.0
CONNECT = """
import marcd
try:
    print(marcd.connect().target)
except marcd.ServerError as error:
    print(error)
"""
READ = """
import sys, marcd
try:
    print(len(list(marcd.MARCReader(sys.argv[1]))))
except PermissionError:
    print("not permitted")
"""


class Stranger:
    """Another user, who has nothing but a uid; `home` is where their daemon's files are."""

    def __init__(self, uid: int) -> None:
        self.uid = uid
        self.home = Path("/tmp") / f"marcd-{uid}"

    def start(
        self, program: str, environment: dict[str, str], *arguments: object
    ) -> subprocess.CompletedProcess[str]:
        user = ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups"]
        path = os.pathsep.join(sys.path)
        return subprocess.run(
            [*user, sys.executable, "-c", program, *map(str, arguments)],
            env={"PYTHONPATH": path, "MARCD_DAEMON": os.environ["MARCD_DAEMON"], **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )

    def run(self, program: str, *arguments: object, **environment: str) -> str:
        """What the program prints that this user runs, with this environment alone."""
        done = self.start(program, environment, *arguments)
        assert done.stderr == ""
        return done.stdout.strip()

    def own(self, path: Path, mode: int = 0o700) -> Path:
        path.mkdir()
        os.chown(path, self.uid, self.uid)
        path.chmod(mode)
        return path


@pytest.fixture
def stranger(runtime: Path) -> Iterator[Stranger]:
    """A user whom nobody else is, by the number."""
    if os.getuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can be another user, by setpriv")
    one = Stranger(1_000_000 + os.getpid())
    if one.start("import grpc, marcd", {}).returncode != 0:
        pytest.skip("another user cannot reach this interpreter and its packages")
    yield one
    for pid in daemons(one.home):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if one.home.is_symlink() or one.home.is_file():
        one.home.unlink()
    else:
        shutil.rmtree(one.home, ignore_errors=True)


@pytest.fixture
def shared(runtime: Path) -> Path:
    """A directory that every user may look into."""
    runtime.chmod(0o755)
    return runtime


def test_a_user_with_an_empty_environment_has_a_daemon(stranger: Stranger) -> None:
    """Neither HOME nor XDG_RUNTIME_DIR."""
    assert stranger.run(CONNECT).startswith(f"unix:{stranger.home}/")
    assert stranger.home.stat().st_uid == stranger.uid
    assert stranger.home.stat().st_mode & 0o777 == 0o700


def test_each_user_has_a_daemon_with_their_own_rights(
    stranger: Stranger, shared: Path, tmp_path: Path
) -> None:
    secret = shared / "secret.mrc"
    secret.write_bytes(bytes(100_000))
    secret.chmod(0o600)
    with marcd.connect() as client:
        ours = client.target
    # As after su, which keeps the environment.
    theirs = stranger.run(CONNECT, XDG_RUNTIME_DIR=str(shared))
    assert theirs.startswith(f"unix:{stranger.home}/") and theirs != ours
    assert stranger.run(READ, secret) == "not permitted"


@pytest.mark.parametrize("below", ["", "marcd"])
def test_a_directory_that_may_not_be_written_to_is_not_used(
    below: str, stranger: Stranger, shared: Path
) -> None:
    theirs = stranger.own(shared / "theirs", 0o700 if below else 0o500)
    if below:
        stranger.own(theirs / below, 0o500)
    found = stranger.run(CONNECT, XDG_RUNTIME_DIR=str(theirs))
    assert found.startswith(f"unix:{stranger.home}/")


def plant_directory(stranger: Stranger) -> None:
    stranger.home.mkdir(mode=0o700)


def plant_link(stranger: Stranger) -> None:
    stranger.home.symlink_to("/tmp")


def plant_file(stranger: Stranger) -> None:
    stranger.home.touch()


def plant_open_directory(stranger: Stranger) -> None:
    stranger.own(stranger.home, 0o755)


@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (plant_directory, "belongs to user 0"),
        (plant_link, "is no directory"),
        (plant_file, "is no directory"),
        (plant_open_directory, "is open to others: its mode is 0755"),
    ],
)
def test_a_planted_directory_is_refused_and_the_cure_works(
    plant: Callable[[Stranger], None], reason: str, stranger: Stranger, shared: Path
) -> None:
    plant(stranger)
    said = stranger.run(CONNECT, XDG_RUNTIME_DIR="/no/such")
    assert "/no/such/marcd cannot be made: No such file or directory" in said
    assert f"{stranger.home} {reason}" in said
    assert "Set XDG_RUNTIME_DIR" in said and said.endswith("[NO_RUNTIME_DIRECTORY]")
    theirs = stranger.own(shared / "theirs")
    found = stranger.run(CONNECT, XDG_RUNTIME_DIR=str(theirs))
    assert found.startswith(f"unix:{theirs}/")
