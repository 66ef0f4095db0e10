"""Writers: records to any file object, as ISO 2709, MARCXML, MARC-in-JSON or MARCMaker's text.

They write what pymarc's write. Where that cannot be read back, they write it all the same,
and give a DataLossWarning first (docs/pymarc_differences.txt). A record that cannot be
written raises, and leaves nothing of itself in the file.
"""

from __future__ import annotations

import io
import json
import warnings
from types import TracebackType
from typing import Any

from ._unreadable import marc_problem, xml_problem
from .exceptions import DataLossWarning, WriteNeedsRecord
from .marcxml import record_to_xml_node as record_to_xml_node
from .marcxml import record_to_xml_utf8
from .record import Record


class Writer:
    """The base of writers. As a context manager it closes itself and its file object.

    A writer belongs to one thread at a time.
    """

    def __init__(self, file_handle: Any) -> None:
        """Write to an object with `.write()`."""
        self.file_handle = file_handle

    def write(self, record: Record) -> None:
        """Write a record; WriteNeedsRecord for what is none.

        After `close` nothing is written, and a DataLossWarning given. (This one, for
        subclasses to call, looks at the record and writes nothing.)
        """
        if not isinstance(record, Record):
            raise WriteNeedsRecord

    def close(self, close_fh: bool = True) -> None:
        """Complete the file, and close it unless `close_fh` is false."""
        if close_fh and self.file_handle is not None:
            self.file_handle.close()
        self.file_handle = None

    def _is_open(self) -> bool:
        """Whether there is a file; the caller of `write` is warned if not."""
        if self.file_handle is None:
            text = "The writer is closed, or has never had a file: the record is not written"
            warnings.warn(text, DataLossWarning, stacklevel=3)
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
        self.close()


def _warn(problem: str | None) -> None:
    """Tell the caller of the method that calls this of a problem, if there is one."""
    if problem is not None:
        warnings.warn(problem, DataLossWarning, stacklevel=3)


class MARCWriter(Writer):
    """Writes records in ISO 2709 to a file of bytes."""

    def write(self, record: Record) -> None:
        """Write a record, as its `as_marc` gives it."""
        super().write(record)
        if self._is_open():
            data = record.as_marc()
            _warn(marc_problem(data, record))
            self._put(data)


class XMLWriter(Writer):
    """Writes records as a MARCXML collection to a file of bytes; complete when closed."""

    def __init__(self, file_handle: Any) -> None:
        """Write to an object with `.write()`, at once the collection's beginning."""
        super().__init__(file_handle)
        self._put(
            b'<?xml version="1.0" encoding="UTF-8"?>'
            b'<collection xmlns="http://www.loc.gov/MARC21/slim">'
        )

    def write(self, record: Record) -> None:
        """Write a record, as `record_to_xml` gives it, but in UTF-8."""
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
    """Writes records as a JSON array to a file of text; complete when closed."""

    def __init__(self, file_handle: Any) -> None:
        """Write to an object with `.write()`, at once the array's beginning."""
        super().__init__(file_handle)
        self.write_count = 0
        self._put("[")

    def write(self, record: Record) -> None:
        """Write a record, as its `as_json` gives it, but without blanks."""
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
    """Writes records in MARCMaker's format to a file of text, an empty line between them."""

    def __init__(self, file_handle: Any) -> None:
        """Write to an object with `.write()`."""
        super().__init__(file_handle)
        self.write_count = 0

    def write(self, record: Record) -> None:
        """Write a record, as `str` gives it."""
        super().write(record)
        if self._is_open():
            text = str(record)
            self._put("\n" + text if self.write_count > 0 else text)
            self.write_count += 1
