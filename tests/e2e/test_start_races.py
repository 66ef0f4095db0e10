"""Programs that come all at once, while daemons start, leave and are killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests import generate
from tests.e2e.programs import PACKAGE
from tests.support import daemons

DEADLINE = 60.0
RECORDS = 50
# A program that comes after a while and reads a file. The daemon leaves after a second.
PROGRAM = """
import sys, time
import marcd
from marcd import _daemon
_daemon.IDLE_EXIT_SECONDS = 1
time.sleep(float(sys.argv[2]))
print(sum(1 for _ in marcd.MARCReader(sys.argv[1])))
"""
# What happens beside them, drawn for each round.
EVENTS = ("nothing", "SIGKILL", "SIGTERM", "killed before", "idle")


def listeners(folder: Path) -> int:
    """How many sockets of the kernel's are bound to the daemon's path and listen."""
    lines = Path("/proc/net/unix").read_text().splitlines()
    # The flag __SO_ACCEPTCON in the fourth column is that of a socket that listens.
    return sum(
        line.endswith(".sock") and f" {folder}/marcd/" in line and line.split()[3] == "00010000"
        for line in lines
    )


@contextmanager
def most_at_once(folder: Path) -> Iterator[list[int]]:
    """The most sockets that ever listened at one time, looked at again and again."""
    seen = [0]
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen[0] = max(seen[0], listeners(folder))
            over.wait(0.002)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join(DEADLINE)


def kill(folder: Path, number: int) -> None:
    for pid in daemons(folder):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def one_round(chance: random.Random, folder: Path, file: Path) -> int:
    """So many programs come and read; how many they were."""
    count = chance.choice((1, 2, 4, 8, 12))
    event = chance.choice(EVENTS)
    spread = 1.6 if event == "idle" else 0.1
    if event == "killed before":
        kill(folder, signal.SIGKILL)
    environment = {
        **os.environ,
        "XDG_RUNTIME_DIR": str(folder),
        "PYTHONPATH": str(PACKAGE),
    }
    environment.pop("MARCD_SERVER", None)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(file), f"{chance.uniform(0, spread):.3f}"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    if event.startswith("SIG"):
        time.sleep(chance.uniform(0.05, 0.5))  # any moment of their lives
        kill(folder, signal.Signals[event])
    said = [program.communicate(timeout=DEADLINE) for program in programs]
    assert said == [(f"{RECORDS}\n", "")] * count, f"{count} programs, {event}"
    return count


@pytest.fixture
def folder(folder: Path) -> Iterator[Path]:
    """A folder for sockets, of which no daemon is left."""
    if not os.environ.get("MARCD_DAEMON"):
        pytest.skip("MARCD_DAEMON does not name a daemon; tests/run sets it")
    yield folder
    kill(folder, signal.SIGKILL)


@pytest.mark.parametrize(
    "connects", [25, pytest.param(500, marks=pytest.mark.full, id="500 connects")]
)
def test_every_program_is_served_and_never_by_two_daemons(
    connects: int, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "records.mrc"
    # More than is parsed without a daemon.
    generate.write_records(file, generate.realistic(RECORDS, seed=3))
    chance = random.Random(connects)
    made = 0
    with most_at_once(folder) as seen:
        while made < connects:
            made += one_round(chance, folder, file)
    assert seen[0] == 1
