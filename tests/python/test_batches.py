"""Batches of frames and the iteration over them, where what they are given is wrong or odd."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import marcd
import pytest
from marcd import Field, Record, RecordLeaderInvalid, _frame
from marcd._frames import Undecoded
from marcd._reader import Iteration

from tests.fuzz.make_seeds import message
from tests.python.frame_records import FRAME, batch, begun, lazy

compiled = pytest.mark.skipif(not marcd.accelerated, reason="no such care in the pure form")
UNDECODED = _frame.undecoded(b"00026nam a2200025 i 4500")


@compiled
def test_a_message_that_is_cut_short_is_a_value_error() -> None:
    from marcd._accelerator import read_message

    data = message([FRAME, FRAME])
    for end in range(len(data)):
        with contextlib.suppress(ValueError):
            assert read_message(data[:end])[1].count == 0
    assert read_message(data)[1].count == 2
    for wrong in (None, "text", 5, Record()):
        with pytest.raises(TypeError):
            read_message(wrong)


def test_a_frame_that_is_cut_short_is_refused() -> None:
    for end in range(len(FRAME)):
        with pytest.raises((ValueError, RecordLeaderInvalid)):
            str(lazy(FRAME[:end]))


def test_a_batch_gives_as_many_as_it_has() -> None:
    three = begun([FRAME] * 3)
    three.skip(1)
    assert [three.pop().ordinal, three.pop().ordinal, len(three)] == [1, 2, 0]
    with pytest.raises(IndexError):
        three.pop()


@compiled
def test_records_of_another_class_are_refused() -> None:
    one = batch([FRAME])
    assert len(one) == 0  # before `begin`
    for kind in (object, Field, type, int, "Record", Record()):
        with pytest.raises(TypeError):
            one.begin(kind, True, False, 0, None, None)


class Reads(Iteration):
    """Iterates over one batch; tells what it was asked for."""

    def __init__(self, ready: Any, handle: Any = None) -> None:
        self._ready = ready
        self._current = None
        self._handle = handle
        self._handle_fd = handle.fileno() if handle else 0
        self._place = 0
        self._owner = threading.get_ident()
        self.asked: list[str] = []

    def _advance(self) -> Any:
        self.asked.append("advance")
        raise StopIteration

    def _decode(self, item: Any) -> Any:
        self.asked.append("decode")
        self._ready = ()
        return item


def test_an_iteration_asks_for_what_it_cannot_do() -> None:
    reads = Reads(begun([FRAME, UNDECODED, FRAME]))
    record, undecoded = reads
    assert type(record) is Record
    assert type(undecoded) is Undecoded
    assert reads._current is undecoded
    assert reads.asked == ["decode", "advance"]
    assert reads._ready == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda r: setattr(r, "_ready", ()),
        lambda r: setattr(r, "_ready", []),
        lambda r: setattr(r, "_ready", None),
        lambda r: setattr(r, "_owner", None),
        lambda r: setattr(r, "_owner", 1),
        lambda r: setattr(r, "_handle", object()),
    ],
)
def test_an_iteration_out_of_the_ordinary_is_left_to_python(change: Callable[[Any], Any]) -> None:
    reads = Reads(begun([FRAME]))
    change(reads)
    assert list(reads) == []
    assert reads.asked == ["advance"]


class Handle:
    """A file that does something before it seeks."""

    does: Callable[[], Any]

    def __init__(self, path: Path) -> None:
        path.write_bytes(FRAME * 9)
        self.fd = os.open(path, os.O_RDONLY)

    def __del__(self) -> None:
        os.close(self.fd)

    def fileno(self) -> int:
        return self.fd

    def seek(self, place: int) -> int:
        self.does()
        return os.lseek(self.fd, place, os.SEEK_SET)


@compiled
@pytest.mark.parametrize(
    ("change", "given"),
    [
        (lambda r: None, 3),
        (lambda r: setattr(r, "_ready", ()), 1),
        (lambda r: setattr(r, "_ready", 5), 1),
        (lambda r: setattr(r, "_handle", 5), 1),
        (lambda r: delattr(r, "_handle"), 1),
        (lambda r: r.__next__(), 0),
    ],
)
def test_a_handle_may_change_the_reader_that_moves_it(
    change: Callable[[Any], Any], given: int, tmp_path: Path
) -> None:
    handle = Handle(tmp_path / "file")
    reads = Reads(begun([FRAME] * 3), handle)
    handle.does = lambda: change(reads)
    assert len(list(reads)) == given


@compiled
def test_an_interrupt_while_a_handle_moves_is_raised(tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    handle = Handle(tmp_path / "file")
    handle.does = interrupt
    with pytest.raises(KeyboardInterrupt):
        next(Reads(begun([FRAME]), handle))
