"""What is sent to have a file written, and what comes of a stream that breaks."""

from __future__ import annotations

import gc
import os
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import marcd
import pytest
from marcd import _frame
from marcd._write_call import OUTBOX_BYTES, Outbox
from marcd._writing import BATCH_BYTES

from tests.generate import realistic
from tests.python.fake_server import DEADLINE, Abort
from tests.python.fake_writes import UNAVAILABLE, FakeWrites, broken, published, served
from tests.python.frame_records import lazy
from tests.python.test_reader import wait_until

RECORDS = [record for record in marcd.MARCReader(b"".join(realistic(20, seed=9))) if record]
UNKNOWN = Abort(grpc.StatusCode.NOT_FOUND, "WRITE_UNKNOWN", "never came here")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.mrc"


def await_call(server: FakeWrites) -> None:
    """Until the server has the call: of one that is cancelled before it hears nothing."""
    wait_until(lambda: bool(server.calls))


def big(size: int = BATCH_BYTES) -> Any:
    return marcd.Record(fields=[marcd.Field("001", data="x" * size)])


def test_a_header_then_batches_then_the_count(folder: Path, path: Path) -> None:
    server = FakeWrites(published)
    many = RECORDS * 20
    with served(server, folder) as client, marcd.MARCWriter(path, client=client) as writer:
        for record in many:
            writer.write(record)
    header, *batches, commit = server.calls[0]
    assert header.header.name == str(path.resolve())
    assert header.header.seen_directory.inode == path.parent.stat().st_ino
    assert header.header.precondition.replace
    assert len(header.header.request_id) == 32
    assert len(batches) > 1
    for batch in batches:
        assert batch.batch.frame_version == _frame.VERSION
        assert not batch.batch.HasField("crc32")
        assert len(batch.batch.data) < 2 * BATCH_BYTES
    assert server.frames() == [record._frame for record in many]
    assert commit.commit.records == len(many)
    assert writer.result == ("fake", len(many), 7, 9, "e", (), 0)


def test_batches_have_a_checksum_over_a_network(folder: Path) -> None:
    server = FakeWrites(published)
    with served(server, folder, tcp=True) as client:
        marcd.write(RECORDS, client.file("catalogue", "out.mrc"))
    [_, batch, _] = server.calls[0]
    assert batch.batch.crc32 == zlib.crc32(batch.batch.data)
    assert server.frames() == [record._frame for record in RECORDS]


def test_a_long_record_is_sent_by_itself(folder: Path, path: Path) -> None:
    server = FakeWrites(published)
    records = [RECORDS[0], big(5 << 20), RECORDS[1]]
    with served(server, folder) as client:
        marcd.write(records, path.with_suffix(".xml"), client=client)
    batches = [list(request.batch.frame_lengths) for request in server.calls[0][1:-1]]
    assert [len(lengths) for lengths in batches] == [1, 1, 1]


def test_a_file_without_records_has_one_batch_without_any(folder: Path, path: Path) -> None:
    server = FakeWrites(published)
    with served(server, folder) as client:
        result = marcd.write([], path, client=client)
    assert [request.WhichOneof("part") for request in server.calls[0]] == [
        "header",
        "batch",
        "commit",
    ]
    assert result.records == 0


def test_closing_again_does_nothing_and_writing_then_is_an_error(folder: Path, path: Path) -> None:
    server = FakeWrites(published)
    with served(server, folder) as client:
        writer = marcd.JSONWriter(path, client=client)
        writer.close()
        writer.close()
        with pytest.raises(ValueError, match="was closed"):
            writer.write(RECORDS[0])
    assert len(server.calls) == 1


def test_a_break_is_told_by_a_later_write_and_by_close_for_ever(folder: Path, path: Path) -> None:
    server = FakeWrites(broken(1, UNAVAILABLE))
    with served(server, folder) as client:
        writer = marcd.MARCWriter(path, client=client)
        assert writer._writing is not None
        wait_until(lambda: writer._writing._call.is_over)
        for act in (lambda: writer.write(RECORDS[0]), writer.close, writer.close):
            with pytest.raises(marcd.ServerError, match=f"Nothing was published: {path}") as caught:
                act()
            assert caught.value.code == "UNAVAILABLE"
    assert len(server.calls) == 1


def test_what_the_daemon_refuses_has_pythons_name(folder: Path, path: Path) -> None:
    exists = Abort(grpc.StatusCode.ALREADY_EXISTS, "TARGET_EXISTS", "It is there")
    server = FakeWrites(broken(1, exists))
    with served(server, folder) as client, pytest.raises(FileExistsError) as caught:
        marcd.write(RECORDS, path, if_exists="error", client=client)
    assert caught.value.reason == "TARGET_EXISTS"  # type: ignore[attr-defined]
    assert server.calls[0][0].header.precondition.must_not_exist


def test_a_lost_answer_is_asked_for_again(folder: Path, path: Path) -> None:
    server = FakeWrites(broken(9, UNAVAILABLE), broken(0, UNAVAILABLE), published)
    with served(server, folder) as client:
        result = marcd.write(RECORDS, path, client=client)
    assert result.records == len(RECORDS)
    first, *_, last = server.calls
    assert last == [first[0], first[-1]]  # the header with its request_id, and the commit


def test_an_answer_that_was_lost_with_the_file_is_an_error(folder: Path, path: Path) -> None:
    server = FakeWrites(broken(9, UNAVAILABLE), broken(9, UNKNOWN))
    with (
        served(server, folder) as client,
        pytest.raises(marcd.ServerError, match=r"no more\. Nothing was published") as caught,
    ):
        marcd.write(RECORDS, path, client=client)
    assert not isinstance(caught.value, FileNotFoundError)  # it is the answer that is missing


def test_an_answer_that_nobody_knows_is_said_to_be_unknown(
    folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marcd._backoff.MAX_TRIES", 2)
    server = FakeWrites(*[broken(9, UNAVAILABLE)] * 3)
    with (
        served(server, folder) as client,
        pytest.raises(marcd.ServerError, match=r"Whether .* was written is not known"),
    ):
        marcd.write(RECORDS, path, client=client)


@pytest.mark.parametrize("code", ["INTERNAL", "UNKNOWN", "CANCELLED", "DEADLINE_EXCEEDED"])
def test_an_end_without_a_reason_is_no_answer(code: str, folder: Path, path: Path) -> None:
    lost = Abort(grpc.StatusCode[code], message="Deadline Exceeded")
    server = FakeWrites(broken(9, lost), published)
    with served(server, folder) as client:
        assert marcd.write(RECORDS, path, client=client).records == len(RECORDS)


@pytest.mark.parametrize(
    "answer",
    [
        Abort(grpc.StatusCode.FAILED_PRECONDITION, "WRITE_UNCERTAIN"),
        Abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "STREAM_LIMIT"),
        Abort(grpc.StatusCode.PERMISSION_DENIED),
    ],
)
def test_what_says_nothing_of_the_lost_write_leaves_it_unknown(
    answer: Abort, folder: Path, path: Path
) -> None:
    server = FakeWrites(broken(9, UNAVAILABLE), broken(9, answer))
    with served(server, folder) as client, pytest.raises(marcd.ServerError) as caught:
        marcd.write(RECORDS, path, client=client)
    assert f"Whether {path} was written is not known" in str(caught.value)
    assert caught.value.reason == answer.reason


def test_a_client_that_is_closed_before_the_answer_leaves_it_unknown(
    folder: Path, path: Path
) -> None:
    clients: list[marcd.Client] = []

    def committed(requests: Iterator[Any]) -> Any:
        *_, _ = requests
        clients[0].close()
        return UNAVAILABLE

    with served(FakeWrites(committed), folder) as client:
        clients.append(client)
        with pytest.raises(marcd.ServerError, match=r"was closed\. Whether .* is not known"):
            marcd.write(RECORDS, path, client=client)


def test_a_failed_flush_of_a_published_file_is_not_said_to_have_published_nothing(
    folder: Path, path: Path
) -> None:
    flush = Abort(grpc.StatusCode.DATA_LOSS, "FLUSH_FAILED", "no", metadata={"published": "true"})
    server = FakeWrites(broken(9, flush))
    with served(server, folder) as client, pytest.raises(marcd.ServerError) as caught:
        marcd.write(RECORDS, path, client=client)
    assert str(caught.value) == "no [FLUSH_FAILED]"


def test_a_daemon_that_does_not_read_holds_the_writer_up() -> None:
    outbox = Outbox()
    message = bytes(OUTBOX_BYTES // 2)
    assert outbox.put(message)
    assert outbox.put(message)
    with ThreadPoolExecutor(1) as pool:
        third = pool.submit(outbox.put, message)
        wait_until(lambda: bool(outbox._changed._waiters))  # type: ignore[attr-defined]
        assert not third.done()
        assert next(outbox) == message
        assert third.result(DEADLINE)
        fourth = pool.submit(outbox.put, message)
        outbox.end()
        assert not fourth.result(DEADLINE)
    assert not outbox.put(message)
    with pytest.raises(StopIteration):
        next(outbox)


def test_a_message_that_is_larger_than_the_outbox_is_sent_alone() -> None:
    outbox = Outbox()
    assert outbox.put(bytes(2 * OUTBOX_BYTES))
    assert len(next(outbox)) == 2 * OUTBOX_BYTES
    outbox.end()


def test_a_writer_is_its_threads_alone(folder: Path, path: Path) -> None:
    server = FakeWrites(published)
    with (
        served(server, folder) as client,
        marcd.MARCWriter(path, client=client) as writer,
        ThreadPoolExecutor(1) as pool,
    ):
        writer.write(RECORDS[0])
        for act in (lambda: writer.write(RECORDS[0]), writer.close):
            with pytest.raises(RuntimeError, match="another thread"):
                pool.submit(act).result(DEADLINE)
    assert len(server.frames()) == 1


def test_a_writer_may_be_handed_on_when_its_thread_has_ended(folder: Path, path: Path) -> None:
    server = FakeWrites(published)
    with served(server, folder) as client, marcd.MARCWriter(path, client=client) as writer:
        thread = threading.Thread(target=writer.write, args=(RECORDS[0],))
        thread.start()
        thread.join()
        writer.write(RECORDS[1])
    assert len(server.frames()) == 2


@pytest.mark.parametrize(("count", "kind"), [(0, ResourceWarning), (3, marcd.DataLossWarning)])
def test_a_dropped_writer_publishes_nothing_and_says_so(
    count: int, kind: type[Warning], folder: Path, path: Path
) -> None:
    server = FakeWrites(published)
    with served(server, folder) as client:
        writer = marcd.MARCWriter(path, client=client)
        for record in RECORDS[:count]:
            writer.write(record)
        await_call(server)
        with pytest.warns(kind, match="dropped without close"):
            del writer
            gc.collect()
        assert server.is_over.wait(DEADLINE)
    assert not any(request.HasField("commit") for request in server.calls[0])


def test_an_exception_within_with_publishes_nothing(folder: Path, path: Path) -> None:
    server = FakeWrites(published)
    with served(server, folder) as client:
        with pytest.raises(KeyError), marcd.XMLWriter(path, client=client) as writer:
            writer.write(RECORDS[0])
            await_call(server)
            raise KeyError
        assert server.is_over.wait(DEADLINE)
        writer.close()
    assert writer.result is None
    assert not any(request.HasField("commit") for request in server.calls[0])


def test_none_among_the_records_writes_nothing(folder: Path, path: Path) -> None:
    server = FakeWrites(published)

    def records() -> Iterator[Any]:
        yield from RECORDS[:2]
        await_call(server)
        yield None

    with served(server, folder) as client:
        with pytest.raises(ValueError, match="None in the place of record 2"):
            marcd.write(records(), path, client=client)
        assert server.is_over.wait(DEADLINE)
    assert not any(request.HasField("commit") for request in server.calls[0])


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_childs_copy_of_a_writer_writes_nothing_and_disturbs_nothing(
    folder: Path, path: Path
) -> None:
    server = FakeWrites(published, published)
    with served(server, folder) as client, marcd.MARCWriter(path, client=client) as writer:
        writer.write(RECORDS[0])
        child = os.fork()
        if child == 0:
            status = 1
            try:
                writer.close()
                writer.write(RECORDS[0])
            except RuntimeError:
                status = 7
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        writer.write(RECORDS[1])
    assert len(server.calls) == 1
    assert len(server.frames()) == 2


def test_a_warning_names_the_line_that_wrote(folder: Path, path: Path) -> None:
    server = FakeWrites(*[published] * 4)
    odd = marcd.Record(fields=[marcd.Field("2455", subfields=[marcd.Subfield("a", "\0")])])
    with served(server, folder) as client, pytest.warns(marcd.DataLossWarning) as caught:
        for kind in (marcd.MARCWriter, marcd.XMLWriter):
            with kind(path, client=client) as writer:
                writer.write(odd)
        marcd.write([odd], path, client=client)
        marcd.write([odd], path.with_suffix(".xml"), single=True, client=client)
    assert [warning.filename for warning in caught] == [__file__] * 4


def test_a_record_that_is_refused_leaves_the_others(folder: Path, path: Path) -> None:
    server = FakeWrites(published)
    with served(server, folder) as client, marcd.MARCWriter(path, client=client) as writer:
        writer.write(RECORDS[0])
        for bad in (big(10_000), "record", None):
            with pytest.raises((ValueError, marcd.WriteNeedsRecord)):
                writer.write(bad)
        writer.write(lazy())
    assert len(server.frames()) == 2
