"""Writes the arrays that marc8_sets.cc includes, from marc8_table.txt.

Usage: python3 core/text/marc8/make_tables.py core/text/marc8/marc8_table.txt >marc8_tables.inc
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

ANSEL = 0x45
EACC = 0x31

# By kind of section and final byte; of each code: its value, and whether it is a mark.
Chars = dict[int, tuple[int, bool]]
Sections = dict[tuple[str, int], Chars]


def read(text: str) -> Sections:
    sections: Sections = {}
    chars: Chars = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        head, *words = line.split()
        if head.islower():
            chars = sections.setdefault((head, int(words[0], 16)), {})
            continue
        code = int(head, 16)
        for word in words:
            value, _, count = word.partition("*")
            if not word.isascii():
                chars.update((code + i, (ord(c), False)) for i, c in enumerate(word))
                code += len(word)
                continue
            if value != "-":
                first, mark = int(value, 16), value.startswith("+")
                chars.update((code + i, (first + i, mark)) for i in range(int(count or 1)))
            code += int(count or 1)
    return sections


def array(kind: str, name: str, values: Iterable[str]) -> str:
    return f"constexpr {kind} {name}[] = {{{','.join(values)}}};\n"


def packed(char: tuple[int, bool] | None, more: str = "") -> str:
    if char is None:
        return "0"
    return f"PackChar(0x{char[0]:X})" + ("|kMark" if char[1] else "") + more


def ansel(plain: Chars, halves: Chars) -> dict[int, str]:
    """ANSEL's marks that are halves: the first ones have a value, the second ones have not."""
    result = {}
    for n, code in enumerate(sorted(halves)):
        kind = "|kFirstHalf" if code in plain else "|kSecondHalf"
        result[code] = packed(plain.get(code, halves[code]), kind + "|kDoubleTilde" * (n > 1))
    return result


def graphic(name: str, chars: Chars, other: dict[int, str] | None = None) -> str:
    """A set of 96 codes, those from G1 and those from G0 alike."""
    by_place = {code & 0x7F: packed(char) for code, char in chars.items() if code & 0x60}
    by_place.update((code & 0x7F, value) for code, value in (other or {}).items())
    return array("PackedChar", name, (by_place.get(place, "0") for place in range(0x20, 0x80)))


def eacc(chars: Chars) -> str:
    """Rows of those codes that differ in their last byte only; row 0 is empty."""
    far = sorted({value for value, _ in chars.values() if value > 0xFFFF})
    near = {code: value for code, (value, _) in chars.items()}
    # No char is a surrogate: they stand for those that do not fit.
    near.update((code, 0xD800 + far.index(v)) for code, v in near.items() if v > 0xFFFF)
    firsts = sorted({code >> 8 for code in near})
    index = {first: row + 1 for row, first in enumerate(firsts)}
    rows = (index.get((a << 8) + b, 0) for a in range(0x21, 0x7F) for b in range(0x21, 0x7F))
    cells = (near.get((f << 8) + third, 0) for f in [0, *firsts] for third in range(0x20, 0x7F))
    return (
        array("uint16_t", "kEaccRows", map(str, rows))
        + array("uint16_t", "kEaccCells", map(str, cells))
        + array("char32_t", "kEaccFar", map(str, far))
    )


def codes(name: str, chars: Chars) -> str:
    return array("CodeAndChar", name, (f"{{{code},{chars[code][0]}}}" for code in sorted(chars)))


def marc8_set(name: str, chars: Chars) -> str:
    if max(chars) > 0xFF:
        return f"constexpr Marc8Set kMarc8Set{name} = {{nullptr, false}};\n"
    extended = "true" if max(chars) > 0x7F else "false"
    return f"constexpr Marc8Set kMarc8Set{name} = {{kSet{name}, {extended}}};\n"


def main() -> None:
    sections = read(Path(sys.argv[1]).read_text(encoding="utf-8"))
    plain, halves = sections["set", ANSEL], sections["halves", ANSEL]
    out = graphic("kSet45", plain, ansel(plain, halves))
    out += graphic("kSet45InHalves", plain | halves)
    out += array("PackedChar", "kControls", (packed(plain.get(c)) for c in range(0x80, 0xA0)))
    finals = [final for kind, final in sections if kind == "set"]
    for final in finals:
        if final not in (ANSEL, EACC):
            out += graphic(f"kSet{final:02X}", sections["set", final])
    out += eacc(sections["set", EACC])
    out += codes("kPymarc", sections["pymarc", EACC])
    out += codes("kOdd", sections["odd", EACC])
    for final in finals:
        out += marc8_set(f"{final:02X}", sections["set", final])
    out += marc8_set("45InHalves", plain | halves)
    cases = "".join(f"case 0x{final:02X}:return &kMarc8Set{final:02X};" for final in finals)
    out += f"const Marc8Set* SetOf(uint8_t final){{switch(final){{{cases}}}return nullptr;}}\n"
    sys.stdout.write(out)


if __name__ == "__main__":
    main()
