"""Readers: records one by one, in the order of their source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._options import ReadOptions
from ._pymarc_reading import PymarcReading, only_pymarcs
from ._reader import Reader as Reader
from ._reader import RecordReader as RecordReader
from ._steps import advance
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


class MARCReader(PymarcReading, RecordReader):
    """Iterates over the records of a source as pymarc's reader does.

    In the place of a record that cannot be read it gives None; `current_exception` then
    says why, and `current_chunk` holds the record's bytes. After a FatalReaderError it is
    at its end. What pymarc would warn of, log or print is warned of, logged and printed
    when the record is given.
    """

    def _advance(self) -> Any:
        if self._stopped:
            self._enter()
            while self._next_batch() is not None:  # for the gap that is the rest
                pass
            raise StopIteration
        return super()._advance()

    def _decode(self, item: Any) -> Record | None:
        return self._record_of(item, self._chunk(item))

    def _chunk(self, item: Any) -> bytes | None:
        """The source bytes of a Record or an Undecoded, if they can be had."""
        chunk = self._chunk_here(item)
        if chunk is None:
            chunk = self._chunk_in(advance(self._source.batch_at(item.offset)), item)
        return chunk

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
    format: str | None = None,
    member: str | None = None,
    client: Client | None = None,
    progress: bool = False,
) -> RecordReader:
    """The records of a source: a path, a client's file, bytes, or an object with `.read()`.

    Of several sources, in a list, one after the other; a folder stands for the catalogue files
    in it, by their suffixes, and a pattern such as `dumps/*.mrc.gz` for those that it matches.
    An archive (tar, also compressed, or zip) is read member by member, or only its `member`.
    The reader's `file` says where its last record is from.

    The format is told from the first bytes, unless `format` names it: "iso2709", "marcxml",
    "json" or "jsonl" (either for both), "mrk", "alephseq", "line" or "turbomarc".

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
    options = ReadOptions(
        mode,
        text,
        encoding,
        nfc,
        half_marks,
        join_continued=join_continued,
        with_source=with_source,
        format=format,
        member=member,
    )
    if mode == "pymarc":
        only_pymarcs(options)
        return MARCReader(target, position=position, client=client, progress=progress)
    return RecordReader(target, options, position=position, client=client, progress=progress)


def map_records(f: Callable[[Record | None], object], *files: Any) -> None:
    """Call `f` with each record of each file."""
    for file in files:
        for record in MARCReader(file):
            f(record)
