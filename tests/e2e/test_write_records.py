"""WriteRecords of a real daemon: a file is written whole or not at all."""

from __future__ import annotations

import os
import stat
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.e2e.calls import Client, Failure, failure_of, wait_until
from tests.e2e.writing import (
    Writer,
    batch,
    commit,
    header,
    left_in,
    records_of,
    undecoded,
    whole,
)
from tests.support import Daemon, start_daemon

OLD = b"what was there before"


@pytest.fixture(scope="module")
def writing_daemon() -> Iterator[Daemon]:
    started = start_daemon("--roots=all=/:rw")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def writer(writing_daemon: Daemon) -> Iterator[Writer]:
    with Writer(writing_daemon.target) as opened:
        yield opened


def check_untouched(path: Path, content: bytes | None = None) -> None:
    """The file is as it was, or not there; and nothing else is left."""
    assert left_in(path.parent) == []
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_committed_file_holds_the_records_in_the_order_sent(
    writer: Writer, tmp_path: Path
) -> None:
    records = records_of(5000)
    path = tmp_path / "new.mrc"
    answer = writer.write(path, records)
    expected = b"".join(records)
    assert path.read_bytes() == expected
    assert (answer.name, answer.records) == (str(path), len(records))
    assert (answer.size, answer.crc32) == (len(expected), zlib.crc32(expected))
    assert answer.etag
    assert left_in(tmp_path) == []


def test_a_file_of_no_records_is_empty(writer: Writer, tmp_path: Path) -> None:
    assert writer.write(tmp_path / "none.mrc", []).size == 0
    assert (tmp_path / "none.mrc").read_bytes() == b""


def test_records_of_many_megabytes_pass(writer: Writer, tmp_path: Path) -> None:
    records = [os.urandom(9 << 20), b"small", os.urandom(5 << 20)]
    writer.write(tmp_path / "large.mrc", records, each=1)
    assert (tmp_path / "large.mrc").read_bytes() == b"".join(records)


FRAME = undecoded(b"record")
WRONG: dict[str, tuple[list[Any], tuple[str, str]]] = {
    "no commit": ([batch([FRAME])], ("ABORTED", "NOT_COMMITTED")),
    "nothing behind the header": ([], ("ABORTED", "NOT_COMMITTED")),
    "a wrong count": ([batch([FRAME]), commit(2)], ("ABORTED", "COUNT_MISMATCH")),
    "a wrong checksum": (
        [batch([FRAME], crc32=1), commit(1)],
        ("DATA_LOSS", "CHECKSUM_MISMATCH"),
    ),
    "an unknown version of the frame": (
        [batch([FRAME], frame_version=2), commit(1)],
        ("INVALID_ARGUMENT", "FRAME_VERSION"),
    ),
    "bytes that are no frame": (
        [batch([b"x" * 40]), commit(1)],
        ("INVALID_ARGUMENT", "FRAME_INVALID"),
    ),
    "lengths that are too long": (
        [batch([FRAME], frame_lengths=[len(FRAME) + 1]), commit(1)],
        ("INVALID_ARGUMENT", "FRAME_INVALID"),
    ),
    "lengths that are too short": (
        [batch([FRAME, FRAME], frame_lengths=[len(FRAME)]), commit(1)],
        ("INVALID_ARGUMENT", "FRAME_INVALID"),
    ),
    "a batch behind the commit": (
        [commit(0), batch([FRAME])],
        ("INVALID_ARGUMENT", "PART_OUT_OF_ORDER"),
    ),
    "a second commit": ([commit(0), commit(0)], ("INVALID_ARGUMENT", "PART_OUT_OF_ORDER")),
    "a second header": ([header("all:x")], ("INVALID_ARGUMENT", "PART_OUT_OF_ORDER")),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_stream_that_is_not_as_it_should_be_publishes_nothing(
    writer: Writer, tmp_path: Path, case: str
) -> None:
    messages, what = WRONG[case]
    path = tmp_path / "old.mrc"
    path.write_bytes(OLD)
    stream = [header(path, replace=True), *messages]
    assert failure_of(lambda: writer.send(stream)).what == what
    check_untouched(path, OLD)


@pytest.mark.parametrize("first", [batch([FRAME]), commit(0), None])
def test_a_stream_begins_with_its_header(writer: Writer, first: Any) -> None:
    failure = failure_of(lambda: writer.send([] if first is None else [first]))
    assert failure.what == ("INVALID_ARGUMENT", "PART_OUT_OF_ORDER")
