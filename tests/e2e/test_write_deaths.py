"""A daemon killed amid a write: the file is the old or the new one, whole, and the next daemon
knows which."""

from __future__ import annotations

import queue
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.e2e.calls import Failure, wait_until
from tests.e2e.writing import (
    Writer,
    batch,
    commit,
    header,
    left_in,
    records_of,
    undecoded,
    whole,
)
from tests.support import Daemon, start_daemon

OLD = b"what was there before"
RECORDS = records_of(2000)
NEW = b"".join(RECORDS)

# Whether the file is published when the daemon dies there.
STEPS = {
    "write": False,
    "before_fsync": False,
    "after_fsync": False,
    "before_rename": False,
    "after_rename": True,
    "before_fsync_directory": True,
    "after_fsync_directory": True,
    "reply": True,
}


@pytest.fixture(scope="session")
def die_at(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The library that has a daemon die."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    library = tmp_path_factory.mktemp("die_at") / "die_at.so"
    source = Path(__file__).parent / "die_at.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return str(library)


def start(folder: Path) -> Daemon:
    return start_daemon("--roots=all=/:rw", f"--state_dir={folder / 'state'}")


def await_death(daemon: Daemon, call: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    assert Failure.of(caught.value).code is grpc.StatusCode.UNAVAILABLE
    assert daemon.process.wait(20) == -9
    daemon.kill()


def what_is_known(folder: Path, path: Path, records: int, **fields: Any) -> str:
    """Of the write whose answer was lost: `published` or the reason. Nothing of it is left."""
    daemon = start(folder)
    try:
        wait_until(lambda: left_in(path.parent) == [], "the temporary is swept")
        with Writer(daemon.target) as writer:
            query = [header(path, request_id="lost", **fields), commit(records)]
            while True:
                try:
                    answer = writer.send(query)
                except grpc.RpcError as error:
                    reason = Failure.of(error).reason
                    if reason != "WRITE_RUNNING":
                        return reason
                else:
                    assert (answer.records, answer.size) == (records, path.stat().st_size)
                    assert answer.etag
                    return "published"
    finally:
        daemon.stop()


@pytest.mark.parametrize("replace", [True, False], ids=["replace", "new"])
@pytest.mark.parametrize("step", STEPS)
def test_a_daemon_killed_at_any_step_leaves_the_old_file_or_the_new_one(
    folder: Path, die_at: str, monkeypatch: pytest.MonkeyPatch, step: str, replace: bool
) -> None:
    data = folder / "data"
    data.mkdir()
    path = data / "target.mrc"
    if replace:
        path.write_bytes(OLD)
    with monkeypatch.context() as environment:
        environment.setenv("LD_PRELOAD", die_at)
        environment.setenv("MARCD_TEST_DIE_AT", step)
        daemon = start(folder)
    fields = {"replace": True} if replace else {}
    with Writer(daemon.target) as writer:
        await_death(daemon, lambda: writer.write(path, RECORDS, request_id="lost", **fields))
    old = OLD if replace else None
    assert (path.read_bytes() if path.exists() else None) == (NEW if STEPS[step] else old)
    known = what_is_known(folder, path, len(RECORDS), **fields)
    assert known == ("published" if STEPS[step] else "WRITE_UNKNOWN")
    assert (path.read_bytes() if path.exists() else None) == (NEW if STEPS[step] else old)
    assert list((folder / "state").iterdir()) != [] or not STEPS[step]


@pytest.mark.parametrize("batches", [0, 1], ids=["after the header", "after the first batch"])
def test_a_daemon_killed_while_its_client_sends_leaves_the_old_file(
    folder: Path, batches: int
) -> None:
    path = folder / "target.mrc"
    path.write_bytes(OLD)
    daemon = start(folder)
    messages: queue.Queue[Any] = queue.Queue()
    messages.put(header(path, replace=True, request_id="lost"))
    for _ in range(batches):
        messages.put(batch([undecoded(NEW)]))

    def sent() -> Iterator[Any]:
        while True:
            yield messages.get()

    with Writer(daemon.target) as writer:
        call = writer.stub.WriteRecords.future(sent(), timeout=60)
        wait_until(
            lambda: any(
                (folder / name).stat().st_size == batches * len(NEW) for name in left_in(folder)
            ),
            "the temporary is there",
        )
        daemon.process.kill()
        await_death(daemon, call.result)
        messages.put(None)
    assert path.read_bytes() == OLD
    assert len(left_in(folder)) == 1
    assert what_is_known(folder, path, 1, replace=True) == "WRITE_UNKNOWN"
    assert path.read_bytes() == OLD


def test_without_a_journal_the_next_write_sweeps(folder: Path, die_at: str) -> None:
    (folder / ".target.mrc.00000000000000ff.marcd-tmp").write_bytes(b"half a file")
    daemon = start_daemon("--roots=all=/:rw")
    with Writer(daemon.target) as writer:
        writer.send(whole(folder / "other.mrc", RECORDS))
    daemon.stop()
    assert left_in(folder) == []
