"""What is done with every record: the same program for marcd, pymarc and its rivals.

Each work returns the number of records and a sum that only the right answer gives. What is
added up is `of` what was looked at: its length when time counts, a checksum of it when two
peers are compared. The works of a peer whose records have other methods stand in a table of
their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Answer = tuple[int, int]
Of = Callable[[Any], int]
Work = Callable[..., Answer]

# What `keep` made last: to free it is no part of the work.
kept: list[Any] = []


def read(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """Count the records."""
    count = 0
    for record in reader:
        count += record is not None
    return count, 0


def extract(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """Take the title, and the value of every field."""
    count = total = 0
    for record in reader:
        count += 1
        total += of(record.title or "")
        for field in record.fields:
            total += of(field.value())
    return count, total


def touch(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """Look at every subfield of every field."""
    count = total = 0
    for record in reader:
        count += 1
        for field in record.fields:
            for subfield in field.subfields:
                total += of(subfield.value)
    return count, total


def select(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """Take 001, 245$a and every 650$a."""
    count = total = 0
    for record in reader:
        count += 1
        control_number = record.get("001")
        if control_number is not None:
            total += of(control_number.data)
        title = record.get("245")
        if title is not None:
            total += of(title.get("a") or "")
        for subject in record.get_fields("650"):
            for heading in subject.get_subfields("a"):
                total += of(heading)
    return count, total


def roundtrip(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """Make ISO 2709 of every record."""
    count = total = 0
    for record in reader:
        count += 1
        total += of(record.as_marc())
    return count, total


def as_json(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """Make MARC-in-JSON of every record."""
    count = total = 0
    for record in reader:
        count += 1
        total += of(record.as_json())
    return count, total


def as_xml(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """Make MARCXML of every record."""
    count = total = 0
    record_to_xml = module.record_to_xml
    for record in reader:
        count += 1
        total += of(record_to_xml(record))
    return count, total


def keep(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """Have all records in a list."""
    kept[:] = reader
    return len(kept), of(kept[-1].title or "")


def extract_by_call(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """As extract, where `fields` is a method."""
    count = total = 0
    for record in reader:
        count += 1
        total += of(record.title or "")
        for field in record.fields():
            total += of(field.value())
    return count, total


def touch_by_call(reader: Iterable[Any], module: Any, of: Of = len) -> Answer:
    """As touch, where `fields` is a method."""
    count = total = 0
    for record in reader:
        count += 1
        for field in record.fields():
            for subfield in field.subfields():
                total += of(subfield.value)
    return count, total


WORKS: dict[str, Work] = {
    "read": read,
    "extract": extract,
    "touch": touch,
    "select": select,
    "roundtrip": roundtrip,
    "as_json": as_json,
    "as_xml": as_xml,
    "keep": keep,
}
WORKS_BY_CALL = WORKS | {"extract": extract_by_call, "touch": touch_by_call}
