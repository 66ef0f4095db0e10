"""Compares marcd's records with pymarc's, aspect by aspect."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEXTS = (
    *("title", "issn_title", "isbn", "issn", "issnl", "sudoc"),
    *("author", "uniformtitle", "publisher", "pubyear"),
)
LISTS = (*("series", "subjects", "addedentries", "location", "notes", "physicaldescription"),)


def field_facts(field: Any) -> tuple[Any, ...]:
    """What a program can see of a field."""
    return (
        field.tag,
        field.data,
        field.control_field,
        field.is_control_field(),
        field.is_subject_field(),
        field.indicators,
        field.indicator1,
        field.indicator2,
        [tuple(subfield) for subfield in field.subfields],
        field.value(),
        field.format_field(),
        field.get("a"),
        field.get("b", "none"),
        "c" in field,
        field.get_subfields("a"),
        field.get_subfields("a", "x", "6"),
        field.subfields_as_dict(),
        field.as_marc("utf-8"),
        str(field),
        [tuple(subfield) for subfield in field],
    )


def record_facts(record: Any) -> dict[str, Any]:
    """What a program can see of a record; as_marc comes last, since it changes the leader."""
    facts: dict[str, Any] = {"leader": str(record.leader)}
    for name in TEXTS:
        facts[name] = getattr(record, name)
    for name in LISTS:
        facts[name] = [str(field) for field in getattr(record, name)]
    facts["245 in"] = "245" in record
    facts["tags"] = [field.tag for field in record]
    facts["650"] = [str(field) for field in record.get_fields("650")]
    facts["100, 700"] = [str(field) for field in record.get_fields("100", "700")]
    facts["fields"] = [field_facts(field) for field in record.fields]
    facts["text"] = str(record)
    facts["dict"] = record.as_dict()
    facts["json"] = record.as_json()
    facts["marc"] = record.as_marc()
    facts["leader after"] = str(record.leader)
    return facts


@dataclass
class Words:
    """What was said beside the result: warnings, log lines, text on stderr."""

    warnings: list[tuple[str, str, str]] = field(default_factory=list)
    log: list[tuple[str, str, str]] = field(default_factory=list)
    stderr: str = ""


class _Log(logging.Handler):
    def __init__(self, lines: list[tuple[str, str, str]]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append((record.name, record.levelname, record.getMessage()))


@contextlib.contextmanager
def said() -> Iterator[Words]:
    """Collects what is said inside the block; a warning's type by its name."""
    words = Words()
    handler = _Log(words.log)
    logging.getLogger().addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with contextlib.redirect_stderr(io.StringIO()) as err:
                yield words
    finally:
        logging.getLogger().removeHandler(handler)
    words.stderr = err.getvalue()
    words.warnings = [(w.category.__name__, str(w.message), Path(w.filename).name) for w in caught]


def _attempt(function: Callable[[], Any]) -> Any:
    try:
        return function()
    except Exception as error:
        return _error_facts(error)


def _error_facts(error: Exception | None) -> tuple[str, str]:
    return type(error).__name__, str(error)


def _contents(record: Any) -> tuple[Any, ...]:
    """All that is in a record, raw or not; as_marc comes last, since it changes the leader."""
    leader = str(record.leader)
    fields = [
        (
            type(f).__name__,
            f.tag,
            f.data,
            f.control_field,
            f.indicators,
            [tuple(s) for s in f.subfields],
            _attempt(f.value),
            _attempt(f.format_field),
        )
        for f in record.fields
    ]
    texts = _attempt(lambda: str(record)), _attempt(lambda: record.title)
    return leader, fields, texts, _attempt(record.as_marc), str(record.leader)


def decoded(package: Any, source: Any, **options: Any) -> tuple[Any, Words]:
    """What comes of Record(source), an exception too, and what is said."""
    with said() as words:
        result = _attempt(lambda: _contents(package.Record(source, **options)))
    return result, words


def read_all(package: Any, source: Any, **options: Any) -> list[tuple[Any, ...]]:
    """What a program sees while it reads a source with MARCReader, step by step."""
    seen = []
    reader = package.MARCReader(source, **options)
    while True:
        with said() as words:
            try:
                record = next(reader)
            except StopIteration:
                return seen
            problem = _error_facts(reader.current_exception)
            seen.append((record and _contents(record), problem, bytes(reader.current_chunk), words))
