"""A decoder of ISO 2709 in plain Python: bytes of one record to a frame.

It serves what is a library call and not a stream, and sources too small to be worth a
message. It decides as the daemon does (core/formats/iso2709): the same records, the same
reasons, the same sentences.
"""

from __future__ import annotations

import re

from . import _frame
from .constants import DIRECTORY_ENTRY_LEN, LEADER_LEN
from .exceptions import (
    BaseAddressInvalid,
    BaseAddressNotFound,
    RecordDirectoryInvalid,
    RecordError,
    RecordLeaderInvalid,
    TruncatedRecord,
)

_TAG = re.compile(rb"[ -~]{3}")
_ENTRY = re.compile(rb"[0-9]{9}")
_DIGITS = re.compile(rb"[0-9]{5}")
_DELIMITER = re.compile(rb"[\x1d\x1e]|\x1f(?![ -~])")
_CONTROL_DELIMITER = re.compile(rb"[\x1d-\x1f]")


class _Fault(Exception):
    """Why a record cannot be decoded."""

    def __init__(self, reason: str, message: str, tag: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.tag = tag


def check_options(
    to_unicode: bool, force_utf8: bool, utf8_handling: str, file_encoding: str
) -> None:
    """NotImplementedError for an option of pymarc's whose meaning is not built yet."""
    asked = {
        "to_unicode=False": not to_unicode,
        "force_utf8=True": force_utf8,
        f"utf8_handling={utf8_handling!r}": utf8_handling != "strict",
        f"file_encoding={file_encoding!r}": file_encoding != "iso8859-1",
    }
    for option, is_asked in asked.items():
        if is_asked:
            raise NotImplementedError(
                f"{option} does not work in this version of marcd, which decodes UTF-8 records"
                " only; leave the option out, or read the file with pymarc"
            )


_WHAT = {
    "EMBEDDED_TERMINATOR": "A record terminator (0x1D) stands inside a field.",
    "FIELD_TERMINATOR_MISSING": "A field does not end in a field terminator (0x1E), or holds one"
    " inside.",
    "SUBFIELD_INVALID": "A data field has text before its first subfield, or a subfield without a"
    " printable ASCII code; or a control field has subfields.",
    "INDICATORS_INVALID": "A data field does not begin with two indicators of one printable ASCII"
    " byte each.",
    "ENCODING_UNSUPPORTED": "The record is not marked as UTF-8 (leader/09 is not `a`) and is not"
    " plain ASCII.",
}


def _escape(text: bytes) -> str:
    return "".join(chr(b) if 0x20 <= b <= 0x7E else f"\\x{b:02x}" for b in text)


def _split(record: bytes) -> tuple[bytes, bytes]:
    """The directory and the data, each without its terminator."""
    if len(record) < LEADER_LEN + 2:
        raise _Fault(
            "LEADER_INVALID",
            f"Record of {len(record)} bytes is too short for a leader, a directory and their"
            " terminators",
        )
    leader = record[:LEADER_LEN]
    if not leader.isascii():
        raise _Fault("LEADER_INVALID", f"Leader is not ASCII: {_escape(leader)}")
    base = int(leader[12:17]) if _DIGITS.fullmatch(leader, 12, 17) else -1
    if not LEADER_LEN < base < len(record):
        raise _Fault(
            "BASE_ADDRESS_INVALID",
            f"Base address of data is '{leader[12:17].decode()}' in a record of"
            f" {len(record)} bytes",
        )
    if record[base - 1] != 0x1E:
        raise _Fault(
            "DIRECTORY_INVALID",
            f"No field terminator (0x1E) closes the directory at byte {base - 1}",
        )
    directory = record[LEADER_LEN : base - 1]
    if len(directory) % DIRECTORY_ENTRY_LEN:
        raise _Fault(
            "DIRECTORY_INVALID",
            f"Directory of {len(directory)} bytes is not a row of 12-byte entries",
        )
    return directory, record[base:-1]


def _read_entry(directory: bytes, index: int, data: bytes) -> tuple[bytes, int, int]:
    """An entry's tag, and where its payload starts and ends in the data."""
    at = index * DIRECTORY_ENTRY_LEN
    tag = directory[at : at + 3]
    if not _TAG.fullmatch(tag):
        raise _Fault("TAG_INVALID", f"Directory entry {index} has the tag '{_escape(tag)}'")

    def fault(reason: str, what: str) -> _Fault:
        name = tag.decode()
        return _Fault(reason, f"Field {name} (directory entry {index}): {what}", name)

    numbers = directory[at + 3 : at + 12]
    if not _ENTRY.fullmatch(numbers):
        text = _escape(numbers)
        raise fault("DIRECTORY_INVALID", f"length and start are '{text}', not nine digits")
    length, start = int(numbers[:4]), int(numbers[4:])
    end = start + length
    if length < 1 or end > len(data):
        what = f"length {length} from {start} in {len(data)} bytes of data"
        raise fault("FIELD_OUT_OF_BOUNDS", what)
    if data[end - 1] != 0x1E:
        what = f"no field terminator (0x1E) at byte {end - 1} of the data"
        raise fault("FIELD_TERMINATOR_MISSING", what)
    return tag, start, end - 1


def _delimiter_fault(payload: bytes, control: bool) -> str | None:
    found = (_CONTROL_DELIMITER if control else _DELIMITER).search(payload)
    if found is None:
        return None
    return {0x1D: "EMBEDDED_TERMINATOR", 0x1E: "FIELD_TERMINATOR_MISSING"}.get(
        payload[found.start()], "SUBFIELD_INVALID"
    )


def _data_field_fault(payload: bytes) -> str | None:
    if len(payload) < 2 or not all(0x20 <= byte <= 0x7E for byte in payload[:2]):
        return "INDICATORS_INVALID"
    return "SUBFIELD_INVALID" if payload[2:3] not in (b"", b"\x1f") else None


def _check_payload(tag: bytes, index: int, payload: bytes, utf8: bool) -> None:
    control = _frame.is_control_tag(tag)
    reason = _delimiter_fault(payload, control)
    if reason is None and not control:
        reason = _data_field_fault(payload)
    what = ""
    if reason is None and utf8:
        try:
            payload.decode("utf-8")
        except UnicodeDecodeError as error:
            reason = "INVALID_UTF8"
            rest = _escape(payload[error.start : error.start + 8])
            what = f"not UTF-8 at byte {error.start} of the field: {rest}"
    elif reason is None and (not payload.isascii() or b"\x1b" in payload):
        reason = "ENCODING_UNSUPPORTED"
    if reason is not None:
        name = tag.decode()
        what = what or f"{_WHAT[reason]} It begins: {_escape(payload[:32])}"
        raise _Fault(reason, f"Field {name} (directory entry {index}): {what}", name)


def _decode(record: bytes) -> bytes:
    directory, data = _split(record)
    count = len(directory) // DIRECTORY_ENTRY_LEN
    entries = [_read_entry(directory, index, data) for index in range(count)]
    total = sum(end - start for _, start, end in entries)
    if count > _frame.MAX_ENTRIES or total > _frame.MAX_PAYLOAD:
        raise _Fault(
            "DECODED_SIZE_TOO_LARGE",
            f"Fields take up {total} bytes in a record of {len(record)}",
        )
    utf8 = record[9:10] == b"a"
    fields = []
    position = 0
    in_order = True
    for index, (tag, start, end) in enumerate(entries):
        payload = data[start:end]
        _check_payload(tag, index, payload, utf8)
        in_order = in_order and start == position
        position += len(payload) + 1
        fields.append((tag, payload))
    verbatim = in_order and position == len(data) and record[:5] == b"%05d" % len(record)
    return _frame.build(record[:LEADER_LEN], fields, _frame.VERBATIM if verbatim else 0)


def decode(record: bytes) -> bytes | RecordError:
    """The frame of one record with its terminator, or why there is none."""
    try:
        return _decode(record)
    except _Fault as fault:
        return RecordError(fault.reason, fault.message, tag=fault.tag, length=len(record))


def decode_or_raise(record: bytes) -> bytes:
    """The frame of one record; raises pymarc's exception for it, else a RecordError."""
    leader = record[:LEADER_LEN]
    if len(leader) < LEADER_LEN or not leader.isascii():
        raise RecordLeaderInvalid
    if _DIGITS.fullmatch(leader, 0, 5) and int(leader[:5]) > len(record):
        raise TruncatedRecord
    frame = decode(record)
    if isinstance(frame, bytes):
        return frame
    if frame.reason == "BASE_ADDRESS_INVALID" and leader[12:17].strip(b"0") == b"":
        raise BaseAddressNotFound from frame
    if frame.reason == "BASE_ADDRESS_INVALID":
        raise BaseAddressInvalid from frame
    if frame.reason == "DIRECTORY_INVALID" and not frame.tag:
        raise RecordDirectoryInvalid from frame
    raise frame
