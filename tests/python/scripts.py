"""Programs of a test's own, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

DEADLINE = 180.0


class Said(NamedTuple):
    """How a program ended, and what it said."""

    status: int
    output: str
    errors: str


def run(folder: Path, text: str, *arguments: object) -> Said:
    """Runs a program from a file: `spawn` and `forkserver` must be able to import it."""
    file = folder / "program.py"
    file.write_text(text)
    done = subprocess.run(
        # CPython 3.12 warns of each fork of a process with threads, and gRPC has some.
        [sys.executable, "-W", "ignore:This process:DeprecationWarning", file]
        + [str(argument) for argument in arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    return Said(done.returncode, done.stdout, done.stderr)
