"""This user's own daemon: where it is, and how it is started when none runs.

There is one daemon a user and build: its Unix socket stands in a private directory under a
name that holds the build's id, so that two versions never meet. Any number of processes
may come here at once; `<id>.start` lets one of them start the daemon, and `<id>.lock`,
which the daemon holds for its whole life and takes before it binds, keeps a second daemon
from a first one's socket.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import stat
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from .exceptions import ServerError

IDLE_EXIT_SECONDS = 300
# How long to wait for another process that is starting the daemon, and for the daemon itself.
START_SECONDS = 20.0
_POLL_SECONDS = 0.002
# A daemon that is killed while it starts is started again, but not for ever.
_MOST_STARTS = 5
# sockaddr_un holds 108 bytes, a NUL among them.
_LONGEST_PATH = 107
_LOCK_HELD = 75


def _failed(message: str, reason: str) -> ServerError:
    return ServerError(message, code="UNAVAILABLE", reason=reason)


def find_binary() -> Path:
    """The daemon's program: `MARCD_DAEMON`, else the package's own."""
    named = os.environ.get("MARCD_DAEMON")
    binary = Path(named) if named else Path(__file__).parent / "_bin" / "marcd"
    if not os.access(binary, os.X_OK) or not binary.is_file():
        where = f"MARCD_DAEMON names {binary}" if named else f"this package has no {binary}"
        raise _failed(
            f"No marcd daemon to start: {where}, which is no program. Install a marcd wheel or"
            " set MARCD_DAEMON to the daemon, or MARCD_SERVER to one that runs.",
            "DAEMON_NOT_FOUND",
        )
    return binary.resolve()


def _build_id(binary: Path) -> str:
    """What tells one build from another: the recorded id, else the file's identity."""
    recorded = binary.with_name("BUILD_ID")
    if recorded.is_file():
        return recorded.read_text().strip()[:12]
    facts = binary.stat()
    identity = f"{binary}:{facts.st_ino}:{facts.st_size}:{facts.st_mtime_ns}"
    return hashlib.sha256(identity.encode()).hexdigest()[:12]


def _own_directory(path: Path) -> bool:
    """Makes the directory; whether it is ours alone and no link."""
    try:
        path.mkdir(mode=0o700, parents=False, exist_ok=True)
        facts = path.lstat()
    except OSError:
        return False
    mine = facts.st_uid == os.getuid()
    return stat.S_ISDIR(facts.st_mode) and mine and not facts.st_mode & 0o077


def _runtime_directory(name: str) -> Path:
    """A private directory in which a socket of the name can be bound."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    choices = [Path(runtime) / "marcd"] if runtime else []
    choices.append(Path("/tmp") / f"marcd-{os.getuid()}")
    for path in choices:
        if len(os.fsencode(path / name)) <= _LONGEST_PATH and _own_directory(path):
            return path
    raise _failed(
        f"No private directory for the daemon's socket: {' and '.join(map(str, choices))} must be"
        " directories that belong to you alone (mode 0700); set XDG_RUNTIME_DIR to one",
        "NO_RUNTIME_DIRECTORY",
    )


def _peer(path: Path) -> int | None:
    """The process that answers at the socket, a daemon of this user; None when none does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(START_SECONDS)
        try:
            probe.connect(os.fspath(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise _failed(f"Cannot connect to {path}: {error}", "CONNECT_FAILED") from error
        peer = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid, uid, _ = struct.unpack("3i", peer)
    if uid != os.getuid():
        raise _failed(f"The daemon at {path} belongs to user {uid}, not to you", "FOREIGN_DAEMON")
    return int(pid)


class Place(NamedTuple):
    """Where this user's daemon of one build is, or would be."""

    binary: Path
    # In a private directory, and without a suffix.
    base: Path

    @property
    def socket(self) -> Path:
        """What the daemon listens at."""
        return self.base.with_suffix(".sock")

    @property
    def log(self) -> Path:
        """What the daemon has to say."""
        return self.base.with_suffix(".log")

    @property
    def target(self) -> str:
        """What gRPC calls the socket."""
        return f"unix:{self.socket}"

    @property
    def pid(self) -> int | None:
        """The daemon's process; None while none runs."""
        return _peer(self.socket)

    def flags(self) -> list[str]:
        """What makes the program this daemon."""
        return [
            f"--listen={self.target}",
            f"--lock_file={self.base.with_suffix('.lock')}",
            "--roots=all=/",
        ]


def place() -> Place:
    """The place for the daemon of `find_binary`; makes the directory."""
    binary = find_binary()
    key = _build_id(binary)
    return Place(binary, _runtime_directory(f"{key}.start") / key)


def _start(own: Place, may_be_killed: bool) -> None:
    """Runs the daemon; returns when it listens, or was killed and may be."""
    command = [
        os.fspath(own.binary),
        "--detach",
        *own.flags(),
        f"--log_file={own.log}",
        f"--idle_exit_seconds={IDLE_EXIT_SECONDS}",
    ]
    # A file, not a pipe: nothing waits here for a daemon that keeps its end open.
    with tempfile.TemporaryFile() as errors:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                timeout=START_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(f"Cannot start {own.binary}: {error}", "DAEMON_NOT_STARTED") from error
        if done.returncode in (0, _LOCK_HELD) or (done.returncode < 0 and may_be_killed):
            return
        errors.seek(0)
        said = errors.read(4096).decode("utf-8", "replace").strip()
    raise _failed(
        f"The daemon {own.binary} ended with status {done.returncode}: {said or 'it said nothing'}"
        f" (its log is {own.log})",
        "DAEMON_NOT_STARTED",
    )


def ensure() -> str:
    """The gRPC target of this user's daemon, which is started unless it runs."""
    own = place()
    deadline = time.monotonic() + START_SECONDS
    if own.pid is not None:
        return own.target
    starts = 0
    with open(own.base.with_suffix(".start"), "wb") as turn:
        while True:
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if own.pid is not None:
                    return own.target
                starts += 1
                _start(own, may_be_killed=starts < _MOST_STARTS)
            except BlockingIOError:
                pass
            if own.pid is not None:
                return own.target
            if time.monotonic() > deadline:
                raise _failed(
                    f"The daemon did not listen at {own.socket} within {START_SECONDS:.0f} s"
                    f" (its log is {own.log})",
                    "DAEMON_NOT_STARTED",
                )
            time.sleep(_POLL_SECONDS)
