"""Writers: records as ISO 2709, MARCXML, MARC-in-JSON or MARCMaker's text.

They write what pymarc's write, to any file object. Where that cannot be read back, they write
it all the same, and give a DataLossWarning first (docs/pymarc_differences.txt). A record that
cannot be written raises, and leaves nothing of itself in the file.

Given a path they write the same through the daemon, and the file is there, whole, when the
writer is closed, or not at all.
"""

from __future__ import annotations

import io
import json
from types import TracebackType
from typing import Any

from ._encoding import pymarcs
from ._unreadable import marc_problem, xml_problem
from ._warning import warn_of_loss
from ._write_target import WriteOptions, is_path, target_of
from ._writing import WriteResult, Writing
from .client import Client
from .exceptions import WriteNeedsRecord
from .marcxml import record_to_xml_node as record_to_xml_node
from .marcxml import record_to_xml_utf8
from .record import Record


class Writer:
    """The base of writers. As a context manager it closes itself and its file object.

    A writer belongs to one thread at a time.

    One that was given a path keeps what is there until `close`, which publishes the file. After
    an error of the daemon's, an exception within its `with`, and without `close`, nothing is
    published.
    """

    # What is published by `close`; None for a writer with a file object.
    result: WriteResult | None = None
    # Of a writer that was given a path.
    _writing: Writing | None = None
    # In what format the class writes.
    _format: str | None = None

    def __init__(self, file_handle: Any, *, client: Client | None = None) -> None:
        """Write to an object with `.write()`, or to the file of a path."""
        self.file_handle = file_handle
        if self._format is not None and is_path(file_handle):
            self.file_handle = None
            options = WriteOptions(self._format)
            self._writing = Writing(target_of(file_handle), options, pymarcs(self._format), client)

    def write(self, record: Record) -> None:
        """Write a record; WriteNeedsRecord for what is none.

        After `close` nothing is written, and a DataLossWarning given; a writer with a path
        raises ValueError. (This one, for subclasses to call, looks at the record and writes
        nothing.)
        """
        if not isinstance(record, Record):
            raise WriteNeedsRecord

    def close(self, close_fh: bool = True) -> None:
        """Complete the file, and close it unless `close_fh` is false; a path's is published."""
        if self._writing is not None:
            self._publish(self._writing)
            return
        if close_fh and self.file_handle is not None:
            self.file_handle.close()
        self.file_handle = None

    def _publish(self, writing: Writing) -> None:
        if writing.is_done:
            return
        result = self.result = writing.close()
        if result.diagnostic_count:
            first = result.diagnostics[0]
            text = (
                f"{result.diagnostic_count:,} records could not be written to {result.name} as they"
                f" are, of them first record {first.ordinal}: {first.message}"
            )
            warn_of_loss(text)

    def _is_open(self) -> bool:
        """Whether there is a file; the caller of `write` is warned if not."""
        if self.file_handle is None:
            text = "The writer is closed, or has never had a file: the record is not written"
            warn_of_loss(text)
        return self.file_handle is not None

    def _put(self, data: Any) -> None:
        """Write all of bytes or text, if there is a file."""
        file = self.file_handle
        if file is None:
            return
        written = file.write(data)
        if isinstance(file, io.RawIOBase):  # which may write less
            while written is not None and written < len(data):
                data = data[written:]
                written = file.write(data)
            if written is None:
                raise BlockingIOError(0, "The file takes no more at the moment", 0)

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_type is not None and self._writing is not None:
            self._writing.abort()
        else:
            self.close()


def _warn(problem: str | None) -> None:
    if problem is not None:
        warn_of_loss(problem)


class MARCWriter(Writer):
    """Writes records in ISO 2709 to a path or a file of bytes."""

    _format = "iso2709"

    def write(self, record: Record) -> None:
        """Write a record, as its `as_marc` gives it; ValueError for one too long for a path."""
        if self._writing is not None:
            return self._writing.write(record)
        super().write(record)
        if self._is_open():
            data = record.as_marc()
            _warn(marc_problem(data, record))
            self._put(data)


class XMLWriter(Writer):
    """Writes records as a MARCXML collection to a path or a file of bytes; complete when closed."""

    _format = "marcxml"

    def __init__(self, file_handle: Any, *, client: Client | None = None) -> None:
        """Write to an object with `.write()` or a path, at once the collection's beginning."""
        super().__init__(file_handle, client=client)
        self._put(
            b'<?xml version="1.0" encoding="UTF-8"?>'
            b'<collection xmlns="http://www.loc.gov/MARC21/slim">'
        )

    def write(self, record: Record) -> None:
        """Write a record, as `record_to_xml` gives it, but in UTF-8."""
        if self._writing is not None:
            return self._writing.write(record)
        super().write(record)
        if self._is_open():
            data = record_to_xml_utf8(record)
            _warn(xml_problem(data, record))
            self._put(data)

    def close(self, close_fh: bool = True) -> None:
        """Complete the file, and close it unless `close_fh` is false."""
        self._put(b"</collection>")
        super().close(close_fh)


class JSONWriter(Writer):
    """Writes records as a JSON array to a path or a file of text; complete when closed."""

    _format = "json"

    def __init__(self, file_handle: Any, *, client: Client | None = None) -> None:
        """Write to an object with `.write()` or a path, at once the array's beginning."""
        super().__init__(file_handle, client=client)
        self.write_count = 0
        self._put("[")

    def write(self, record: Record) -> None:
        """Write a record, as its `as_json` gives it, but without blanks."""
        if self._writing is not None:
            return self._writing.write(record)
        super().write(record)
        if self._is_open():
            text = json.dumps(record.as_dict(), separators=(",", ":"))
            self._put("," + text if self.write_count > 0 else text)
            self.write_count += 1

    def close(self, close_fh: bool = True) -> None:
        """Complete the file, and close it unless `close_fh` is false."""
        self._put("]")
        super().close(close_fh)


class TextWriter(Writer):
    """Writes records in MARCMaker's format to a path or a file of text, an empty line between."""

    _format = "text"

    def __init__(self, file_handle: Any, *, client: Client | None = None) -> None:
        """Write to an object with `.write()`."""
        super().__init__(file_handle, client=client)
        self.write_count = 0

    def write(self, record: Record) -> None:
        """Write a record, as `str` gives it."""
        if self._writing is not None:
            return self._writing.write(record)
        super().write(record)
        if self._is_open():
            text = str(record)
            self._put("\n" + text if self.write_count > 0 else text)
            self.write_count += 1
