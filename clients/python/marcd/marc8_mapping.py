"""The MARC-8 code tables with pymarc's names and values, read when first asked for.

`CODESETS` has the sets by their final byte, each a dictionary from a code to the character's
number in Unicode and whether it is a combining mark (1 or 0); `CHARSET_31` and so on are the
same dictionaries, `ODD_MAP` has codes that are in none of them, but in files. What a program
adds to them, `marc8_to_unicode` and `MARCReader` decode.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

__all__ = [
    "CHARSET_4E",
    "CHARSET_31",
    "CHARSET_32",
    "CHARSET_33",
    "CHARSET_34",
    "CHARSET_42",
    "CHARSET_45",
    "CHARSET_51",
    "CHARSET_53",
    "CHARSET_62",
    "CHARSET_67",
    "CHARSET_70",
    "CODESETS",
    "ODD_MAP",
]

_Set = dict[int, tuple[int, int]]

CODESETS: dict[int, _Set]
ODD_MAP: dict[int, int]
CHARSET_31: _Set  # Chinese, Japanese, Korean (EACC)
CHARSET_32: _Set  # Basic Hebrew
CHARSET_33: _Set  # Basic Arabic
CHARSET_34: _Set  # Extended Arabic
CHARSET_42: _Set  # Basic Latin (ASCII)
CHARSET_45: _Set  # Extended Latin (ANSEL)
CHARSET_4E: _Set  # Basic Cyrillic
CHARSET_51: _Set  # Extended Cyrillic
CHARSET_53: _Set  # Basic Greek
CHARSET_62: _Set  # Subscripts
CHARSET_67: _Set  # Greek Symbols
CHARSET_70: _Set  # Superscripts

_FINALS = tuple(int(name[8:], 16) for name in __all__ if name.startswith("CHARSET_"))
_VALUE = re.compile(r"(\+?)([0-9A-F]{4,6}|-)(?:\*([0-9]+))?")
_lock = threading.Lock()


def _add_codes(line: str, codes: _Set) -> None:
    """Take in a line of the table; its head says what a line is."""
    first, *words = line.split()
    code = int(first, 16)
    for word in words:
        value = _VALUE.fullmatch(word)
        if value is None:
            characters = range(0)
        elif value[2] == "-":
            code += int(value[3] or 1)
            continue
        else:
            start = int(value[2], 16)
            characters = range(start, start + int(value[3] or 1))
        is_mark = int(value is not None and value[1] == "+")
        for character in characters or map(ord, word):
            codes[code] = (character, is_mark)
            code += 1


def _read() -> dict[str, Any]:
    """The names' values, out of the package's table: 16,000 characters."""
    codesets: dict[int, _Set] = {final: {} for final in _FINALS}
    odd: _Set = {}
    codes: _Set = {}
    for line in Path(__file__).with_name("_marc8_table.txt").read_text("utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind in ("set", "halves", "pymarc"):
            codes = codesets[int(rest[:2], 16)]
        elif kind == "odd":
            codes = odd
        elif kind != "#" and rest:
            _add_codes(line, codes)
    return {
        "CODESETS": codesets,
        "ODD_MAP": {code: character for code, (character, _) in odd.items()},
        **{f"CHARSET_{final:X}": codes for final, codes in codesets.items()},
    }


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _lock:
        if name not in globals():
            globals().update(_read())
    return globals()[name]
