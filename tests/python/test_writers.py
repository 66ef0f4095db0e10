"""The writers, beside pymarc's."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import marcd
import pymarc
import pytest
from marcd import DataLossWarning, Field, Record, Subfield

from tests.python.odd_records import contents, made, odd_facts, odd_pairs, outcome

BINARY, TEXT = ("MARCWriter", "XMLWriter"), ("JSONWriter", "TextWriter")
WRITERS = BINARY + TEXT


def new_file(name: str) -> Any:
    return io.BytesIO() if name in BINARY else io.StringIO()


def as_text(data: Any) -> str:
    return data if isinstance(data, str) else data.decode()


def written(package: Any, name: str, *records: Any) -> Any:
    """What a writer makes of records."""
    file = new_file(name)
    writer = getattr(package, name)(file)
    for record in records:
        writer.write(record)
    writer.close(close_fh=False)
    return file.getvalue()


def read_back(package: Any, data: bytes) -> Any:
    return contents(package.Record(data))


def record_with(*fields: Field) -> Record:
    return Record(fields=list(fields), leader="00000nam a2200000 a 4500")


def small(package: Any = marcd) -> Any:
    return made(package, {"fields": [("Field", {"tag": "001", "data": "n 1"})]})


def long_field(size: int = 10_000) -> Field:
    return Field("505", subfields=[Subfield("a", "x" * size)])


def said_by(action: Callable[[], object]) -> list[str]:
    """The DataLossWarnings that an action gives, all of them blamed on this file."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        action()
    assert all(w.category is DataLossWarning and w.filename == __file__ for w in caught)
    return [str(w.message) for w in caught]


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("oddity", [0.0, 0.3])
def test_any_record_is_written_as_pymarc_writes_it(name: str, oddity: float) -> None:
    for ours, theirs in odd_pairs(700, seed=2709, oddity=oddity):
        mine = outcome(written, marcd, name, ours, ours)
        assert mine == outcome(written, pymarc, name, theirs, theirs)


def test_what_was_written_as_marc_is_read_as_pymarc_reads_it() -> None:
    for ours, _ in odd_pairs(700, seed=22, oddity=0):
        _, data, *_ = outcome(ours.as_marc)
        if isinstance(data, bytes):
            mine = outcome(read_back, marcd, data)
            assert mine == outcome(read_back, pymarc, data)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_any_number_of_records_is_written_as_pymarc_writes_it(name: str, count: int) -> None:
    rng = random.Random(count)
    facts = [odd_facts(rng, 0) for _ in range(count)]
    ours = outcome(written, marcd, name, *[made(marcd, f) for f in facts])
    assert ours == outcome(written, pymarc, name, *[made(pymarc, f) for f in facts])


@pytest.mark.parametrize("name", ["Writer", *WRITERS])
@pytest.mark.parametrize("thing", [None, "record", b"", pymarc.Record()])
def test_what_is_no_record_is_refused(name: str, thing: object) -> None:
    file = new_file(name)
    writer = getattr(marcd, name)(file)
    before = file.getvalue()
    with pytest.raises(marcd.WriteNeedsRecord) as caught:
        writer.write(thing)
    assert str(caught.value) == str(pymarc.WriteNeedsRecord())
    assert file.getvalue() == before


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("arguments", [{}, {"close_fh": True}, {"close_fh": False}])
def test_close_closes_the_file_unless_told_not_to(name: str, arguments: dict[str, bool]) -> None:
    closed = []
    for package in (marcd, pymarc):
        file = new_file(name)
        writer = getattr(package, name)(file)
        writer.close(**arguments)
        writer.close(**arguments)
        closed.append((file.closed, writer.file_handle))
    assert closed[0] == closed[1] == (arguments != {"close_fh": False}, None)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("closed", [True, False])
def test_writing_without_a_file_does_nothing_and_says_so(name: str, closed: bool) -> None:
    file = new_file(name) if closed else None
    writer = getattr(marcd, name)(file)
    writer.close(close_fh=False)
    before = file and file.getvalue()
    assert len(said_by(lambda: writer.write(small()))) == 1
    assert (file and file.getvalue()) == before


@pytest.mark.parametrize("name", WRITERS)
def test_with_closes_the_writer_and_the_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with getattr(marcd, name)(path.open("wb" if name in BINARY else "w")) as writer:
        file = writer.file_handle
        writer.write(small())
    assert file.closed
    assert path.read_text() == as_text(written(pymarc, name, small(pymarc)))


class Slow(io.RawIOBase):
    """A raw file that takes a few bytes at a time, or none at all."""

    def __init__(self, at_once: int | None) -> None:
        super().__init__()
        self.at_once, self.data = at_once, b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int | None:
        if self.at_once is None:
            return None
        self.data += bytes(data[: self.at_once])
        return min(len(data), self.at_once)


class Minimal:
    """An object that can only be written to, and counts as false."""

    def __init__(self) -> None:
        self.data = b""

    def __bool__(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        self.data += data


def test_any_file_object_will_do(tmp_path: Path) -> None:
    def to(file: Any) -> Any:
        writer = marcd.XMLWriter(file)
        writer.write(small())
        writer.close(close_fh=not isinstance(file, (Slow, Minimal)))
        return file

    path = tmp_path / "file"
    want = written(pymarc, "XMLWriter", small(pymarc))
    to(gzip.GzipFile(path, "wb"))
    assert gzip.decompress(path.read_bytes()) == want
    to(bz2.BZ2File(path, "wb"))
    assert bz2.decompress(path.read_bytes()) == want
    to(path.open("wb", buffering=0))
    assert path.read_bytes() == want
    assert to(Slow(7)).data == want
    assert to(Minimal()).data == want


def test_a_file_that_takes_nothing_is_an_error() -> None:
    with pytest.raises(BlockingIOError):
        marcd.XMLWriter(Slow(None))


@pytest.mark.parametrize("name", WRITERS)
def test_a_record_that_cannot_be_written_leaves_nothing_in_the_file(name: str) -> None:
    bad = record_with(Field("245", subfields=[Subfield("a", "x"), None]))
    whole = written(marcd, name, small(), small())
    file = new_file(name)
    writer = getattr(marcd, name)(file)
    for record in (bad, small(), bad, small()):
        if record is bad:
            with pytest.raises((AttributeError, TypeError)):
                writer.write(record)
        else:
            writer.write(record)
    writer.close(close_fh=False)
    assert file.getvalue() == whole


UNREADABLE = {
    "a field 505 of 10,005 bytes": record_with(Field("001", data="n 1"), long_field()),
    "has 110,120 bytes": record_with(
        Field("001", data="n 1"), *[long_field(9990)] * 11
    ),
    "a tag '2455'": record_with(Field("001", data="n 1"), Field("2455")),
    "a tag '24é'": record_with(Field("001", data="n 1"), Field("24é")),
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


def test_a_round_through_all_formats_says_nothing_on_stderr(tmp_path: Path) -> None:
    code = """
import marcd, sys
record = marcd.Record()
record.add_field(marcd.Field("001", data="x"))
folder = sys.argv[1]
for name, mode in (("MARC", "wb"), ("XML", "wb"), ("JSON", "w"), ("Text", "w")):
    with getattr(marcd, name + "Writer")(open(f"{folder}/{name}", mode)) as writer:
        writer.write(record)
for records in (marcd.parse_xml_to_array(f"{folder}/XML"), marcd.JSONReader(f"{folder}/JSON"),
                marcd.parse_json_to_array(f"{folder}/JSON"),
                marcd.MARCMakerReader(f"{folder}/Text")):
    assert [r["001"].data for r in records] == ["x"]
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
