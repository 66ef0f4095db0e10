"""A read as pymarc's reader does it, whichever way it waits."""

from __future__ import annotations

from typing import Any, ClassVar

from . import _frame, _options, codec
from ._batch import Batch
from ._frames import Undecoded
from ._options import ReadOptions
from ._reading import Reading
from .record import Record


def only_pymarcs(options: ReadOptions) -> None:
    """ValueError for options that mode "pymarc" has not."""
    if options != ReadOptions(options.mode):
        raise ValueError('Mode "pymarc" takes pymarc\'s options only: use MARCReader')


class PymarcReading(Reading):
    """A read with pymarc's options, in which a record that cannot be read is None."""

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
        client: Any = None,
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

    def _record_of(self, item: Any, chunk: bytes | None) -> Record | None:
        """The record of an Undecoded and its source bytes, or None with the reason kept."""
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

    def _chunk_here(self, item: Any) -> bytes | None:
        """The source bytes of a Record or an Undecoded, if they can be had without a stream."""
        frame = item.frame if isinstance(item, Undecoded) else item._frame
        chunk = None if frame is None else _frame.source(frame)
        return self._source.bytes_at(item.offset, item.length) if chunk is None else chunk

    @staticmethod
    def _chunk_in(batch: Batch | None, item: Any) -> bytes | None:
        """The same bytes, out of a batch that begins with the record, if it does."""
        if batch is None or batch.frames.lengths[:1] != [item.length]:
            return None
        return _frame.source(batch.frames.data[: batch.frames.frame_lengths[0]])

    @property
    def current_exception(self) -> Exception | None:
        """Why the last record was None; else None."""
        return self._problem if isinstance(self._current, Undecoded) else None
