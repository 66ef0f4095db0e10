"""Tells on the terminal how far a read has come: bytes, records, time left, bad records."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import weakref
from collections.abc import Callable, Iterable
from typing import TextIO

from ._batch import Batch
from ._displays import DISPLAYS, Display, Displays, Seen
from ._findings import Diagnostic

# Seconds from one drawing to the next.
INTERVAL = 0.2


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def _close(display: Display, pid: int) -> None:
    if os.getpid() != pid:  # the terminal's line is the parent's
        return
    with contextlib.suppress(OSError, ValueError):  # the terminal has gone
        display.close()


def count_bad(diagnostics: Iterable[Diagnostic]) -> int:
    """Of how many records a batch's diagnostics say that they were mended or left out."""
    return len({d.ordinal for d in diagnostics if d.disposition != "NOTED"})


class Watch:
    """Tells of a read's batches as they arrive; `size` gives the source's, once it is known."""

    def __init__(self, size: Callable[[], int | None]) -> None:
        self._size = size
        self._progress: Progress | None = None
        self._records = self._bad = 0

    def add(self, batch: Batch) -> None:
        """A batch has arrived."""
        if self._progress is None:
            frames = batch.frames
            self._progress = Progress(frames.offsets[0] if frames.count else batch.next_offset)
        self._records += batch.frames.count
        self._bad += count_bad(batch.diagnostics)
        self._progress.update(self._records, batch.next_offset, self._size(), self._bad)

    def finish(self) -> None:
        """The read is over. May be called by any thread, and again."""
        if self._progress is not None:
            self._progress.finish()


class Progress:
    """Shows on a terminal how far a read has come; elsewhere does nothing.

    Call `update` after each batch: it draws a few times a second at most, and never fails.
    It belongs to the reader's thread, while `finish` may be called by any. One that is
    dropped without `finish`, or is alive when the program ends, finishes by itself.
    """

    def __init__(
        self,
        first_byte: int = 0,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        displays: Displays = DISPLAYS,
    ) -> None:
        """Time counts from here; bytes count from `first_byte`, where the read begins.

        `stream` is stderr unless given; `clock` gives seconds.
        """
        self._stream = stream or sys.stderr
        self._clock = clock
        self._displays = displays
        self._first_byte = first_byte
        self._began = clock()
        self._next_drawing = self._began
        self._display: Display | None = None
        self._finalizer: weakref.finalize[[Display, int], Progress] | None = None
        self._off = not _is_terminal(self._stream)

    def update(self, records: int, bytes_done: int, bytes_total: int | None, bad: int) -> None:
        """Say what has arrived so far, since the read began.

        `bytes_done` is where the next record begins and `bytes_total` the source's size,
        None if it is not known; `bad` is how many records were mended, left out or None.
        """
        if self._off:
            return
        now = self._clock()
        seen = Seen(
            records, bad, self._first_byte, bytes_done, bytes_total, max(now - self._began, 0.0)
        )
        try:
            if self._display is None:
                self._display = self._make(seen)
                self._finalizer = weakref.finalize(self, _close, self._display, os.getpid())
            self._display.seen = seen
            if now >= self._next_drawing:
                self._next_drawing = now + INTERVAL
                self._display.draw()
        except (OSError, ValueError):  # the terminal has gone, or its stream was closed
            self._off = True

    def _make(self, seen: Seen) -> Display:
        assert self._stream is not None
        for kind in self._displays[:-1]:
            try:
                return kind(self._stream, seen)
            except ImportError:
                continue
        return self._displays[-1](self._stream, seen)

    def finish(self) -> None:
        """Draw the last state and leave the line; again does nothing. Nothing if none was."""
        self._off = True
        if self._finalizer is not None:
            self._finalizer()
