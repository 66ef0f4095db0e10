"""Records out of frames, as a reader makes them."""

from __future__ import annotations

from typing import Any

import marcd
from marcd import Record, codec
from marcd._frames import Frames

from tests.fuzz.make_seeds import message
from tests.iso2709 import control_field, data_field, encode

SOURCE = encode(
    [
        control_field("001", "42"),
        data_field("245", "1x", ("a", "A title :"), ("b", "the rest")),
        data_field("650", " 0", ("a", "Trains"), ("x", "History")),
        data_field("650", " 0", ("a", "Café")),
    ]
)
_frame = codec.clean_frame(SOURCE)
assert _frame is not None
FRAME = _frame


def batch(frames: list[bytes]) -> Any:
    """The frames of a message, in the compiled form or in the pure one."""
    if marcd.accelerated:
        from marcd._accelerator import read_message

        return read_message(message(frames))[1]
    numbers = list(range(len(frames)))
    return Frames(b"".join(frames), list(map(len, frames)), numbers, numbers, numbers)


def begun(frames: list[bytes], kind: type[Record] = Record) -> Any:
    """A batch that is ready to give records."""
    made = batch(frames)
    made.begin(kind, True, False, 2, None, "file")
    return made


def lazy(frame: bytes = FRAME, kind: type[Record] = Record) -> Any:
    """The record of a frame."""
    return begun([frame], kind).pop()
