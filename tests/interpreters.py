"""Finds and prepares the CPythons that the client is tested on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

# What the package supports; 3.14 and free-threaded 3.13 have scripts of their own.
VERSIONS = ("3.10", "3.11", "3.12", "3.13")
# Prints the version of a CPython that an extension can be built for.
_PROBE = """
import os, sys, sysconfig
headers = os.path.join(sysconfig.get_path("include"), "Python.h")
if sys.implementation.name == "cpython" and os.path.exists(headers):
    if not sysconfig.get_config_var("Py_GIL_DISABLED"):
        print("%d.%d" % sys.version_info[:2])
"""
ROOT = Path(__file__).resolve().parent.parent


def _candidates(version: str) -> Iterator[Path]:
    """Programs that may be it: those in PATH, then those that pyenv has made."""
    for folder in os.get_exec_path():
        yield Path(folder) / f"python{version}"
    for root in (os.environ.get("PYENV_ROOT"), Path.home() / ".pyenv"):
        if root:
            yield from sorted(Path(root).glob(f"versions/{version}.*/bin/python{version}"))


def find(version: str) -> Path | None:
    """A CPython of that version, with its headers."""
    for program in _candidates(version):
        if not os.access(program, os.X_OK):
            continue
        said = subprocess.run([program, "-c", _PROBE], capture_output=True, text=True)
        if said.stdout == f"{version}\n":
            return program
    return None


def prepare(python: Path, venv: Path, run: Callable[[list[str]], bool]) -> bool:
    """Install in `venv` what is wanted, unless that is done; False when `run` failed."""
    files = [ROOT / f"requirements/{name}.txt" for name in ("build", "run", "test")]
    wanted = "".join(path.read_text() for path in files)
    stamp = venv / "wanted"
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    venv.parent.mkdir(exist_ok=True)
    options = [word for path in files for word in ("-r", str(path))]
    install = [str(venv / "bin/python"), "-m", "pip", "--no-input", "install", "-q", *options]
    made = run([str(python), "-m", "venv", "--clear", str(venv)]) and run(install)
    if made:
        stamp.write_text(wanted)
    return made
