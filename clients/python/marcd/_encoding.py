"""What becomes of a record that is written through the daemon: a frame of it.

Usually it is the frame that the record came in. A record that no frame can hold, such as
one with a tag of four letters, is written out here, and its bytes sent in the place of one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from . import _frame
from ._unreadable import illegal_xml, length_problem, marc_of, marc_problem, name_of, xml_problem
from ._warning import warn_of_loss
from .exceptions import WriteNeedsRecord
from .field import Field, RawField, Subfield
from .marcxml import record_to_xml_utf8
from .record import Record

# What a class of records may not have made anew, for its frame to stand for all of it.
_METHODS = (
    *("__getattribute__", "__iter__", "__next__", "__str__", "as_dict", "as_marc"),
    *("fields", "leader"),
)
_plain_kinds: dict[type[Record], bool] = {Record: True}
# What a frame may have, if not MARC 21.
_LEADER = re.compile(r"[\x00-\x7f]{24}")
_TAG = re.compile("[ -~]{3}")
_PAIR = re.compile("[ -~]{2}")
_DELIMITERS = re.compile("[\x1d-\x1f]")
# A frame below this size has no field and no record that would be too long for ISO 2709.
_SURELY_SHORT = 9_999
_CODING_SCHEME = 4 + 9
_UTF8 = ord("a")


def _is_plain(kind: type[Record]) -> bool:
    """Whether records of this class are written as Record writes them."""
    plain = _plain_kinds.get(kind)
    if plain is None:
        plain = all(getattr(kind, name) is getattr(Record, name) for name in _METHODS)
        _plain_kinds[kind] = plain
    return plain


def _quick_frame(record: Record) -> bytes | None:
    return record._as_frame()


def frame_of(record: Record) -> bytes | None:
    """The frame of a record as it is now; None where a frame cannot hold it."""
    if not _is_plain(type(record)):
        return None
    if record._untouched:
        frame = record._frame
        assert frame is not None
        if frame[0] & _frame.WITH_SOURCE:
            frame = _frame.without_source(frame)
        return None if frame[0] & _frame.RAW else frame
    quick = _quick_frame(record)
    if quick is not None:
        return quick
    leader = str(record.leader)
    try:
        fields = [_entry(field) for field in record.fields]
    except (AttributeError, TypeError, ValueError):  # whoever writes it out will say what it is
        return None
    size = sum(len(payload) for _, payload in fields)
    if not _LEADER.fullmatch(leader) or len(fields) > _frame.MAX_ENTRIES:
        return None
    if size > _frame.MAX_PAYLOAD:
        return None
    return _frame.build(leader.encode("ascii"), fields, 0)


def _entry(field: Field) -> tuple[bytes, bytes]:
    """The tag and the payload of a field; ValueError, TypeError or so where there is none."""
    tag = field.tag
    if type(field) is not Field or not _TAG.fullmatch(tag):
        raise ValueError(tag)
    key = tag.encode("ascii")
    if bool(field.control_field) != _frame.is_control_tag(key):
        raise ValueError(tag)
    if field.control_field:
        return key, _text(field.data).encode("utf-8")
    if field.indicators is None:
        raise ValueError(tag)
    first, second = field.indicators
    pair = _text(first) + _text(second)
    if len(first) != 1 or not _PAIR.fullmatch(pair):
        raise ValueError(pair)
    parts = [pair]
    for subfield in field.subfields:
        if type(subfield) is not Subfield:
            raise TypeError(subfield)
        code, value = subfield
        if len(code) != 1 or not " " <= code <= "~":
            raise ValueError(code)
        parts.append(code + _text(value))
    return key, "\x1f".join(parts).encode("utf-8")


def _text(value: Any) -> str:
    """A str as it is, if a frame can hold it."""
    if type(value) is not str or _DELIMITERS.search(value):
        raise ValueError(value)
    return value


def _is_raw(record: Record) -> bool:
    """Whether texts of the record are bytes; a class that writes otherwise is to know itself."""
    is_plain = _is_plain(type(record))
    return is_plain and any(isinstance(field, RawField) for field in record.fields)


class Encoding:
    """How records of one format are given to the daemon.

    `encode` writes one out here; None where only the daemon knows the format.
    """

    def __init__(self, encode: Callable[[Record], bytes] | None) -> None:
        self._encode = encode

    def frame(self, record: Record) -> bytes:
        """The frame to send; what writing the record out raises, for one that cannot be."""
        if not isinstance(record, Record):
            raise WriteNeedsRecord
        return frame_of(record) or self._written_here(record)

    def _written_here(self, record: Record) -> bytes:
        if self._encode is not _iso2709 and _is_raw(record):
            raise ValueError(
                f"{name_of(record)} was not decoded, and only ISO 2709 in its own encoding can"
                " hold its bytes: read it with to_unicode=True, the default. It is not written"
            )
        if self._encode is None:
            raise ValueError(
                f"{name_of(record)} has what no MARC record holds, such as a tag that has not"
                " three characters or an indicator that is not one: it is not written"
            )
        return _frame.undecoded(self._encode(record))


class Iso2709(Encoding):
    """ISO 2709; a record that is too long is refused, unless the daemon is to see to it.

    With `as_pymarc` the records are in the file as their `as_marc` gives them; else one that
    nobody has changed is there as it was in its source.
    """

    def __init__(self, as_pymarc: bool, refuse_long: bool = True, here: bool = True) -> None:
        super().__init__(_iso2709 if here else None)
        self._as_pymarc = as_pymarc
        self._refuse_long = refuse_long

    def frame(self, record: Record) -> bytes:
        if not isinstance(record, Record):
            raise WriteNeedsRecord
        if self._as_pymarc and not (record._untouched and record.to_unicode is True):
            return self._written_here(record)  # there is nothing left that the daemon could do
        frame = frame_of(record)
        if frame is None:
            return self._written_here(record)
        if len(frame) >= _SURELY_SHORT and self._refuse_long:
            _refuse(length_problem(*_lengths(frame), record))
        if self._as_pymarc:
            return _as_pymarc(frame) or self._written_here(record)
        return frame


def _lengths(frame: bytes) -> tuple[int, int]:
    """The bytes that the record, and its longest field, have in ISO 2709."""
    sizes = [end - start + 1 for _, _, start, end in _frame.entries(frame)]
    return 26 + 12 * len(sizes) + sum(sizes), max(sizes, default=0)


def _as_pymarc(frame: bytes) -> bytes | None:
    """The frame of which the daemon makes what as_marc does; None where there is none."""
    flags = frame[0]
    if flags & _frame.VERBATIM:
        # Then it copies the leader, lengths and all.
        count = int.from_bytes(frame[28:32], "little")
        length = len(frame) - _frame.HEAD.size + 5 * count + 26
        if frame[4:9] != b"%05d" % length or frame[16:21] != b"%05d" % (25 + 12 * count):
            flags = 0
    # Else it sets right what as_marc leaves in leader/10-11 and 20-22.
    if not flags & _frame.VERBATIM and (frame[14:16] != b"22" or frame[24:27] != b"450"):
        return None
    if flags == frame[0] and frame[_CODING_SCHEME] == _UTF8:
        return frame
    return b"%c\0\0\0%ba%b" % (flags, frame[4:_CODING_SCHEME], frame[_CODING_SCHEME + 1 :])


def _iso2709(record: Record) -> bytes:
    data = record.as_marc()
    problem = marc_problem(data, record)
    if problem is not None:
        sizes = [len(marc_of(field)) for field in record.fields]
        _refuse(length_problem(len(data), max(sizes, default=0), record))
        warn_of_loss(problem)
    return data


def _refuse(problem: str | None) -> None:
    if problem is not None:
        raise ValueError(problem)


def _marcxml(record: Record) -> bytes:
    # As the daemon writes it: a parser makes a newline of one that stands as it is.
    data = record_to_xml_utf8(record).replace(b"\r", b"&#13;")
    problem = xml_problem(data, record)
    if problem is None:
        return data
    warn_of_loss(f"{problem.partition(':')[0]}: U+FFFD stands in its place")
    return illegal_xml.sub("\ufffd", data.decode()).encode()


def _marcxml_alone(record: Record) -> bytes:
    """As a document of its own."""
    namespace = b' xmlns="http://www.loc.gov/MARC21/slim">'
    return _marcxml(record).replace(b">", namespace, 1)


def _json(record: Record) -> bytes:
    return json.dumps(record.as_dict(), separators=(",", ":")).encode()


def _json_line(record: Record) -> bytes:
    return _json(record) + b"\n"


def _text_form(record: Record) -> bytes:
    return str(record).encode("utf-8")


_HERE: dict[str, Callable[[Record], bytes]] = {
    "marcxml": _marcxml,
    "json": _json,
    "json_lines": _json_line,
    "text": _text_form,
}


def encoding(
    format: str, too_long: str = "error", marc8: bool = False, single: bool = False
) -> Encoding:
    """How `marcd.write` gives records of a format to the daemon."""
    if format == "marcxml" and single:
        return Encoding(_marcxml_alone)
    if format == "iso2709":
        return Iso2709(False, too_long == "error" and not marc8, not marc8)
    return Encoding(_HERE.get(format))


def pymarcs(format: str) -> Encoding:
    """How the writer of a format does, whose file is to be pymarc's."""
    return Iso2709(True) if format == "iso2709" else Encoding(_HERE[format])
