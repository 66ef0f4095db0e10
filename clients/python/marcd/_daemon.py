"""This user's own daemon: where it is, and how it is started when none runs.

There is one daemon a user and build: its Unix socket stands in a private directory under a
name that holds the build's id, so that two versions never meet. Any number of processes
may come here at once; `<id>.start` lets one of them start the daemon, and `<id>.lock`,
which the daemon holds for its whole life and takes before it binds, keeps a second daemon
from a first one's socket.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import socket
import stat
import string
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .exceptions import ServerError

IDLE_EXIT_SECONDS = 300
# How long to wait for another process that is starting the daemon, and for the daemon itself.
START_SECONDS = 20.0
_POLL_SECONDS = 0.002
# A daemon that is killed while it starts is started again, but not for ever.
_MOST_STARTS = 5
# sockaddr_un holds 108 bytes, a NUL among them.
_LONGEST_PATH = 107
# What a flag of the daemon's and a gRPC target hold as it is.
_PLAIN = frozenset(string.ascii_letters + string.digits + "/._-+@:=~")
_LOCK_HELD = 75


def _failed(message: str, reason: str) -> ServerError:
    return ServerError(message, code="UNAVAILABLE", reason=reason)


def _cure(error: OSError, otherwise: str) -> str:
    """What to do about it."""
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return "Close files, or raise the limit on open ones (ulimit -n)"
    return otherwise


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
    try:
        if recorded.is_file() and (said := recorded.read_text().strip()):
            return said[:12]
        facts = binary.stat()
    except OSError as error:
        raise _failed(
            f"Cannot look at the daemon {binary}: {error.strerror}."
            f" {_cure(error, 'Install marcd again')}",
            "DAEMON_NOT_FOUND",
        ) from error
    identity = f"{binary}:{facts.st_ino}:{facts.st_size}:{facts.st_mtime_ns}"
    return hashlib.sha256(identity.encode()).hexdigest()[:12]


def _unfit_name(path: Path) -> str | None:
    """What is wrong with a socket's path; None when nothing is."""
    if not path.is_absolute():
        return "is no absolute path"
    if len(os.fsencode(path)) > _LONGEST_PATH:
        return f"is too long: a socket's path has at most {_LONGEST_PATH} bytes"
    if not set(os.fspath(path)) <= _PLAIN:
        return "has a character other than letters, digits and /._-+@:=~"
    return None


def _unfit(path: Path) -> str | None:
    """Makes the directory; what is wrong with it, None when it is ours alone."""
    me = os.getuid()
    try:
        above = path.parent.stat()
        # Who owns the directory above could put another in its place.
        if above.st_uid not in (0, me) and not above.st_mode & stat.S_ISVTX:
            return f"would be in a directory of user {above.st_uid}"
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
        facts = path.lstat()
    except OSError as error:
        return f"cannot be made: {error.strerror}"
    if not stat.S_ISDIR(facts.st_mode):
        return "is no directory"
    if facts.st_uid != me:
        return f"belongs to user {facts.st_uid}"
    if facts.st_mode & 0o077:
        return f"is open to others: its mode is {stat.S_IMODE(facts.st_mode):04o}"
    if not os.access(path, os.W_OK | os.X_OK):
        return "may not be written to"
    return None


def _runtime_directory(name: str) -> Path:
    """A private directory in which a socket of the name can be bound."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    choices = [Path(runtime) / "marcd"] if runtime else []
    choices.append(Path("/tmp") / f"marcd-{os.getuid()}")
    reasons = []
    for path in choices:
        reason = _unfit_name(path / name) or _unfit(path)
        if reason is None:
            return path
        reasons.append(f"{path} {reason}")
    raise _failed(
        f"No private directory for the daemon's socket: {'; '.join(reasons)}. Set XDG_RUNTIME_DIR"
        " to a directory of yours with mode 0700 and a short path",
        "NO_RUNTIME_DIRECTORY",
    )


def peer(path: Path) -> int | None:
    """The process that answers at the socket, a daemon of this user; None when none does."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.setblocking(False)  # such a socket is connected at once, or not
            probe.connect(os.fspath(path))
            peer = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except BlockingIOError as error:
        raise _failed(
            f"The daemon at {path} takes no more connections: it is stuck. Remove that file: the"
            " next program then starts another daemon",
            "CONNECT_FAILED",
        ) from error
    except OSError as error:
        raise _failed(
            f"Cannot connect to the daemon at {path}: {error.strerror}."
            f" {_cure(error, 'Remove that file and try again')}",
            "CONNECT_FAILED",
        ) from error
    pid, uid, _ = struct.unpack("3i", peer)
    if uid != os.getuid():
        raise _failed(
            f"The daemon at {path} belongs to user {uid}, not to you: remove that file and try"
            " again",
            "FOREIGN_DAEMON",
        )
    return int(pid)


def _holder(path: Path) -> int | None:
    """The process that holds the file's lock, as far as the kernel tells."""
    try:
        inode = path.stat().st_ino
        locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    except OSError:
        return None
    for _, kind, _, _, pid, file, *_ in locks:
        if kind == "FLOCK" and file.endswith(f":{inode}") and int(pid) > 0:
            return int(pid)
    return None


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
    def lock(self) -> Path:
        """What the daemon holds locked for its life."""
        return self.base.with_suffix(".lock")

    @property
    def turn(self) -> Path:
        """What a program holds locked while it starts the daemon."""
        return self.base.with_suffix(".start")

    @property
    def target(self) -> str:
        """What gRPC calls the socket."""
        return f"unix:{self.socket}"

    @property
    def pid(self) -> int | None:
        """The daemon's process; None while none runs."""
        return peer(self.socket)

    def flags(self) -> list[str]:
        """What makes the program this daemon."""
        return [
            f"--listen={self.target}",
            f"--lock_file={self.lock}",
            "--roots=all=/:rw",
            f"--state_dir={self.base.with_suffix('.writes')}",
        ]


def place() -> Place:
    """The place for the daemon of `find_binary`; makes the directory."""
    binary = find_binary()
    key = _build_id(binary)
    return Place(binary, _runtime_directory(f"{key}.start") / key)


def _not_ready(own: Place) -> ServerError:
    """The error for a daemon that did not listen in time."""
    message = f"No daemon listened at {own.socket} within {START_SECONDS:g} s"
    if pid := _holder(own.lock):
        message += f": process {pid} holds {own.lock}, so it is the daemon, but stopped or stuck"
    elif (pid := _holder(own.turn)) and pid != os.getpid():
        message += f": process {pid} holds {own.turn}, so it starts the daemon, but does not end"
    advice = f"End it (kill -9 {pid}) and try" if pid else "Try"
    return _failed(f"{message}. {advice} again; the log is {own.log}", "DAEMON_NOT_STARTED")


def _run(command: list[str], errors: BinaryIO, seconds: float) -> int:
    """The exit status of a command, which is ended when that takes longer, or at an interrupt."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
    ) as process:
        try:
            return process.wait(seconds)
        finally:
            process.kill()  # nothing, when it has ended
            process.wait()


def _start(own: Place, deadline: float, may_be_killed: bool) -> None:
    """Runs the daemon; returns when it listens, or was killed and may be."""
    command = [
        os.fspath(own.binary),
        "--detach",
        *own.flags(),
        f"--log_file={own.log}",
        f"--idle_exit_seconds={IDLE_EXIT_SECONDS}",
    ]
    try:
        # A file, not a pipe: nothing waits here for a daemon that keeps its end open. In memory:
        # the disk may be full.
        with open(os.memfd_create("marcd-errors"), "w+b") as errors:
            status = _run(command, errors, max(deadline - time.monotonic(), 0.0))
            errors.seek(0)
            said = errors.read(4096).decode("utf-8", "replace").strip()
    except subprocess.TimeoutExpired:
        if own.pid is None:
            raise _not_ready(own) from None
        return
    except OSError as error:
        cure = "Install marcd again, or set MARCD_DAEMON to a daemon for this machine"
        raise _failed(
            f"Cannot run {own.binary}: {error.strerror}. {_cure(error, cure)}",
            "DAEMON_NOT_STARTED",
        ) from error
    if status in (0, _LOCK_HELD) or (status < 0 and may_be_killed):
        return
    raise _failed(
        f"The daemon {own.binary} ended with status {status}: {said or 'it said nothing'}."
        f" `python -m marcd serve` shows how it starts; its log is {own.log}",
        "DAEMON_NOT_STARTED",
    )


@contextlib.contextmanager
def _open_turn(own: Place) -> Iterator[int]:
    """The file to lock; whatever is locked in the end is not."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    cure = "Remove what is in its place, make room for it, or set XDG_RUNTIME_DIR elsewhere"
    try:
        turn = os.open(own.turn, flags, 0o600)
    except OSError as error:
        raise _failed(
            f"Cannot open {own.turn}: {error.strerror}. {_cure(error, cure)}",
            "START_FILE_UNUSABLE",
        ) from error
    try:
        yield turn
    finally:
        # Not by closing it alone: a child that another thread forked has it open, too.
        fcntl.flock(turn, fcntl.LOCK_UN)
        os.close(turn)


def ensure() -> str:
    """The gRPC target of this user's daemon, which is started unless it runs."""
    own = place()
    if own.pid is not None:
        return own.target
    deadline = time.monotonic() + START_SECONDS
    starts = 0
    with _open_turn(own) as turn:
        while True:
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if own.pid is not None:
                    return own.target
                starts += 1
                _start(own, deadline, starts < _MOST_STARTS)
            except BlockingIOError:
                pass
            if own.pid is not None:
                return own.target
            if time.monotonic() > deadline:
                raise _not_ready(own)
            time.sleep(_POLL_SECONDS)
