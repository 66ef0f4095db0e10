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


def frames_of(data: bytes) -> Any:
    """The frames of a message, in the form of the accelerator or in the pure one."""
    if marcd.accelerated:
        from marcd._accelerator import read_message

        return read_message(data)[1]
    from marcd._proto import record_service_pb2

    batch = record_service_pb2.ReadRecordsResponse.FromString(data).batch
    columns = (batch.frame_lengths, batch.ordinals, batch.offsets, batch.lengths)
    return Frames(batch.data, *map(list, columns), batch.frame_version)


def begun(frames: list[bytes], kind: type[Record] = Record, flags: int = 2) -> Any:
    """The frames of a batch, ready to give records."""
    batch = frames_of(message(frames))
    batch.begin(kind, True, False, flags, None, "file")
    return batch


def lazy(frame: bytes = FRAME, kind: type[Record] = Record) -> Any:
    """The record of a frame."""
    return begun([frame], kind).pop()
