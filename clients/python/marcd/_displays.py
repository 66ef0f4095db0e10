"""What draws how far a read has come: a line of our own, tqdm's bar or rich's."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, TextIO

_USUAL_COLUMNS = 80


class Seen(NamedTuple):
    """What is known at one moment. Places are counted from the beginning of the source."""

    records: int
    bad: int
    first_byte: int
    next_byte: int
    total_bytes: int | None  # None where nobody knows, as of a pipe
    seconds: float


class Display(Protocol):
    """Draws `seen`, which changes between two drawings."""

    seen: Seen

    def draw(self) -> None:
        """Draw what is seen now."""

    def close(self) -> None:
        """Draw what was seen last, and leave the cursor on a line of its own."""


def clock_time(seconds: float) -> str:
    """As `1:02:03`, or `2:03`."""
    minutes, second = divmod(round(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def describe(seen: Seen, ended: bool = False) -> str:
    """All of it in one line."""
    read = seen.next_byte - seen.first_byte
    rate = read / seen.seconds if seen.seconds > 0 else 0.0
    place = f"{seen.next_byte / 1e6:,.1f}"
    if seen.total_bytes is not None:
        place += f" of {seen.total_bytes / 1e6:,.1f}"
    if ended or seen.total_bytes is None or not rate:
        duration = f"in {clock_time(seen.seconds)}"
    else:
        duration = f"{clock_time(max(seen.total_bytes - seen.next_byte, 0) / rate)} left"
    return (
        f"{seen.records:,} records, {place} MB, {rate / 1e6:,.1f} MB/s, {duration},"
        f" {seen.bad:,} bad"
    )


class LineDisplay:
    """One line, written over itself: what is drawn where no library is installed."""

    def __init__(self, stream: TextIO, seen: Seen) -> None:
        self.seen = seen
        self._stream = stream
        self._drawn = 0  # characters on the line now

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _USUAL_COLUMNS
        except (OSError, ValueError):  # no real file
            return _USUAL_COLUMNS

    def _write(self, text: str, end: str = "") -> None:
        most = self._columns() - 1  # a full line would wrap, and stay
        text = text[:most]
        self._stream.write(f"\r{text.ljust(min(self._drawn, most))}{end}")
        self._stream.flush()
        self._drawn = len(text)

    def draw(self) -> None:
        self._write(describe(self.seen))

    def close(self) -> None:
        self._write(describe(self.seen, ended=True), "\n")


class TqdmDisplay:
    """A bar of tqdm's; ImportError where there is no tqdm."""

    def __init__(self, stream: TextIO, seen: Seen) -> None:
        self.seen = seen
        tqdm: Any = importlib.import_module("tqdm").tqdm
        # Without the thread by which tqdm looks after bars that are drawn too seldom.
        kind: Any = type("Bar", (tqdm,), {"monitor_interval": 0})
        self._bar: Any = kind(
            total=seen.total_bytes,
            initial=seen.first_byte,
            unit="B",
            unit_scale=True,
            dynamic_ncols=True,
            mininterval=0,
            miniters=0,
            file=stream,
        )

    def draw(self) -> None:
        seen = self.seen
        self._bar.set_postfix_str(f"{seen.records:,} records, {seen.bad:,} bad", refresh=False)
        self._bar.total = seen.total_bytes
        self._bar.update(seen.next_byte - self._bar.n)

    def close(self) -> None:
        self.draw()
        self._bar.close()


class RichDisplay:
    """A bar of rich's; ImportError where there is no rich."""

    def __init__(self, stream: TextIO, seen: Seen) -> None:
        self.seen = seen
        progress: Any = importlib.import_module("rich.progress")
        console: Any = importlib.import_module("rich.console").Console(file=stream)
        self._bar: Any = progress.Progress(
            progress.BarColumn(),
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
            progress.TextColumn("{task.fields[records]:,} records, {task.fields[bad]:,} bad"),
            console=console,
            auto_refresh=False,  # no thread
            # What the program prints goes where the program wants it.
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task: Any = self._bar.add_task(
            "", total=seen.total_bytes, completed=seen.first_byte, records=0, bad=0
        )
        self._bar.start()

    def draw(self) -> None:
        seen = self.seen
        self._bar.update(
            self._task,
            total=seen.total_bytes,
            completed=seen.next_byte,
            records=seen.records,
            bad=seen.bad,
            refresh=True,
        )

    def close(self) -> None:
        self.draw()
        self._bar.stop()


Displays = Sequence[Callable[[TextIO, Seen], Display]]
# The first that can be made is used.
DISPLAYS: Displays = (TqdmDisplay, RichDisplay, LineDisplay)
