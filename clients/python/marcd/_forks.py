"""Forks and calls of gRPC's, kept apart.

gRPC cannot be copied while it works: of a process that forks while another thread is in a call,
or while gRPC's own threads clear up behind one, the child crashes or waits for ever, or the
parent does, or gets bytes that nobody sent. So a fork waits for the calls under way and then for
gRPC's threads, and new calls wait for the fork.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from functools import partial
from types import TracebackType

# How long nothing may have moved in a read that another thread holds open: perhaps nobody reads
# on. Also how long gRPC's threads may take to come to rest: others may keep them busy.
PATIENCE_SECONDS = 1.0
# How long all of that may take, and a call whose answer another thread waits for.
LONGEST_SECONDS = 10.0

_TASKS = "/proc/self/task"
_DESCRIPTORS = "/proc/self/fd"
# gRPC's own threads, by the names that Linux shows; those of 1.49 and those of 1.85.
_GRPC_THREADS = {"default-executo", "resolver-execut", "grpc_global_tim", "event_engine"}
_LOOK_SECONDS = 0.0005

# By thread: its state, and how often it has gone to sleep.
_Look = dict[str, tuple[str, str]]


def _look() -> _Look:
    """What gRPC's threads do; empty where the system does not tell."""
    found: _Look = {}
    with contextlib.suppress(OSError):  # not Linux
        for task in os.listdir(_TASKS):
            with contextlib.suppress(OSError), open(f"{_TASKS}/{task}/status") as file:
                lines = dict(line.split(":", 1) for line in file)
                if lines["Name"].strip() in _GRPC_THREADS:
                    found[task] = lines["State"].split()[0], lines["voluntary_ctxt_switches"]
    return found


def await_rest(seconds: float) -> bool:
    """Wait until gRPC's threads have nothing to do; False if they still had when time was over.

    grpcio 1.49 stops its threads before a fork; where one is just clearing up behind a call, the
    two wait for each other, and the fork never returns.
    """
    end = time.monotonic() + seconds
    before = _look()
    while before:
        now = _look()
        if now == before and all(state == "S" for state, _ in now.values()):
            return True  # none has run between two looks, and all sleep
        if time.monotonic() > end:
            return False
        before = now
        time.sleep(_LOOK_SECONDS)
    return True


def open_descriptors() -> list[int]:
    """Those of this process, or [] where gRPC is not in use or the system does not tell."""
    if "grpc" not in sys.modules:
        return []
    found = []
    with contextlib.suppress(OSError):
        found = [number for number in map(int, os.listdir(_DESCRIPTORS)) if _is_open(number)]
    return found


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def occupy(descriptors: list[int]) -> None:
    """Let nothing else get the numbers of those that have been closed.

    In a child gRPC closes its parent's sockets, but parts of it that the parent had not done with
    yet may go on to write to their numbers: into the child's own new connection.
    """
    closed = [number for number in descriptors if not _is_open(number)]
    if closed:
        ours, theirs = socket.socketpair()
        theirs.close()  # whoever uses the other finds it ended
        for number in closed:
            if number != ours.fileno():
                os.dup2(ours.fileno(), number, inheritable=False)
        if ours.fileno() in closed:
            ours.detach()
        else:
            ours.close()


class Gate:
    """What a thread passes to call gRPC.

    By `with` while it waits for gRPC; from `enter` until `leave` for a call as a whole.
    """

    def __init__(self) -> None:
        # Called when the calls under way are over, to stop what else works for gRPC; each
        # gives what lets it go on in the parent.
        self.parkers: list[Callable[[], Callable[[], None]]] = []
        self._begin()

    def _begin(self) -> None:
        # May be passed again within, by what the garbage collector runs.
        self._changed = threading.Condition(threading.RLock())
        self._waiting: list[int] = []  # threads, for gRPC
        self._holding: list[int] = []  # threads that began calls which are not over
        self._forking: list[int] = []
        self._moves = 0  # a count of passages
        self._parked: dict[int, list[Callable[[], None]]] = {}
        self._descriptors: list[int] = []  # at the fork

    def _pass_in(self, kind: list[int]) -> int:
        me = threading.get_ident()
        with self._changed:
            while self._forking and not any(
                me in some for some in (self._waiting, self._holding, self._forking)
            ):
                self._changed.wait()
            kind.append(me)
            self._note()
        return me

    def _pass_out(self, kind: list[int], thread: int) -> None:
        with self._changed:
            if thread in kind:
                kind.remove(thread)
            self._note()

    def _note(self) -> None:
        self._moves += 1
        if self._forking:
            self._changed.notify_all()

    def enter(self) -> int:
        """Wait for forks, and begin a call; what `leave` is to be told."""
        return self._pass_in(self._holding)

    def leave(self, thread: int) -> None:
        """The call is over. May be called by any thread, and in a child for its parent."""
        self._pass_out(self._holding, thread)

    def __enter__(self) -> None:
        self._pass_in(self._waiting)

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pass_out(self._waiting, threading.get_ident())

    def _others(self, kind: list[int]) -> bool:
        return not set(kind) <= set(self._forking)

    def _is_quiet(self) -> bool:
        return not self._others(self._waiting) and not self._others(self._holding)

    def _has_moved(self, since: int) -> bool:
        return self._is_quiet() or self._moves != since

    def _await_quiet(self) -> None:
        end = time.monotonic() + LONGEST_SECONDS
        while not self._is_quiet() and time.monotonic() < end:
            moved = self._changed.wait_for(partial(self._has_moved, self._moves), PATIENCE_SECONDS)
            if not moved and not self._others(self._waiting):
                return  # a read that nobody goes on with

    def before_fork(self) -> None:
        """Let no other thread in, wait until those within have left, and gRPC's threads rest."""
        with self._changed:
            self._forking.append(threading.get_ident())
            self._changed.notify_all()  # another fork may wait for this thread
            self._await_quiet()
            late = self._others(self._waiting)
        self._parked[threading.get_ident()] = [park() for park in self.parkers]
        await_rest(PATIENCE_SECONDS)
        self._descriptors = open_descriptors()
        if late:
            warnings.warn(
                f"This process forks although another thread has waited for a daemon for"
                f" {LONGEST_SECONDS:g} s: gRPC may not work in the child",
                RuntimeWarning,
                stacklevel=2,
            )

    def after_fork_in_parent(self) -> None:
        """Let them in again."""
        for go_on in self._parked.pop(threading.get_ident(), ()):
            go_on()
        with self._changed:
            self._forking.remove(threading.get_ident())
            self._changed.notify_all()

    def after_fork_in_child(self) -> None:
        """No other thread is left."""
        descriptors = self._descriptors
        self._begin()
        occupy(descriptors)


gate = Gate()
os.register_at_fork(
    before=gate.before_fork,
    after_in_parent=gate.after_fork_in_parent,
    after_in_child=gate.after_fork_in_child,
)
