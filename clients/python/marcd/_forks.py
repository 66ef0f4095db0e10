"""Forks and calls of gRPC's, kept apart.

gRPC cannot be copied while it works: of a process that forks while another thread is in a call,
the child crashes or waits for ever, and the parent may get bytes that nobody sent. So a fork
waits for the calls under way, and new ones wait for the fork.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import TracebackType

# A call that takes longer, as of a reader that somebody has stopped reading, is not waited for.
PATIENCE_SECONDS = 1.0


class Gate:
    """What a thread passes to call gRPC: by `with`, or from `enter` until `leave`."""

    def __init__(self) -> None:
        # Called when the calls under way are over, to stop what else works for gRPC; each
        # gives what lets it go on in the parent.
        self.parkers: list[Callable[[], Callable[[], None]]] = []
        self._begin()

    def _begin(self) -> None:
        # May be passed again within, by what the garbage collector runs.
        self._changed = threading.Condition(threading.RLock())
        self._inside: list[int] = []
        self._forking: list[int] = []
        self._parked: dict[int, list[Callable[[], None]]] = {}

    def enter(self) -> int:
        """Wait for forks; what `leave` is to be told."""
        me = threading.get_ident()
        with self._changed:
            while self._forking and me not in self._inside and me not in self._forking:
                self._changed.wait()
            self._inside.append(me)
        return me

    def leave(self, thread: int) -> None:
        """The call is over. May be called by any thread, and in a child for its parent."""
        with self._changed:
            if thread in self._inside:
                self._inside.remove(thread)
            if self._forking:
                self._changed.notify_all()

    def __enter__(self) -> None:
        self.enter()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.leave(threading.get_ident())

    def _is_quiet(self) -> bool:
        return set(self._inside) <= set(self._forking)

    def before_fork(self) -> None:
        """Let no other thread in, and wait until those within have left."""
        with self._changed:
            self._forking.append(threading.get_ident())
            self._changed.notify_all()  # another fork may wait for this thread
            self._changed.wait_for(self._is_quiet, PATIENCE_SECONDS)
        self._parked[threading.get_ident()] = [park() for park in self.parkers]

    def after_fork_in_parent(self) -> None:
        """Let them in again."""
        for go_on in self._parked.pop(threading.get_ident(), ()):
            go_on()
        with self._changed:
            self._forking.remove(threading.get_ident())
            self._changed.notify_all()

    def after_fork_in_child(self) -> None:
        """No other thread is left."""
        self._begin()


gate = Gate()
os.register_at_fork(
    before=gate.before_fork,
    after_in_parent=gate.after_fork_in_parent,
    after_in_child=gate.after_fork_in_child,
)
