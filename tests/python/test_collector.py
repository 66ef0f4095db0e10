"""Records and the garbage collector: what it sees and frees, and what it may do in the middle."""

from __future__ import annotations

import contextlib
import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import marcd
import pytest
from marcd import HoldingsRecord, Record, Subfield

from tests.python.frame_records import FRAME, begun, lazy

compiled = pytest.mark.skipif(not marcd.accelerated, reason="the compiled form's promise")


ROUNDS = 500


class Mark:
    """Can be watched, as what has slots cannot."""


@compiled
@pytest.mark.parametrize("kind", [Record, HoldingsRecord])
def test_an_untouched_record_is_not_seen_by_the_collector(kind: type[Record]) -> None:
    record = lazy(kind=kind)
    assert not gc.is_tracked(record)
    record.as_marc(), str(record), record.as_dict(), "245" in record
    assert (record.title, record.ordinal, record.diagnostics) == ("A title : the rest", 0, ())
    assert not gc.is_tracked(record)
    record["245"]
    assert gc.is_tracked(record)


@compiled
def test_a_field_is_seen_by_the_collector_once_it_has_a_list() -> None:
    field = lazy()["245"]
    field.value(), field["a"], field.get_subfields("a"), field.indicators
    assert not gc.is_tracked(field)
    assert not gc.is_tracked(field.subfields[0])
    assert gc.is_tracked(field)


def tie(record: Any, mark: Mark) -> Iterator[Callable[[], Any]]:
    """Ways to have a record lead back to itself, and to the mark."""
    both = [record, mark]
    yield lambda: record.fields.append(both)
    yield lambda: setattr(record, "fields", both)
    yield lambda: record["245"].subfields.append(both)
    yield lambda: setattr(record["245"], "subfields", both)
    yield lambda: record["245"].subfields.append(Subfield("a", both))
    yield lambda: setattr(record["001"], "data", both)
    yield lambda: setattr(record["001"], "tag", both)
    yield lambda: setattr(record, "to_unicode", both)
    yield lambda: setattr(record, "leader", both)
    yield lambda: setattr(record.leader, "both", both)
    yield lambda: setattr(record, "_diagnostics", both)
    yield lambda: setattr(record, "_file", both)


@pytest.mark.parametrize("way", range(12))
def test_a_record_that_leads_back_to_itself_is_freed(way: int) -> None:
    record, mark = lazy(), Mark()
    [*tie(record, mark)][way]()
    watched = weakref.ref(mark)
    gc.collect()
    assert watched() is not None
    del record, mark
    gc.collect()
    assert watched() is None


@compiled
def test_a_record_or_field_keeps_no_more_than_its_own_frame() -> None:
    batch = begun([FRAME] * 50)
    mark = Mark()
    batch.begin(Record, True, False, 2, {49: (mark,)}, None)
    watched = weakref.ref(mark)
    kept = batch.pop()
    field = batch.pop()["245"]
    del mark, batch
    assert watched() is None
    assert kept.title == "A title : the rest"
    assert field["a"] == "A title :"


@contextlib.contextmanager
def collections_that(do: Callable[[], Any]) -> Iterator[list[str]]:
    """The collector runs as often as can be, and does something each time; what it has done.

    Up to 3.11 it runs in the middle of whatever makes an object, later between two steps of
    the interpreter.
    """
    done: list[str] = []

    def run(phase: str, info: dict[str, int]) -> None:
        done.append(phase)
        gc.callbacks.remove(run)
        do()
        gc.callbacks.append(run)

    before = gc.get_threshold()
    gc.callbacks.append(run)
    gc.set_threshold(1)
    try:
        yield done
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(run)


ACTIONS: list[Callable[[Any], Any]] = [
    lambda r: r.fields,
    lambda r: r["650"],
    lambda r: r["245"].subfields,
    lambda r: r.get_fields("245", "650"),
    lambda r: r.as_dict(),
    lambda r: r.leader,
    lambda r: r["245"].get_subfields("a", "b"),
    lambda r: [field.indicators for field in r],
    lambda r: r.as_marc(),
]


in_the_middle = pytest.mark.parametrize("first", range(len(ACTIONS)))


@compiled
@in_the_middle
@pytest.mark.parametrize("second", ACTIONS)
def test_the_collector_may_do_the_same_in_the_middle(
    first: int, second: Callable[[Any], Any]
) -> None:
    record = lazy()
    with collections_that(lambda: second(record)):
        ACTIONS[first](record)
    title, subjects = record.get("245"), record.get_fields("650")
    assert record.fields[1:] == [title, *subjects]
    assert title.subfields is record.fields[1].subfields
    assert record.leader is record.leader
    assert str(record) == str(lazy())


@compiled
@in_the_middle
@pytest.mark.parametrize("change", [lambda r: r._take(None), lambda r: r.__init__()])
def test_the_collector_may_make_another_record_of_it_in_the_middle(
    first: int, change: Callable[[Any], Any]
) -> None:
    record = lazy()
    with (
        collections_that(lambda: change(record)) as done,
        contextlib.suppress(AttributeError, TypeError, KeyError),
    ):
        ACTIONS[first](record)
    assert record.fields == [] or not done


@compiled
@pytest.mark.parametrize("action", ACTIONS)
def test_what_is_asked_for_often_leaves_nothing_behind(action: Callable[[Any], Any]) -> None:
    def blocks() -> int:
        for _ in range(ROUNDS):
            action(lazy())
        gc.collect()
        return sys.getallocatedblocks()

    blocks()
    before = blocks()
    assert blocks() - before < ROUNDS // 10
