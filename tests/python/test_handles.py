"""An open file beside the records: a program does as it likes with it between two of them."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import marcd
import pymarc
import pytest

from tests import generate

RECORDS = 300


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("handles") / "records.mrc"
    generate.write_records(path, generate.realistic(RECORDS, seed=8))
    return path


OPENERS: list[Callable[[Path], Any]] = [
    lambda path: path.open("rb"),
    lambda path: path.open("rb", buffering=0),
    lambda path: path.open("rb", buffering=100),
    lambda path: path.open("r+b"),
    lambda path: io.BytesIO(path.read_bytes()),
]


def play(module: Any, handle: Any, seed: int) -> list[Any]:
    """Read records, and between them read, look ahead and move about; what was seen."""
    rng = random.Random(seed)
    reader = module.MARCReader(handle)
    starts = [0]
    seen: list[Any] = []
    for _ in range(60):
        for _ in range(rng.randrange(4)):
            record = next(reader, None)
            seen.append((str(record)[:60], handle.tell()))
            starts.append(handle.tell())
        what = rng.randrange(7)
        if what == 0:
            seen.append(handle.read(rng.choice([0, 1, 5, 3000])))
            handle.seek(starts[-1])
        elif what == 1 and hasattr(handle, "peek"):
            handle.peek(10)
        elif what == 2:
            handle.seek(rng.choice(starts))  # a record that was read before, again
        elif what == 3:  # over the next one by hand
            length = handle.read(5)
            if len(length) == 5:
                handle.seek(int(length) - 5, os.SEEK_CUR)
        elif what == 4:
            handle.seek(0, os.SEEK_END)
            handle.seek(starts[-1])
        elif what == 5:  # within what is in the buffer
            handle.read(20)
            handle.seek(-20, os.SEEK_CUR)
    return seen


@pytest.mark.parametrize("opener", range(len(OPENERS)))
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_with_the_file_reading_goes_on_from_there(
    file: Path, seed: int, opener: int, client: marcd.Client
) -> None:
    with OPENERS[opener](file) as ours, OPENERS[opener](file) as theirs:
        assert play(marcd, ours, seed) == play(pymarc, theirs, seed)


def test_a_closed_file_whose_descriptor_is_anothers_is_not_followed(
    file: Path, client: marcd.Client
) -> None:
    handle = file.open("rb")
    reader = marcd.MARCReader(handle)
    next(reader)
    place, descriptor = handle.tell(), handle.fileno()
    handle.close()
    with file.open("rb") as other:
        assert other.fileno() == descriptor
        other.seek(place)
        with pytest.raises(ValueError, match="File closed"):
            next(reader)
        assert other.tell() == place
