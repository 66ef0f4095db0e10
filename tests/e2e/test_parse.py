"""Bytes that the caller sends: cut wherever, they give what a file of them gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.calls import FRAMES, Client, Reading
from tests.iso2709 import control_field, data_field, encode
from tests.pathological import pathological
from tests.support import start_daemon

GOOD = [
    encode([control_field("001", str(n)), data_field("245", "10", ("a", "né" * n))])
    for n in range(5)
]
DAMAGED = b"".join(
    (
        GOOD[0],
        b"\r\n",
        GOOD[1],
        b"0x" + GOOD[2][2:],  # length not digits
        GOOD[3][:-1] + b" ",  # no terminator
        GOOD[4],
        b"00" + GOOD[1][2:4] + b"9" + GOOD[1][5:],  # length does not agree
        GOOD[2],
        b"\n\n",
        GOOD[3][:50],  # cut short
    )
)


def push(client: Client, cuts: list[bytes]) -> Reading:
    """Sends the pieces one after the other as the proto says: what was not consumed again."""
    reading, tail = Reading(), b""
    for number, piece in enumerate(cuts):
        data = tail + piece
        begin = reading.next_offset
        part = client.parse(
            data, offset=begin, ordinal=reading.next_ordinal, last=number == len(cuts) - 1
        )
        assert part.failure is None, part.failure
        assert begin <= part.next_offset <= begin + len(data)
        assert part.end
        reading.records += part.records
        reading.skipped += part.skipped
        for gap in part.gaps:  # a gap comes in parts, as the bytes did
            before = reading.gaps[-1] if reading.gaps else None
            if before and (before.end, before.reason) == (gap.offset, gap.reason):
                reading.gaps[-1] = replace(before, length=before.length + gap.length)
            else:
                reading.gaps.append(gap)
        reading.next_offset, reading.next_ordinal = part.next_offset, part.next_ordinal
        tail = data[part.next_offset - begin :]
    return reading


@pytest.fixture(scope="module")
def from_file(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """DAMAGED, read as a file."""
    path = tmp_path_factory.mktemp("parse") / "damaged.mrc"
    path.write_bytes(DAMAGED)
    reading = client.read(path)
    reading.check_covers(0, len(DAMAGED))
    assert len(reading.skipped) >= 3
    return reading


def test_cut_in_two_at_every_byte(client: Client, from_file: Reading) -> None:
    for at in range(1, len(DAMAGED)):
        pushed = push(client, [DAMAGED[:at], DAMAGED[at:]])
        assert pushed.items == from_file.items, f"cut at byte {at}"


@pytest.mark.parametrize("size", [7, 64, 300])
def test_cut_in_equal_pieces(client: Client, from_file: Reading, size: int) -> None:
    cuts = [DAMAGED[at : at + size] for at in range(0, len(DAMAGED), size)]
    assert push(client, cuts).items == from_file.items


def test_bytes_of_no_record_are_consumed_as_they_come(client: Client) -> None:
    for junk in (b"\n" * 300_000, b"x" * 300_000, bytes(300_000)):
        reading = client.parse(junk)
        assert reading.next_offset > 0
        reading.check_covers(0, reading.next_offset)


def test_where_nothing_is_whole_nothing_is_consumed(client: Client) -> None:
    reading = client.parse(GOOD[4][:-1], offset=1_000, ordinal=7)
    assert reading.items == []
    assert (reading.next_offset, reading.next_ordinal, reading.end) == (1_000, 7, True)


def test_offsets_and_ordinals_are_the_callers(client: Client) -> None:
    base = 2**40
    reading = client.parse(GOOD[0] + GOOD[1], offset=base, ordinal=2**33, last=True)
    assert reading.ordinals == [2**33, 2**33 + 1]
    reading.check_covers(base, base + len(GOOD[0] + GOOD[1]), 2**33)


@pytest.mark.parametrize("last", [False, True])
def test_no_bytes_are_no_records(last: bool) -> None:
    daemon = start_daemon("--roots=all=/")
    try:
        with Client(daemon.target) as client:
            reading = client.parse(b"", offset=9, ordinal=3, last=last)
        assert reading.failure is None, reading.failure
        assert (reading.next_offset, reading.next_ordinal, reading.end) == (9, 3, True)
    finally:
        daemon.kill()


def test_the_largest_record_can_be_pushed(client: Client) -> None:
    largest = next(case.data for case in pathological() if case.name == "99,999 bytes")
    assert len(largest) == 99_999
    for cut in (1, 24, 65_536, 99_998):
        reading = push(client, [largest[:cut], largest[cut:]])
        assert [(item.offset, item.length) for item in reading.records] == [(0, 99_999)]


def test_the_frames_are_those_of_the_file(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "frames.mrc"
    path.write_bytes(DAMAGED)
    assert (
        client.parse(DAMAGED, last=True, view=FRAMES).items == client.read(path, view=FRAMES).items
    )
