"""Programs that end while they read: with the status they meant, at once, and without a word."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import marcd
import pytest

from tests.generate import realistic
from tests.python import scripts
from tests.python.test_reader import wait_until

DEADLINE = 180.0
RECORDS = 10_000  # more than a connection holds
BEGIN = """
import atexit, gc, os, sys, threading
import marcd
path = sys.argv[1]
"""
READING = {
    "a half-read reader": "reader = marcd.MARCReader(path); next(reader)",
    "half-read bytes": "reader = marcd.MARCReader(open(path, 'rb').read()); next(reader)",
    "half-read batches": "batches = marcd.MARCReader(path).batches(); next(batches)",
    "a generator": """
def records():
    with marcd.MARCReader(path) as reader:
        yield from reader
begun = records(); next(begun)
""",
    "a cycle": """
class Holder: pass
holder = Holder(); holder.itself = holder
holder.reader = marcd.MARCReader(path); next(holder.reader)
del holder
""",
    "a client's reader": """
client = marcd.connect()
reader = marcd.MARCReader(path, client=client); next(reader)
""",
    "a daemon thread": """
begun = threading.Event()
def read():
    while True:
        for record in marcd.MARCReader(path):
            begun.set()
threading.Thread(target=read, daemon=True).start(); begun.wait()
""",
    "a daemon thread that waits for its source": """
reader = marcd.MARCReader(os.fdopen(os.pipe()[0], "rb"))
begun = threading.Event()
def read():
    begun.set()
    next(reader)
threading.Thread(target=read, daemon=True).start(); begun.wait()
""",
}
# How it ends, and the status.
ENDS = {
    "its last line": ("", 0),
    "sys.exit": ("sys.exit(3)", 3),
    "an exception": ("raise RuntimeError('its own')", 1),
    "os._exit": ("os._exit(4)", 4),
}


@pytest.fixture
def path(runtime: Path, tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(b"".join(realistic(RECORDS // 100, seed=4)) * 100)
    return file


def no_stream_is_open() -> bool:
    with marcd.connect() as client:
        return client.info().open_streams == 0


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("reading", READING)
def test_it_ends_as_it_means_to(reading: str, end: str, path: Path, tmp_path: Path) -> None:
    line, status = ENDS[end]
    said = scripts.run(tmp_path, f"{BEGIN}{READING[reading]}\n{line}\n", path)
    assert (said.status, said.output) == (status, "")
    if end == "an exception":
        assert said.errors.count("Traceback") == 1
        assert said.errors.endswith("\nRuntimeError: its own\n")
    else:
        assert said.errors == ""
    wait_until(no_stream_is_open)


def test_other_threads_finish_their_reading(path: Path, tmp_path: Path) -> None:
    text = """
def read():
    print(sum(1 for _ in marcd.MARCReader(path)))
threading.Thread(target=read).start()
sys.exit(3)
"""
    assert scripts.run(tmp_path, BEGIN + text, path) == (3, f"{RECORDS}\n", "")


@pytest.mark.parametrize("before", ["", "reader = marcd.MARCReader(path); next(reader)"])
def test_what_runs_at_the_exit_may_read(before: str, path: Path, tmp_path: Path) -> None:
    text = f"""
@atexit.register
def read():
    print(sum(1 for _ in marcd.MARCReader(path)))
{before}
"""
    assert scripts.run(tmp_path, BEGIN + text, path) == (0, f"{RECORDS}\n", "")


def test_what_runs_at_the_exit_may_read_on(path: Path, tmp_path: Path) -> None:
    text = """
reader = marcd.MARCReader(path); next(reader)
atexit.register(lambda: print(sum(1 for _ in reader)))
"""
    assert scripts.run(tmp_path, BEGIN + text, path) == (0, f"{RECORDS - 1}\n", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_ends_it_while_it_reads(number: int, path: Path) -> None:
    text = f"{BEGIN}print(next(marcd.MARCReader(path)) and '', flush=True)\n"
    text += "while True:\n    for record in marcd.MARCReader(path): pass\n"
    with subprocess.Popen(
        [sys.executable, "-c", text, path],
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
    assert errors == "" or errors.endswith("\nKeyboardInterrupt\n")
    wait_until(no_stream_is_open)
