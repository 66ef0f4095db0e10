"""Programs that end, fork or are interrupted while they write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import marcd
import pytest

from tests.generate import realistic
from tests.python import scripts
from tests.python.test_reader import wait_until
from tests.python.writing import written

DEADLINE = 60.0
OLD = b"what was there before"
BEGIN = """
import atexit, gc, os, sys, threading
import marcd
records = list(marcd.MARCReader(sys.argv[1]))
path = sys.argv[2]
"""
HALF = "writer = marcd.XMLWriter(path)\nfor record in records: writer.write(record)\n"
WRITING = {
    "a writer": HALF,
    "a cycle": """
class Holder: pass
holder = Holder(); holder.itself = holder
holder.writer = marcd.XMLWriter(path); holder.writer.write(records[0])
del holder
""",
    "a generator": """
def writing():
    with marcd.XMLWriter(path) as writer:
        writer.write(records[0])
        yield
begun = writing(); next(begun)
""",
    "a daemon thread": """
begun = threading.Event()
def write():
    writer = marcd.XMLWriter(path)
    while True:
        for record in records: writer.write(record)
        begun.set()
threading.Thread(target=write, daemon=True).start(); begun.wait()
""",
}
ENDS = {
    "its last line": ("", 0),
    "sys.exit": ("sys.exit(3)", 3),
    "an exception": ("raise RuntimeError('its own')", 1),
    "os._exit": ("os._exit(4)", 4),
}


@pytest.fixture
def source(runtime: Path, tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(b"".join(realistic(500, seed=4)))
    return file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    file = folder / "out.xml"
    file.write_bytes(OLD)
    return file


def assert_old(path: Path) -> None:
    wait_until(lambda: os.listdir(path.parent) == [path.name])
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("writing", WRITING)
def test_it_ends_as_it_means_to_and_publishes_nothing(
    writing: str, end: str, source: Path, path: Path, tmp_path: Path
) -> None:
    line, status = ENDS[end]
    said = scripts.run(tmp_path, f"{BEGIN}{WRITING[writing]}\n{line}\n", source, path)
    assert (said.status, said.output) == (status, "")
    if writing == "a writer" and end != "os._exit":
        assert "was dropped without close(): its 500 records are lost" in said.errors
    assert said.errors.count("Traceback") == (end == "an exception")
    assert_old(path)


def test_what_runs_at_the_exit_may_complete_the_file(
    source: Path, path: Path, tmp_path: Path
) -> None:
    said = scripts.run(tmp_path, f"{BEGIN}{HALF}atexit.register(writer.close)\n", source, path)
    assert said == (0, "", "")
    assert path.read_bytes() == written(marcd, "XMLWriter", *marcd.MARCReader(source))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_ends_it_and_publishes_nothing(number: int, source: Path, path: Path) -> None:
    text = f"{BEGIN}with marcd.XMLWriter(path) as writer:\n    print('begun', flush=True)\n"
    text += "    while True:\n        for record in records: writer.write(record)\n"
    with subprocess.Popen(
        [sys.executable, "-c", text, source, path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        try:
            program.stdout.readline()
            program.send_signal(number)
            _, errors = program.communicate(timeout=DEADLINE)
        finally:
            program.kill()
    assert program.returncode == -number
    assert errors.count("Traceback") == (number == signal.SIGINT)
    assert_old(path)


FORKS = """
import time
def child(number):
    own = f"{path}.{number}"
    with marcd.XMLWriter(own) as mine:
        for record in marcd.MARCReader(sys.argv[1]): mine.write(record)
    try:
        writer.write(records[0])
    except RuntimeError:
        sys.exit(7)
with marcd.XMLWriter(path) as writer:
    ends = set()
    for number in range(5):
        for record in records: writer.write(record)
        pid = os.fork()
        if pid == 0:
            child(number)
        ends.add(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(*ends)
"""


def test_children_write_files_of_their_own_and_leave_the_parents(
    source: Path, path: Path, tmp_path: Path
) -> None:
    said = scripts.run(tmp_path, f"{BEGIN}{FORKS}", source, path)
    assert said == (0, "7\n", "")
    records = list(marcd.MARCReader(source))
    assert path.read_bytes() == written(marcd, "XMLWriter", *records * 5)
    for number in range(5):
        own = path.with_name(f"{path.name}.{number}")
        assert own.read_bytes() == written(marcd, "XMLWriter", *records)


THREADS = """
def work(number):
    with marcd.XMLWriter(f"{path}.{number}") as mine:
        for record in list(marcd.MARCReader(sys.argv[1])) * 10: mine.write(record)
threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
for thread in threads: thread.start()
ends = set()
while any(thread.is_alive() for thread in threads):
    pid = os.fork()
    if pid == 0:
        os._exit(7 if sum(1 for _ in marcd.MARCReader(sys.argv[1])) == len(records) else 1)
    ends.add(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
for thread in threads: thread.join()
print(*ends)
"""


def test_a_program_may_fork_while_its_threads_write(
    source: Path, path: Path, tmp_path: Path
) -> None:
    begin = f"import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n{BEGIN}"
    said = scripts.run(tmp_path, f"{begin}{THREADS}", source, path)
    assert said == (0, "7\n", "")
    want = written(marcd, "XMLWriter", *list(marcd.MARCReader(source)) * 10)
    for number in range(3):
        assert path.with_name(f"{path.name}.{number}").read_bytes() == want
