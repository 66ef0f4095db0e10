"""A decoder of ISO 2709 in plain Python, with pymarc 5.4's behaviour to the letter.

It serves what is a library call and not a stream, sources too small to be worth a message,
and every record on which pymarc would raise, warn, log or print: the daemon sends those as
they stand. Where Python itself raises inside pymarc (`int`, `decode`, an index), the same
operations are done here on the same bytes, so that the same words come out.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from typing import TYPE_CHECKING, Any

from . import _frame
from .constants import DIRECTORY_ENTRY_LEN, LEADER_LEN, SUBFIELD_INDICATOR
from .exceptions import (
    BadSubfieldCodeWarning,
    BaseAddressInvalid,
    BaseAddressNotFound,
    EndOfRecordNotFound,
    FatalReaderError,
    NoFieldsFound,
    RecordDirectoryInvalid,
    RecordLeaderInvalid,
    RecordLengthInvalid,
    TruncatedRecord,
)
from .field import Field, Indicators, RawField, Subfield, logger
from .leader import Leader
from .marc8 import marc8_to_unicode

if TYPE_CHECKING:
    from .record import Record

_DIGITS = re.compile(rb"[0-9]{5}")
_ENTRIES = re.compile(rb"(?:[ -~]{3}[0-9]{9})+")
_CONTROL_FIELD = re.compile(rb"[^\x1d-\x1f]*")
_DATA_FIELD = re.compile(rb"[ -~]{2}(?:\x1f[ -~][^\x1d-\x1f]*)*")
# ASCII that is the same text in MARC-8 and in UTF-8, with the delimiters between.
_PLAIN = re.compile(rb"[ -~\x1e\x1f]*")
_USUAL_LEADER = re.compile(rb"[0-9]{5}[acdnp][acdegijkmrt][acms] [ a]22[0-9]{5}[ 1-8u][ aciu] 4500")
_TWICE_ENCODED = re.compile("[\u00c2-\u00f4][^\0-\x7f]|\ufffd|\ufeff")
_DELIMITER = SUBFIELD_INDICATOR.encode("ascii")


def _is_text(record: bytes, data: bytes) -> bool:
    """Whether the data are without doubt the text that leader/09 says they are."""
    if record[9:10] != b"a":
        return _PLAIN.fullmatch(data) is not None and b"&#x" not in data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def clean_frame(record: bytes) -> bytes | None:
    """The frame of a record with which nothing at all is the matter, else None.

    Its lengths, its directory and its terminators agree, its text is UTF-8 or plain ASCII
    as leader/09 says: every reader reads it alike, and its frame gives its very bytes.
    """
    leader = record[:LEADER_LEN]
    if not leader.isascii() or leader[:5] != b"%05d" % len(record) or record[-1:] != b"\x1d":
        return None
    base = int(leader[12:17]) if _DIGITS.fullmatch(leader, 12, 17) else 0
    directory, data = record[LEADER_LEN : base - 1], record[base:-1]
    *payloads, rest = data.split(b"\x1e")
    if rest or record[base - 1 : base] != b"\x1e" or not _ENTRIES.fullmatch(directory):
        return None
    fields = []
    expected = []
    start = 0
    for at, payload in zip(range(0, len(directory), DIRECTORY_ENTRY_LEN), payloads):
        tag = directory[at : at + 3]
        shape = _CONTROL_FIELD if _frame.is_control_tag(tag) else _DATA_FIELD
        if not shape.fullmatch(payload):
            return None
        length = len(payload) + 1
        expected.append(b"%b%04d%05d" % (tag, length, start))
        start += length
        fields.append((tag, payload))
    if b"".join(expected) != directory or len(fields) != len(payloads):
        return None
    return _frame.build(leader, fields, _frame.VERBATIM) if _is_text(record, data) else None


def is_usual(record: bytes) -> bool:
    """Whether a clean record gives no cause to look closer.

    Its leader has the values that nearly all have, and its text nothing of an earlier
    conversion that went wrong: U+FFFD, or UTF-8 that was encoded twice.
    """
    if not _USUAL_LEADER.fullmatch(record, 0, LEADER_LEN):
        return False
    return record.isascii() or not _TWICE_ENCODED.search(record.decode("utf-8"))


def fatal(chunk: bytes) -> FatalReaderError | None:
    """Why pymarc's reader stops at these bytes, which it took for a record; if it does."""
    if len(chunk) < 5:
        return TruncatedRecord()
    try:
        length = int(chunk[:5])
    except ValueError:
        return RecordLengthInvalid()
    if len(chunk) < length:
        return TruncatedRecord()
    return EndOfRecordNotFound() if chunk[-1] != 0x1D else None


def normalize_subfield_code(subfield: bytes) -> tuple[str, int]:
    """An ASCII letter for a code that is none, and how many bytes the code takes up.

    IndexError when nothing in the subfield has an ASCII letter to it.
    """
    width = 1
    try:
        text = subfield.decode("utf-8")
        width = len(text[0].encode("utf-8"))
    except UnicodeDecodeError:
        text = subfield.decode("latin-1")
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return letters[0], width


class _Decoder:
    """Makes the fields of one record."""

    def __init__(
        self,
        marks_utf8: bool,
        to_unicode: bool,
        force_utf8: bool,
        hide_utf8_warnings: bool,
        utf8_handling: str,
        encoding: str,
    ) -> None:
        self._utf8 = marks_utf8 or force_utf8
        self._to_unicode = to_unicode
        self._quiet = hide_utf8_warnings
        self._handling = utf8_handling
        self._encoding = encoding

    def _text(self, data: bytes) -> Any:
        if not self._to_unicode:
            return data
        if self._utf8:
            return data.decode("utf-8", self._handling)
        if self._encoding == "iso8859-1":
            return marc8_to_unicode(data, self._quiet)
        return data.decode(self._encoding)

    def _subfield(self, subfield: bytes) -> Subfield:
        width = 1
        try:
            code = subfield[:1].decode("ascii")
        except UnicodeDecodeError:
            # Said of the line that calls Record.decode_marc, as pymarc does.
            warnings.warn(BadSubfieldCodeWarning(subfield), stacklevel=5)
            code, width = normalize_subfield_code(subfield)
        return Subfield(code, self._text(subfield[width:]))

    def field(self, tag: str, data: bytes) -> Field:
        """The field of an entry's tag and bytes."""
        kind = Field if self._to_unicode else RawField
        if tag < "010" and tag.isdigit():
            text: Any = data.decode(self._encoding) if self._to_unicode else data
            return kind(tag, data=text)
        before, *parts = data.split(_DELIMITER)
        indicators = before.decode("ascii")
        if not indicators:
            logger.warning("missing indicators: %s", data)
        elif len(indicators) == 1:
            logger.warning("only 1 indicator found: %s", data)
        elif len(indicators) > 2:
            logger.warning("more than 2 indicators found: %s", data)
        indicators = indicators.ljust(2)
        subfields = []
        for part in parts:
            if part:  # a comprehension would be a stack frame more in some Pythons
                subfields.append(self._subfield(part))  # noqa: PERF401
        return kind(tag, Indicators(indicators[0], indicators[1]), subfields)


def decode_into(
    record: Record,
    marc: Any,
    to_unicode: bool,
    force_utf8: bool,
    hide_utf8_warnings: bool,
    utf8_handling: str,
    encoding: str,
) -> None:
    """Set the record's leader and add the fields of `marc`, up to the first error."""
    leader = marc[0:LEADER_LEN].decode("ascii")
    if len(leader) != LEADER_LEN:
        raise RecordLeaderInvalid
    utf8 = leader[9] == "a"
    record.leader = Leader(leader)
    base = int(marc[12:17])
    if base <= 0:
        raise BaseAddressNotFound
    if base >= len(marc):
        raise BaseAddressInvalid
    if len(marc) < int(leader[:5]):
        raise TruncatedRecord
    directory = marc[LEADER_LEN : base - 1].decode("ascii")
    if len(directory) % DIRECTORY_ENTRY_LEN:
        raise RecordDirectoryInvalid
    decoder = _Decoder(
        utf8,
        to_unicode,
        force_utf8,
        hide_utf8_warnings,
        utf8_handling,
        "utf-8" if utf8 else encoding,
    )
    for at in range(0, len(directory), DIRECTORY_ENTRY_LEN):
        length, start = int(directory[at + 3 : at + 7]), int(directory[at + 7 : at + 12])
        data = marc[base + start : base + start + length - 1]
        record.fields.append(decoder.field(directory[at : at + 3], data))
    if not directory:
        raise NoFieldsFound
