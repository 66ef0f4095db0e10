"""Readers: records one by one, in the order of their source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from . import _frame, _options, codec
from ._batch import Batch
from ._frames import Undecoded
from ._options import ReadOptions
from ._reader import Reader as Reader
from ._reader import RecordReader as RecordReader
from ._text_readers import JSONReader as JSONReader
from ._text_readers import MARCMakerReader as MARCMakerReader
from .client import Client

# These are here because pymarc.reader has them too.
from .constants import END_OF_RECORD as END_OF_RECORD
from .exceptions import EndOfRecordNotFound as EndOfRecordNotFound
from .exceptions import FatalReaderError as FatalReaderError
from .exceptions import PymarcException as PymarcException
from .exceptions import RecordLengthInvalid as RecordLengthInvalid
from .exceptions import TruncatedRecord as TruncatedRecord
from .field import Field as Field
from .field import Indicators as Indicators
from .field import Subfield as Subfield
from .leader import Leader as Leader
from .record import Record


class MARCReader(RecordReader):
    """Iterates over the records of a source as pymarc's reader does.

    In the place of a record that cannot be read it gives None; `current_exception` then
    says why, and `current_chunk` holds the record's bytes. After a FatalReaderError it is
    at its end. What pymarc would warn of, log or print is warned of, logged and printed
    when the record is given.
    """

    # What the records are; a subclass may have another class.
    record_class: ClassVar[type[Record]] = Record

    def __init__(
        self,
        marc_target: Any,
        to_unicode: bool = True,
        force_utf8: bool = False,
        hide_utf8_warnings: bool = False,
        utf8_handling: str = "strict",
        file_encoding: str = "iso8859-1",
        permissive: bool = False,
        *,
        position: str | None = None,
        client: Client | None = None,
        progress: bool = False,
    ) -> None:
        """Read a path, a file of a client's, bytes, or an object with `.read()`.

        The options are pymarc's. `position` is that of an earlier reader of the same file,
        `client` the daemon to use, `progress` as for `marcd.read`. permissive changes nothing:
        no bad record is ever raised.
        """
        options = _options.for_pymarc(to_unicode, force_utf8, file_encoding)
        super().__init__(marc_target, options, position=position, client=client, progress=progress)
        self.to_unicode = to_unicode
        self.force_utf8 = force_utf8
        self.hide_utf8_warnings = hide_utf8_warnings
        self.utf8_handling = utf8_handling
        self.file_encoding = file_encoding
        self.permissive = permissive
        self.file_handle = marc_target
        # Of the current item, if it is an Undecoded.
        self._problem: Exception | None = None
        self._stopped = False

    def _begin(self, batch: Batch) -> Any:
        file = self._source.file
        return batch.begin(self.record_class, self.to_unicode, self.force_utf8, file)

    def _advance(self) -> Any:
        if self._stopped:
            self._enter()
            while self._next_batch() is not None:  # for the gap that is the rest
                pass
            raise StopIteration
        return super()._advance()

    def _decode(self, item: Any) -> Record | None:
        """The record of an Undecoded, or None with the reason kept."""
        chunk = self._chunk(item)
        if chunk is None:
            chunk = _frame.as_marc(item.frame)
        self._problem = codec.fatal(chunk)
        if self._problem is not None:
            self._stopped = True
            self._ready = ()
            return None
        try:
            record = self.record_class(
                chunk,
                to_unicode=self.to_unicode,
                force_utf8=self.force_utf8,
                hide_utf8_warnings=self.hide_utf8_warnings,
                utf8_handling=self.utf8_handling,
                file_encoding=self.file_encoding,
            )
        except Exception as error:
            self._problem = error
            return None
        record.ordinal, record.offset, record.length = item.ordinal, item.offset, item.length
        record._file = self._source.file
        if item.diagnostics:
            record._diagnostics = item.diagnostics
        return record

    def _chunk(self, item: Any) -> bytes | None:
        """The source bytes of a Record or an Undecoded, if they can be had."""
        frame = item.frame if isinstance(item, Undecoded) else item._frame
        chunk = None if frame is None else _frame.source(frame)
        return self._source.bytes_at(item.offset, item.length) if chunk is None else chunk

    @property
    def current_exception(self) -> Exception | None:
        """Why the last record was None; else None."""
        return self._problem if isinstance(self._current, Undecoded) else None

    @property
    def current_chunk(self) -> bytes | None:
        """The source bytes of the last record, if they can be had; empty at the end."""
        if self._current is None:
            return b"" if self._ended else None
        return self._chunk(self._current)


def read(
    target: Any,
    mode: str = "repair",
    *,
    text: str | None = None,
    encoding: str = "",
    nfc: bool = False,
    half_marks: bool = False,
    join_continued: bool = False,
    with_source: bool = False,
    position: str | None = None,
    client: Client | None = None,
    progress: bool = False,
) -> RecordReader:
    """The records of a source: a path, a client's file, bytes, or an object with `.read()`.

    What becomes of a damaged record depends on the mode: "repair" delivers what can be read
    of it, "skip" leaves it out, and the reader's `diagnostics` say what was found; "strict"
    ends the read with a ServerError; "pymarc" is MARCReader without options.

    `text` says what decides on a record's encoding: "detect" looks at the text (the default
    with "repair"), "trust" believes leader/09 (the default with the others), "force" takes
    `encoding` for all. `encoding` is "marc-8" unless given, else "utf-8" or a single-byte
    one; "trust" and "detect" take it for records that do not claim UTF-8. With `nfc` text
    comes in Unicode's normal form C, with `half_marks` the double-width marks of MARC-8 as
    U+FE20 to U+FE23. `join_continued` joins consecutive records with the same 001 into
    one; `with_source` keeps the bytes of records that are left out in their diagnostics.

    `position` is that of an earlier reader of the same file: reading goes on from there.
    With `progress` a line on the terminal tells how far the read has come.
    """
    options = ReadOptions(mode, text, encoding, nfc, half_marks, False, join_continued, with_source)
    if mode != "pymarc":
        return RecordReader(target, options, position=position, client=client, progress=progress)
    if options != ReadOptions(mode):
        raise ValueError('Mode "pymarc" takes pymarc\'s options only: use MARCReader')
    return MARCReader(target, position=position, client=client, progress=progress)


def map_records(f: Callable[[Record | None], object], *files: Any) -> None:
    """Call `f` with each record of each file."""
    for file in files:
        for record in MARCReader(file):
            f(record)
