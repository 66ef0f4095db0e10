"""Readers: records one by one, in the order of their source."""

from __future__ import annotations

import itertools
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, ClassVar

from . import _frame, _options, codec
from ._batch import Batch, Diagnostic, Gap, Undecoded
from ._options import ReadOptions
from .client import Client
from .record import Record
from .sources import open_source

# How many diagnostics, and how many gaps, a reader keeps; of all it keeps the number.
KEPT_FINDINGS = 1000

_get_ident = threading.get_ident
_readers: weakref.WeakSet[Reader] = weakref.WeakSet()


class Findings:
    """What was found in the batches that have arrived, up to the first thousand of each.

    Gaps of one reason that lie side by side, in one batch or two, are one.
    """

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.gaps: list[Gap] = []
        self.counts: dict[str, int] = {}
        self.gap_bytes = 0
        self._last_gap: Gap | None = None

    def add(self, batch: Batch) -> None:
        """Take in what a batch says."""
        for diagnostic in batch.diagnostics:
            self._count(diagnostic.reason)
        self.diagnostics += batch.diagnostics[: KEPT_FINDINGS - len(self.diagnostics)]
        for gap in batch.gaps:
            self._add_gap(gap)

    def _count(self, reason: str) -> None:
        self.counts[reason] = self.counts.get(reason, 0) + 1

    def _add_gap(self, gap: Gap) -> None:
        self.gap_bytes += gap.length
        last = self._last_gap
        if last and last.reason == gap.reason and last.offset + last.length == gap.offset:
            gap = last._replace(length=last.length + gap.length)
            if self.gaps[-1] is last:
                self.gaps[-1] = gap
        else:
            self._count(gap.reason)
            if len(self.gaps) < KEPT_FINDINGS:
                self.gaps.append(gap)
        self._last_gap = gap


class Reader:
    """Iterates over the records of a source; skipped ones are told by `diagnostics` alone.

    A reader belongs to one thread at a time: the first that asks for a record, until it
    ends. Another gets a RuntimeError, and so does a child process that inherited the
    reader. `read_batch` binds the reader for the call only.

    After the end it stays at the end; after an error it raises the same error again; after
    `close` it raises ValueError.
    """

    def __init__(
        self,
        target: Any,
        options: ReadOptions,
        *,
        position: str | None = None,
        client: Client | None = None,
    ) -> None:
        """See `marcd.read`, which makes one."""
        self._source = open_source(target, options, client, position)
        self._handle = self._source.handle
        self._batches: Iterator[Batch] | None = None
        # What of the last batch the program has not got yet, the next one last: what
        # has been given is not kept alive here.
        self._ready: list[Any] = []
        self._current: Record | Undecoded | None = None
        self._batch: Batch | None = None
        self._first_position = position
        self._findings = Findings()
        self._failure: BaseException | None = None
        self._ended = False
        # The thread that may iterate; None sends each call through _enter.
        self._owner: int | None = None
        self._refusal: BaseException | None = None
        self._lock = threading.Lock()
        # Where the handle is to be found if nobody has moved it.
        self._place = -1
        _readers.add(self)

    def _enter(self) -> None:
        """Make the calling thread the reader's, or say why it cannot be."""
        if self._refusal is not None:
            raise self._refusal
        me = _get_ident()
        with self._lock:
            owner = self._owner
            if owner not in (None, me) and any(t.ident == owner for t in threading.enumerate()):
                raise RuntimeError(
                    "This reader is being read by another thread. A reader belongs to one thread"
                    " at a time: give each its own, or hand over records"
                )
            self._owner = me

    def _next_batch(self) -> Batch | None:
        """The next batch, with its findings noted; None at the end."""
        if self._failure is not None:
            raise self._failure
        if self._ended:
            return None
        try:
            if self._batches is None:
                self._batches = self._source.batches(self._source.start_offset(), 0)
            for batch in self._batches:
                self._findings.add(batch)
                self._batch = batch
                return batch
        except BaseException as error:  # an interrupt too leaves nothing to go on with
            if self._refusal is None:
                self._failure = error
                raise
        if self._refusal is not None:  # closed while this thread waited
            raise self._refusal
        self._ended = True
        return None

    def _fill(self) -> bool:
        """Get the next batch that has records; whether there is one."""
        while (batch := self._next_batch()) is not None:
            if batch.frame_lengths:
                self._ready = self._items(batch)
                self._ready.reverse()
                return True
        return False

    def _items(self, batch: Batch) -> list[Any]:
        return batch.records()

    def _next_item(self) -> Record | Undecoded | None:
        """The next record; None at the end."""
        if self._ready or self._fill():
            self._current = self._ready.pop()
        else:
            self._current = None
        return self._current

    def _next_beside_handle(self) -> Record | Undecoded | None:
        """As _next_item, from where the program's object is, leaving it after the record."""
        if self._ended:
            return None
        try:
            place = self._handle.tell()
        except ValueError:
            raise ValueError("File closed; cannot read records") from None
        if place != self._place and self._current is not None:
            self._ready = []
            self._batches = self._source.batches(place, (self._current.ordinal or 0) + 1)
        item = self._next_item()
        if item is None:
            self._place = self._handle.seek(0, os.SEEK_END)
        else:
            self._place = self._handle.seek((item.offset or 0) + (item.length or 0))
        return item

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if _get_ident() != self._owner:
            self._enter()
        item = self._next_item() if self._handle is None else self._next_beside_handle()
        if item is None:
            raise StopIteration
        return item

    def read_batch(self, n: int = 100) -> list[Any]:
        """The next records, n of them or fewer at the end, then [] for ever.

        An error after some of them is raised by the next call.
        """
        owner = self._owner
        self._enter()
        records: list[Any] = []
        try:
            records.extend(itertools.islice(self, n))
        except Exception:
            if not records:
                raise
        finally:
            if self._refusal is None:
                self._owner = owner
        return records

    @property
    def position(self) -> str | None:
        """A token: everything up to the last record given was delivered.

        None before the first record, and for a source that is not a file by its name.
        Valid as the `position` of another reader of the same file.
        """
        item, batch = self._current, self._batch
        if batch is None:
            return self._first_position
        if item is None or not self._ready:
            return self._source.token(batch.next_offset, batch.next_ordinal)
        end = (item.offset or 0) + (item.length or 0)
        return self._source.token(end, (item.ordinal or 0) + 1)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The first thousand findings in what has arrived so far."""
        return self._findings.diagnostics

    @property
    def gaps(self) -> list[Gap]:
        """The first thousand gaps in what has arrived so far: bytes of no record."""
        return self._findings.gaps

    @property
    def gap_bytes(self) -> int:
        """How many bytes all gaps have together."""
        return self._findings.gap_bytes

    @property
    def reason_counts(self) -> dict[str, int]:
        """How often each reason was given, for all diagnostics and gaps."""
        return self._findings.counts

    def _refuse(self, refusal: BaseException) -> None:
        self._refusal = refusal
        self._owner = None

    def close(self) -> None:
        """End the read, and close the object that was given, if one was.

        May be called by any thread; one that waits for a record gets the ValueError.
        """
        self._refuse(ValueError("File closed; cannot read records"))
        self._source.cancel()
        self._source.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class MARCReader(Reader):
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
    ) -> None:
        """Read a path, a file of a client's, bytes, or an object with `.read()`.

        The options are pymarc's. `position` is that of an earlier reader of the same file,
        `client` the daemon to use. permissive changes nothing: no bad record is ever raised.
        """
        options = _options.for_pymarc(to_unicode, force_utf8, file_encoding)
        super().__init__(marc_target, options, position=position, client=client)
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

    def _items(self, batch: Batch) -> list[Any]:
        return batch.records(self.record_class, self.to_unicode, self.force_utf8)

    def __next__(self) -> Any:
        if _get_ident() != self._owner:
            self._enter()
        if self._stopped:
            while self._next_batch() is not None:  # for the gap that is the rest
                pass
            raise StopIteration
        item: Record | Undecoded | None
        if self._handle is not None:
            item = self._next_beside_handle()
        elif self._ready:  # as _next_item does; a call fewer for most records
            item = self._current = self._ready.pop()
        else:
            item = self._next_item()
        if item is None:
            raise StopIteration
        return self._decode(item) if item.__class__ is Undecoded else item

    def _decode(self, item: Any) -> Record | None:
        """The record of an Undecoded, or None with the reason kept."""
        chunk = self._chunk(item)
        if chunk is None:
            chunk = _frame.as_marc(item.frame)
        self._problem = codec.fatal(chunk)
        if self._problem is not None:
            self._stopped = True
            self._source.stop()
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
) -> Reader:
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
    """
    options = ReadOptions(mode, text, encoding, nfc, half_marks, False, join_continued, with_source)
    if mode != "pymarc":
        return Reader(target, options, position=position, client=client)
    if options != ReadOptions(mode):
        raise ValueError('Mode "pymarc" takes pymarc\'s options only: use MARCReader')
    return MARCReader(target, position=position, client=client)


def map_records(f: Callable[[Record | None], object], *files: Any) -> None:
    """Call `f` with each record of each file."""
    for file in files:
        for record in MARCReader(file):
            f(record)


def _refuse_inherited() -> None:
    for reader in list(_readers):
        reader._lock = threading.Lock()
        reader._source.abandon()
        reader._refuse(
            RuntimeError(
                "This reader was made before the process forked and belongs to the parent: make"
                " one in each child"
            )
        )


os.register_at_fork(after_in_child=_refuse_inherited)
