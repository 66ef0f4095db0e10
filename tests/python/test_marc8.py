"""MARC-8 as pymarc's functions have it."""

from __future__ import annotations

import random
import subprocess
import sys
import unicodedata
from typing import Any

import marcd
import pymarc
import pytest
from pymarc import marc8_mapping

from tests.python.conftest import corpus_file
from tests.python.peers import said

PARTS = (
    *(b"\x1b", b"\x1b(", b"\x1b$", b"\x1b$1", b"\x1b$,1", b"\x1b(B", b"\x1b)!E", b"\x1b-Q"),
    *(b"\x1bp", b"\x1bs", b"\x1bg", b"\x1bb", b"\x1b(N", b"\x1b)S", b"\x1b(2", b"\x1b)4"),
    *(b"\x1b$)1", b"\x1b$-1", b"\x1b(!E", b"\x1b,3", b"abc", b"\xe2e", b"\xe1\xe2o", b"\xe2"),
    *(b"\xebi\xeca", b"\xff", b"\x80", b"\x85", b"\x00", b"\x7f", b"&#x4E00;", b"\x21\x20\x40"),
)
CODES = [code.to_bytes(3, "big") for code in marc8_mapping.CHARSET_31]


def outcome(package: Any, text: Any, *quiet: bool) -> Any:
    with said() as words:
        try:
            result: Any = package.marc8_to_unicode(text, *quiet)
        except Exception as error:
            result = (type(error), str(error), type(error.__cause__))
    return result, words


def test_every_code_of_every_set_is_pymarcs() -> None:
    for final, codes in marc8_mapping.CODESETS.items():
        for code in codes:
            size = 3 if final == 0x31 else 1
            in_g1 = size == 1 and code > 0x80
            escape = b"\x1b" + (b")" if in_g1 else b"$" if size == 3 else b"(") + bytes([final])
            text = escape + code.to_bytes(size, "big") + b"a"
            assert marcd.marc8_to_unicode(text) == pymarc.marc8_to_unicode(text), text


def test_random_texts_are_pymarcs() -> None:
    rng = random.Random(8)
    for _ in range(20_000):
        parts = (rng.choice(PARTS if rng.random() < 0.8 else CODES) for _ in range(7))
        text = b"".join(parts) + rng.randbytes(rng.randrange(3))
        quiet = (True,) if rng.random() < 0.2 else ()
        assert outcome(marcd, text, *quiet) == outcome(pymarc, text, *quiet), text


@pytest.mark.parametrize("text", [b"", "", "text", "é", None, 5, bytearray(b"caf\xe2e\x1b")])
def test_other_kinds_of_text_are_pymarcs(text: object) -> None:
    assert outcome(marcd, text) == outcome(pymarc, text)


def test_a_converter_keeps_its_sets_from_text_to_text() -> None:
    for converters in [
        (package.MARC8ToUnicode(G0=0x33, quiet=True) for package in (marcd, pymarc))
    ]:
        ours, theirs = converters
        for text in (b"abc", b"\x1b(NabC\xe1", b"abC", b"\x1b$1!0!", b"!0!\x1b(B", b"abc"):
            assert ours.translate(text) == theirs.translate(text)
        assert (ours.g0, ours.g1) == (theirs.g0, theirs.g1)


def test_pymarcs_own_lines() -> None:
    marc8 = corpus_file("pymarc/test_marc8.txt").read_bytes().split(b"\n")
    utf8 = corpus_file("pymarc/test_utf8.txt").read_text("utf-8").split("\n")
    assert len(marc8) == len(utf8) > 1500
    for source, expected in zip(marc8, utf8):
        text = marcd.marc8_to_unicode(source)
        assert text == pymarc.marc8_to_unicode(source)
        assert text == unicodedata.normalize("NFC", expected)


def test_fields_and_records_are_mapped_as_by_pymarc() -> None:
    mapped = []
    for package in (marcd, pymarc):
        record = package.Record()
        subfields = [package.Subfield("a", b"caf\xe2e")]
        record.add_field(
            package.RawField("001", data=b"42"), package.RawField("245", ["1", "0"], subfields)
        )
        mapped.append(str(package.record.map_marc8_record(record)))
        assert record["245"]["a"] == "café"
    assert mapped[0] == mapped[1]


def test_the_tables_are_pymarcs() -> None:
    names = [name for name in vars(marc8_mapping) if name[0] != "_"]
    assert sorted(names) == sorted(marcd.marc8_mapping.__all__)
    for name in names:
        assert getattr(marcd.marc8_mapping, name) == getattr(marc8_mapping, name), name
    sets = marcd.marc8_mapping.CODESETS
    assert all(codes is getattr(marcd.marc8_mapping, f"CHARSET_{f:X}") for f, codes in sets.items())
    assert not hasattr(marcd.marc8_mapping, "CHARSET_99")


def test_the_tables_are_read_when_first_asked_for() -> None:
    code = "import marcd; print('CODESETS' in vars(marcd.marc8_mapping))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n", done.stderr


@pytest.mark.parametrize("name", ["ODD_MAP", "CHARSET_31"])
def test_what_a_program_adds_to_the_tables_is_decoded(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"\x1b$1\x7f\x7f\x7f"
    value: Any = 0x1F600 if name == "ODD_MAP" else (0x1F600, 0)
    for package in (marcd, pymarc):
        monkeypatch.setitem(getattr(package.marc8.marc8_mapping, name), 0x7F7F7F, value)
    assert outcome(marcd, text) == outcome(pymarc, text)
    assert marcd.marc8_to_unicode(text) == "😀"
