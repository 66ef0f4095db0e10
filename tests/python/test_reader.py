"""The reader: its end, its errors, its threads, and what it leaves behind."""

from __future__ import annotations

import gc
import gzip
import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import marcd
import pymarc
import pytest

from tests.generate import realistic
from tests.iso2709 import encode
from tests.python.peers import read_all, said

DEADLINE = 120.0
RECORDS = list(realistic(3000, seed=2))
DATA = b"".join(RECORDS)
# Not UTF-8, a gap of four bytes, and a record whose length lies.
BAD = RECORDS[1][:-9] + b"\xff" + RECORDS[1][-8:]
LIES = b"99999" + RECORDS[2][5:]
MIXED = [RECORDS[0], BAD, b"\r\n\r\n", LIES, RECORDS[3]]
LONE_BAD = [RECORDS[0], BAD, RECORDS[2]]


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


SOURCES: dict[str, Callable[[Path], Any]] = {
    "path": lambda path: path,
    "file": lambda path: path.open("rb"),
    "bytes": lambda path: path.read_bytes(),
    "BytesIO": lambda path: io.BytesIO(path.read_bytes()),
    "pushed": lambda path: io.BufferedReader(io.BytesIO(path.read_bytes())),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("tail", [0, 40, 2000], ids=["small", "one batch", "many"])
def test_bad_records_are_none_up_to_where_pymarc_stops(
    tail: int, source: str, tmp_path: Path, client: marcd.Client
) -> None:
    path = tmp_path / "stops.mrc"
    # pymarc takes the line ends and the digits behind them for a length of 9.
    path.write_bytes(b"".join([*MIXED, *RECORDS[:tail]]))
    stop = len(RECORDS[0]) + len(BAD) + 9
    target = SOURCES[source](path)
    assert read_all(marcd, target) == read_all(pymarc, io.BytesIO(path.read_bytes()))
    if source in ("file", "BytesIO"):
        assert target.tell() == stop
        target.seek(0)
    with marcd.MARCReader(target if source == "file" else SOURCES[source](path)) as reader:
        problems = [(record is None, type(reader.current_exception)) for record in reader]
        assert [problem.__name__ for _, problem in problems] == [
            "NoneType",
            "UnicodeDecodeError",
            "EndOfRecordNotFound",
        ]
        (gap,) = reader.gaps
        assert (gap.offset, gap.reason) == (stop, "PYMARC_STOP")
        if source != "pushed" or tail < 2000:  # of a pipe, what was read is known
            assert gap.offset + reader.gap_bytes == path.stat().st_size
        assert isinstance(reader.current_exception, marcd.EndOfRecordNotFound)


def test_only_a_fatal_error_ends_a_reader(tmp_path: Path, client: marcd.Client) -> None:
    data = b"".join(LONE_BAD)
    for target in (data, io.BufferedReader(io.BytesIO(data))):
        reader = marcd.MARCReader(target)
        assert reader.current_chunk is None
        assert [record is None for record in reader] == [False, True, False]
        assert (reader.current_exception, reader.current_chunk) == (None, b"")


def test_what_pymarc_says_is_said_when_the_record_is_given(client: marcd.Client) -> None:
    odd = encode([(b"245", b"\x1faA title")])
    reader = marcd.MARCReader(io.BufferedReader(io.BytesIO(RECORDS[0] + odd + RECORDS[1])))
    words = []
    for _ in range(3):
        with said() as heard:
            assert next(reader) is not None
        words.append(len(heard.log))
    assert words == [0, 1, 0]


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "shift_jis", "utf-16", "no such"])
def test_records_of_other_encodings_are_pymarcs(encoding: str, client: marcd.Client) -> None:
    texts = [b"plain", "кот".encode("cp1251"), "é".encode(), "猫".encode("shift_jis"), b"~\\"]
    data = b"".join(encode([(b"245", b"10\x1fa" + text)], coding=" ") for text in texts)
    data += b"".join(RECORDS[:2])
    target = io.BufferedReader(io.BytesIO(data))
    assert read_all(marcd, target, file_encoding=encoding) == read_all(
        pymarc, io.BytesIO(data), file_encoding=encoding
    )


def test_modes_of_read(mixed: Path, client: marcd.Client) -> None:
    reasons = ["INVALID_UTF8", "LENGTH_TOO_LARGE"]
    for mode, delivered in (("skip", [0, 3]), ("repair", [0, 1, 2, 3])):
        reader = marcd.read(mixed, mode=mode)
        assert [record.ordinal for record in reader] == delivered
        assert [d.reason for d in reader.diagnostics] == reasons
        assert reader.diagnostics[1].variables["declared"] == "99999"
        assert [(g.offset, g.length, g.reason) for g in reader.gaps] == [
            (len(RECORDS[0]) + len(BAD), 4, "BYTES_BETWEEN_RECORDS")
        ]
        assert reader.reason_counts == dict.fromkeys([*reasons, "BYTES_BETWEEN_RECORDS"], 1)
    assert [record is None for record in marcd.read(mixed, mode="pymarc")] == [False, True, True]


def test_a_mended_record_knows_what_was_mended(mixed: Path, client: marcd.Client) -> None:
    records = list(marcd.read(mixed))
    assert [[d.reason for d in record.diagnostics] for record in records] == [
        [],
        ["INVALID_UTF8"],
        ["LENGTH_TOO_LARGE"],
        [],
    ]
    assert "\ufffd" in str(records[1])
    assert records[2].as_marc() == RECORDS[2]


def test_the_bytes_of_a_record_that_is_left_out_can_be_had(
    mixed: Path, client: marcd.Client
) -> None:
    for with_source, expected in ((True, [BAD, LIES]), (False, [None, None])):
        reader = marcd.read(mixed, mode="skip", with_source=with_source)
        assert len(list(reader)) == 2
        assert [d.source for d in reader.diagnostics] == expected


def test_text_options_reach_the_daemon(client: marcd.Client) -> None:
    def title(value: bytes, **options: Any) -> str | None:
        source = encode([(b"245", b"10\x1fa" + value)], coding=" ")
        (record,) = marcd.read(source, **options)
        found: str | None = record.title
        return found

    assert title(b"caf\xe2e") == "cafe\u0301"
    assert title(b"caf\xe2e", nfc=True) == "café"
    assert title(b"\xebi\xeca") == "i\u0361a"
    assert title(b"\xebi\xeca", half_marks=True) == "i\ufe20a\ufe21"
    assert title(b"caf\xe9", text="force", encoding="cp1252") == "café"
    assert title(b"caf\xe9", text="trust", encoding="latin-1") == "café"
    assert title("café".encode()) == "café"


def test_continued_records_are_joined_on_request(client: marcd.Client) -> None:
    parts = [encode([(b"001", b"7"), (b"500", b"  \x1fa" + text)]) for text in (b"one", b"two")]
    data = b"".join([*parts, RECORDS[0]])
    assert len(list(marcd.read(data))) == 3
    joined, _ = marcd.read(data, join_continued=True)
    assert [field["a"] for field in joined.get_fields("500")] == ["one", "two"]


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


def test_small_clean_sources_need_no_daemon_and_others_get_one(alone: None) -> None:
    clean = b"".join(RECORDS[:4])
    for mode in ("strict", "skip", "repair", "pymarc"):
        assert [record.ordinal for record in marcd.read(clean, mode=mode)] == [0, 1, 2, 3]
    # Something would have to be said of each of these.
    odd = [
        b"\n" + clean,
        clean + LIES,
        encode([(b"245", b"10\x1fa\xe9")]),
        encode([(b"245", b"10\x1fa&#x4E00;")], coding=" "),
        encode([(b"245", b"10\x1fa\xef\xbf\xbd")]),
        encode([(b"245", "10\x1facafÃ©".encode())]),
        clean[:5] + b"x" + clean[6:],
    ]
    for data in odd:
        with pytest.raises(marcd.ServerError, match="no-such-daemon"):
            list(marcd.read(data))
    for option in ({"text": "force", "encoding": "utf-8"}, {"encoding": "cp1252"}, {"nfc": True}):
        with pytest.raises(marcd.ServerError, match="no-such-daemon"):
            list(marcd.read(clean, **option))


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


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_either_name_of_json_is_read(name: str) -> None:
    line = b'{"leader":"00000nam a2200000 i 4500","fields":[{"001":"x"}]}\n'
    assert len(list(marcd.read(line * 2, format=name))) == 2


def test_a_gap_of_packed_data_says_so() -> None:
    reader = marcd.read(gzip.compress(b"x"))
    assert list(reader) == []
    assert "gzip" in reader.gaps[0].message


def test_a_mode_that_does_not_exist_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="strict, skip, repair, pymarc"):
        marcd.read(b"", mode="lenient")
    with pytest.raises(ValueError, match="trust, detect, force"):
        marcd.read(b"", text="guess")
    with pytest.raises(ValueError, match="use MARCReader"):
        marcd.read(b"", mode="pymarc", nfc=True)


def test_the_kept_findings_are_bounded(client: marcd.Client) -> None:
    data = (encode([(b"245", b"10\x1fa\xe9")]) + b"\n") * 1500
    with marcd.read(data, mode="skip") as reader:
        assert list(reader) == []
        assert len(reader.diagnostics) == len(reader.gaps) == 1000
        assert reader.reason_counts == {"INVALID_UTF8": 1500, "BYTES_BETWEEN_RECORDS": 1500}
        assert reader.gap_bytes == 1500


def test_gaps_side_by_side_are_one(client: marcd.Client) -> None:
    data = RECORDS[0] + b"\0" * 5_000_000 + RECORDS[1]
    reader = marcd.read(data)
    assert len(list(reader)) == 2
    assert [(gap.offset, gap.length) for gap in reader.gaps] == [(len(RECORDS[0]), 5_000_000)]
    assert reader.reason_counts == {"BYTES_BETWEEN_RECORDS": 1}


def test_read_batch_gives_n_then_the_rest_then_nothing(path: Path, client: marcd.Client) -> None:
    reader = marcd.MARCReader(path)
    sizes = [len(reader.read_batch(700)) for _ in range(6)]
    assert sizes == [700, 700, 700, 700, 200, 0]
    assert reader.read_batch() == []
    with pytest.raises(StopIteration):
        next(reader)


def test_read_batch_has_none_for_a_bad_record(client: marcd.Client) -> None:
    reader = marcd.MARCReader(b"".join(LONE_BAD))
    assert [record is None for record in reader.read_batch()] == [False, True, False]


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
