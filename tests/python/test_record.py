"""Record, Field and Leader, beside pymarc's."""

from __future__ import annotations

import copy
import itertools
import lzma
import pickle
import random
from collections.abc import Iterator
from typing import Any

import marcd
import pymarc
import pytest
from marcd import Field, Indicators, Leader, Record, Subfield

from tests.generate import realistic
from tests.iso2709 import control_field, data_field, encode
from tests.python.conftest import corpus_file
from tests.python.peers import record_facts, said

SIMPLE = encode(
    [
        control_field("001", "42"),
        data_field("245", "10", ("a", "A title :"), ("b", "the rest /"), ("c", "who.")),
        data_field("650", " 0", ("a", "Trains"), ("x", "History")),
        data_field("650", " 0", ("a", "Café")),
    ]
)


def split(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        length = int(data[at : at + 5])
        yield data[at : at + length]
        at += length


def gpo_records(count: int) -> list[bytes]:
    """Every so many-th record of the first part of the GPO file."""
    with lzma.open(corpus_file("gpo/bench.mrc.xz")) as file:
        data = file.read(12_000_000)
    records = list(split(data[: data.rindex(b"\x1d") + 1]))
    return records[:: max(1, len(records) // count)]


def assert_same(source: bytes) -> None:
    ours, theirs = record_facts(Record(source)), record_facts(pymarc.Record(source))
    assert ours == theirs


def test_gpo_records_are_pymarcs() -> None:
    for source in gpo_records(1500):
        assert_same(source)


def test_mrrc_records_are_pymarcs() -> None:
    data = corpus_file("mrrc/realistic.mrc").read_bytes()
    for source in itertools.islice(split(data), 0, None, 4):
        assert_same(source)


def test_generated_records_are_pymarcs() -> None:
    for source in realistic(200, seed=3):
        assert_same(source)


def test_ascii_record_not_marked_as_utf8_is_pymarcs() -> None:
    assert_same(encode([data_field("245", "00", ("a", "plain"))], coding=" "))


def test_a_field_is_the_same_object_each_time() -> None:
    record = Record(SIMPLE)
    title = record["245"]
    subjects = record.get_fields("650")
    assert record["245"] is title
    assert record.get("245") is title
    assert record.fields[1] is title
    assert record["245"] is title
    assert record.get_fields("650")[0] is subjects[0] is record.fields[2]


def test_a_missing_field_is_a_key_error_and_a_default() -> None:
    record = Record(SIMPLE)
    for _ in range(2):
        with pytest.raises(KeyError):
            record["999"]
        assert record.get("999") is None
        assert "999" not in record
        assert record.get_fields("999") == []
        assert "24" not in record
        record.fields  # noqa: B018  the second time with all fields made


def changes() -> list[Any]:
    """Edits of a record, in the words that both packages have."""
    return [
        lambda p, r: r["245"].add_subfield("h", "[map]"),
        lambda p, r: r["245"].add_subfield("h", "first", 0),
        lambda p, r: r["245"].add_subfield("h", "far", 99),
        lambda p, r: r["245"].delete_subfield("b"),
        lambda p, r: r["245"].delete_subfield("z"),
        lambda p, r: r["245"].__setitem__("a", "Another — title"),
        lambda p, r: setattr(r["245"], "indicator1", "0"),
        lambda p, r: setattr(r["245"], "indicators", p.Indicators("3", "4")),
        lambda p, r: setattr(r["245"], "indicators", ["3", "4"]),
        lambda p, r: setattr(r["245"], "subfields", [p.Subfield("a", "all new")]),
        lambda p, r: r["245"].subfields.append(p.Subfield("k", "appended")),
        lambda p, r: setattr(r["001"], "data", "43"),
        lambda p, r: r.add_field(p.Field("500", subfields=[p.Subfield("a", "note")])),
        lambda p, r: r.add_field(p.Field(9, data="5"), p.Field("FMT", p.Indicators("1", "2"))),
        lambda p, r: r.add_ordered_field(p.Field("300"), p.Field("246"), p.Field("XYZ")),
        lambda p, r: r.add_grouped_field(p.Field("310"), p.Field("246"), p.Field("001")),
        lambda p, r: r.remove_field(r["650"]),
        lambda p, r: r.remove_fields("650", "001"),
        lambda p, r: r.remove_fields("245"),
        lambda p, r: r.remove_fields(),
        lambda p, r: r.fields.pop(),
        lambda p, r: setattr(r, "fields", r.fields[:1]),
        lambda p, r: r.leader.__setitem__(5, "d"),
        lambda p, r: setattr(r.leader, "encoding_level", "7"),
        lambda p, r: setattr(r, "leader", "00000cas a2200000 a 4500"),
    ]


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_record_is_pymarcs(seed: int) -> None:
    rng = random.Random(seed)
    ours, theirs = Record(SIMPLE), pymarc.Record(SIMPLE)
    look = [lambda r: r.title, lambda r: r.fields, lambda r: r.as_marc(), lambda r: r.get("650")]
    for change in rng.sample(changes(), 6):
        rng.choice(look)(ours)
        outcomes = []
        for package, record in ((marcd, ours), (pymarc, theirs)):
            try:
                outcomes.append(change(package, record) and None)
            except Exception as error:
                outcomes.append(type(error).__name__)
        assert outcomes[0] == outcomes[1]
    if isinstance(theirs.leader, str):
        assert ours.as_marc() == theirs.as_marc()
    else:
        assert record_facts(ours) == record_facts(theirs)


def test_a_record_made_by_hand_is_pymarcs() -> None:
    made = []
    for package in (marcd, pymarc):
        record = package.Record()
        record.add_field(
            package.Field("001", data="x"),
            package.Field("245", package.Indicators("0", "1"), [package.Subfield("a", "Ünï")]),
        )
        made.append(record_facts(record))
    assert made[0] == made[1]
    assert str(Record(leader="00000nam a2200000 i 4500").leader) == "00000nam a2200000 i 4500"


@pytest.mark.parametrize(
    "arguments",
    [
        {"tag": "5"},
        {"tag": 5, "data": "x"},
        {"tag": "0005", "data": "x"},
        {"tag": "245", "indicators": ["1", "2"]},
        {"tag": "245", "indicators": ["1"]},
        {"tag": "245", "indicators": ("1", "2", "3")},
        {"tag": "245", "indicators": "12"},
        {"tag": "245", "indicators": "too long"},
        {"tag": "245", "indicators": range(3)},
        {"tag": "245", "indicators": 5},
        {"tag": "245", "subfields": ["a", "flat"]},
    ],
)
def test_field_takes_and_refuses_what_pymarc_does(arguments: dict[str, Any]) -> None:
    outcomes = []
    for package in (marcd, pymarc):
        try:
            field = package.Field(**arguments)
            outcomes.append((field.tag, field.data, field.indicators, field.control_field))
        except Exception as error:
            outcomes.append(type(error).__name__)
    assert outcomes[0] == outcomes[1]


def test_setting_a_subfield_that_is_not_there_once_is_a_key_error() -> None:
    field = Field("245", Indicators("0", "0"), [Subfield("a", "1"), Subfield("a", "2")])
    for code in "ab":
        with pytest.raises(KeyError):
            field[code] = "x"
    with pytest.raises(KeyError):
        Field("001", data="x")["a"] = "y"


def test_linked_fields_are_pymarcs() -> None:
    source = encode(
        [
            data_field("245", "10", ("6", "880-01"), ("a", "T")),
            data_field("246", "10", ("6", "880-02"), ("a", "T")),
            data_field("880", "10", ("6", "245-01/$1"), ("a", "題")),
        ]
    )
    for package in (marcd, pymarc):
        record = package.Record(source)
        assert [f["a"] for f in record.get_linked_fields(record["245"])] == ["題"]
        with pytest.raises(package.exceptions.MissingLinkedFields, match="246 field includes"):
            record.get_linked_fields(record["246"])


def test_a_lazy_record_can_be_copied_and_pickled() -> None:
    record = Record(SIMPLE)
    title = record["245"]
    for other in (copy.deepcopy(record), pickle.loads(pickle.dumps(record))):
        assert str(other) == str(record)
        assert other["245"] is not title


def test_a_touched_record_of_any_options_is_written_as_pymarc_writes_it() -> None:
    latin = encode([data_field("245", "10", ("a", "plain"))], coding=" ")
    for source, to_unicode, force_utf8 in itertools.product(
        (SIMPLE, latin), (True, False), (True, False)
    ):
        written = []
        for package in (marcd, pymarc):
            record = package.Record(source, to_unicode=to_unicode, force_utf8=force_utf8)
            record.add_field(package.Field("946", subfields=[package.Subfield("a", "é")]))
            record.to_unicode = not to_unicode
            written.append((record.as_marc(), str(record.leader)))
        assert written[0] == written[1]


def test_a_raw_field_with_an_encoding_is_pymarcs() -> None:
    facts = []
    for package in (marcd, pymarc):
        record = package.Record(SIMPLE, to_unicode=False)
        with said() as words:
            facts.append(([field.as_marc("utf-8") for field in record], words))
    assert facts[0] == facts[1]
    assert facts[0][1].log


def test_leader_is_pymarcs() -> None:
    text = "00475cas a2200169 i 4500"
    ours, theirs = Leader(text), pymarc.Leader(text)
    names = [n for n in vars(pymarc.Leader) if isinstance(vars(pymarc.Leader)[n], property)]
    assert names
    for name in names:
        assert getattr(ours, name) == getattr(theirs, name) == ours[name]
    for item in (5, -1, slice(0, 5), slice(None), slice(17, None)):
        assert ours[item] == theirs[item]
    for leader in (ours, theirs):
        leader[5] = "d"
        leader[0:5] = "00042"
        leader.encoding_level = "7"
        leader["type_of_record"] = "e"
    assert str(ours) == str(theirs)


def test_leader_refuses_what_does_not_fit() -> None:
    with pytest.raises(marcd.RecordLeaderInvalid):
        Leader("short")
    leader = Leader("00475cas a2200169 i 4500")
    with pytest.raises(marcd.BadLeaderValue, match="Record status is 1 char field, got ab"):
        leader.record_status = "ab"
    with pytest.raises(marcd.BadLeaderValue, match="abc is too long to be inserted at 22"):
        leader[22] = "abc"
    with pytest.raises(IndexError):
        leader[-1] = "x"
    assert str(leader) == "00475cas a2200169 i 4500"
