"""WriteRecords of a real daemon: a file is written whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest
from marcd.v1 import file_service_pb2, options_pb2, write_service_pb2

from tests.e2e.calls import Client, Failure, failure_of, wait_until
from tests.e2e.writing import (
    Writer,
    batch,
    commit,
    header,
    left_in,
    records_of,
    undecoded,
)
from tests.support import STOP_SECONDS, Daemon, start_daemon

OLD = b"what was there before"


@pytest.fixture(scope="module")
def writing_daemon() -> Iterator[Daemon]:
    started = start_daemon("--roots=all=/:rw")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def writer(writing_daemon: Daemon) -> Iterator[Writer]:
    with Writer(writing_daemon.target) as opened:
        yield opened


def check_untouched(path: Path, content: bytes | None = None) -> None:
    """The file is as it was, or not there; and nothing else is left."""
    assert left_in(path.parent) == []
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_committed_file_holds_the_records_in_the_order_sent(
    writer: Writer, tmp_path: Path
) -> None:
    records = records_of(5000)
    path = tmp_path / "new.mrc"
    answer = writer.write(path, records)
    expected = b"".join(records)
    assert path.read_bytes() == expected
    assert (answer.name, answer.records) == (str(path), len(records))
    assert (answer.size, answer.crc32) == (len(expected), zlib.crc32(expected))
    assert answer.etag
    assert left_in(tmp_path) == []


def test_a_file_of_no_records_is_empty(writer: Writer, tmp_path: Path) -> None:
    assert writer.write(tmp_path / "none.mrc", []).size == 0
    assert (tmp_path / "none.mrc").read_bytes() == b""


def test_records_of_many_megabytes_pass(writer: Writer, tmp_path: Path) -> None:
    records = [os.urandom(9 << 20), b"small", os.urandom(5 << 20)]
    writer.write(tmp_path / "large.mrc", records, each=1)
    assert (tmp_path / "large.mrc").read_bytes() == b"".join(records)


FRAME = undecoded(b"record")
WRONG: dict[str, tuple[list[Any], tuple[str, str]]] = {
    "no commit": ([batch([FRAME])], ("ABORTED", "NOT_COMMITTED")),
    "nothing behind the header": ([], ("ABORTED", "NOT_COMMITTED")),
    "a wrong count": ([batch([FRAME]), commit(2)], ("ABORTED", "COUNT_MISMATCH")),
    "a wrong checksum": (
        [batch([FRAME], crc32=1), commit(1)],
        ("DATA_LOSS", "CHECKSUM_MISMATCH"),
    ),
    "an unknown version of the frame": (
        [batch([FRAME], frame_version=2), commit(1)],
        ("INVALID_ARGUMENT", "FRAME_VERSION"),
    ),
    "bytes that are no frame": (
        [batch([b"x" * 40]), commit(1)],
        ("INVALID_ARGUMENT", "FRAME_INVALID"),
    ),
    "lengths that are too long": (
        [batch([FRAME], frame_lengths=[len(FRAME) + 1]), commit(1)],
        ("INVALID_ARGUMENT", "FRAME_INVALID"),
    ),
    "lengths that are too short": (
        [batch([FRAME, FRAME], frame_lengths=[len(FRAME)]), commit(1)],
        ("INVALID_ARGUMENT", "FRAME_INVALID"),
    ),
    "a batch behind the commit": (
        [commit(0), batch([FRAME])],
        ("INVALID_ARGUMENT", "PART_OUT_OF_ORDER"),
    ),
    "a second commit": ([commit(0), commit(0)], ("INVALID_ARGUMENT", "PART_OUT_OF_ORDER")),
    "a second header": ([header("all:x")], ("INVALID_ARGUMENT", "PART_OUT_OF_ORDER")),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_stream_that_is_not_as_it_should_be_publishes_nothing(
    writer: Writer, tmp_path: Path, case: str
) -> None:
    messages, what = WRONG[case]
    path = tmp_path / "old.mrc"
    path.write_bytes(OLD)
    stream = [header(path, replace=True), *messages]
    assert failure_of(lambda: writer.send(stream)).what == what
    check_untouched(path, OLD)


def test_a_document_of_one_record_is_not_published_without_it(
    writer: Writer, tmp_path: Path
) -> None:
    path = tmp_path / "one.xml"
    stream = [header(path, format=2, single=True), batch([]), commit(0)]
    assert failure_of(lambda: writer.send(stream)).what == ("INVALID_ARGUMENT", "NOT_SINGLE")
    assert not path.exists()


@pytest.mark.parametrize("first", [batch([FRAME]), commit(0), None])
def test_a_stream_begins_with_its_header(writer: Writer, first: Any) -> None:
    failure = failure_of(lambda: writer.send([] if first is None else [first]))
    assert failure.what == ("INVALID_ARGUMENT", "PART_OUT_OF_ORDER")


def test_the_file_must_not_exist_unless_more_is_allowed(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "old.mrc"
    path.write_bytes(OLD)
    what = failure_of(lambda: writer.write(path, [b"new"])).what
    assert what == ("ALREADY_EXISTS", "TARGET_EXISTS")
    check_untouched(path, OLD)
    writer.write(path, [b"new"], replace=True)
    check_untouched(path, b"new")


def test_an_etag_lets_a_file_be_replaced_once(
    writer: Writer, writing_daemon: Daemon, tmp_path: Path
) -> None:
    path = tmp_path / "old.mrc"
    path.write_bytes(OLD)
    with Client(writing_daemon.target) as client:
        etag = client.get_file(path).etag
        answer = writer.write(path, [b"one"], if_etag=etag)
        assert client.get_file(path).etag == answer.etag != etag
    what = failure_of(lambda: writer.write(path, [b"two"], if_etag=etag)).what
    assert what == ("FAILED_PRECONDITION", "TARGET_CHANGED")
    check_untouched(path, b"one")
    writer.write(path, [b"two"], if_etag=answer.etag)
    check_untouched(path, b"two")


class Paced:
    """A stream that stands still where a test wants it to."""

    def __init__(self, writer: Writer, path: Path, **fields: Any) -> None:
        self.path = path
        self._go = threading.Event()
        self._messages = [header(path, **fields), batch([undecoded(b"new")])]
        self.call = writer.stub.WriteRecords.future(self._sent(), timeout=60)
        wait_until(lambda: left_in(path.parent) != [], "the temporary is there")

    def _sent(self) -> Iterator[Any]:
        yield from self._messages
        self._go.wait()
        yield commit(1)

    def go_on(self) -> Any:
        self._go.set()
        return self.call.result()

    def cancel(self) -> None:
        self.call.cancel()
        self._go.set()


def test_a_target_that_changes_meanwhile_is_kept(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "target.mrc"
    stream = Paced(writer, path)
    path.write_bytes(OLD)
    assert failure_of(stream.go_on).what == ("ALREADY_EXISTS", "TARGET_EXISTS")
    check_untouched(path, OLD)


def test_a_client_that_cancels_leaves_nothing(writer: Writer, tmp_path: Path) -> None:
    stream = Paced(writer, tmp_path / "new.mrc")
    stream.cancel()
    wait_until(lambda: list(tmp_path.iterdir()) == [], "the temporary goes")


def test_a_deadline_that_passes_leaves_nothing(writer: Writer, tmp_path: Path) -> None:
    never = threading.Event()

    def sent() -> Iterator[Any]:
        yield header(tmp_path / "new.mrc")
        never.wait(20)

    call = writer.stub.WriteRecords.future(sent(), timeout=0.5)
    assert failure_of(call.result).code is grpc.StatusCode.DEADLINE_EXCEEDED
    never.set()
    wait_until(lambda: list(tmp_path.iterdir()) == [], "the temporary goes")


def test_a_directory_that_is_removed_is_said_to_be(writer: Writer, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    stream = Paced(writer, folder / "new.mrc")
    for name in left_in(folder):
        (folder / name).unlink()
    folder.rmdir()
    assert failure_of(stream.go_on).what == ("NOT_FOUND", "DIRECTORY_NOT_FOUND")
    assert not folder.exists()


def test_of_two_writers_of_a_new_file_one_publishes(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "new.mrc"
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(writer.write, path, [b"%d" % i] * 100) for i in range(8)]
    won = [i for i, call in enumerate(calls) if call.exception() is None]
    assert len(won) == 1
    assert path.read_bytes() == b"%d" % won[0] * 100
    for call in calls:
        error = call.exception()
        assert error is None or Failure.of(error).what == ("ALREADY_EXISTS", "TARGET_EXISTS")
    assert left_in(tmp_path) == []


def test_the_mode_is_the_one_asked_for_or_that_of_the_old_file(
    writer: Writer, tmp_path: Path
) -> None:
    path = tmp_path / "new.mrc"
    writer.write(path, [b"new"], mode=0o640)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    writer.write(path, [b"new"], replace=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    failure = failure_of(lambda: writer.write(path, [b"new"], mode=0o4755))
    assert failure.what == ("INVALID_ARGUMENT", "MODE_INVALID")


def test_a_link_stands_for_what_it_points_at(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link.mrc"
    link.symlink_to("folder/file.mrc")
    writer.write(link, [b"new"])
    assert link.is_symlink()
    check_untouched(tmp_path / "folder" / "file.mrc", b"new")


def test_a_directory_or_a_device_is_refused(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in (tmp_path / "folder", Path("/dev/null"), f"{tmp_path}/folder/"):
        failure = failure_of(partial(writer.write, name, [b"new"], replace=True))
        assert failure.what == ("FAILED_PRECONDITION", "NOT_A_REGULAR_FILE")
    failure = failure_of(lambda: writer.write(tmp_path / "none" / "new.mrc", [b"new"]))
    assert failure.what == ("NOT_FOUND", "DIRECTORY_NOT_FOUND")


def test_the_client_can_make_sure_of_the_directory(writer: Writer, tmp_path: Path) -> None:
    here = tmp_path.stat()
    seen = file_service_pb2.ClientView(device=here.st_dev, inode=here.st_ino)
    writer.write(tmp_path / "new.mrc", [b"new"], seen_directory=seen)
    seen.inode += 1
    failure = failure_of(lambda: writer.write(tmp_path / "b.mrc", [b"new"], seen_directory=seen))
    assert failure.what == ("FAILED_PRECONDITION", "FILE_MISMATCH")
    assert not (tmp_path / "b.mrc").exists()


def test_a_request_is_answered_again_and_published_once(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "new.mrc"
    query = [header(path, request_id="A-1_b"), commit(2)]
    assert failure_of(lambda: writer.send(query)).what == ("NOT_FOUND", "WRITE_UNKNOWN")
    answer = writer.write(path, [b"one", b"two"], request_id="A-1_b")
    assert writer.send(query) == answer
    again = failure_of(lambda: writer.write(path, [b"three"], request_id="A-1_b"))
    assert again.what == ("ALREADY_EXISTS", "REQUEST_PUBLISHED")
    other = failure_of(lambda: writer.write(tmp_path / "b.mrc", [b"x"], request_id="A-1_b"))
    assert other.what == ("INVALID_ARGUMENT", "REQUEST_ID_USED")
    wrong = failure_of(lambda: writer.write(path, [], request_id="../../etc"))
    assert wrong.what == ("INVALID_ARGUMENT", "REQUEST_ID_INVALID")
    check_untouched(path, b"onetwo")


def test_files_are_compressed_by_their_suffix(writer: Writer, tmp_path: Path) -> None:
    records = records_of(1000)
    expected = b"".join(records)
    for suffix, decompress in (
        (".gz", gzip.decompress),
        (".xz", lzma.decompress),
        (".bz2", bz2.decompress),
        (".zst", None),
    ):
        path = tmp_path / f"new.mrc{suffix}"
        answer = writer.write(path, records, format=options_pb2.RECORD_FORMAT_UNSPECIFIED)
        assert (answer.size, answer.crc32) == (path.stat().st_size, zlib.crc32(path.read_bytes()))
        if decompress is not None:
            assert decompress(path.read_bytes()) == expected
    plain = tmp_path / "plain.gz"
    writer.write(plain, records, compression=write_service_pb2.TARGET_COMPRESSION_NONE)
    assert plain.read_bytes() == expected


def test_the_suffix_or_the_options_name_the_format(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "new.unknown"
    unspecified = {"format": options_pb2.RECORD_FORMAT_UNSPECIFIED}
    failure = failure_of(lambda: writer.write(path, [b"new"], **unspecified))
    assert failure.what == ("INVALID_ARGUMENT", "FORMAT_UNKNOWN")
    failure = failure_of(lambda: writer.write(path, [b"new"], encoding="latin-1"))
    assert failure.what == ("INVALID_ARGUMENT", "ENCODING_UNKNOWN")


def test_files_are_written_only_where_the_roots_allow_it(tmp_path: Path) -> None:
    (tmp_path / "rw").mkdir()
    (tmp_path / "ro").mkdir()
    (tmp_path / "rw" / "out.mrc").symlink_to(tmp_path / "ro" / "new.mrc")
    daemon = start_daemon(f"--roots=rw={tmp_path}/rw:rw,ro={tmp_path}/ro")
    try:
        with Writer(daemon.target) as writer:
            writer.write("rw:new.mrc", [b"new"])
            check_untouched(tmp_path / "rw" / "new.mrc", b"new")
            for name in ("ro:new.mrc", f"{tmp_path}/ro/new.mrc"):
                failure = failure_of(partial(writer.write, name, [b"new"]))
                assert failure.what == ("PERMISSION_DENIED", "ROOT_READ_ONLY")
            for name in ("rw:../ro/new.mrc", "rw:out.mrc", "/etc/new.mrc"):
                failure = failure_of(partial(writer.write, name, [b"new"]))
                assert failure.what == ("PERMISSION_DENIED", "OUTSIDE_ROOTS")
    finally:
        daemon.stop()
    assert list((tmp_path / "ro").iterdir()) == []


def test_what_the_daemon_may_not_write_it_says() -> None:
    folder = Path(tempfile.mkdtemp(prefix="marcd-test-"))
    try:
        folder.chmod(0o755)
        (folder / "kept.mrc").write_bytes(OLD)
        drop = ["--bounding-set=-all", "--inh-caps=-all"]
        user = ["--reuid=65534", "--regid=65534", "--clear-groups"]
        wrapper = ["setpriv", *user, *drop] if os.geteuid() == 0 else []
        if not wrapper:
            folder.chmod(0o555)
        daemon = start_unprivileged(folder, wrapper)
        with Writer(daemon.target) as writer:
            for name in ("new.mrc", "kept.mrc"):
                call = partial(writer.write, folder / name, [b"new"], replace=True)
                assert failure_of(call).what == ("PERMISSION_DENIED", "TARGET_UNWRITABLE")
        daemon.stop()
        check_untouched(folder / "kept.mrc", OLD)
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def start_unprivileged(folder: Path, wrapper: list[str]) -> Daemon:
    """A daemon of another user, where that is possible, with rights in its own folder alone."""
    if wrapper:
        # It cannot listen in a folder of root's: it is given a socket's port instead.
        return start_daemon("--roots=all=/:rw", wrapper=["sh", "-c", OWN_FOLDER, "sh", *wrapper])
    return start_daemon("--roots=all=/:rw")


# Makes the socket's folder the other user's: the argument that names it is --listen.
OWN_FOLDER = (
    "for flag; do case $flag in --listen=unix:*) d=${flag#--listen=unix:}; "
    'chown 65534 "${d%/*}";; esac; done; exec "$@"'
)


def test_a_file_past_the_limit_is_disk_full(tmp_path: Path) -> None:
    path = tmp_path / "large.mrc"
    path.write_bytes(OLD)
    wrapper = ["prlimit", f"--fsize={1 << 20}"]
    daemon = start_daemon("--roots=all=/:rw", wrapper=wrapper)
    try:
        with Writer(daemon.target) as writer:
            records = [os.urandom(100_000) for _ in range(40)]
            call = partial(writer.write, path, records, each=3, replace=True)
            failure = failure_of(call)
            assert failure.what == ("RESOURCE_EXHAUSTED", "DISK_FULL")
            assert str(path) in failure.message
            check_untouched(path, OLD)
            writer.write(path, records[:2], replace=True)  # and it lives
    finally:
        daemon.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_full_disk_is_disk_full(tmp_path: Path) -> None:
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("nothing can be mounted here")
    daemon = start_daemon("--roots=all=/:rw")
    try:
        (tmp_path / "old.mrc").write_bytes(OLD)
        with Writer(daemon.target) as writer:
            records = [os.urandom(100_000) for _ in range(40)]
            call = partial(writer.write, tmp_path / "old.mrc", records, replace=True)
            assert failure_of(call).what == ("RESOURCE_EXHAUSTED", "DISK_FULL")
        check_untouched(tmp_path / "old.mrc", OLD)
    finally:
        daemon.stop()
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_drain_lets_a_writer_commit(tmp_path: Path) -> None:
    daemon = start_daemon("--roots=all=/:rw", "--drain_seconds=30")
    with Writer(daemon.target) as writer:
        stream = Paced(writer, tmp_path / "new.mrc")
        daemon.process.terminate()
        wait_until(lambda: "draining" in daemon.log, "it drains")
        stream.go_on()
    assert daemon.process.wait(STOP_SECONDS) == 0
    daemon.kill()
    check_untouched(tmp_path / "new.mrc", b"new")


def test_a_writer_that_outstays_the_drain_leaves_nothing(tmp_path: Path) -> None:
    daemon = start_daemon("--roots=all=/:rw", "--drain_seconds=1")
    with Writer(daemon.target) as writer:
        stream = Paced(writer, tmp_path / "new.mrc")
        daemon.stop()
        stream.cancel()
    assert list(tmp_path.iterdir()) == []


def test_a_client_that_is_killed_leaves_nothing(writing_daemon: Daemon, tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.e2e.test_write_records import Paced, Writer\n"
        "Paced(Writer(sys.argv[1]), Path(sys.argv[2]))\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, writing_daemon.target, str(tmp_path / "new.mrc")]
    with subprocess.Popen(command) as client:
        wait_until(lambda: left_in(tmp_path) != [], "the temporary is there")
        client.kill()
    wait_until(lambda: list(tmp_path.iterdir()) == [], "the temporary goes")


def test_a_client_that_waits_holds_up_no_other(writer: Writer, tmp_path: Path) -> None:
    waiting = []
    for i in range(40):
        folder = tmp_path / str(i)
        folder.mkdir()
        waiting.append(Paced(writer, folder / "new.mrc"))
    writer.write(tmp_path / "other.mrc", records_of(1000))
    for stream in waiting:
        stream.go_on()
        check_untouched(stream.path, b"new")
