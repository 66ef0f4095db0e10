"""The writers, beside pymarc's."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import marcd
import pymarc
import pytest
from marcd import Field, Subfield

from tests.python.odd_records import contents, made, odd_facts, odd_pairs, outcome
from tests.python.writing import BINARY, WRITERS, new_file, record_with, small, written


def as_text(data: Any) -> str:
    return data if isinstance(data, str) else data.decode()


def read_back(package: Any, data: bytes) -> Any:
    return contents(package.Record(data))


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
