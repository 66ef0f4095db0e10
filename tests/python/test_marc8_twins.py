"""The same records in MARC-8 and in UTF-8, from one publisher: equal text, field by field."""

from __future__ import annotations

import gzip
import unicodedata
from pathlib import Path

import marcd
import pytest

GPO = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "gpo"

pytestmark = pytest.mark.skipif(not GPO.is_dir(), reason="no ../shared/corpus here")

# (ordinal, tag) of the fields that differ. In each the escape sequences around sub- and
# superscripts, or around a quotation mark, were destroyed before the file was written:
# the MARC-8 side holds ESC followed by bytes that name no set, the UTF-8 side the same ESC,
# and what its converter made of those bytes.
DAMAGED = {
    "lclawlib_records_1672": set(),
    "miscellaneous_publications": {(108, "245")},
    "nist_special_publication": {
        (564, "520"),
        (567, "520"),
        (576, "245"),
        (577, "245"),
        (578, "245"),
    },
}


def records(name: str, **options: object) -> list[marcd.Record]:
    return list(marcd.read(gzip.decompress((GPO / f"{name}.mrc.gz").read_bytes()), **options))


def text_of(field: marcd.Field) -> str:
    """A field's text, for comparing: the UTF-8 side has some letters composed, and of
    double-width marks some as two halves and some as one."""
    content = (field.tag, field.data, field.indicators, [tuple(s) for s in field.subfields])
    whole = repr(content).replace("\ufe20", "\u0361").replace("\ufe21", "")
    return unicodedata.normalize("NFC", whole)


@pytest.mark.parametrize("name", DAMAGED)
def test_text_is_equal_but_where_it_was_destroyed(name: str) -> None:
    marc8 = records(f"{name}_marc8", text="trust")
    utf8 = records(f"{name}_utf8", text="trust")
    assert len(marc8) == len(utf8)
    different = set()
    for ordinal, (one, other) in enumerate(zip(marc8, utf8)):
        assert len(one.fields) == len(other.fields)
        for a, b in zip(one.fields, other.fields):
            if text_of(a) != text_of(b):
                different.add((ordinal, a.tag))
    assert different == DAMAGED[name]


@pytest.mark.parametrize("name", DAMAGED)
def test_nfc_gives_what_normalising_the_text_gives(name: str) -> None:
    plain = records(f"{name}_marc8", text="trust")
    composed = records(f"{name}_marc8", text="trust", nfc=True)
    assert [[s.value for f in r.fields for s in f.subfields] for r in composed] == [
        [unicodedata.normalize("NFC", s.value) for f in r.fields for s in f.subfields]
        for r in plain
    ]
