"""Records at and past the edges of ISO 2709, each with what must become of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.iso2709 import (
    MAX_FIELD_BYTES,
    MAX_RECORD_BYTES,
    Field,
    control_field,
    data_field,
    encode,
)

TITLE = data_field("245", "10", ("a", "A title"))


@dataclass(frozen=True)
class Case:
    """One record. Good: delivered as it stands. Else: a diagnostic says what is
    wrong with it, and mode SKIP leaves it out. Its boundaries are sound either way."""

    name: str
    good: bool
    data: bytes


def _value(value: bytes) -> list[Field]:
    return [(b"245", b"10\x1fa" + value)]


def _largest_record() -> bytes:
    """A record of exactly 99,999 bytes."""
    count = 11
    room = MAX_RECORD_BYTES - 24 - 12 * count - 2
    sizes = [room // count] * (count - 1)
    sizes.append(room - sum(sizes))
    return encode([(b"500", b"  \x1fa" + b"x" * (size - 5)) for size in sizes])


def _patched(record: bytes, at: int, value: bytes) -> bytes:
    return record[:at] + value + record[at + len(value) :]


def pathological() -> list[Case]:
    """All cases."""
    plain = encode([control_field("001", "1"), TITLE])
    swapped = plain[:24] + plain[36:48] + plain[24:36] + plain[48:]
    entry_245 = 24 + 12
    good = {
        "no fields": encode([]),
        "one field": encode([TITLE]),
        "one control field": encode([control_field("001", "1")]),
        "999 fields": encode([data_field("500", "  ", ("a", str(n))) for n in range(999)]),
        "99,999 bytes": _largest_record(),
        "9,999-byte field": encode([(b"500", b"  \x1fa" + b"x" * (MAX_FIELD_BYTES - 5))]),
        "9,999-byte control field": encode([(b"001", b"x" * (MAX_FIELD_BYTES - 1))]),
        "empty control field": encode([(b"001", b""), TITLE]),
        "no subfields": encode([(b"245", b"10")]),
        "empty value": encode([(b"245", b"10\x1fa")]),
        "only empty values": encode([(b"245", b"10\x1fa\x1fb\x1fc")]),
        "NUL in a value": encode(_value(b"be\0fore")),
        "NUL in a control field": encode([(b"001", b"a\0b")]),
        "newline in a value": encode(_value(b"one\r\ntwo\n")),
        "newline in a control field": encode([(b"001", b"a\nb")]),
        "letters as a tag": encode([(b"CAT", b"10\x1faA title")]),
        "odd subfield codes": encode([(b"245", b"10\x1f!a\x1f~b\x1fAc")]),
        "same field 50 times": encode([TITLE] * 50),
        "directory out of order": swapped,
        "text of four-byte characters": encode(_value("😀𝄞".encode())),
        "leader/09 blank, text ASCII": encode([TITLE], coding=" "),
        "leader/09 blank, a diacritic": encode(_value(b"caf\xe2e"), coding=" "),
        "leader/09 blank, an escape": encode(_value(b"\x1b(Na\x1b(B"), coding=" "),
    }
    bad = {
        "0x1F in a control field": encode([(b"001", b"a\x1fb")]),
        "0x1F 0x1F": encode(_value(b"one\x1f\x1fbtwo")),
        "0x1F last in a field": encode(_value(b"one\x1f")),
        "text before the first 0x1F": encode([(b"245", b"10lost\x1faone")]),
        "0x1E in a value": encode(_value(b"one\x1etwo")),
        "one indicator": encode([(b"245", b"1")]),
        "empty data field": encode([(b"245", b"")]),
        "NUL as an indicator": encode([(b"245", b"\x000\x1fatitle")]),
        "newline as an indicator": encode([(b"245", b"1\n\x1fatitle")]),
        "NUL as a subfield code": encode([(b"245", b"10\x1f\0title")]),
        "newline as a subfield code": encode([(b"245", b"10\x1f\ntitle")]),
        "two-byte subfield code": encode([(b"245", "10\x1fétitle".encode())]),
        "field past the end": _patched(plain, entry_245 + 7, b"99000"),
        "field of length 0": _patched(plain, entry_245 + 3, b"0000"),
        "field without its terminator": _patched(plain, entry_245 + 3, b"0005"),
        "entry not digits": _patched(plain, entry_245 + 3, b"00 5"),
        "base address 0": _patched(plain, 12, b"00000"),
        "base address past the end": _patched(plain, 12, b"09999"),
        "base address not digits": _patched(plain, 12, b"abcde"),
        "NUL in a tag": _patched(plain, entry_245, b"2\x005"),
        "Latin-1 marked as UTF-8": encode(_value(b"caf\xe9")),
        "UTF-8 cut short": encode(_value(b"\xe6\x97")),
        "surrogate in UTF-8": encode(_value(b"\xed\xa0\x80")),
        "overlong UTF-8": encode(_value(b"\xc0\xaf")),
        "leader/09 blank, a byte that MARC-8 has not": encode(_value(b"a\xff"), coding=" "),
        "leader/09 blank, an escape to no set": encode(_value(b"\x1b(zab"), coding=" "),
    }
    return [Case(name, True, data) for name, data in good.items()] + [
        Case(name, False, data) for name, data in bad.items()
    ]
