"""What a reader does with each kind of argument."""

from __future__ import annotations

import bz2
import gc
import gzip
import io
import os
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import marcd
import pymarc
import pytest

from tests.generate import marc8, realistic
from tests.iso2709 import encode
from tests.support import start_daemon

RECORDS = list(realistic(400, seed=1))
DATA = b"".join(RECORDS)
SMALL = b"".join(RECORDS[:4])
DEADLINE = 120.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(DATA)
    return file


def numbers(reader: Any) -> list[int]:
    return [int(record["001"].data) for record in reader]


def packed(path: Path, module: Any) -> Any:
    with module.open(path, "wb") as file:
        file.write(DATA)
    return module.open(path, "rb")


class OnlyRead:
    """The least that a program's object may have."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)
        self.threads: set[int] = set()

    def read(self, size: int = -1) -> bytes:
        self.threads.add(threading.get_ident())
        return self._file.read(size)


TARGETS: dict[str, Callable[[Path], Any]] = {
    "str": str,
    "Path": lambda path: path,
    "open file": lambda path: path.open("rb"),
    "unbuffered file": lambda path: path.open("rb", buffering=0),
    "file for update": lambda path: path.open("r+b"),
    "bytes": lambda path: DATA,
    "bytearray": lambda path: bytearray(DATA),
    "memoryview": lambda path: memoryview(DATA),
    "BytesIO": lambda path: io.BytesIO(DATA),
    "gzip": lambda path: packed(path.with_suffix(".gz"), gzip),
    "bz2": lambda path: packed(path.with_suffix(".bz2"), bz2),
    "only read": lambda path: OnlyRead(DATA),
    "small bytes": lambda path: SMALL,
    "small BytesIO": lambda path: io.BytesIO(SMALL),
}


@pytest.mark.parametrize("kind", TARGETS)
def test_every_kind_of_source_is_read(kind: str, path: Path, client: marcd.Client) -> None:
    count = 4 if kind.startswith("small") else len(RECORDS)
    with marcd.MARCReader(TARGETS[kind](path)) as reader:
        records = list(reader)
        assert [record.as_marc() for record in records] == RECORDS[:count]
        assert [record.ordinal for record in records] == list(range(count))
        assert sum(record.length for record in records) == len(b"".join(RECORDS[:count]))
        assert list(reader) == []
        assert (reader.gaps, reader.diagnostics) == ([], [])


def test_temporary_files_are_read(client: marcd.Client) -> None:
    for make in (
        tempfile.TemporaryFile,
        tempfile.NamedTemporaryFile,
        tempfile.SpooledTemporaryFile,
    ):
        with make() as file:
            file.write(DATA)
            file.seek(0)
            assert numbers(marcd.MARCReader(file)) == list(range(len(RECORDS))), make


def test_a_path_is_the_clients_own_whatever_its_folder(
    path: Path, client: marcd.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    assert len(list(marcd.MARCReader(path.name))) == len(RECORDS)


def test_a_path_with_bytes_that_are_no_text_is_read(tmp_path: Path, client: marcd.Client) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.mrc")
    with open(path, "wb") as file:
        file.write(DATA)
    assert len(list(marcd.MARCReader(os.fsdecode(path)))) == len(RECORDS)


def test_a_file_that_the_daemon_does_not_see_is_sent(path: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    daemon = start_daemon(f"--roots=all={root}")
    try:
        with marcd.connect(daemon.target) as client:
            reader = marcd.MARCReader(path, client=client)
            assert numbers(reader) == list(range(len(RECORDS)))
            assert reader.position is None
            with path.open("rb") as file:
                assert numbers(marcd.MARCReader(file, client=client)) == list(range(len(RECORDS)))
                assert file.tell() == len(DATA)
    finally:
        daemon.stop()


def test_a_file_of_the_servers_is_read_by_root_and_path(path: Path, client: marcd.Client) -> None:
    file = client.file("all", str(path).lstrip("/"))
    assert numbers(marcd.MARCReader(file)) == list(range(len(RECORDS)))
    reader = marcd.MARCReader(client.file("all", "no/such.mrc"))
    for _ in range(2):  # the error stays
        with pytest.raises(FileNotFoundError) as caught:
            next(reader)
    assert isinstance(caught.value, marcd.ServerError)
    assert caught.value.reason == "FILE_NOT_FOUND"


def test_the_bytes_of_any_record_can_be_had(tmp_path: Path, client: marcd.Client) -> None:
    """Of one whose frame does not give them: MARC-8, and what pymarc complains of."""
    chunks = [*marc8(6), encode([(b"245", b"\xff")]), *RECORDS[:2]]
    path = tmp_path / "odd.mrc"
    path.write_bytes(b"".join(chunks))
    for target in (
        path,
        path.read_bytes(),
        io.BytesIO(path.read_bytes()),
        io.BufferedReader(io.BytesIO(path.read_bytes())),
        client.file("all", str(path).lstrip("/")),
    ):
        for to_unicode in (True, False):
            if isinstance(target, io.IOBase):
                target.seek(0)
            reader = marcd.MARCReader(target, to_unicode=to_unicode)
            assert [reader.current_chunk for _ in reader] == chunks, target


@pytest.mark.parametrize("buffering", [-1, 0])
def test_an_open_file_stands_where_pymarc_leaves_it(
    path: Path, client: marcd.Client, buffering: int
) -> None:
    with path.open("rb", buffering) as ours, path.open("rb", buffering) as theirs:
        for record, expected in zip(marcd.MARCReader(ours), pymarc.MARCReader(theirs), strict=True):
            assert ours.tell() == theirs.tell()
            assert record["001"].data == expected["001"].data
        assert ours.tell() == theirs.tell() == len(DATA)


def test_bytesio_stands_where_pymarc_leaves_it(client: marcd.Client) -> None:
    for data in (SMALL, DATA):
        ours, theirs = io.BytesIO(data), io.BytesIO(data)
        for _ in zip(marcd.MARCReader(ours), pymarc.MARCReader(theirs), strict=True):
            assert ours.tell() == theirs.tell()
        assert ours.tell() == theirs.tell()


@pytest.mark.parametrize("make", [lambda p: p.open("rb"), lambda p: io.BytesIO(DATA)])
def test_reading_goes_on_from_where_the_file_stands(
    path: Path, client: marcd.Client, make: Callable[[Path], Any]
) -> None:
    with make(path) as file:
        file.seek(len(RECORDS[0]))
        first = marcd.MARCReader(file)
        assert numbers(next(first) for _ in range(3)) == [1, 2, 3]
        assert file.read(len(RECORDS[4])) == RECORDS[4]
        second = marcd.MARCReader(file)
        assert numbers([next(second)]) == [5]
        assert numbers([next(first)]) == [6]
        file.seek(0)
        assert numbers([next(first)]) == [0]
        assert numbers(first) == list(range(1, len(RECORDS)))


def test_a_file_closed_by_the_program_is_a_clear_error(path: Path, client: marcd.Client) -> None:
    file = path.open("rb")
    reader = marcd.MARCReader(file)
    next(reader)
    file.close()
    with pytest.raises(ValueError, match="File closed; cannot read records"):
        next(reader)


def test_what_was_written_to_a_file_is_read(tmp_path: Path, client: marcd.Client) -> None:
    with (tmp_path / "new.mrc").open("w+b") as file:
        file.write(SMALL)
        file.seek(0)
        assert numbers(marcd.MARCReader(file)) == [0, 1, 2, 3]


def pipe() -> tuple[Any, Any]:
    read, write = os.pipe()
    return open(read, "rb"), open(write, "wb", buffering=0)


def connection() -> tuple[Any, Any]:
    ours, theirs = socket.socketpair()
    files = ours.makefile("rb"), theirs.makefile("wb", buffering=0)
    ours.close()
    theirs.close()
    return files


@pytest.mark.parametrize("make", [pipe, connection])
def test_half_a_record_in_a_pipe_does_not_block_what_is_there(
    make: Callable[[], tuple[Any, Any]], client: marcd.Client
) -> None:
    source, sink = make()
    half = len(RECORDS[3]) // 2
    sink.write(SMALL[: -len(RECORDS[3])] + RECORDS[3][:half])
    with source, marcd.MARCReader(source) as reader:
        # Were one of these to wait for the rest, nothing would ever be written.
        assert numbers(next(reader) for _ in range(3)) == [0, 1, 2]
        sink.write(RECORDS[3][half:])
        assert numbers([next(reader)]) == [3]
        sink.close()
        assert list(reader) == []


def test_a_long_record_in_small_pieces_is_read_whole(client: marcd.Client) -> None:
    class Trickle:
        def __init__(self) -> None:
            self.file = io.BytesIO(DATA)

        def read1(self, size: int = -1) -> bytes:
            return self.file.read(1000)

        read = read1

    assert numbers(marcd.MARCReader(Trickle())) == list(range(len(RECORDS)))


class Drips:
    """Gives so many bytes at most for each `read`."""

    def __init__(self, data: bytes, size: int) -> None:
        self._file = io.BytesIO(data)
        self._size = size

    def read(self, size: int = -1) -> bytes:
        return self._file.read(min(size, self._size))


@pytest.mark.parametrize("size", [1, 3, 24, 61])
@pytest.mark.parametrize("suffix", [".mrc", ".xml", ".turbomarc", ".json", ".mrk", ".seq", ".line"])
def test_the_format_is_told_however_little_comes_at_once(
    suffix: str, size: int, tmp_path: Path, client: marcd.Client
) -> None:
    path = tmp_path / f"some{suffix}"
    with marcd.read(SMALL, client=client) as reader:
        marcd.write(reader, path, client=client)
    data = path.read_bytes()
    with marcd.read(path, client=client) as reader:
        expected = [str(record) for record in reader]
    assert len(expected) == 4
    with marcd.read(Drips(data, size), client=client) as reader:
        assert [str(record) for record in reader] == expected


HEADS = [b"00000", b"-0005", b"0000\x1d", b"000000794 LDR   L ^^^^^nam^a22003011^^4500\n"]


@pytest.mark.parametrize("data", HEADS)
def test_a_head_that_is_a_length_by_chance_is_not_followed(
    data: bytes, client: marcd.Client
) -> None:
    with marcd.read(data, client=client) as reader:
        list(reader)
        assert reader.reason_counts


def test_a_fifo_by_its_path_is_read(tmp_path: Path, client: marcd.Client) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(DATA,))
    writer.start()
    with marcd.MARCReader(path) as reader:
        assert numbers(reader) == list(range(len(RECORDS)))
    writer.join(DEADLINE)


def test_the_programs_object_is_called_from_its_own_thread(client: marcd.Client) -> None:
    source = OnlyRead(DATA)
    list(marcd.MARCReader(source))
    assert source.threads == {threading.get_ident()}


def test_text_is_refused(client: marcd.Client) -> None:
    with pytest.raises(TypeError, match="gave str, not bytes; open the file in binary mode"):
        next(marcd.MARCReader(io.StringIO("00026")))


@pytest.mark.parametrize(("target", "name"), [(5, "int"), (None, "NoneType"), ([b""], "list")])
def test_other_things_are_a_type_error(target: object, name: str) -> None:
    text = rf"Expected str, Path, bytes, or file-like object with \.read\(\), got {name}"
    with pytest.raises(TypeError, match=text):
        marcd.MARCReader(target)


def test_a_path_that_cannot_be_read_is_pythons_error(tmp_path: Path, client: marcd.Client) -> None:
    with pytest.raises(FileNotFoundError):
        marcd.MARCReader(tmp_path / "missing.mrc")
    with pytest.raises(IsADirectoryError):
        marcd.MARCReader(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_permission_error(path: Path, client: marcd.Client) -> None:
    path.chmod(0)
    with pytest.raises(PermissionError):
        next(marcd.MARCReader(path))


def test_small_bytes_need_no_daemon(alone: None) -> None:
    assert numbers(marcd.MARCReader(SMALL)) == [0, 1, 2, 3]
    assert numbers(marcd.MARCReader(io.BytesIO(SMALL))) == [0, 1, 2, 3]
    assert list(marcd.MARCReader(b"")) == []


def test_an_empty_source_has_no_records(tmp_path: Path, client: marcd.Client) -> None:
    empty = tmp_path / "empty.mrc"
    empty.touch()
    for target in (empty, empty.open("rb"), io.BytesIO(), OnlyRead(b"")):
        with marcd.MARCReader(target) as reader:
            assert list(reader) == []
            assert reader.read_batch() == []


def test_a_reader_whose_making_is_interrupted_leaves_no_second_error(
    path: Path, client: marcd.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dataclasses.replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        marcd.MARCReader(path, client=client)
    gc.collect()  # what it says to sys.unraisablehook fails a test
