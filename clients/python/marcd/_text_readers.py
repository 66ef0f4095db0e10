"""Readers of text: MARC-in-JSON and MARCMaker's format, read as pymarc reads them.

A text is read whole, in the program's own thread; no daemon has a part in it. The records
are ordinary objects, and keep what ISO 2709 has no place for, such as an indicator of two
characters.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from ._reader import Reader
from .exceptions import PymarcException
from .field import Field, Indicators, Subfield
from .leader import Leader
from .record import Record
from .sources import unknown_source

# What pymarc says to `stream=True`.
_STREAM = "Streaming not yet implemented, your data will be loaded into memory\n"


def _opened(target: Any, encoding: str) -> tuple[Any, bool]:
    """An object to read the target's text from, and whether it was opened here.

    A str is a path if there is such a file, else the text itself.
    """
    if isinstance(target, os.PathLike) or (isinstance(target, str) and os.path.exists(target)):
        return open(target, encoding=encoding), True
    if isinstance(target, str):
        return io.StringIO(target), False
    if isinstance(target, (bytes, bytearray)):
        return io.StringIO(target.decode(encoding)), False
    if not hasattr(target, "read"):
        raise unknown_source(target)
    return target, False


class JSONReader(Reader):
    """Iterates over the records of a MARC-in-JSON text: an array of records, or one.

    Raises ValueError at once for what is no JSON; KeyError or TypeError in iterating, for
    a record that lacks something. An iteration begins with `iter()`, and may begin again.
    """

    def __init__(self, marc_target: Any, encoding: str = "utf-8", stream: bool = False) -> None:
        """Read a path, the text itself, bytes, or an object with `.read()`, to its end.

        The object is left open. `encoding` and `stream` are pymarc's, where they decide
        nothing: JSON is in UTF-8, and read whole.
        """
        self.encoding = encoding
        self.file_handle, opened = _opened(marc_target, "utf-8")
        if stream:
            sys.stderr.write(_STREAM)
        try:
            self.records: Any = json.load(self.file_handle, strict=False)
        finally:
            if opened:
                self.file_handle.close()

    def __iter__(self) -> Iterator[Record]:
        records = self.records
        many = hasattr(records, "__iter__") and not isinstance(records, dict)
        self.iter: Iterator[Any] = iter(records if many else [records])
        return self

    def __next__(self) -> Record:
        source = next(self.iter)
        record = Record()
        record.leader = Leader(source["leader"])
        for item in source["fields"]:
            pairs = list(item.items())
            record.add_field(_json_field(*pairs[0]))
        return record


def _json_field(tag: str, content: Any) -> Field:
    if "subfields" not in content or not hasattr(content, "update"):
        return Field(tag, data=content)
    subfields = [Subfield(*pair) for item in content["subfields"] for pair in item.items()]
    return Field(tag, Indicators(content["ind1"], content["ind2"]), subfields)


class MARCMakerReader(Reader):
    r"""Iterates over the records of a text in MARCMaker's format, which `str(record)` gives.

    Records are divided by an empty line. Backslashes stay as they are, though `str(record)`
    writes blanks so, and each `$` begins a subfield. PymarcException for a line that is
    none of the format's; the next record can then be read.
    """

    def __init__(self, target: Any, encoding: str = "utf-8") -> None:
        """Read a path, the text itself, bytes, or an object with `.read()`, and close it."""
        file, _ = _opened(target, encoding)
        with contextlib.closing(file):
            text = file.read()
        if isinstance(text, bytes):
            text = text.decode(encoding)
        self.records: list[str] = text.split("\n\n")
        self.iter: Iterator[str] = iter(self.records)

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        record = Record()
        for line in next(self.iter).splitlines():
            try:
                part = self._parse_line(line)
            except Exception as error:
                raise PymarcException(f'Unable to parse line "{line}"') from error
            if isinstance(part, Leader):
                record.leader = part
            else:
                record.add_field(part)
        return record

    def _parse_line(self, line: str) -> Leader | Field:
        """The leader or field that a line stands for."""
        if line[0] != "=" or line[4:6] != "  ":
            raise ValueError("A line begins with '=', a tag of three characters and two blanks")
        tag, data = line[1:4], line[6:]
        if tag == "LDR":
            return Leader(data)
        if tag < "010":
            return Field(tag, data=data)
        indicators = Indicators(data[0], data[1])
        return Field(tag, indicators, [Subfield(s[:1], s[1:]) for s in data[3:].split("$")])
