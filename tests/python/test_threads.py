"""Several threads at the same record, field or batch at once.

Records are not made for that: what they come to when two threads change them is not promised.
Promised are: no crash, and of what is made once, one for all. Where Python has a lock for all
threads this is easily kept; tests/run --free-threaded has it run where there is none.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import random
import threading
from collections.abc import Callable
from typing import Any

import marcd
import pytest
from marcd import Field, Leader, Record, Subfield

from tests.python.frame_records import FRAME, begun, lazy

pytestmark = pytest.mark.skipif(not marcd.accelerated, reason="the compiled form's promise")

THREADS = 4
ROUNDS = 10
RECORDS = 100  # in a round
DEADLINE = 120  # seconds


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What so many threads get of the work, which all begin at the same moment."""
    ready = threading.Barrier(THREADS)
    got: list[Any] = [None] * THREADS
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            ready.wait(DEADLINE)
            got[number] = work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(i,), daemon=True) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert not any(thread.is_alive() for thread in threads)
    assert not failures
    return got


class Rest:
    """What an iterator has not given yet; iter() would begin anew."""

    def __init__(self, iterator: Any) -> None:
        self.iterator = iterator

    def __iter__(self) -> Rest:
        return self

    def __next__(self) -> Any:
        return next(self.iterator)


# Each gives objects that are made once.
LOOKS: list[Callable[[Any], Any]] = [
    lambda r: r.fields,
    lambda r: r["245"],
    lambda r: r["001"],
    lambda r: r.get_fields("650")[1],
    lambda r: r["245"].subfields,
    lambda r: r["245"].subfields[0],
    lambda r: r.get_fields("001", "650")[2].subfields,
    lambda r: r.leader,
]


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_made_once_is_the_same_for_all_threads(look: Callable[[Any], Any]) -> None:
    for _ in range(ROUNDS):
        records = [lazy() for _ in range(RECORDS)]
        made = at_once(lambda thread: [look(record) for record in records])  # noqa: B023
        for looked_at, record in zip(zip(*made), records):
            assert {id(thing) for thing in looked_at} == {id(look(record))}


def test_each_record_of_a_batch_goes_to_one_thread() -> None:
    def pop(thread: int) -> list[int]:
        ordinals = []
        with contextlib.suppress(IndexError):
            while True:
                record = batch.pop()
                assert record["245"]["a"] == "A title :"
                ordinals.append(record.ordinal)
        return ordinals

    for _ in range(ROUNDS):
        batch = begun([FRAME] * 100)
        assert sorted(itertools.chain(*at_once(pop))) == list(range(100))


# Each reads or changes the record in some way.
DEEDS: list[Callable[[Any], Any]] = [
    *LOOKS,
    lambda r: r.as_marc(),
    lambda r: r.as_dict(),
    lambda r: r.as_json(),
    lambda r: str(r),
    lambda r: marcd.record_to_xml(r),
    lambda r: r.title,
    lambda r: [f.value() for f in r.fields],
    lambda r: [list(f) for f in list(r)],
    lambda r: [f.get("a") for f in r.get_fields("245", "246", "650")],
    lambda r: "650" in r,
    lambda r: setattr(r["245"], "tag", "246"),
    lambda r: setattr(r.fields[1], "tag", "245"),
    lambda r: setattr(r["001"], "data", "y" * 20),
    lambda r: setattr(r["245"], "subfields", [Subfield("a", "z" * 30)]),
    lambda r: setattr(r["245"], "indicator1", "é"),
    lambda r: setattr(r["650"], "_payload", "00\x1faother"),
    lambda r: r["650"].add_subfield("z", "more"),
    lambda r: r["650"].subfields.clear(),
    lambda r: r.add_field(Field("500", subfields=[Subfield("a", "note")])),
    lambda r: r.remove_fields("500"),
    lambda r: r.fields.reverse(),
    lambda r: setattr(r, "fields", r.fields[:3]),
    lambda r: setattr(r, "leader", Leader(" " * 24)),
    lambda r: setattr(r.leader, "record_status", "d"),
    lambda r: r.__setstate__(lazy().__getstate__()),
    lambda r: gc.collect(0),
]


@pytest.mark.parametrize("seed", range(8))
def test_threads_that_change_one_record_do_no_harm(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(ROUNDS):
        record = lazy()
        deeds = rng.sample(DEEDS, 2)

        def act(thread: int) -> None:
            for number in range(RECORDS):
                with contextlib.suppress(AttributeError, LookupError, ValueError, TypeError):
                    deeds[thread % 2](record)  # noqa: B023
                if number % 8 == 2 * thread:
                    record._take(FRAME)  # noqa: B023

        at_once(act)
        record.__init__()
        record.add_field(Field("001", data="x"))
        assert Record(record.as_marc())["001"].data == "x"


@pytest.mark.parametrize("make", [lambda r: r, lambda r: r["245"]], ids=["record", "field"])
def test_threads_that_iterate_together_get_each_item_once(make: Callable[[Any], Any]) -> None:
    for _ in range(ROUNDS):
        things = [iter(make(lazy())) for _ in range(RECORDS)]
        taken = at_once(lambda thread: [list(Rest(thing)) for thing in things])  # noqa: B023
        for thing, parts in zip(things, zip(*taken)):
            got = sorted(map(id, itertools.chain(*parts)))
            assert got == sorted(map(id, thing))
