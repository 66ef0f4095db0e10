"""Runs a program under pymarc and under marcd, and gathers all that it says and writes."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import Daemon

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "tests/programs"
PACKAGE = ROOT / "clients/python"
SECONDS = 1200.0

# A frame of a traceback: where, and the lines of code below.
_FRAME = re.compile(r'^  File "([^"]*)", line .*\n(?:    .*\n)*', re.MULTILINE)
_WARNING = re.compile(r"^/.*/(?:pymarc|marcd)/\w+\.py:\d+: (\w+: .*)\n  .*\n", re.MULTILINE)
# What marcd says of data that pymarc loses in silence: docs/pymarc_differences.txt.
_DATA_LOSS = re.compile(r"^.*: DataLossWarning: .*\n(?:  .*\n)?", re.MULTILINE)
_QUALIFIED = re.compile(r"^(?:pymarc|marcd)(?:\.\w+)+?\.(\w+(?:: .*)?)$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What a run came to. `files` are those that it left in its folder, by name."""

    status: int
    stdout: bytes
    stderr: str
    files: dict[str, bytes]


def _said(stderr: str, program: Path) -> str:
    """Standard error without what tells of a package's insides: its frames, lines, folder."""
    stderr = _FRAME.sub(lambda m: m[0] if m[1] == str(program) else "", stderr)
    stderr = _DATA_LOSS.sub("", stderr.replace(str(program), program.name))
    return _QUALIFIED.sub(r"\1", _WARNING.sub(r"\1\n", stderr))


def printed(daemon: Daemon, *arguments: object, folder: Path | None = None) -> str:
    """What Python prints, which must neither fail nor warn, by the daemon."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "MARCD_SERVER": daemon.target, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def run(
    program: Path,
    args: Sequence[str],
    folder: Path,
    env: dict[str, str],
    stdin: bytes | Path = b"",
    python: str = sys.executable,
) -> Outcome:
    """What comes of a program in a new folder, with a pipe or a file as standard input."""
    folder.mkdir()
    source: dict[str, Any] = {"input": stdin}
    with contextlib.ExitStack() as stack:
        if isinstance(stdin, Path):
            source = {"stdin": stack.enter_context(stdin.open("rb"))}
        done = subprocess.run(
            [python, str(program), *args],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": "", "PYTHONUTF8": "1", **env},
            capture_output=True,
            timeout=SECONDS,
            **source,
        )
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    stderr = _said(done.stderr.decode(errors="surrogateescape"), program)
    return Outcome(done.returncode, done.stdout, stderr, files)


def installed(server: str) -> dict[str, str]:
    """The environment in which `import pymarc` gives marcd, from a program's start on."""
    folders = PROGRAMS / "installed", PACKAGE
    return {"MARCD_SERVER": server, "PYTHONPATH": os.pathsep.join(map(str, folders))}


def swapped(program: Path) -> str:
    """The program's code with marcd imported for pymarc."""
    code = re.sub(r"^import pymarc$", "import marcd as pymarc", program.read_text(), flags=re.M)
    code = re.sub(r"^from pymarc\b", "from marcd", code, flags=re.M)
    assert re.search(r"^(import|from) marcd\b", code, re.M), program
    assert not re.search(r"^(import|from) pymarc\b", code, re.M), program
    return code


def run_all(
    program: Path, args: Sequence[str], stdin: bytes | Path, folder: Path, server: str
) -> dict[str, Outcome]:
    """The outcome under "pymarc", with marcd "swapped" in, and with it "installed".

    Installed, the program is the same to the byte and `import pymarc` gives marcd; swapped,
    its import lines differ. All three run at once, each in a folder of its own.
    """
    folder.mkdir(parents=True)
    edited = folder / program.name
    edited.write_text(swapped(program))
    runs: dict[str, tuple[Path, dict[str, str]]] = {
        "pymarc": (program, {}),
        "swapped": (edited, {"MARCD_SERVER": server, "PYTHONPATH": str(PACKAGE)}),
        "installed": (program, installed(server)),
    }
    with ThreadPoolExecutor() as pool:
        started = {
            name: pool.submit(run, path, args, folder / name, env, stdin)
            for name, (path, env) in runs.items()
        }
        return {name: future.result() for name, future in started.items()}
