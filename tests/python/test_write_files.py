"""Files that writers with a path, and marcd.write, have a daemon write."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import marcd
import pytest
from marcd import Field, Record, Subfield, _encoding, _formats
from marcd._unreadable import illegal_xml
from marcd._write_call import WriteCall

from tests.generate import marc8, realistic
from tests.python.conftest import corpus_file
from tests.python.odd_records import odd_pairs, outcome
from tests.python.test_reader import wait_until
from tests.python.writing import FORMATS, WRITERS, record_with, small, written
from tests.support import Daemon, start_daemon

pytestmark = pytest.mark.usefixtures("client")
DEADLINE = 60.0
OLD = b"what was there before"
OPTIONS = ("format", "encoding", "too_long", "unmappable", "compression", "if_exists")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.out"


def to_path(name: str, path: Path, records: Iterator[Any] | list[Any]) -> bytes:
    """What the writer of a name puts under the path."""
    with getattr(marcd, name)(path) as writer:
        for record in records:
            writer.write(record)
    data = path.read_bytes()
    assert writer.result.size == len(data)
    assert writer.result.crc32 == zlib.crc32(data)
    return data


def to_object(name: str, records: list[Any]) -> bytes:
    data = written(marcd, name, *records)
    return data if isinstance(data, bytes) else data.encode()


def read(source: Any) -> list[Any]:
    return [record for record in marcd.MARCReader(source) if record is not None]


def assert_same(name: str, path: Path, source: Any) -> None:
    """The file, and what a file object gets, of the records of a source."""
    want = to_object(name, read(source))
    assert to_path(name, path, read(source)) == want
    looked_at = read(source)
    for record in looked_at:
        _ = record.title, record.fields, record.leader
    assert to_path(name, path, looked_at) == want


@pytest.mark.parametrize("name", WRITERS)
def test_generated_records_are_written_as_to_a_file_object(name: str, path: Path) -> None:
    assert_same(name, path, b"".join(realistic(700, seed=5)))
    assert_same(name, path, b"".join(marc8(300, seed=5)))


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize(
    "file", ["mrrc/realistic.mrc", "pymarc/marc.dat", "pymarc/utf8_with_leader_flag.dat"]
)
def test_files_of_the_corpus_are_written_as_to_a_file_object(
    name: str, file: str, path: Path
) -> None:
    assert_same(name, path, corpus_file(file))


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.filterwarnings("ignore::marcd.DataLossWarning")
def test_odd_records_are_written_as_to_a_file_object(name: str, path: Path) -> None:
    """But for those that ISO 2709 has no room for, and what XML cannot hold or loses."""
    writable = []
    for record, _ in odd_pairs(700, seed=31, oddity=0.1):
        sent = outcome(_encoding.pymarcs(FORMATS[name]).frame, record)
        given, data, *_ = outcome(to_object, name, [record])
        if sent[0] == given == "gives" and not (
            name == "XMLWriter" and (illegal_xml.search(data.decode()) or b"\r" in data)
        ):
            writable.append(record)
    assert len(writable) > 50
    assert to_path(name, path, writable) == to_object(name, writable)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_few_records_are_written_as_to_a_file_object(name: str, count: int, path: Path) -> None:
    records = [small()] * count
    assert to_path(name, path, records) == to_object(name, records)


def names(path: Path) -> list[str]:
    return sorted(os.listdir(path.parent))


def test_an_exception_within_with_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    path.write_bytes(OLD)
    with pytest.raises(KeyError), marcd.MARCWriter(path) as writer:
        for record in read(b"".join(realistic(500, seed=5))):
            writer.write(record)
        raise KeyError
    wait_until(lambda: names(path) == [path.name])
    assert path.read_bytes() == OLD


@pytest.mark.filterwarnings("ignore:The writer of:marcd.DataLossWarning")
def test_a_dropped_writer_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    path.write_bytes(OLD)
    marcd.MARCWriter(path).write(small())
    wait_until(lambda: names(path) == [path.name])
    assert path.read_bytes() == OLD


def test_a_link_stays_and_its_file_is_replaced(path: Path) -> None:
    target = path.with_name("target")
    target.write_bytes(OLD)
    path.symlink_to(target)
    to_path("XMLWriter", path, [small()])
    assert path.is_symlink()
    assert target.read_bytes() == to_object("XMLWriter", [small()])


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_mode_that_open_gives(mask: int, path: Path) -> None:
    before = os.umask(mask)
    try:
        path.with_name("twin").touch()
        to_path("XMLWriter", path, [small()])
    finally:
        os.umask(before)
    assert path.stat().st_mode == path.with_name("twin").stat().st_mode


def test_a_file_that_is_replaced_keeps_its_mode_unless_another_is_given(path: Path) -> None:
    path.touch()
    path.chmod(0o640)
    to_path("XMLWriter", path, [small()])
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    marcd.write([small()], path, format="marcxml", mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("no/such/folder/out.xml", FileNotFoundError),
        ("", IsADirectoryError),
        ("/dev/null", ValueError),
        ("\udc80.xml", ValueError),
    ],
)
def test_what_cannot_be_written_is_pythons_error_at_once(
    target: str, error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        marcd.XMLWriter(os.path.join(tmp_path, target))


@pytest.mark.parametrize("target", [None, 7, io.BytesIO()])
def test_marcd_write_wants_a_path(target: Any) -> None:
    with pytest.raises(TypeError):
        marcd.write([], target, format="marcxml")


def test_a_file_that_must_not_be_there_is_pythons_error(path: Path) -> None:
    path.write_bytes(OLD)
    with pytest.raises(FileExistsError):
        marcd.write([small()], path, format="marcxml", if_exists="error")
    assert path.read_bytes() == OLD
    path.unlink()
    assert marcd.write([small()], path, format="marcxml", if_exists="error").records == 1


def test_only_the_file_of_an_etag_is_replaced(path: Path) -> None:
    first = marcd.write([small()], path, format="marcxml")
    second = marcd.write([small()] * 2, path, format="marcxml", if_etag=first.etag)
    with pytest.raises(marcd.ServerError) as caught:
        marcd.write([], path, format="marcxml", if_etag=first.etag)
    assert caught.value.code == "FAILED_PRECONDITION"
    assert path.stat().st_size == second.size


def test_a_readers_records_are_written_and_its_bad_one_is_an_error(path: Path) -> None:
    good = list(realistic(3, seed=1))
    source = path.with_name("in.mrc")
    source.write_bytes(b"".join([*good, b"00026     2200025   4500\x1e\x1d", good[0]]))
    with marcd.MARCReader(source) as reader, pytest.raises(ValueError, match="place of record 3"):
        marcd.write(reader, path, format="marcxml")
    assert not path.exists()
    with marcd.MARCReader(source) as reader:
        result = marcd.write((r for r in reader if r is not None), path, format="marcxml")
    assert result.records == 4


def too_long() -> Record:
    fields = [Field("500", subfields=[Subfield("a", "x" * 9_000)]) for _ in range(12)]
    return record_with(Field("001", data="n 1"), *fields)


def test_a_record_too_long_for_iso2709_is_refused_and_the_others_are_written(path: Path) -> None:
    with marcd.MARCWriter(path) as writer:
        writer.write(small())
        with pytest.raises(ValueError, match="would have 108"):
            writer.write(too_long())
        writer.write(small())
    assert path.read_bytes() == 2 * small().as_marc()


def test_a_record_too_long_is_split_or_has_no_lengths_if_that_is_asked(path: Path) -> None:
    marcd.write([small(), too_long()], path, format="iso2709", too_long="split")
    _, *parts = read(path)
    assert len(parts) > 1
    assert {part["001"].data for part in parts} == {"n 1"}
    assert sum(len(part.get_fields("500")) for part in parts) == 12
    marcd.write([too_long()], path, format="iso2709", too_long="zeros")
    assert path.read_bytes()[:5] == b"00000"
    (whole,) = marcd.read(path)
    assert len(whole.get_fields("500")) == 12


def test_what_xml_cannot_hold_is_replaced_and_said(path: Path) -> None:
    record = record_with(Field("500", subfields=[Subfield("a", "a\x00b")]))
    with pytest.warns(marcd.DataLossWarning, match="first record 1"), marcd.XMLWriter(path) as w:
        w.write(small())
        w.write(record)
    (_, read_back) = marcd.parse_xml_to_array(str(path))
    assert read_back["500"]["a"] == "a\ufffdb"
    result = marcd.write([record], path, format="marcxml")
    assert (result.diagnostic_count, len(result.diagnostics)) == (1, 1)


def test_the_warning_of_a_replacement_names_the_line_that_closed(path: Path) -> None:
    record = record_with(Field("500", subfields=[Subfield("a", "a\x00b")]))
    with pytest.warns(marcd.DataLossWarning) as caught:
        with marcd.XMLWriter(path) as within:
            within.write(record)
        writer = marcd.XMLWriter(path)
        writer.write(record)
        writer.close()
    assert [warning.filename for warning in caught] == [__file__] * 2


@pytest.mark.parametrize("tag", ["500", "5000"])
def test_a_single_record_is_a_document_in_the_namespace(tag: str, path: Path) -> None:
    marcd.write([record_with(Field(tag))], path, format="marcxml", single=True)
    (root,) = marcd.parse_xml_to_array(str(path), strict=True)
    assert root.fields[0].tag == tag
    with pytest.raises(marcd.ServerError):
        marcd.write([small()] * 2, path, format="marcxml", single=True)


@pytest.mark.parametrize("format", ["marcxml", "turbomarc"])
def test_a_single_document_without_a_record_is_an_error(format: str, path: Path) -> None:
    path.write_bytes(OLD)
    with pytest.raises(ValueError, match="single=True wants one record"):
        marcd.write([], path, format=format, single=True)
    wait_until(lambda: names(path) == [path.name])
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("format", sorted({*_formats.WRITTEN} - {"marcxml", "turbomarc"}))
def test_only_a_format_of_xml_can_be_a_single_record(format: str, path: Path) -> None:
    with pytest.raises(ValueError, match="single=True is of marcxml and turbomarc"):
        marcd.write([small()], path, format=format, single=True)
    assert not path.exists()


def test_a_carriage_return_comes_back_from_xml(path: Path) -> None:
    fields = [Field(tag, subfields=[Subfield("a", "a\rb")]) for tag in ("500", "5000")]
    to_path("XMLWriter", path, [record_with(*fields)])
    (record,) = marcd.parse_xml_to_array(str(path))
    assert [field["a"] for field in record] == ["a\rb", "a\rb"]


def unzstd(data: bytes) -> bytes:
    if shutil.which("zstd") is None:
        pytest.skip("the program zstd is not here")
    return subprocess.run(["zstd", "-dc"], input=data, capture_output=True, check=True).stdout


UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.decompress,
    ".xz": lzma.decompress,
    ".bz2": bz2.decompress,
    ".zst": unzstd,
}


@pytest.mark.parametrize("suffix", UNPACK)
@pytest.mark.parametrize(
    ("format", "name"), [("mrc", "MARCWriter"), ("xml", "XMLWriter"), ("json", "JSONWriter")]
)
def test_the_suffixes_tell_the_format_and_the_compression(
    format: str, name: str, suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"out.{format}{suffix}"
    records = read(b"".join(realistic(100, seed=6)))
    marcd.write(records, path)
    assert UNPACK[suffix](path.read_bytes()) == to_object(name, records)
    with marcd.read(path) as reader:
        assert [r.title for r in reader] == [r.title for r in records]


def test_the_package_knows_the_suffixes_that_the_daemon_knows() -> None:
    table = Path(__file__).parents[2] / "core" / "formats" / "format.cc"
    if not table.exists():
        pytest.skip("the daemon's sources are not here")
    rows = re.findall(r'\{\d, "(\w+)",[^}]*?"([. \w]*)"\}', table.read_text())
    known = {suffix: name for name, suffixes in rows for suffix in suffixes.split()}
    assert known == _formats.SUFFIXES


def test_a_name_that_tells_no_format_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not tell the format"):
        marcd.write([], tmp_path / "records")


@pytest.mark.parametrize(
    "options",
    [
        {"format": "pdf"},
        {"encoding": "latin-1"},
        {"too_long": "cut"},
        {"unmappable": "drop"},
        {"compression": "zip"},
        {"if_exists": "append"},
        *({name: "unspecified"} for name in OPTIONS),
    ],
)
def test_an_option_that_does_not_exist_is_an_error(options: dict[str, Any], path: Path) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(options))} is one of"):
        marcd.write([], path, **{"format": "marcxml", **options})
    assert not path.exists()


def test_a_servers_file_is_written_by_its_name(tmp_path: Path) -> None:
    there = start_daemon(f"--roots=out={tmp_path}:rw")
    with marcd.connect(there.target) as client:
        result = marcd.write([small()], client.file("out", "a.xml"))
        assert result.name == "out:a.xml"
        with marcd.XMLWriter(client.file("out", "b.xml")) as writer:
            writer.write(small())
    there.stop()
    want = to_object("XMLWriter", [small()])
    assert (tmp_path / "a.xml").read_bytes() == (tmp_path / "b.xml").read_bytes() == want


def test_a_daemon_that_is_killed_leaves_the_old_file_and_says_so(path: Path) -> None:
    there = start_daemon("--roots=all=/:rw")
    path.write_bytes(OLD)
    records = read(b"".join(realistic(600, seed=7)))
    with marcd.connect(there.target) as client:
        writer = marcd.XMLWriter(path, client=client)
        for record in records:
            writer.write(record)
        os.kill(there.pid, signal.SIGKILL)
        there.process.wait()
        # Which of the two depends on whether the loss was noticed before the commit was sent.
        said = "Nothing was published|was written is not known"
        with pytest.raises(marcd.ServerError, match=said) as caught:
            writer.close()
    there.kill()
    assert caught.value.code == "UNAVAILABLE"
    assert path.read_bytes() == OLD


def test_a_file_whose_answer_was_lost_is_known_to_be_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = []
    result = WriteCall.result

    def lost(call: WriteCall) -> Any:
        answers.append(result(call))
        if len(answers) == 1:
            raise marcd.ServerError("The connection is gone", code="UNAVAILABLE")
        return answers[-1]

    monkeypatch.setattr(WriteCall, "result", lost)
    with marcd.MARCWriter(path) as writer:
        writer.write(small())
    assert answers[0] == answers[1]
    assert writer.result is not None
    assert writer.result.records == 1
    assert path.read_bytes() == small().as_marc()


def test_a_program_that_is_killed_leaves_the_old_file_and_nothing_else(
    path: Path, server: Daemon
) -> None:
    path.write_bytes(OLD)
    code = """
import sys, time
import marcd
writer = marcd.XMLWriter(sys.argv[1])
record = marcd.Record(fields=[marcd.Field("001", data="x" * 9000)])
for _ in range(1000):
    writer.write(record)
print("written", flush=True)
time.sleep(60)
"""
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"written\n"
        program.kill()
    wait_until(lambda: names(path) == [path.name])
    assert path.read_bytes() == OLD


def test_a_full_disk_says_so(path: Path) -> None:
    limit = ["prlimit", "--fsize=100000"]
    there = start_daemon("--roots=all=/:rw", wrapper=limit)
    path.write_bytes(OLD)
    with (
        marcd.connect(there.target) as client,
        pytest.raises(marcd.ServerError, match="Nothing was published") as caught,
    ):
        marcd.write(read(b"".join(realistic(300, seed=8))), path, format="marcxml", client=client)
    there.stop()
    assert caught.value.reason == "DISK_FULL"
    assert names(path) == [path.name]
    assert path.read_bytes() == OLD


def test_a_daemon_that_left_meanwhile_is_started_again(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MARCD_SERVER", raising=False)
    with marcd.connect() as client:
        os.kill(client.info().pid, signal.SIGKILL)
        path = tmp_path / "out.xml"
        assert marcd.write([small()], path, client=client).records == 1
    assert path.read_bytes() == to_object("XMLWriter", [small()])
