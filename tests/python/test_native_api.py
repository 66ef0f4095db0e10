"""What marcd has beyond pymarc: where a record was read, skipping, batches, progress."""

from __future__ import annotations

import contextlib
import gc
import io
import itertools
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import marcd
import pytest

from tests.generate import marc8, realistic
from tests.iso2709 import control_field, data_field, encode
from tests.python.test_progress import Terminal

COUNT = 3000  # several batches, also where pushed in requests of 1 MiB
RECORDS = list(realistic(COUNT, seed=4))
STARTS = [0]
for _record in RECORDS:
    STARTS.append(STARTS[-1] + len(_record))
DATA = b"".join(RECORDS)
# pymarc's reader gives None for it and reads on; and one at which it stops.
BAD = RECORDS[1][:-9] + b"\xff" + RECORDS[1][-8:]
FATAL = b"abcde" + RECORDS[2][5:]

# Ways to give a reader the file; the last two have no position that follows.
GIVEN: dict[str, Callable[[Path], Any]] = {
    "open file": lambda path: path.open("rb"),
    "BytesIO": lambda path: io.BytesIO(path.read_bytes()),
    "path": lambda path: path,
    "stream": lambda path: io.BufferedReader(io.BytesIO(path.read_bytes())),
}
Give = Callable[[Path], Any]
given = pytest.mark.parametrize("given", GIVEN)
with_handle = pytest.mark.parametrize("given", ["open file", "BytesIO"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(DATA)
    return file


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    """1,000 records, one at which pymarc stops, and more that nobody may see."""
    file = tmp_path / "stops.mrc"
    file.write_bytes(b"".join([*RECORDS[:1000], FATAL, *RECORDS[1000:]]))
    return file


@pytest.fixture
def give(given: str) -> Iterator[Give]:
    """Gives a file in the way of the parameter; what is open is closed behind the test."""
    with contextlib.ExitStack() as opened:

        def to(path: Path) -> Any:
            target = GIVEN[given](path)
            if hasattr(target, "close"):
                opened.enter_context(target)
            return target

        yield to


def chained(lists: Iterable[list[Any]]) -> list[Any]:
    return list(itertools.chain.from_iterable(lists))


def numbers(records: Any) -> list[int]:
    """The control numbers, which are the records' places."""
    return [int(record["001"].data) for record in records]


def test_accelerated_says_which_form_runs() -> None:
    code = "import marcd; print(marcd.accelerated, marcd.Record.__doc__[:9])"
    for value, accelerated in (("1", [False]), ("0", [True, False])):  # where none was built
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": str(Path(marcd.__file__).parents[1]), "MARCD_PURE_PYTHON": value},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout in [f"{each} A record:\n" for each in accelerated]


def test_import_leaves_out_what_few_programs_need() -> None:
    wanted = ["google.protobuf", "grpc", "subprocess", "marcd._check", "marcd.report"]
    code = f"import marcd, sys; print([m for m in {wanted} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_imported_later_is_there_all_the_same() -> None:
    assert {"check", "Report", "CheckProgress"} <= set(dir(marcd)) & set(marcd.__all__)
    assert callable(marcd.check) and marcd.check is marcd.check
    with pytest.raises(AttributeError, match="has no attribute 'chekc'"):
        marcd.chekc  # type: ignore[attr-defined]  # noqa: B018


# Where a record was read.


def test_a_record_knows_its_file_and_place(path: Path, client: marcd.Client) -> None:
    with marcd.read(path) as reader:
        for place, record in enumerate(reader):
            source = record.source
            assert source == (str(path), place, STARTS[place], len(RECORDS[place]))
            assert (source.ordinal, source.offset) == (record.ordinal, record.offset)
            assert DATA[source.offset :][: source.length] == RECORDS[place]
    assert place == COUNT - 1


@pytest.mark.parametrize("size", [3, COUNT], ids=["small", "large"])
def test_what_has_no_name_has_places_all_the_same(size: int, client: marcd.Client) -> None:
    data = b"".join(RECORDS[:size])
    for target in (data, io.BytesIO(data), io.BufferedReader(io.BytesIO(data))):
        *_, last = marcd.read(target)
        assert last.source == (None, size - 1, STARTS[size - 1], len(RECORDS[size - 1]))


def test_a_file_of_the_servers_is_called_as_the_client_called_it(
    path: Path, client: marcd.Client
) -> None:
    name = str(path).lstrip("/")
    record = next(marcd.read(client.file("all", name)))
    assert record.source == (f"all:{name}", 0, 0, len(RECORDS[0]))


def test_records_that_pymarc_makes_know_their_place_too(
    tmp_path: Path, client: marcd.Client
) -> None:
    path = tmp_path / "marc8.mrc"
    data = list(marc8(40))
    path.write_bytes(b"".join(data))
    for place, record in enumerate(marcd.MARCReader(path)):
        assert record.source == (str(path), place, sum(map(len, data[:place])), len(data[place]))


def test_a_record_made_by_hand_has_no_source() -> None:
    assert marcd.Record().source is None
    assert marcd.Record(RECORDS[0]).source is None


def test_a_dropped_reader_leaves_nothing_to_the_collector(path: Path, client: marcd.Client) -> None:
    gc.disable()
    try:
        for _ in range(3):
            reader = marcd.read(path)
            next(reader)
            source = weakref.ref(reader._source)
            call = weakref.ref(reader._source._stream._call)
            assert source() is not None and call() is not None
            del reader
            assert source() is call() is None
    finally:
        gc.enable()


# Passing over records.


@given
@pytest.mark.parametrize("steps", [(1, 1, 0), (700, 1, 900), (2999,)], ids=str)
def test_skip_goes_on_with_the_record_behind(
    steps: tuple[int, ...], give: Give, path: Path, client: marcd.Client
) -> None:
    place = 0
    with marcd.read(give(path)) as reader:
        for step in steps:
            assert reader.skip(step) == step
            place += step
            assert numbers([next(reader)]) == [place]
            place += 1
        assert numbers(reader) == list(range(place, COUNT))


@given
def test_skip_past_the_end_says_how_many_there_were(
    give: Give, path: Path, client: marcd.Client
) -> None:
    with marcd.read(give(path)) as reader:
        assert reader.skip(10) == 10
        assert reader.skip(10**9) == COUNT - 10
        assert reader.skip(1) == 0
        assert list(reader) == []


@with_handle
def test_an_open_file_stands_behind_what_was_skipped(
    give: Give, path: Path, client: marcd.Client
) -> None:
    target = give(path)
    reader = marcd.MARCReader(target)
    assert reader.skip(700) == 700
    assert target.tell() == STARTS[700]
    target.seek(STARTS[2500])
    assert reader.skip(1) == 1
    assert target.tell() == STARTS[2501]
    assert numbers([next(reader)]) == [2501]
    assert reader.skip(COUNT) == COUNT - 2502
    assert target.tell() == len(DATA)


def test_a_position_behind_skipped_records_is_behind_them(path: Path, client: marcd.Client) -> None:
    for count in (1, 699, COUNT):
        with marcd.read(path) as reader:
            reader.skip(count)
            position = reader.position
        with marcd.read(path, position=position) as rest:
            assert numbers(rest) == list(range(count, COUNT))


@given
def test_skip_ends_where_pymarc_stops(give: Give, stops: Path, client: marcd.Client) -> None:
    assert marcd.MARCReader(give(stops)).skip(COUNT) == 1001
    reader = marcd.MARCReader(give(stops))
    assert reader.skip(1000) == 1000
    assert next(reader) is None
    assert isinstance(reader.current_exception, marcd.RecordLengthInvalid)
    assert reader.skip(1) == 0


def test_a_reader_that_was_closed_does_not_skip(path: Path, client: marcd.Client) -> None:
    reader = marcd.read(path)
    reader.close()
    with pytest.raises(ValueError, match="File closed"):
        reader.skip(1)


# Batches and columns.


@given
def test_batches_hold_every_record_once(give: Give, path: Path, client: marcd.Client) -> None:
    whole = [record.as_dict() for record in marcd.read(path)]
    ordinals, offsets, lengths, records = [], [], [], []
    with marcd.read(give(path)) as reader:
        for batch in reader.batches():
            assert len(batch) == len(batch.records()) > 0
            assert batch.records()[0] is batch.records()[0]
            ordinals += batch.ordinals
            offsets += batch.offsets
            lengths += batch.lengths
            records += batch.records()
        assert list(reader.batches()) == list(reader) == []
    assert ordinals == list(range(COUNT))
    assert (offsets, lengths) == (STARTS[:-1], [len(record) for record in RECORDS])
    assert [record.as_dict() for record in records] == whole


@pytest.mark.parametrize(
    ("tag", "code"), [("245", "a"), ("650", "a"), ("001", None), ("500", None)]
)
def test_columns_are_what_the_records_say(
    tag: str, code: str | None, path: Path, client: marcd.Client
) -> None:
    values, lists, expected = [], [], []
    for batch in marcd.read(path).batches():
        values += batch.values(tag, code)
        lists += batch.lists(tag, code)
        for record in batch.records():
            fields = record.get_fields(tag)
            found = [[f.value()] if code is None else f.get_subfields(code) for f in fields]
            expected.append([value for each in found for value in each])
    assert lists == expected
    assert values == [each[0] if each else None for each in expected]


ODD = [
    control_field("001", "7"),
    data_field("650", " 0", ("x", "no a here")),
    data_field("650", " 0", ("a", " first "), ("a", "Müller"), ("x", "")),
    data_field("650", " 0", ("a", "third")),
    data_field("650", "  "),
]


def test_columns_of_odd_fields(client: marcd.Client) -> None:
    (batch,) = marcd.read(encode(ODD)).batches()
    assert batch.values("650", "a") == [" first "]
    assert batch.lists("650", "a") == [[" first ", "Müller", "third"]]
    assert batch.values("650") == ["no a here"]
    assert batch.lists("650") == [["no a here", "first Müller ", "third", ""]]
    assert batch.values("001") == ["7"]
    assert batch.values("001", "a") == batch.values("999", "a") == [None]
    assert batch.lists("001", "a") == batch.lists("999") == [[]]


@pytest.mark.parametrize(
    ("tag", "code"),
    [("24", "a"), ("2455", "a"), ("24é", None), ("245", "ab"), ("245", ""), ("245", "é")],
)
def test_what_can_be_no_tag_or_code_is_a_value_error(
    tag: str, code: str | None, client: marcd.Client
) -> None:
    (batch,) = marcd.read(RECORDS[0]).batches()
    for column in (batch.values, batch.lists):
        with pytest.raises(ValueError, match="A tag has three ASCII characters"):
            column(tag, code)


def test_columns_are_of_the_source_whatever_became_of_the_records(client: marcd.Client) -> None:
    (batch,) = marcd.read(encode(ODD)).batches()
    batch.records()[0]["650"].tag = "651"
    batch.records()[0].remove_fields("001")
    assert batch.values("650") == ["no a here"]
    assert batch.values("001") == ["7"]


@given
def test_columns_of_a_file_that_pymarc_cannot_read_throughout(
    give: Give, tmp_path: Path, client: marcd.Client
) -> None:
    path = tmp_path / "bad.mrc"
    unclean = next(marc8(1)).replace(b"plain words", b"caf\xe2 e\x1b(Q w")  # decoded here
    path.write_bytes(b"".join([*RECORDS[:30], BAD, unclean, *RECORDS[30:60]]))
    records = list(marcd.MARCReader(path))
    assert [place for place, record in enumerate(records) if record is None] == [30]
    batches = list(marcd.MARCReader(give(path)).batches())
    assert chained(batch.values("245", "a") for batch in batches) == [
        record and record["245"]["a"] for record in records
    ]
    assert chained(batch.lists("650") for batch in batches) == [
        [field.value() for field in record.get_fields("650")] if record else []
        for record in records
    ]
    made = chained(batch.records() for batch in batches)
    assert [r and r.as_dict() for r in made] == [r and r.as_dict() for r in records]


@given
def test_batches_end_where_pymarc_stops(give: Give, stops: Path, client: marcd.Client) -> None:
    reader = marcd.MARCReader(give(stops))
    assert sum(len(batch) for batch in reader.batches()) == 1001
    assert list(reader) == []
    assert [gap.reason for gap in reader.gaps][-1:] == ["PYMARC_STOP"]


def test_a_batch_tells_what_was_found_in_it(client: marcd.Client) -> None:
    data = b"".join([RECORDS[0], b"junk\r\n", BAD, RECORDS[2]])
    (batch,) = marcd.read(data).batches()
    assert [diagnostic.ordinal for diagnostic in batch.diagnostics] == [1]
    assert [gap.offset for gap in batch.gaps] == [len(RECORDS[0])]
    assert batch.records()[1].diagnostics == tuple(batch.diagnostics)


def test_records_and_batches_do_not_mix(path: Path, client: marcd.Client) -> None:
    reader = marcd.read(path)
    next(reader)
    with pytest.raises(RuntimeError, match=r"^\d+ records of the last batch"):
        next(reader.batches())
    assert numbers([next(reader)]) == [1]  # the refusal has changed nothing
    between = next(marcd.read(path).batches())
    reader = marcd.read(path)
    assert reader.skip(len(between)) == len(between)  # at the end of a batch they do
    assert numbers(next(reader.batches()).records())[0] == len(between)
    assert numbers([next(reader)])[0] > len(between)


def test_a_position_behind_a_batch_is_behind_it(path: Path, client: marcd.Client) -> None:
    reader = marcd.read(path)
    batches = reader.batches()
    seen = [place for _ in range(3) for place in next(batches).ordinals]
    with marcd.read(path, position=reader.position) as rest:
        assert seen + numbers(rest) == list(range(COUNT))


@with_handle
def test_an_open_file_stands_behind_the_batch(give: Give, path: Path, client: marcd.Client) -> None:
    target = give(path)
    reader = marcd.read(target)
    batches = reader.batches()
    for batch in (next(batches), next(batches)):
        end = batch.offsets[-1] + batch.lengths[-1]
    assert target.tell() == end
    target.seek(STARTS[2900])
    assert next(batches).offsets[0] == STARTS[2900]
    assert [end for batch in batches for end in batch.offsets][-1] == STARTS[-2]
    assert target.tell() == len(DATA)


# read_batch.


@given
def test_read_batch_has_none_in_the_place_of_a_bad_record(
    give: Give, tmp_path: Path, client: marcd.Client
) -> None:
    path = tmp_path / "bad.mrc"
    path.write_bytes(b"".join([*RECORDS[:5], BAD, *RECORDS[5:9], FATAL, RECORDS[9]]))
    reader = marcd.MARCReader(give(path))
    first, second = reader.read_batch(6), reader.read_batch(100)
    assert [record is None for record in first] == [False] * 5 + [True]
    assert [record is None for record in second] == [False] * 4 + [True]
    assert isinstance(reader.current_exception, marcd.RecordLengthInvalid)
    assert reader.read_batch(1) == reader.read_batch() == []


# progress=True.


def look_at_stderr(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in the place of standard error, drawn on by marcd itself."""
    made = Terminal()
    monkeypatch.setattr("sys.stderr", made)
    for library in ("tqdm", "rich.progress"):
        monkeypatch.setitem(sys.modules, library, None)
    return made


@given
def test_progress_tells_of_the_whole_source(
    give: Give, given: str, path: Path, client: marcd.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = look_at_stderr(monkeypatch)
    with marcd.read(give(path), progress=True) as reader:
        assert len(list(reader)) == COUNT
    megabytes = f"{len(DATA) / 1e6:.1f}"
    place = megabytes if given == "stream" else f"{megabytes} of {megabytes}"
    assert terminal.lines()[-1].startswith(f"{COUNT:,} records, {place} MB, ")
    assert terminal.lines()[-1].rstrip().endswith(" 0 bad")


def test_progress_counts_what_was_mended(
    tmp_path: Path, client: marcd.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = look_at_stderr(monkeypatch)
    path = tmp_path / "bad.mrc"
    path.write_bytes(b"".join([RECORDS[0], BAD, RECORDS[2]]))
    assert len(list(marcd.read(path, progress=True))) == 3
    assert terminal.lines()[-1].startswith("3 records")
    assert terminal.lines()[-1].rstrip().endswith(" 1 bad")


def test_progress_is_silent_where_nobody_looks(
    path: Path, client: marcd.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    assert len(list(marcd.read(path, progress=True))) == COUNT
    assert sum(len(batch) for batch in marcd.MARCReader(path, progress=True).batches()) == COUNT
    assert capfd.readouterr() == ("", "")
