"""What the writers' tests write, and with what."""

from __future__ import annotations

import io
from typing import Any

import marcd
from marcd import Field, Record

from tests.python.odd_records import made

BINARY, TEXT = ("MARCWriter", "XMLWriter"), ("JSONWriter", "TextWriter")
WRITERS = BINARY + TEXT
FORMATS = dict(zip(WRITERS, ("iso2709", "marcxml", "json", "text"), strict=True))


def new_file(name: str) -> Any:
    return io.BytesIO() if name in BINARY else io.StringIO()


def written(package: Any, name: str, *records: Any) -> Any:
    """What a writer makes of records."""
    file = new_file(name)
    writer = getattr(package, name)(file)
    for record in records:
        writer.write(record)
    writer.close(close_fh=False)
    return file.getvalue()


def record_with(*fields: Field) -> Record:
    return Record(fields=list(fields), leader="00000nam a2200000 a 4500")


def small(package: Any = marcd) -> Any:
    return made(package, {"fields": [("Field", {"tag": "001", "data": "n 1"})]})
