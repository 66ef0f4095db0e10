"""What is done with every record: the same program for marcd and for pymarc.

Each returns the number of records and a figure that only the right answer gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Answer = tuple[int, int]
Work = Callable[[Iterable[Any]], Answer]


def iterate(reader: Iterable[Any]) -> Answer:
    """Count the records."""
    count = 0
    for record in reader:
        count += record is not None
    return count, 0


def extract(reader: Iterable[Any]) -> Answer:
    """Take the title, and the value of every field."""
    count = total = 0
    for record in reader:
        count += 1
        total += len(record.title or "")
        for field in record.fields:
            total += len(field.value())
    return count, total


def touch(reader: Iterable[Any]) -> Answer:
    """Look at every subfield of every field."""
    count = total = 0
    for record in reader:
        count += 1
        for field in record.fields:
            if field.control_field:
                total += len(field.data)
            else:
                for subfield in field.subfields:
                    total += ord(subfield.code) + len(subfield.value)
    return count, total


def write(reader: Iterable[Any]) -> Answer:
    """Make ISO 2709 of every record."""
    count = total = 0
    for record in reader:
        count += 1
        total += len(record.as_marc())
    return count, total


WORKS: dict[str, Work] = {
    "iterate": iterate,
    "title and every value": extract,
    "every subfield": touch,
    "as_marc": write,
}
