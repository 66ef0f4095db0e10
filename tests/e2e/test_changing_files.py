"""Files that change while they are read, or between a read and its resuming.

A file changes in the midst of a read for certain: its reader takes one response and
then none, so the stream stands still, long before the file's end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import generate
from tests.e2e.calls import Client, Reading, drain
from tests.support import Daemon

MORE = list(generate.realistic(3, seed=7))


@pytest.fixture(scope="module")
def client(daemon: Daemon) -> Iterator[Client]:
    with Client(daemon.target, small_window=True) as opened:
        yield opened


@pytest.fixture
def path(big: Path, tmp_path: Path) -> Path:
    """A file that may be changed."""
    return Path(shutil.copyfile(big, tmp_path / "changing.mrc"))


@pytest.fixture
def read_while(client: Client, path: Path) -> Callable[[Callable[[], object]], Reading]:
    """`read_while(change)`: begins to read, makes the change, reads on."""

    def run(change: Callable[[], object]) -> Reading:
        stream = client.stream(path)
        reading = Reading()
        reading.add(next(stream))
        change()
        return drain(stream, reading)

    return run


def overwrite(path: Path, at: int) -> None:
    """Writes a record's bytes in place, neither more nor fewer."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"#" * 100)


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def check_changed(reading: Reading, path: Path) -> None:
    assert reading.failure is not None
    assert reading.failure.what == ("FAILED_PRECONDITION", "FILE_CHANGED")
    assert reading.failure.metadata["path"] == str(path)
    assert str(path) in reading.failure.message


def check_changed_at_once(client: Client, path: Path, token: str) -> None:
    reading = client.read(path, resume_token=token)
    check_changed(reading, path)
    assert reading.records == []


def test_a_replaced_file_is_read_to_its_end_as_it_was(client, read_while, path: Path) -> None:
    size = path.stat().st_size
    new = path.with_name("new.mrc")
    new.write_bytes(b"".join(MORE))
    reading = read_while(lambda: os.rename(new, path))
    assert reading.failure is None
    assert reading.next_offset == size
    reading.check_covers(0, size)
    check_changed_at_once(client, path, reading.token_after(reading.records[0]))
    assert client.read(path).ordinals == [0, 1, 2]


def test_a_removed_file_is_read_to_its_end(client, read_while, path: Path) -> None:
    reading = read_while(path.unlink)
    assert reading.end
    assert client.read(path).failure.what == ("NOT_FOUND", "FILE_NOT_FOUND")


@pytest.mark.parametrize("part", [0.5, 0.999])
def test_a_file_overwritten_in_place_ends_the_read(client, read_while, path, part) -> None:
    reading = read_while(lambda: overwrite(path, int(path.stat().st_size * part)))
    check_changed(reading, path)
    assert int(reading.failure.metadata["offset"]) >= reading.next_offset
    assert reading.skipped == []  # nothing of what was written is taken for a record
    check_changed_at_once(client, path, reading.token)


@pytest.mark.parametrize("left", [0, 1_000, 20_000_000])
def test_a_file_truncated_under_the_reader_ends_the_read(client, read_while, path, left) -> None:
    reading = read_while(lambda: os.truncate(path, left))
    check_changed(reading, path)
    assert int(reading.failure.metadata["offset"]) >= reading.next_offset
    assert reading.skipped == []
    check_changed_at_once(client, path, reading.token)


def test_a_file_that_grows_is_read_to_where_it_ended_and_then_on(client, read_while, path) -> None:
    size = path.stat().st_size
    reading = read_while(lambda: append(path, b"".join(MORE)))
    assert reading.end
    reading.check_covers(0, size)
    rest = client.read(path, resume_token=reading.token)
    assert rest.failure is None
    assert rest.ordinals == [reading.next_ordinal + n for n in range(3)]
    rest.check_covers(size, path.stat().st_size, reading.next_ordinal)
    last = client.read(path, resume_token=rest.token)
    assert (last.items, last.end) == ([], True)


def test_a_file_that_grows_and_is_overwritten_has_changed(client, read_while, path) -> None:
    def change() -> None:
        append(path, MORE[0])
        overwrite(path, 1_000)

    reading = read_while(change)
    check_changed(reading, path)
    check_changed_at_once(client, path, reading.token)


def test_a_record_that_is_still_being_written_is_delivered_whole_later(client, tmp_path) -> None:
    path = tmp_path / "growing.mrc"
    path.write_bytes(MORE[0] + MORE[1][:200])
    first = client.read(path)
    assert [item.reason for item in first.skipped] == ["TRUNCATED_RECORD"]
    append(path, MORE[1][200:])
    second = client.read(path, resume_token=first.token)
    assert [(item.ordinal, item.offset) for item in second.items] == [(1, len(MORE[0]))]
    append(path, MORE[2])
    third = client.read(path, resume_token=second.token)
    assert third.ordinals == [2]
    assert third.next_offset == path.stat().st_size


def test_a_file_that_was_touched_has_changed(client, tmp_path) -> None:
    path = tmp_path / "touched.mrc"
    path.write_bytes(b"".join(MORE))
    token = client.read(path).token
    os.utime(path, ns=(1, 1))
    check_changed_at_once(client, path, token)


def test_a_copy_with_its_time_is_the_same_file(client, tmp_path) -> None:
    path, copy = tmp_path / "one.mrc", tmp_path / "two.mrc"
    path.write_bytes(b"".join(MORE))
    shutil.copy2(path, copy)
    reading = client.read(path)
    rest = client.read(copy, resume_token=reading.token_after(reading.records[0]))
    assert rest.records == reading.records[1:]
