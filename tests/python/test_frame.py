"""The frame, by the file that C++ reads as well (tests/data)."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from marcd import RawField, _frame

DATA = Path(__file__).parents[1] / "data"
GOLDEN: list[dict[str, Any]] = json.loads((DATA / "frame_golden.json").read_text())


def cut(data: bytes) -> list[bytes]:
    frames, at = [], 0
    for said in GOLDEN:
        frames.append(data[at : at + said["length"]])
        at += said["length"]
    assert at == len(data)
    return frames


FRAMES = cut((DATA / "frame_golden.bin").read_bytes())
NAMES = [said["name"] for said in GOLDEN]


@pytest.mark.parametrize(("frame", "said"), list(zip(FRAMES, GOLDEN)), ids=NAMES)
def test_entries_are_what_the_golden_file_says(frame: bytes, said: dict[str, Any]) -> None:
    flags, leader, _ = _frame.HEAD.unpack_from(frame)
    found = [(tag, f, frame[start:end]) for tag, f, start, end in _frame.entries(frame)]
    source = said["source_hex"]
    expected = [
        (field["tag"].encode(), field["flags"], bytes.fromhex(field["payload_hex"]))
        for field in said["fields"]
    ]
    if source is not None:
        expected.append((b"\0\0\0", 0, bytes.fromhex(source)))
    assert (flags, leader.decode(), found) == (said["flags"], said["leader"], expected)


@pytest.mark.parametrize(("frame", "said"), list(zip(FRAMES, GOLDEN)), ids=NAMES)
def test_fields_are_what_the_golden_file_says(frame: bytes, said: dict[str, Any]) -> None:
    if said["flags"] & _frame.UNDECODED:
        with pytest.raises(_frame.FrameError, match="undecoded"):
            _frame.make_fields(frame)
        return
    fields = _frame.make_fields(frame)
    if said["flags"] & _frame.RAW:
        payloads = [bytes.fromhex(expected["payload_hex"]) for expected in said["fields"]]
        assert all(isinstance(field, RawField) for field in fields)
        raw: list[Any] = fields
        assert [field.as_marc() for field in raw] == [payload + b"\x1e" for payload in payloads]
        return
    for field, expected in zip(fields, said["fields"], strict=True):
        text = bytes.fromhex(expected["payload_hex"]).decode()
        assert field.tag == expected["tag"]
        assert field.as_marc("utf-8") == text.encode() + b"\x1e"
        if expected["flags"] & _frame.CONTROL:
            assert (field.data, field.indicators, field.subfields) == (text, None, [])
        else:
            subfields = [(part[0], part[1:]) for part in text.split("\x1f")[1:]]
            assert (field.data, field.indicators, field.subfields) == (
                None,
                tuple(text[:2]),
                subfields,
            )


@pytest.mark.parametrize(("frame", "said"), list(zip(FRAMES, GOLDEN)), ids=NAMES)
def test_a_frame_is_built_as_it_was(frame: bytes, said: dict[str, Any]) -> None:
    """Save for what only a decoder knows: that text was repaired, and source bytes."""
    if said["source_hex"] is not None or any(f["flags"] & 4 for f in said["fields"]):
        return
    fields = [(f["tag"].encode(), bytes.fromhex(f["payload_hex"])) for f in said["fields"]]
    built = _frame.build(said["leader"].encode(), fields, said["flags"])
    if said["flags"] & _frame.RAW:
        assert len(built) == len(frame)
    else:
        assert built == frame


def test_source_bytes_are_those_of_the_frame() -> None:
    for frame, said in zip(FRAMES, GOLDEN):
        if said["source_hex"] is not None:
            assert _frame.source(frame) == bytes.fromhex(said["source_hex"]), said["name"]
        elif not said["flags"] & _frame.VERBATIM:
            assert _frame.source(frame) is None, said["name"]


def test_an_undecoded_frame_gives_its_source() -> None:
    frame = _frame.undecoded(b"anything")
    assert _frame.source(frame) == b"anything"
    assert list(_frame.entries(frame)) == [(b"\0\0\0", 0, 40, 48)]


def test_one_field_is_that_of_all_fields() -> None:
    for frame, said in zip(FRAMES, GOLDEN):
        if said["flags"] & _frame.UNDECODED:
            continue
        fields = _frame.make_fields(frame)
        for tag in {field.tag for field in fields}:
            place = _frame.find(frame, tag)
            field = _frame.make_field(frame, place)
            assert (type(field), field.tag) == (type(fields[place]), tag)
            assert field.data == fields[place].data
            assert field.subfields == fields[place].subfields
            assert [f.tag for f in fields].index(tag) == place


def test_a_tag_is_not_found_in_other_bytes_of_the_directory() -> None:
    frame = _frame.build(b" " * 24, [(b"924", b"  "), (b"524", b"  "), (b"245", b"  ")], 0)
    assert _frame.find(frame, "245") == 2
    assert _frame.find(frame, "\x02\x04\x00") == -1


@pytest.mark.parametrize(
    ("at", "value", "why"),
    [
        (0, 16, "unknown record flags"),
        (28, 200, "cannot have"),
        (32 + 3, 8, "unknown flags"),
        (32 + 4, 255, "ends at|before it begins|outside"),
        (40 + 4, 1, "ends at|before it begins|outside"),
        (48 + 4, 30, "after its last|payloads end|outside"),
    ],
)
def test_a_changed_byte_is_an_error(at: int, value: int, why: str) -> None:
    frame = _frame.build(
        b" " * 24, [(b"001", b"12345678"), (b"245", b"  "), (b"500", b"  \x1faxyz")], 0
    )
    changed = frame[:at] + bytes([value]) + frame[at + 1 :]
    with pytest.raises(_frame.FrameError, match=why):
        list(_frame.entries(changed))
    with pytest.raises(_frame.FrameError, match=why):
        _frame.make_fields(changed)


def test_every_cut_frame_is_an_error() -> None:
    frame = FRAMES[0]
    for size in range(len(frame)):
        with pytest.raises((_frame.FrameError, struct.error)):
            list(_frame.entries(frame[:size]))
