"""Where C goes wrong easily: odd objects, other code in the middle, objects half made.

The pure form is asked the same: the answers are the contract, and no crash is one of them.
"""

from __future__ import annotations

import contextlib
import pickle
import random
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from typing import Any

import marcd
import pytest
from marcd import Field, Indicators, Leader, Record, Subfield, codec
from marcd._reader import Iteration

from tests.iso2709 import data_field, encode
from tests.python.frame_records import SOURCE, lazy
from tests.text_tools import ROOT

compiled = pytest.mark.skipif(not marcd.accelerated, reason="no such care in the pure form")
both = pytest.mark.parametrize("whole", [False, True], ids=["lazy", "all fields made"])


class Odd:
    """Does something whenever it is compared or asked whether it is true."""

    def __init__(self, does: Callable[[], Any], equal: bool = False) -> None:
        self.does = does
        self.equal = equal

    def __eq__(self, other: object) -> bool:
        self.does()
        return self.equal

    def __bool__(self) -> bool:
        self.does()
        return True

    __hash__ = object.__hash__


class Text(str):
    """A str that is none by its type."""


def record_of(whole: bool) -> Any:
    record = lazy()
    if whole:
        assert record.fields
    return record


@both
@pytest.mark.parametrize("tag", ["246", Text("246")])
def test_a_field_is_found_by_the_tag_it_has_now(whole: bool, tag: str) -> None:
    record = record_of(whole)
    title = record["245"]
    title.tag = tag
    assert record.get("245") is None
    assert "245" not in record
    assert record["246"] is record.get(Text("246")) is title
    assert record.get_fields("246", "650") == [title, *record.get_fields("650")]
    assert record.get_fields(Text("246")) == [title]
    assert record.title is None


@both
@pytest.mark.parametrize("tag", ["24é", "2455", "\0\0\0", "", 245])
def test_a_field_with_a_tag_that_no_frame_has_is_found(whole: bool, tag: Any) -> None:
    record = record_of(whole)
    title = record["245"]
    title.tag = tag
    assert record.get(tag) is title
    assert tag in record
    assert record.get_fields(tag) == [title]
    assert record.get_fields("245") == record.get_fields("999", "zzzz") == []


@both
def test_a_field_that_has_lost_its_tag_is_an_error(whole: bool) -> None:
    record = record_of(whole)
    del record["245"].tag
    for call in (
        lambda: record.get("650"),
        lambda: "999" in record,
        lambda: record.get_fields("999"),
        record.as_marc,
        record.as_dict,
        record.__str__,
    ):
        with pytest.raises(AttributeError):
            call()


def test_a_field_that_has_lost_its_data_is_an_error() -> None:
    field = lazy()["001"]
    del field.data
    for call in (lambda: field.data, field.value, field.__str__, lambda: field.as_marc("utf-8")):
        with pytest.raises(AttributeError):
            call()


def test_fields_leader_and_subfields_cannot_be_deleted() -> None:
    record = lazy()
    title = record["245"]
    for owner, name in (
        *((record, "fields"), (record, "leader")),
        *((title, "subfields"), (title, "indicators"), (title, "indicator1")),
    ):
        with pytest.raises(AttributeError):
            delattr(owner, name)
    assert title.indicator1 == "1"


@both
def test_fields_may_go_while_they_are_compared(whole: bool) -> None:
    record = record_of(whole)
    record.fields[0].tag = Odd(record.fields.clear)
    assert record.get("650") is None
    record = record_of(whole)
    record.fields[0].tag = Odd(lambda: setattr(record, "fields", []), equal=True)
    assert record.get("650").data == "42"
    assert record.fields == []


def test_subfields_may_go_while_they_are_compared() -> None:
    field = Field("245", Indicators("0", "0"))
    field.subfields = [Subfield(Odd(field.subfields.clear), "x") for _ in range(9)]
    field.subfields[3] = Subfield(Odd(lambda: setattr(field, "subfields", [])), "y")
    assert field.get("a") is None
    assert field.get_subfields("a") == []
    assert field.subfields == []


def test_data_may_go_while_it_is_asked_for() -> None:
    field = Field("001")
    field.data = Odd(lambda: setattr(field, "data", None))
    field.value()
    assert field.data is None


CHANGES: list[Callable[[Any], Any]] = [
    lambda r: r["245"].add_subfield("z", "more"),
    lambda r: r.remove_fields("245"),
    lambda r: r.__init__(),
    lambda r: r._take(None),
]


@pytest.mark.parametrize("name", ["as_marc", "as_dict", "as_json", "__str__"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_leader_may_change_the_record_that_is_written(
    name: str, change: Callable[[Any], Any]
) -> None:
    class Changes(Leader):
        def __str__(self) -> str:
            change(record)
            return super().__str__()

    record = lazy()
    record.leader = Changes(str(record.leader))
    with contextlib.suppress(Exception):
        getattr(record, name)()


def asked(thing: Any) -> None:
    """Asks for all that the object has; what is raised must be an exception."""
    for name in dir(type(thing)):
        if name in ("__class__", "__init__", "__new__", "__reduce__", "__init_subclass__"):
            continue
        for arguments in ((), ("245",), (None,), (b"", 1)):
            with contextlib.suppress(Exception):
                value = getattr(thing, name)
                value(*arguments)


@pytest.mark.parametrize("kind", [Record, Field, Iteration, marcd.RawField, marcd.MARCReader])
def test_an_object_that_was_never_initialised_does_no_harm(kind: type) -> None:
    asked(kind.__new__(kind))
    half = kind.__new__(kind)
    for name in dir(kind):
        for value in (None, (), Text("x"), lazy()):
            with contextlib.suppress(Exception):
                setattr(half, name, value)
    asked(half)


def test_a_subfield_is_a_tuple_of_two_however_it_is_made() -> None:
    class Own(Subfield):
        pass

    for kind in (Subfield, Own):
        for wrong in ((), ("a",), ("a", "b", "c")):
            with pytest.raises(TypeError):
                kind(*wrong)
            with pytest.raises(TypeError):
                kind._make(wrong)
        for subfield in (kind("a", "b"), kind(value="b", code="a"), kind._make("ab")):
            assert type(subfield) is kind
            assert (subfield.code, subfield.value) == tuple(subfield) == ("a", "b") == subfield
            assert hash(subfield) == hash(("a", "b"))
            assert subfield._replace(value="c") == ("a", "c")
    assert Own("a", "b").__dict__ == {}


def test_what_holds_itself_a_hundred_thousand_deep_is_freed() -> None:
    subfield, field, record = Subfield("a", "b"), Field("001"), Record()
    for _ in range(100_000):
        subfield = Subfield("a", subfield)
        outer, around = Field("001"), Record()
        outer.data, around.to_unicode = field, record
        field, record = outer, around
    del subfield, field, record, outer, around


@compiled
def test_an_allocation_that_fails_is_a_memory_error_and_loses_nothing() -> None:
    pytest.importorskip("_testcapi", reason="this interpreter came without its own tests")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        pytest.skip("PyList_New of a free-threaded 3.13 does not survive it")
    command = [sys.executable, "-m", "tests.python.failing_allocations"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    _, count = ran.stdout.split()
    assert int(count) > 300


def test_subfields_pickle_in_every_protocol() -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        subfield = pickle.loads(pickle.dumps(Subfield("a", "b"), protocol))
        assert type(subfield) is Subfield
        assert subfield == ("a", "b")


INTERPRETERS = """
import _testcapi
import marcd
record = marcd.Record(data)
assert marcd.accelerated
assert _testcapi.run_in_subinterp(
    f"import sys; sys.path = {sys.path}; import marcd; assert not marcd.accelerated;"
    f"assert marcd.Record({data})['245']['a'] == 'A title :'"
) == 0
assert type(record["245"]) is marcd.Field
assert record["245"]["a"] == "A title :"
"""


@compiled
def test_a_second_interpreter_of_a_process_runs_the_pure_form() -> None:
    pytest.importorskip("_testcapi", reason="this interpreter came without its own tests")
    program = f"import sys; sys.path = {sys.path}; data = {SOURCE}{INTERPRETERS}"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def drawn_subfields(chance: random.Random, count: int, longest: int) -> list[tuple[str, str]]:
    """Codes and values, some of them empty, some beyond ASCII."""
    texts = ("x", "long title ", "é", " ", "終")
    return [
        (chance.choice("abcz09 ~"), chance.choice(texts) * chance.randint(0, longest))
        for _ in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 47, 48, 49, 130])
def test_subfields_are_those_of_the_payload_whatever_its_length(count: int) -> None:
    chance = random.Random(count)
    for longest in (0, 1, 2, 5, 16, 40):
        for _ in range(20):
            drawn = drawn_subfields(chance, count, longest)
            if sum(2 + len(text.encode()) for _, text in drawn) > 9_000:
                continue  # more than ISO 2709 can hold
            frame = codec.clean_frame(encode([data_field("500", "1 ", *drawn)]))
            assert frame is not None
            field = lazy(frame).fields[0]
            value = field.value()
            assert [tuple(subfield) for subfield in field.subfields] == drawn
            assert value == " ".join(text.strip() for _, text in drawn)
