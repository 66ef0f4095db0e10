"""The display of `marcd.read(..., progress=True)`."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading

import pytest
from marcd import Diagnostic
from marcd._displays import DISPLAYS, Displays, LineDisplay, RichDisplay, TqdmDisplay
from marcd._progress import INTERVAL, Progress, count_bad

MB = 1_000_000


class Terminal(io.StringIO):
    """A terminal that remembers all that was written."""

    def isatty(self) -> bool:
        return True

    def lines(self) -> list[str]:
        """What stood on the line, one drawing after the other."""
        return self.getvalue().split("\r")[1:]


class GoneTerminal(Terminal):
    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def made(
    stream: Terminal, clock: Clock, first_byte: int = 0, displays: Displays = (LineDisplay,)
) -> Progress:
    return Progress(first_byte, stream=stream, clock=clock, displays=displays)


def test_the_line_says_records_speed_time_left_and_bad_records() -> None:
    terminal, clock = Terminal(), Clock()
    progress = made(terminal, clock)
    clock.now += 2
    progress.update(1234, 20 * MB, 110 * MB, 3)
    assert terminal.lines() == ["1,234 records, 20.0 of 110.0 MB, 10.0 MB/s, 0:09 left, 3 bad"]


def test_without_a_size_it_says_how_long_it_has_taken() -> None:
    terminal, clock = Terminal(), Clock()
    progress = made(terminal, clock)
    clock.now += 3725
    progress.update(1, 7450 * MB, None, 0)
    assert terminal.lines() == ["1 records, 7,450.0 MB, 2.0 MB/s, in 1:02:05, 0 bad"]


def test_a_resumed_read_counts_its_own_bytes_for_the_speed() -> None:
    terminal, clock = Terminal(), Clock()
    progress = made(terminal, clock, first_byte=80 * MB)
    clock.now += 1
    progress.update(1, 90 * MB, 100 * MB, 0)
    assert "90.0 of 100.0 MB, 10.0 MB/s, 0:01 left" in terminal.getvalue()


def test_a_file_that_has_grown_past_its_size_leaves_no_time() -> None:
    terminal, clock = Terminal(), Clock()
    progress = made(terminal, clock)
    clock.now += 1
    progress.update(1, 12 * MB, 10 * MB, 0)
    assert "0:00 left" in terminal.getvalue()


def test_the_first_update_at_no_time_draws_no_nonsense() -> None:
    terminal = Terminal()
    made(terminal, Clock()).update(1, 1 * MB, 10 * MB, 0)
    assert terminal.lines()[0] == "1 records, 1.0 of 10.0 MB, 0.0 MB/s, in 0:00, 0 bad"


def test_it_draws_once_an_interval_and_at_the_end() -> None:
    terminal, clock = Terminal(), Clock()
    progress = made(terminal, clock)
    for step in range(100):
        clock.now = 100.0 + step * INTERVAL / 10
        progress.update(step, step, 99, 0)
    assert len(terminal.lines()) == 10
    progress.finish()
    assert len(terminal.lines()) == 11
    assert terminal.lines()[-1].startswith("99 records")
    assert terminal.lines()[-1].split(" MB/s, ")[1].split() == ["in", "0:02,", "0", "bad"]
    assert terminal.getvalue().endswith("\n")


def test_a_shorter_line_leaves_nothing_of_the_one_before() -> None:
    terminal, clock = Terminal(), Clock()
    progress = made(terminal, clock)
    clock.now += 1
    progress.update(1, 1, 1_000_000 * MB, 0)  # some 30,000 years are left
    clock.now += 1
    progress.update(1, 9 * MB, 9 * MB, 0)
    long, short = terminal.lines()
    assert len(short.rstrip()) < len(long)
    assert len(short) == len(long)


def test_elsewhere_than_on_a_terminal_it_is_silent() -> None:
    stream = io.StringIO()
    progress = Progress(stream=stream)
    progress.update(1, 1, 2, 0)
    progress.finish()
    assert stream.getvalue() == ""


@pytest.mark.parametrize("closed", [True, False])
def test_without_stderr_it_is_silent(closed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    stream.close()
    monkeypatch.setattr("sys.stderr", stream if closed else None)
    progress = Progress()
    progress.update(1, 1, 2, 0)
    progress.finish()


def test_a_terminal_that_goes_away_does_not_disturb_the_read() -> None:
    progress = made(GoneTerminal(), Clock())
    progress.update(1, 1, 2, 0)
    progress.update(2, 2, 2, 0)
    progress.finish()


def test_after_finish_nothing_is_drawn() -> None:
    terminal, clock = Terminal(), Clock()
    progress = made(terminal, clock)
    progress.update(1, 1, 2, 0)
    progress.finish()
    drawn = terminal.getvalue()
    clock.now += 10
    progress.update(2, 2, 2, 0)
    progress.finish()
    assert terminal.getvalue() == drawn


def test_a_read_of_no_batch_draws_nothing() -> None:
    terminal = Terminal()
    made(terminal, Clock()).finish()
    assert terminal.getvalue() == ""


def test_one_that_is_dropped_leaves_its_line() -> None:
    terminal = Terminal()
    progress = made(terminal, Clock())
    progress.update(5, 1, 2, 0)
    del progress
    assert terminal.getvalue().endswith("\n")


def test_one_that_is_alive_when_the_program_ends_leaves_its_line() -> None:
    program = """if True:
        import sys
        from marcd._displays import LineDisplay
        from marcd._progress import Progress
        sys.stderr.isatty = lambda: True
        kept = Progress(displays=(LineDisplay,))
        kept.update(5, 1, 2, 0)
    """
    ended = subprocess.run(
        [sys.executable, "-c", program], stderr=subprocess.PIPE, check=True, timeout=60
    )
    assert ended.stderr.count(b"5 records") == 2
    assert ended.stderr.endswith(b"\n")


def test_a_child_leaves_the_line_to_its_parent() -> None:
    terminal = Terminal()
    progress = made(terminal, Clock())
    progress.update(5, 1, 2, 0)
    drawn = terminal.getvalue()
    child = os.fork()
    if child == 0:
        progress.finish()
        os._exit(terminal.getvalue() != drawn)
    assert os.waitpid(child, 0)[1] == 0


def test_on_a_narrow_terminal_the_line_does_not_wrap() -> None:
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("4H", 24, 20, 0, 0))
    with os.fdopen(parent, "rb", 0) as seen, os.fdopen(child, "w") as stream:
        progress = Progress(stream=stream, displays=(LineDisplay,))
        progress.update(1234, 1, 2, 0)
        assert seen.read(100) == b"\r1,234 records, 0.0 "


@pytest.mark.parametrize(("kind", "package"), [(TqdmDisplay, "tqdm"), (RichDisplay, "rich")])
def test_libraries_draw_the_same_facts(kind: type[TqdmDisplay], package: str) -> None:
    pytest.importorskip(package)
    terminal, clock, threads = Terminal(), Clock(), threading.active_count()
    progress = made(terminal, clock, displays=(kind,))
    for step in range(1, 4):
        clock.now += 1
        progress.update(step * 1111, step * 10 * MB, 40 * MB, 7)
    assert threading.active_count() == threads
    progress.finish()
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    assert "1,111 records, 7 bad" in text
    assert "3,333 records, 7 bad" in text.splitlines()[-1]
    assert re.search(r"30\.0M?/40\.0 ?M", text)
    assert text.endswith("\n")


@pytest.mark.parametrize("package", ["tqdm", "rich"])
def test_libraries_leave_the_programs_output_alone(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(package)
    terminal, out = Terminal(), io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    kind = {"tqdm": TqdmDisplay, "rich": RichDisplay}[package]
    progress = made(terminal, Clock(), displays=(kind,))
    progress.update(1, 1, 2, 0)
    print("the program's")
    progress.finish()
    assert out.getvalue() == "the program's\n"


def test_the_line_serves_where_no_library_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tqdm", "rich.progress"):
        monkeypatch.setitem(sys.modules, name, None)
    terminal = Terminal()
    made(terminal, Clock(), displays=DISPLAYS).update(1, 1, 2, 0)
    assert terminal.lines()[0].startswith("1 records")


def test_bad_records_are_those_mended_or_left_out() -> None:
    def found(ordinal: int, disposition: str) -> Diagnostic:
        return Diagnostic("REASON", disposition, ordinal, 0, 1, "", "")

    findings = [found(1, "NOTED"), found(2, "REPAIRED"), found(2, "REPAIRED"), found(3, "SKIPPED")]
    assert count_bad(findings) == 2
