"""What the writers say of records that cannot be read back, or are not written."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import marcd
import pytest
from marcd import DataLossWarning, Field, Record, Subfield

from tests.python.writing import BINARY, WRITERS, new_file, record_with, small, written

HERE = Path(__file__).parent


def long_field(size: int = 10_000) -> Field:
    return Field("505", subfields=[Subfield("a", "x" * size)])


def said_by(action: Callable[[], object]) -> list[str]:
    """The DataLossWarnings that an action gives, all of them blamed on the tests."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        action()
    assert all(w.category is DataLossWarning and Path(w.filename).parent == HERE for w in caught)
    return [str(w.message) for w in caught]


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("closed", [True, False])
def test_writing_without_a_file_does_nothing_and_says_so(name: str, closed: bool) -> None:
    file = new_file(name) if closed else None
    writer = getattr(marcd, name)(file)
    writer.close(close_fh=False)
    before = file and file.getvalue()
    assert len(said_by(lambda: writer.write(small()))) == 1
    assert (file and file.getvalue()) == before


UNREADABLE = {
    "a field 505 of 10,005 bytes": record_with(Field("001", data="n 1"), long_field()),
    "has 110,120 bytes": record_with(Field("001", data="n 1"), *[long_field(9990)] * 11),
    "a tag '2455'": record_with(Field("001", data="n 1"), Field("2455")),
    "a tag '24é'": record_with(Field("001", data="n 1"), Field("24é")),
    "0x1D in a field 500": record_with(
        Field("001", data="n 1"), Field("500", subfields=[Subfield("a", "one\x1dtwo")])
    ),
    "0x1E in a field 003": record_with(Field("001", data="n 1"), Field("003", data="a\x1e")),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_iso_2709_that_cannot_be_read_back_is_told(what: str) -> None:
    (message,) = said_by(lambda: written(marcd, "MARCWriter", UNREADABLE[what]))
    assert message.startswith("The record 'n 1' has ")
    assert what in message


def test_a_leader_that_is_too_short_is_told() -> None:
    record = small()
    record.leader = "00000nam a22"
    (message,) = said_by(lambda: written(marcd, "MARCWriter", record))
    assert "has the leader '00000nam a22'" in message


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\x1b", "'\\x1b'"), ("\0", "'\\x00'"), ("\ufffe", "'\\ufffe'"), ("\ud83d", "'&#55357;'")],
)
def test_a_character_that_xml_cannot_hold_is_told(text: str, shown: str) -> None:
    record = record_with(Field("500", subfields=[Subfield("a", f"é{text}")]))
    (message,) = said_by(lambda: written(marcd, "XMLWriter", record))
    assert message.startswith(f"A record without 001 has {shown}, ")


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_is_said_of_records_that_can_be_read_back(name: str) -> None:
    texts = ("\t\n\r", "é\uff5e\uffff"[:-1], "<&#57005;>", "\x7f\x85", "😀")
    fields = [Field("500", subfields=[Subfield("a", text)]) for text in texts]
    fields += [long_field(9_994), Field("FMT"), Field("001", data="x")]
    assert said_by(lambda: written(marcd, name, record_with(*fields), Record())) == []


@pytest.mark.parametrize("name", BINARY)
def test_with_warnings_as_errors_a_lossy_record_is_left_out(name: str) -> None:
    lossy = record_with(long_field(10_000), Field("001", data="\x1b"))
    file = new_file(name)
    writer = getattr(marcd, name)(file)
    before = file.getvalue()
    with warnings.catch_warnings():
        warnings.simplefilter("error", DataLossWarning)
        with pytest.raises(DataLossWarning):
            writer.write(lossy)
    assert file.getvalue() == before
