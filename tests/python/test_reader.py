"""The reader: its end, its errors, its threads, and what it leaves behind."""

from __future__ import annotations

import gc
import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import marcd
import pytest

from tests.generate import realistic
from tests.iso2709 import encode

DEADLINE = 20.0
RECORDS = list(realistic(3000, seed=2))
DATA = b"".join(RECORDS)
# Not UTF-8, a gap of four bytes, and a record whose length lies.
BAD = RECORDS[1][:-9] + b"\xff" + RECORDS[1][-8:]
LIES = b"99999" + RECORDS[2][5:]
MIXED = [RECORDS[0], BAD, b"\r\n\r\n", LIES, RECORDS[3]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(DATA)
    return file


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    file = tmp_path / "mixed.mrc"
    file.write_bytes(b"".join(MIXED))
    return file


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.002)


@pytest.mark.parametrize("source", ["path", "file", "bytes", "pushed"])
def test_a_skipped_record_is_none_in_its_place(
    source: str, mixed: Path, client: marcd.Client
) -> None:
    make: dict[str, Callable[[], Any]] = {
        "path": lambda: mixed,
        "file": lambda: mixed.open("rb"),
        "bytes": mixed.read_bytes,
        "pushed": lambda: io.BufferedReader(io.BytesIO(mixed.read_bytes())),
    }
    target = make[source]()
    with marcd.MARCReader(target) as reader:
        seen = []
        for record in reader:
            chunk, problem = reader.current_chunk, reader.current_exception
            seen.append((record is None, getattr(problem, "reason", None), chunk))
        assert seen == [
            (False, None, RECORDS[0]),
            (True, "INVALID_UTF8", BAD),
            (True, "LENGTH_MISMATCH", LIES),
            (False, None, RECORDS[3]),
        ]
        assert [(g.offset, g.length, g.reason) for g in reader.gaps] == [
            (len(RECORDS[0]) + len(BAD), 4, "BYTES_BETWEEN_RECORDS")
        ]
        assert [(d.ordinal, d.disposition) for d in reader.diagnostics] == [
            (1, "SKIPPED"),
            (2, "SKIPPED"),
        ]
        assert reader.reason_counts == {
            "INVALID_UTF8": 1,
            "LENGTH_MISMATCH": 1,
            "BYTES_BETWEEN_RECORDS": 1,
        }
        assert reader.gap_bytes == 4
        assert (reader.current_exception, reader.current_chunk) == (None, None)
    if source == "file":
        assert target.closed


def test_an_open_file_stands_after_a_skipped_record(mixed: Path, client: marcd.Client) -> None:
    with mixed.open("rb") as file:
        reader = marcd.MARCReader(file)
        next(reader)
        assert next(reader) is None
        assert file.tell() == len(RECORDS[0]) + len(BAD)


def test_read_leaves_skipped_records_out(mixed: Path, client: marcd.Client) -> None:
    reader = marcd.read(mixed)
    assert [record.ordinal for record in reader] == [0, 3]
    assert [d.reason for d in reader.diagnostics] == ["INVALID_UTF8", "LENGTH_MISMATCH"]


@pytest.mark.parametrize("small", [False, True])
def test_strict_ends_at_the_first_damaged_record(
    small: bool, mixed: Path, client: marcd.Client
) -> None:
    reader = marcd.read(mixed.read_bytes() if small else mixed, mode="strict")
    assert next(reader).ordinal == 0
    for _ in range(2):
        with pytest.raises(marcd.ServerError, match="not UTF-8") as caught:
            next(reader)
    error = caught.value
    assert (error.code, error.reason) == ("DATA_LOSS", "INVALID_UTF8")
    assert error.metadata["offset"] == str(len(RECORDS[0]))


def test_records_before_an_error_are_in_their_batch(mixed: Path, client: marcd.Client) -> None:
    reader = marcd.read(mixed, mode="strict")
    assert [record.ordinal for record in reader.read_batch()] == [0]
    for _ in range(2):
        with pytest.raises(marcd.ServerError, match="not UTF-8"):
            reader.read_batch()


def test_an_error_of_the_programs_object_stays(client: marcd.Client) -> None:
    class Breaks(io.RawIOBase):
        parts: ClassVar = [RECORDS[0]]

        def read(self, size: int = -1) -> bytes:
            if not self.parts:
                raise KeyError("of the program")
            return self.parts.pop()

    reader = marcd.MARCReader(Breaks())
    assert next(reader).ordinal == 0
    for _ in range(2):  # never taken for the end
        with pytest.raises(KeyError, match="of the program"):
            next(reader)


def test_a_mode_that_does_not_exist_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="strict, skip"):
        marcd.read(b"", mode="lenient")


def test_the_kept_findings_are_bounded(client: marcd.Client) -> None:
    data = (encode([(b"245", b"10\x1fa\xe9")], coding=" ") + b"\n") * 1500
    with marcd.read(data) as reader:
        assert list(reader) == []
        assert len(reader.diagnostics) == len(reader.gaps) == 1000
        assert reader.reason_counts == {
            "ENCODING_UNSUPPORTED": 1500,
            "BYTES_BETWEEN_RECORDS": 1500,
        }
        assert reader.gap_bytes == 1500


def test_read_batch_gives_n_then_the_rest_then_nothing(path: Path, client: marcd.Client) -> None:
    reader = marcd.MARCReader(path)
    sizes = [len(reader.read_batch(700)) for _ in range(6)]
    assert sizes == [700, 700, 700, 700, 200, 0]
    assert reader.read_batch() == []
    with pytest.raises(StopIteration):
        next(reader)


def test_read_batch_has_none_for_a_bad_record(mixed: Path, client: marcd.Client) -> None:
    reader = marcd.MARCReader(mixed)
    assert [record is None for record in reader.read_batch()] == [False, True, True, False]


def test_the_end_is_the_end_for_ever(path: Path, client: marcd.Client) -> None:
    with path.open("rb") as file:
        for reader in (
            marcd.MARCReader(path),
            marcd.MARCReader(file),
            marcd.MARCReader(RECORDS[0]),
        ):
            for _ in reader:
                pass
            file.seek(0)
            for _ in range(3):
                with pytest.raises(StopIteration):
                    next(reader)


def test_a_closed_reader_is_a_value_error(path: Path, client: marcd.Client) -> None:
    for target in (path, RECORDS[0]):
        reader = marcd.MARCReader(target)
        next(reader)
        reader.close()
        reader.close()
        for call in (reader.__next__, reader.read_batch):
            with pytest.raises(ValueError, match="File closed; cannot read records"):
                call()


def test_streams_end_with_their_readers(path: Path, client: marcd.Client) -> None:
    readers = [marcd.MARCReader(path) for _ in range(5)]
    for reader in readers:
        next(reader)
    wait_until(lambda: client.info().open_streams > 0)
    readers.pop().close()
    with readers.pop():
        pass
    for _ in readers.pop():
        break
    del reader
    readers.clear()
    wait_until(lambda: client.info().open_streams == 0)


def test_a_finished_or_dropped_call_is_not_kept(path: Path, client: marcd.Client) -> None:
    def calls() -> int:
        gc.collect()
        return sum(1 for o in gc.get_objects() if type(o).__name__ == "_SingleThreadedRendezvous")

    before = calls()
    for _ in range(3):
        list(marcd.MARCReader(path))
        next(marcd.MARCReader(path))
    assert calls() <= before


def test_close_wakes_a_thread_that_waits(client: marcd.Client) -> None:
    waiting = threading.Event()

    class Slow(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            waiting.set()
            assert closed.wait(DEADLINE)
            return RECORDS[0]

    closed = threading.Event()
    reader = marcd.MARCReader(Slow())
    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(next, reader)
        assert waiting.wait(DEADLINE)
        reader.close()
        closed.set()
        with pytest.raises(ValueError, match="File closed"):
            result.result(DEADLINE)


@pytest.mark.parametrize("count", [1, 2, 4, 8])
def test_threads_with_readers_of_their_own(count: int, path: Path, client: marcd.Client) -> None:
    def work(_: int) -> list[int]:
        return [int(record["001"].data) for record in marcd.MARCReader(path)]

    with ThreadPoolExecutor(count) as pool:
        for found in pool.map(work, range(count)):
            assert found == list(range(len(RECORDS)))


def test_a_shared_reader_is_refused(path: Path, client: marcd.Client) -> None:
    reader = marcd.MARCReader(path)
    next(reader)
    with ThreadPoolExecutor(1) as pool:
        for call in (lambda: next(reader), reader.read_batch):
            with pytest.raises(RuntimeError, match="read by another thread"):
                pool.submit(call).result(DEADLINE)
    assert next(reader).ordinal == 1


def test_two_threads_at_once_get_one_error_and_no_mixed_records(
    path: Path, client: marcd.Client
) -> None:
    reader = marcd.MARCReader(path)
    start = threading.Barrier(2)

    def work() -> list[int] | str:
        start.wait(DEADLINE)
        try:
            return [record.ordinal for record in reader]
        except RuntimeError as error:
            return str(error)
        finally:
            start.wait(DEADLINE)  # a thread that has ended would give the reader away

    with ThreadPoolExecutor(2) as pool:
        results = [future.result(DEADLINE) for future in [pool.submit(work), pool.submit(work)]]
    assert sorted(map(type, results), key=str) == [list, str]
    assert list(range(len(RECORDS))) in results


def test_a_reader_may_be_handed_on(path: Path, client: marcd.Client) -> None:
    """From a thread that has ended; and from call to call of read_batch."""
    reader = marcd.MARCReader(path)
    first = threading.Thread(target=next, args=(reader,))
    first.start()
    first.join(DEADLINE)
    assert next(reader).ordinal == 1
    batches = marcd.MARCReader(path)
    with ThreadPoolExecutor(1) as pool:
        ordinals = [pool.submit(batches.read_batch, 2).result(DEADLINE)[0].ordinal]
        ordinals += [batches.read_batch(2)[0].ordinal]
        ordinals += [pool.submit(batches.read_batch, 2).result(DEADLINE)[0].ordinal]
    assert ordinals == [0, 2, 4]


def test_a_position_after_any_record_goes_on_with_the_next(
    path: Path, client: marcd.Client
) -> None:
    reader = marcd.MARCReader(path)
    assert reader.position is None
    for taken in (1, 5, 1000, 1994):
        for _ in range(taken):
            next(reader)
        position = reader.position
        rest = marcd.MARCReader(path, position=position)
        assert rest.position == position
        expected = int(position.split(":")[-2])
        found = next(rest, None)
        assert (found.ordinal if found else len(RECORDS)) == expected
        if found:
            assert found.as_marc() == RECORDS[expected]


def test_a_position_of_a_changed_file_is_refused(path: Path, client: marcd.Client) -> None:
    reader = marcd.MARCReader(path)
    next(reader)
    position = reader.position
    path.write_bytes(b"".join(reversed(RECORDS)))
    with pytest.raises(marcd.ServerError) as caught:
        next(marcd.MARCReader(path, position=position))
    assert caught.value.reason == "FILE_CHANGED"


def test_a_position_that_is_none_is_a_value_error(path: Path) -> None:
    for position in ("", "marcd1:1:2:3", "marcd1:1:2:00000000:00000000:00000000:0:0:00000000"):
        with pytest.raises(ValueError, match="Not a position"):
            marcd.MARCReader(path, position=position)
    with pytest.raises(ValueError, match="other sources have none"):
        marcd.MARCReader(RECORDS[0], position=_token())


def _token() -> str:
    from marcd import _position

    return _position.token("marcd1:1:2:00000000:00000000:00000000:", 0, 0)


def test_map_records_calls_with_each_record(path: Path, client: marcd.Client) -> None:
    seen: list[object] = []
    marcd.map_records(seen.append, path, io.BytesIO(RECORDS[0]))
    assert len(seen) == len(RECORDS) + 1
