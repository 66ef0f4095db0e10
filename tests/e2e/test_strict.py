"""In the mode STRICT a stream ends at the first damaged record, and says where and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import generate
from tests.e2e.calls import STRICT, Client

RECORDS = list(generate.realistic(12))
BEFORE = RECORDS[:10]
START = sum(map(len, BEFORE))
BAD = RECORDS[10]
N = len(BAD)

# What stands after ten good records, the reason, and the sentence.
CASES = {
    "length not digits": (
        b"x" + BAD[1:] + RECORDS[11],
        "LENGTH_NOT_DIGITS",
        f"Invalid MARC record length: expected 5 ASCII digits at offset {START}, "
        f"got 'x{BAD[1:5].decode()}' (hex: 78{BAD[1:5].hex()})",
    ),
    "end inside the leader": (
        BAD[:10],
        "TRUNCATED_LEADER",
        f"Unexpected EOF: expected 24-byte MARC header, got only 10 bytes at offset {START}",
    ),
    "end inside the record": (
        BAD[:500],
        "TRUNCATED_RECORD",
        f"Unexpected EOF: record declares {N} bytes but only 500 bytes available at offset {START}",
    ),
    "no terminator": (
        BAD[:-1] + b" " + RECORDS[11],
        "MISSING_TERMINATOR",
        f"MARC record missing terminator (0x1D) at offset {START}",
    ),
    "too short": (
        b"00012" + BAD[5:] + RECORDS[11],
        "LENGTH_TOO_SMALL",
        f"MARC record too short: 12 bytes (minimum 24) at offset {START}",
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("batch_bytes", [0, 1])
def test_the_stream_ends_there_after_all_before_it(
    client: Client, tmp_path: Path, case: str, batch_bytes: int
) -> None:
    data, reason, text = CASES[case]
    path = tmp_path / "strict.mrc"
    path.write_bytes(b"".join(BEFORE) + data)
    reading = client.read(path, recovery_mode=STRICT, batch_bytes=batch_bytes)
    assert reading.ordinals == list(range(10))
    assert (reading.next_offset, reading.next_ordinal) == (START, 10)
    assert reading.failure is not None
    assert reading.failure.what == ("DATA_LOSS", reason)
    assert text in reading.failure.message
    metadata = reading.failure.metadata
    assert metadata["path"] == str(path)
    assert (metadata["offset"], metadata["ordinal"]) == (str(START), "10")


@pytest.mark.parametrize("case", CASES)
def test_pushed_bytes_end_the_same_way(client: Client, case: str) -> None:
    data, reason, text = CASES[case]
    reading = client.parse(b"".join(BEFORE) + data, recovery_mode=STRICT, last=True)
    assert reading.ordinals == list(range(10))
    assert reading.failure is not None
    assert reading.failure.what == ("DATA_LOSS", reason)
    assert text in reading.failure.message
    assert reading.failure.metadata["offset"] == str(START)


def test_a_sound_file_is_read_to_its_end(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "sound.mrc"
    path.write_bytes(b"".join(RECORDS))
    reading = client.read(path, recovery_mode=STRICT)
    assert reading.failure is None
    assert reading.ordinals == list(range(12))
