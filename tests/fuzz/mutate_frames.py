"""Reads damaged frames and messages with the accelerator: it may refuse them, or read on.

  python -m tests.fuzz.mutate_frames [--seconds N] [--seed N]

Every truncation of some frames and messages and several values for each of their bytes
first, then random damage for as long as it is given. What it accepts is the same fields as the
pure form reads. `ok` and a count, or `failed` and the input. Meant to be run under ASan:
tests/fuzz/accelerator_asan.py.
"""

from __future__ import annotations

import argparse
import base64
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from marcd import Record, _frame
from marcd._accelerator import read_message

from tests.fuzz.make_seeds import messages, seeds

TAGS = ("001", "245", "880", "   ")
BYTES = (0x00, 0x01, 0x08, 0x1D, 0x1F, 0x20, 0x7F, 0x80, 0xC3, 0xFF)


def facts(fields: list[Any]) -> list[Any]:
    """What the fields hold, all of it asked for."""
    return [
        (field.tag, field.data, field.indicators, field.subfields, field.value(), str(field))
        for field in fields
    ]


def read_lazily(record: Any) -> None:
    """Asks for what is read without objects of fields."""
    for action in (
        lambda: record.title,
        record.as_marc,
        record.as_dict,
        record.as_json,
        record.__str__,
        record._as_frame,
        lambda: record._as_xml(True, True),
        lambda: record._as_xml(False, False),
        *(lambda tag=tag: record.get(tag) for tag in TAGS),
        lambda: [(f["a"], f.get_subfields("a", "b")) for f in record.get_fields(*TAGS)],
        record.as_marc,
    ):
        attempt(action)


def attempt(action: Callable[[], Any]) -> Any:
    """What the action gives; None where it refuses."""
    try:
        return action()
    except (ValueError, KeyError, TypeError):  # FrameError and UnicodeDecodeError among them
        return None


def read_frame(frame: bytes) -> None:
    """Reads a frame in every way."""
    record: Any = Record.__new__(Record)
    if attempt(lambda: record._take(frame) or True) is None:
        return
    record.to_unicode = True
    read_lazily(record)
    ours = attempt(lambda: facts(record.fields))
    attempt(record.as_marc)
    # What else the pure form looks at where it takes the source out does not matter.
    if frame[0] & _frame.WITH_SOURCE == 0:
        theirs = attempt(lambda: facts(_frame.make_fields(frame)))
        assert None in (ours, theirs) or ours == theirs, f"{ours} is not {theirs}"


def read_frames(message: bytes) -> None:
    """Reads a message and its records in every way."""
    found = attempt(lambda: read_message(message))
    if found is None:
        return
    frames = found[1]
    frames.begin(Record, True, False, 2, None, None)
    for tag, code in (("245", "a"), ("880", None), ("001", None)):
        attempt(lambda: frames.values(tag, code))  # noqa: B023
        attempt(lambda: frames.lists(tag, code))  # noqa: B023
    assert sum(frames.frame_lengths) == len(frames.data)
    while len(frames):
        record = attempt(frames.pop)
        if not isinstance(record, Record):
            return
        read_lazily(record)


def each_byte(data: bytes) -> Iterator[bytes]:
    """Cut at every place, and with each byte changed in several ways."""
    for at in range(len(data)):
        yield data[:at]
        yield data[at:]
        for byte in (*BYTES, data[at] ^ 1, data[at] + 1 & 255):
            yield data[:at] + bytes([byte]) + data[at + 1 :]


def damaged(rng: random.Random, data: bytes) -> bytes:
    """With a few changes."""
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(changed) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            changed[at : at + 1] = bytes([rng.choice(BYTES)])
        elif kind == 1:
            changed[at : at + 4] = rng.choice((0, 1, 4, 40, 2**31, 2**32 - 1)).to_bytes(4, "little")
        elif kind == 2:
            del changed[at : at + rng.randrange(1, 20)]
        else:
            changed[at:at] = changed[rng.randrange(len(changed) + 1) :][: rng.randrange(30)]
    return bytes(changed)


def inputs(seed: int) -> Iterator[tuple[Callable[[bytes], None], bytes]]:
    """What to read, and how; without an end."""
    frames = seeds()["frame"]
    for data in frames[:4]:
        yield from ((read_frame, each) for each in each_byte(data))
    for data in messages()[:2]:
        yield from ((read_frames, each) for each in each_byte(data))
    rng = random.Random(seed)
    while True:
        yield read_frame, damaged(rng, rng.choice(frames))
        yield read_frames, damaged(rng, rng.choice(messages()))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    end = time.monotonic() + args.seconds
    for count, (read, data) in enumerate(inputs(args.seed)):
        try:
            read(data)
        except BaseException:
            print(f"failed mutations: {read.__name__} of {base64.b64encode(data).decode()}")
            raise
        if count % 64 == 0 and time.monotonic() > end:
            print(f"ok mutations ({count} inputs in {args.seconds:.0f} s)")
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
