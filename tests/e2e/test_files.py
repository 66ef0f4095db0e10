"""Files that cannot be read, or may not be: a clear status each, and nothing hangs."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from marcd.v1 import file_service_pb2

from tests import generate
from tests.e2e.calls import Client, Failure, failure_of
from tests.support import start_daemon

RECORDS = list(generate.realistic(20))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`place/root` is all that the daemon of these tests may read."""
    place = tmp_path_factory.mktemp("files")
    root = place / "root"
    (root / "folder").mkdir(parents=True)
    for path in (root / "good.mrc", root / "folder" / "deep.mrc", place / "secret.mrc"):
        path.write_bytes(b"".join(RECORDS))
    (root / "empty.mrc").touch()
    (root / "locked.mrc").write_bytes(RECORDS[0])
    (root / "locked.mrc").chmod(0)
    os.mkfifo(root / "fifo")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(os.path.relpath(root / "socket"))
    links = {
        "inside": "folder/deep.mrc",
        "inside_absolute": str(root / "good.mrc"),
        "out": "../secret.mrc",
        "out_absolute": str(place / "secret.mrc"),
        "out_folder": "..",
        "loop": "loop",
        "dangling": "nowhere",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    return place


@pytest.fixture(scope="module")
def client(place: Path) -> Iterator[Client]:
    """Of a daemon that has no more rights than the files' owner, even where that is root."""
    wrapper = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if not os.geteuid() else []
    if wrapper and not shutil.which("setpriv"):
        pytest.skip("root may read every file, and there is no setpriv to take that away")
    daemon = start_daemon(f"--roots=cat={place}/root", wrapper=wrapper)
    with Client(daemon.target) as opened:
        yield opened
    daemon.stop()


def refused(client: Client, name: str) -> Failure:
    """How both calls that open a file refuse it."""
    reading = client.read(name)
    assert (reading.responses, reading.failure is None) == (0, False)
    assert reading.failure == failure_of(lambda: client.get_file(name))
    assert reading.failure.metadata["path"] == name
    assert name in reading.failure.message
    return reading.failure


@pytest.mark.parametrize("name", ["good.mrc", "folder/deep.mrc", "inside"])
def test_a_file_in_a_root_is_read_by_either_name(client: Client, place: Path, name: str) -> None:
    for spelled in (f"cat:{name}", str(place / "root" / name)):
        assert client.read(spelled).ordinals == list(range(20))
        assert client.get_file(spelled).identity.size == sum(map(len, RECORDS))


def test_an_empty_file_is_read_to_its_end(client: Client) -> None:
    reading = client.read("cat:empty.mrc")
    assert (reading.items, reading.end, reading.file_size) == ([], True, 0)
    assert client.read("cat:empty.mrc", resume_token=reading.token).end


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("cat:missing.mrc", "NOT_FOUND", "FILE_NOT_FOUND"),
        ("cat:folder/missing/x.mrc", "NOT_FOUND", "FILE_NOT_FOUND"),
        ("cat:dangling", "NOT_FOUND", "FILE_NOT_FOUND"),
        ("cat:folder", "FAILED_PRECONDITION", "NOT_A_REGULAR_FILE"),
        ("cat:.", "FAILED_PRECONDITION", "NOT_A_REGULAR_FILE"),
        ("cat:fifo", "FAILED_PRECONDITION", "NOT_A_REGULAR_FILE"),
        ("cat:socket", "FAILED_PRECONDITION", "NOT_A_REGULAR_FILE"),
        ("cat:locked.mrc", "PERMISSION_DENIED", "FILE_UNREADABLE"),
        ("cat:../secret.mrc", "PERMISSION_DENIED", "OUTSIDE_ROOTS"),
        ("cat:folder/../../secret.mrc", "PERMISSION_DENIED", "OUTSIDE_ROOTS"),
        ("cat:out", "PERMISSION_DENIED", "OUTSIDE_ROOTS"),
        ("cat:out_absolute", "PERMISSION_DENIED", "OUTSIDE_ROOTS"),
        ("cat:loop", "PERMISSION_DENIED", "OUTSIDE_ROOTS"),
        ("cat:out_folder/secret.mrc", "PERMISSION_DENIED", "OUTSIDE_ROOTS"),
        ("/etc/passwd", "PERMISSION_DENIED", "OUTSIDE_ROOTS"),
        ("/no/such/file", "PERMISSION_DENIED", "OUTSIDE_ROOTS"),
        ("dog:good.mrc", "NOT_FOUND", "ROOT_UNKNOWN"),
        ("good.mrc", "INVALID_ARGUMENT", "FILE_NAME_INVALID"),
        ("./good.mrc", "INVALID_ARGUMENT", "FILE_NAME_INVALID"),
        ("", "INVALID_ARGUMENT", "FILE_NAME_INVALID"),
        ("cat:", "INVALID_ARGUMENT", "FILE_NAME_INVALID"),
    ],
)
def test_what_cannot_be_opened_is_refused(
    client: Client, name: str, code: str, reason: str
) -> None:
    assert refused(client, name).what == (code, reason)


def test_a_neighbour_whose_name_begins_as_the_root_is_outside(client: Client, place: Path) -> None:
    twin = place / "root2"
    twin.mkdir()
    (twin / "good.mrc").write_bytes(RECORDS[0])
    assert refused(client, str(twin / "good.mrc")).reason == "OUTSIDE_ROOTS"


def test_a_name_of_any_length_is_refused_in_few_words(client: Client) -> None:
    failure = client.read("cat:" + "x" * 100_000).failure
    assert failure is not None
    assert failure.code.name in ("NOT_FOUND", "INVALID_ARGUMENT")
    assert len(failure.message) < 8_000


def test_a_root_tells_nothing_of_files_outside(client: Client, place: Path) -> None:
    there, missing = (refused(client, f"cat:out_folder/{n}") for n in ("secret.mrc", "none.mrc"))
    assert there.what == missing.what


def view_of(path: Path, **changed: int) -> file_service_pb2.ClientView:
    """What a client sees of a file, or of another one."""
    stat = path.stat()
    seen = {
        "device": stat.st_dev,
        "inode": stat.st_ino,
        "size": stat.st_size,
        "modified_ns": stat.st_mtime_ns,
    }
    return file_service_pb2.ClientView(**{**seen, **changed})


def test_a_file_that_client_and_daemon_see_alike_is_read(client: Client, place: Path) -> None:
    path = place / "root" / "good.mrc"
    assert client.read(path, seen=view_of(path)).ordinals == list(range(20))


def test_a_file_that_grew_since_the_client_looked_is_read(client: Client, place: Path) -> None:
    path = place / "root" / "good.mrc"
    assert client.read(path, seen=view_of(path, size=1_000)).end


@pytest.mark.parametrize("part", ["device", "inode", "size", "modified_ns"])
def test_another_file_of_the_same_name_is_not_read(client: Client, place: Path, part: str) -> None:
    path = place / "root" / "good.mrc"
    failure = client.read(path, seen=view_of(path, **{part: 10**9})).failure
    assert failure is not None
    assert failure.what == ("FAILED_PRECONDITION", "FILE_MISMATCH")
    assert failure.metadata["path"] == str(path)


def test_a_truncated_file_gives_what_is_whole_and_where_it_was_cut(
    client: Client, place: Path
) -> None:
    path = place / "root" / "cut.mrc"
    whole = b"".join(RECORDS[:5])
    path.write_bytes(whole + RECORDS[5][:100])
    reading = client.read(path)
    assert reading.ordinals == list(range(5))
    (cut,) = reading.skipped
    assert (cut.offset, cut.length, cut.ordinal) == (len(whole), 100, 5)
    assert cut.reason == "TRUNCATED_RECORD"
    assert (reading.next_offset, reading.next_ordinal, reading.end) == (len(whole), 5, True)
