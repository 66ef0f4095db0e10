"""MARC-in-JSON to records, beside pymarc's."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import marcd
import pymarc
import pytest

from tests.python.conftest import corpus_file
from tests.python.odd_records import contents, odd_pairs, outcome

LEADER = " " * 24


def record(*fields: Any) -> str:
    return json.dumps({"leader": LEADER, "fields": fields})


def data_field(subfields: Any, **more: Any) -> dict[str, Any]:
    return {"245": {"subfields": subfields, "ind1": "1", "ind2": "0", **more}}


TEXTS = (
    *(
        "[]",
        "{}",
        "5",
        "null",
        '"text"',
        "[null]",
        "[[]]",
        "[{}]",
        '["a"]',
        "true",
        "",
        "[",
        "\ufeff[]",
    ),
    *(record(), f"[{record()}]", f"[{record()},{record()}]", f"{record()} x"),
    f'[{record()},{{"leader":"short"}},{record()}]',
    *('{"leader":5,"fields":[]}', '{"fields":[]}', f'{{"leader":"{LEADER}"}}'),
    *(
        f'{{"leader":"{LEADER}","fields":{fields}}}'
        for fields in ("null", "{}", '{"1":""}', '"ab"')
    ),
    *(record(content) for content in ({}, [], "x", {"001": "a", "002": "b"})),
    *(record({"245": content}) for content in ("subfields", 5, None, ["subfields"], {"ind1": "1"})),
    *(record({"001": content}) for content in (None, 5, {"subfields": [{"a": "x"}], "ind1": " "})),
    *(record(data_field(some)) for some in ([], [{}], [{"a": "x", "b": "y"}], "ab", None, [["a"]])),
    record(data_field([{"a": None}, {"ab": "y"}, {"": 5}], ind1="", ind2="xx")),
    record({"245": {"subfields": []}}),
    record({"001": "a\tb\nc"}).replace("\\t", "\t").replace("\\n", "\n"),
)


def iterated(package: Any, source: Any, *options: Any) -> list[tuple[Any, ...]]:
    """What each step of iterating gives, up to the end, and on after an error."""
    records = iter(package.JSONReader(source, *options))
    steps = [outcome(lambda: contents(next(records))) for _ in range(5)]
    return steps


def to_array(package: Any, source: Any) -> Any:
    return [contents(record) for record in package.parse_json_to_array(source)]


def handled(package: Any, parsed: Any) -> Any:
    """What a handler has got when it is through, or has failed."""
    handler = package.JSONHandler()
    end = outcome(lambda: len(handler.elements(copy.deepcopy(parsed))))
    return [contents(record) for record in handler.records], end[:2]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_read_as_pymarc_reads_it(text: str) -> None:
    assert outcome(iterated, marcd, text) == outcome(iterated, pymarc, text)
    assert outcome(to_array, marcd, text)[:2] == outcome(to_array, pymarc, text)[:2]
    for make in (io.StringIO, lambda text: io.BytesIO(text.encode())):
        mine = outcome(iterated, marcd, make(text), "utf-8", True)
        assert mine == outcome(iterated, pymarc, make(text), "utf-8", True)


@pytest.mark.parametrize("text", [text for text in TEXTS if text[:1] in tuple("[{")])
def test_a_handler_keeps_what_pymarcs_keeps(text: str) -> None:
    try:
        parsed = json.loads(text, strict=False)
    except ValueError:
        return
    assert handled(marcd, parsed) == handled(pymarc, parsed)


def test_what_was_written_is_read_as_pymarc_reads_it() -> None:
    for ours, _ in odd_pairs(600, seed=8, oddity=0):
        _, text, *_ = outcome(ours.as_json)
        assert outcome(iterated, marcd, text) == outcome(iterated, pymarc, text)
        assert outcome(to_array, marcd, text) == outcome(to_array, pymarc, text)


@pytest.mark.parametrize("name", ["one", "batch", "test"])
def test_the_corpus_is_read_as_pymarc_reads_it(name: str) -> None:
    path = str(corpus_file(f"pymarc/{name}.json"))
    assert outcome(iterated, marcd, path) == outcome(iterated, pymarc, path)
    assert outcome(to_array, marcd, path) == outcome(to_array, pymarc, path)


def test_a_path_is_read_and_closed_and_a_file_object_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "é.json"
    path.write_text(record({"001": "é"}), encoding="utf-8")
    for source in (path, str(path), path.read_bytes()):
        reader = marcd.JSONReader(source)
        assert [r["001"].data for r in reader] == ["é"]
    assert marcd.JSONReader(path).file_handle.closed
    with path.open(encoding="utf-8") as file:
        assert len(list(marcd.JSONReader(file))) == 1
        assert not file.closed


@pytest.mark.parametrize("thing", [None, 5, [], object()])
def test_what_cannot_be_read_is_a_type_error(thing: object) -> None:
    with pytest.raises(TypeError, match="Expected str, Path, bytes, or file-like object"):
        marcd.JSONReader(thing)


def test_an_iteration_begins_with_iter_and_can_begin_again() -> None:
    for package in (marcd, pymarc):
        reader = package.JSONReader(f"[{record()},{record()}]")
        with pytest.raises(AttributeError):
            next(reader)
        assert len(list(reader)) == len(list(reader)) == 2


def test_a_handler_leaves_what_it_is_given_as_it_is() -> None:
    parsed = json.loads(record({"001": "x"}, data_field([{"a": "T"}])))
    before = copy.deepcopy(parsed)
    first, second = (marcd.JSONHandler().elements(parsed)[0] for _ in range(2))
    assert parsed == before
    assert contents(first) == contents(second)


def test_a_subclass_takes_records_and_parts_of_them() -> None:
    whole = json.loads(record({"001": "x"}))
    names = (None, "leader", "fields", "subfields", "other", "")
    for package in (marcd, pymarc):
        taken: list[Any] = []

        class Handler(package.JSONHandler):  # type: ignore[name-defined]
            def process_record(self, made: Any) -> None:
                taken.append(contents(made)[1:])  # noqa: B023

        handler = Handler()
        handler.element(copy.deepcopy(whole), "leader")
        handler.element(copy.deepcopy(whole), "fields")
        assert taken == []
        for name in names:
            source = copy.deepcopy(whole) | {"subfields": []}
            handler.element(source, name)
        assert [len(fields) for _, fields in taken] == [1, 2, 3, 1]
        assert handler.records == []
