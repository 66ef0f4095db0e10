"""How long programs wait for their first record, the daemon's start included."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from table import Table, spread

SECONDS = 60
TIMES = 21  # of one program
MANY = 32
MANY_TIMES = 5


class Starts:
    """Programs of one user, whose daemon is the one named."""

    def __init__(self, daemon: Path, folder: str) -> None:
        self._environment = {**os.environ, "XDG_RUNTIME_DIR": folder, "MARCD_DAEMON": str(daemon)}
        self._environment.pop("MARCD_SERVER", None)

    def stop(self) -> None:
        """End the daemon, if it runs."""
        command = [sys.executable, "-m", "marcd", "stop"]
        subprocess.run(
            command, env=self._environment, stdout=subprocess.DEVNULL, check=True, timeout=SECONDS
        )

    def first_records(self, count: int, file: Path) -> list[float]:
        """Milliseconds to the first record of so many programs that begin at one moment."""
        programs = [
            subprocess.Popen(
                [sys.executable, Path(__file__).with_name("first.py"), file],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]
        for program in programs:
            assert program.stdout is not None and program.stdout.readline() == "ready\n"
        began = f"{time.perf_counter()}\n"
        for program in programs:
            assert program.stdin is not None
            program.stdin.write(began)
            program.stdin.flush()
        return [float(program.communicate(timeout=SECONDS)[0]) for program in programs]


def first_record(table: Table, daemon: Path, name: str, file: Path) -> None:
    """Of one program, and of many at once, without a daemon and with one."""
    with tempfile.TemporaryDirectory(prefix="marcd-") as folder:
        starts = Starts(daemon, folder)
        times: dict[str, list[float]] = {"cold": [], "warm": [], "many cold": [], "many warm": []}
        for _ in range(TIMES):
            starts.stop()
            times["cold"] += starts.first_records(1, file)
            times["warm"] += starts.first_records(1, file)
        for _ in range(MANY_TIMES):
            starts.stop()
            times["many cold"].append(max(starts.first_records(MANY, file)))
            times["many warm"].append(max(starts.first_records(MANY, file)))
        starts.stop()
    table.head(f"first record of {file.name} in a new process, imports apart: {name}")
    table.row("", "ms", "at most")
    for title, key, goal in (
        ("one program, no daemon runs", "cold", "30"),
        ("one program, a daemon runs", "warm", "5"),
        (f"the last of {MANY} at once, no daemon runs", "many cold", "500"),
        (f"the last of {MANY} at once, one runs", "many warm", "500"),
    ):
        table.row(title, spread(times[key], "{:.1f}"), goal)
