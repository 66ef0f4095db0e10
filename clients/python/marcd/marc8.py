"""MARC-8 to Unicode, exactly as pymarc 5.4 has it: its results, its words on stderr.

The daemon's own decoder does better (docs/reading.md); this one is for programs that call
pymarc's functions, and for the records on which pymarc complains.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Any

from . import marc8_mapping as marc8_mapping

_ESCAPE = b"\x1b"
_EACC = 0x31
_TO_ASCII = 0x73  # ESC s
# Said of a character that leaves the marks before it to the next one.
_WITHOUT_MARKS = -1
# What stands for itself and changes nothing.
_PLAIN = re.compile(rb"[ -~]*")


class MARC8ToUnicode:
    """Decodes texts one after the other; the sets in use stay from one to the next.

    What cannot be decoded becomes a blank, and is told on stderr unless `quiet`.
    """

    basic_latin = 0x42
    ansel = 0x45

    def __init__(self, G0: int = basic_latin, G1: int = ansel, quiet: bool = False) -> None:
        """Begin with the sets of these final bytes."""
        self.g0 = G0
        self.g0_set = {b"(", b",", b"$"}
        self.g1 = G1
        self.g1_set = {b")", b"-", b"$"}
        self.quiet = quiet

    def _designate(self, text: Any, at: int, kind: bytes) -> int:
        """Put a set in G0 or G1, as the escape at a place asks; where the text goes on."""
        if kind not in self.g0_set:
            self.g1 = ord(text[at + 2 : at + 3])
            return at + 3
        if kind == b"$" and text[at + 2 : at + 3] == b",":
            at += 1
        self.g0 = ord(text[at + 2 : at + 3])
        return at + 3

    def _code(self, text: Any, at: int) -> int:
        """The code at a place, of three bytes or one."""
        if self.g0 != _EACC:
            return ord(text[at : at + 1])
        if at + 3 > len(text):
            sys.stderr.write(
                f"Multi-byte position {at + 3} exceeds length of marc8 string {len(text)}\n"
            )
            return 0x20
        first, second, third = (ord(text[i : i + 1]) for i in range(at, at + 3))
        return first << 16 | second << 8 | third

    def _character(self, code: int) -> tuple[int, int]:
        """A code's character in the sets in use, and whether it is a combining mark."""
        in_g1 = code > 0x80 and self.g0 != _EACC
        codes = marc8_mapping.CODESETS.get(self.g1 if in_g1 else self.g0, {})
        found = codes.get(code)
        if found is not None:
            return found
        odd = marc8_mapping.ODD_MAP.get(code)
        if odd is not None:
            return odd, _WITHOUT_MARKS
        if not self.quiet:
            sys.stderr.write(f"Unable to parse character 0x{code:x} in g0={self.g0} g1={self.g1}\n")
        return 0x20, 0

    def translate(self, marc8_string: Any) -> str:
        """The text in normal form C. Marks with nothing behind them are dropped.

        Raises TypeError where an escape sequence is cut short.
        """
        if not marc8_string:
            return ""
        text, size = marc8_string, len(marc8_string)
        out: list[str] = []
        marks: list[str] = []
        at = 0
        while at < size:
            if text[at : at + 1] == _ESCAPE:
                kind = text[at + 1 : at + 2]
                if kind in self.g0_set and at + 3 > size:
                    out.append("\x1b")
                    at += 1
                    continue
                if kind in self.g0_set or kind in self.g1_set:
                    at = self._designate(text, at, kind)
                    continue
                final = ord(kind)
                if final == _TO_ASCII or final in marc8_mapping.CODESETS:
                    self.g0 = self.basic_latin if final == _TO_ASCII else final
                    at += 2
                    if final == _TO_ASCII and at == size:
                        break
            # What follows such an escape is a character, even if another escape is there.
            code = self._code(text, at)
            at += 3 if self.g0 == _EACC else 1
            if code < 0x20 or 0x80 < code < 0xA0:
                continue
            character, is_mark = self._character(code)
            if is_mark == _WITHOUT_MARKS:
                out.append(chr(character))
            elif is_mark:
                marks.append(chr(character))
            else:
                out.append(chr(character))
                out += marks
                marks.clear()
        return unicodedata.normalize("NFC", "".join(out))


def marc8_to_unicode(marc8: Any, hide_utf8_warnings: bool = False) -> str:
    """The text of MARC-8 bytes; UnicodeDecodeError where an escape sequence is cut short."""
    if type(marc8) is bytes and _PLAIN.fullmatch(marc8):
        return marc8.decode("ascii")
    try:
        return MARC8ToUnicode(quiet=hide_utf8_warnings).translate(marc8)
    except (IndexError, TypeError) as error:
        raise UnicodeDecodeError(
            "marc8_to_unicode", marc8, 0, len(marc8), "invalid multibyte character encoding"
        ) from error
