"""MARC-8 beside the code tables, pymarc's pairs of texts, and pymarc itself."""

from __future__ import annotations

import lzma
import random
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr
from io import StringIO

import pytest

from tests.text_tools import CORPUS, program

EACC = 0x31
ANSEL = 0x45


def decode(texts: Iterable[bytes], *options: str) -> list[tuple[int, str]]:
    """Of each text: how many faults, and the characters."""
    lines = "".join(f"{text.hex()}\n" for text in texts)
    done = subprocess.run(
        [program("marc8_cat"), *options], input=lines, capture_output=True, text=True, check=True
    )
    result = []
    for line in done.stdout.splitlines():
        count, _, out = line.split(" ")
        result.append((int(count), bytes.fromhex(out).decode()))
    return result


def code_tables() -> Iterator[tuple[int, bytes, str, bool]]:
    """Of each code with a value: its set, its bytes, its character, whether it is a mark."""
    path = CORPUS / "marc8/codetables.xml.xz"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    for charset in ET.fromstring(lzma.decompress(path.read_bytes())).iter("characterSet"):
        for entry in charset.iter("code"):
            if ucs := entry.findtext("ucs"):
                code = bytes.fromhex(entry.findtext("marc", ""))
                mark = entry.findtext("isCombining") == "true"
                yield int(charset.get("ISOcode", ""), 16), code, chr(int(ucs, 16)), mark


def from_side(final: int, code: bytes, high: int) -> bytes:
    """An escape that designates the set to G0 (`high` is 0) or G1 (0x80), and the code there."""
    side = b")" if high else b"("
    kind = b"$" + side if final == EACC else side
    name = b"!E" if final == ANSEL else bytes([final])
    return b"\x1b" + kind + name + bytes(byte & 0x7F | high for byte in code)


def test_every_code_of_the_tables_is_decoded_from_g0_and_from_g1() -> None:
    texts, wanted = [], []
    codes = 0
    for final, code, char, mark in code_tables():
        codes += 1
        # Controls are the same whatever the sets are, so they have no sides.
        control = len(code) == 1 and (code[0] & 0x7F) < 0x21
        for text in [code] if control else [from_side(final, code, high) for high in (0, 0x80)]:
            # Marks stand before their base, and come behind it.
            texts.append(text + b"\x1b(BQ" if mark else text)
            # ESC alone is no text, yet kept.
            wanted.append((int(code == b"\x1b"), "Q" + char if mark else char))
    assert codes == 16_396
    assert decode(texts) == wanted


def lines_of(name: str) -> list[bytes]:
    path = CORPUS / "pymarc" / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path.read_bytes().splitlines()


@pytest.mark.parametrize("option", ["nfc", "pymarc"])
def test_the_1515_pairs_of_lines_agree(option: str) -> None:
    wanted = [
        (0, unicodedata.normalize("NFC", line.decode())) for line in lines_of("test_utf8.txt")
    ]
    assert len(wanted) == 1_515
    assert decode(lines_of("test_marc8.txt"), "halves", option) == wanted


def by_pymarc(text: bytes) -> str | None:
    """What pymarc makes of the text; None where it raises or writes to stderr."""
    marc8 = pytest.importorskip("pymarc.marc8")
    said = StringIO()
    with redirect_stderr(said):
        try:
            result = str(marc8.marc8_to_unicode(text))
        except UnicodeDecodeError:
            return None
    return None if said.getvalue() else result


def random_texts(seed: int, count: int) -> Iterator[bytes]:
    """Texts of whole codes in all sets, with some that are damaged."""
    rng = random.Random(seed)
    codes: dict[int, list[bytes]] = {}
    for final, code, _, _ in code_tables():
        codes.setdefault(final, []).append(code)
    finals = sorted(codes)
    for _ in range(count):
        text = b""
        for _ in range(rng.randint(1, 4)):
            final = rng.choice(finals)
            text += rng.choice(
                [b"\x1b(", b"\x1b,", b"\x1b)", b"\x1b-", b"\x1b$", b"\x1b$,", b"\x1b"]
            )
            text += bytes([final])
            text += b"".join(rng.choices(codes[final], k=rng.randint(0, 5)))
            text += rng.choice([b"", b"\x1b(B", b"\x1bs", b"\x1b)E"])
            text += b"".join(rng.choices(codes[ANSEL] + codes[0x42][4:], k=rng.randint(0, 8)))
        while rng.random() < 0.3:
            at = rng.randrange(len(text))
            text = text[:at] + bytes([rng.randrange(256)] * rng.randint(0, 2)) + text[at + 1 :]
        yield text or b" "


def clean_texts(seed: int, count: int) -> Iterator[bytes]:
    """Texts as cataloguers write them: Latin, and words in one other set."""
    rng = random.Random(seed)
    codes: dict[int, list[tuple[bytes, bool]]] = {}
    for final, code, _, mark in code_tables():
        if code > b"\x20" and not b"\x80" <= code < b"\xa0":
            codes.setdefault(final, []).append((code, mark))
    to_g0 = {0x42: b"\x1b(B", 0x32: b"\x1b(2", 0x33: b"\x1b(3", 0x4E: b"\x1b(N", 0x53: b"\x1b(S"}
    to_g0 |= {EACC: b"\x1b$1", 0x62: b"\x1bb", 0x67: b"\x1bg", 0x70: b"\x1bp"}
    to_g1 = {ANSEL: b"\x1b)E", 0x34: b"\x1b)4", 0x51: b"\x1b)Q"}

    def word(final: int) -> bytes:
        chosen = rng.choices(codes[final], k=rng.randint(1, 9))
        base = next(code for code, mark in codes[final] if not mark)
        return b"".join(code for code, _ in chosen) + base

    for _ in range(count):
        text = b""
        for final in rng.choices([*to_g0, *to_g1, ANSEL, ANSEL], k=rng.randint(1, 6)):
            text += to_g0[final] if final in to_g0 else to_g1[final]
            text += word(final) + b"\x1b(B\x1b)E "
        yield text


def test_pymarcs_way_is_pymarcs_wherever_it_finds_no_fault() -> None:
    texts = [*random_texts(1, 30_000), *clean_texts(2, 10_000)]
    agreed = 0
    for text, (faults, out) in zip(texts, decode(texts, "pymarc")):
        if faults == 0:
            assert out == by_pymarc(text), text
            agreed += 1
    assert agreed > 10_000


def test_pymarcs_way_finds_no_fault_in_clean_text() -> None:
    texts = list(clean_texts(3, 10_000))
    for text, (faults, _) in zip(texts, decode(texts, "pymarc")):
        assert faults == 0, text


def test_pymarcs_way_has_a_fault_wherever_pymarc_says_something() -> None:
    texts = [text for text in random_texts(4, 20_000) if by_pymarc(text) is None]
    assert len(texts) > 1_000
    for text, (faults, _) in zip(texts, decode(texts, "pymarc")):
        assert faults > 0, text


def test_every_eacc_code_is_pymarcs() -> None:
    codes = [
        b"\x1b$1" + bytes.fromhex(f"{code:06X}")
        for code in range(0x202020, 0x717F7F, 1)
        if code & 0xFF in (0x21, 0x30, 0x7E)
    ]
    codes += [b"\x1b$1" + code for final, code, _, _ in code_tables() if final == EACC]
    for text, (faults, out) in zip(codes, decode(codes, "pymarc")):
        assert (None if faults else out) == by_pymarc(text), text
