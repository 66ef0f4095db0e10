"""Public programs that import pymarc do their job the same with marcd in its place.

They are installed from PyPI, with the real pymarc, in an environment below .cache.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e import program_inputs
from tests.e2e.program_inputs import CORPUS, Inputs
from tests.e2e.programs import ROOT, installed, run
from tests.support import Daemon

pytestmark = pytest.mark.full

WANTED = [ROOT / "requirements/programs.txt", ROOT / "requirements/run.txt"]
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-q", "--retries=1"]
# What pip says when it reaches no index.
OFFLINE = ("NewConnectionError", "ConnectTimeoutError", "ProxyError", "NameResolutionError")


@pytest.fixture(scope="module")
def scripts() -> Path:
    """The folder of the environment's programs; made when what it should hold has changed."""
    if sys.version_info < (3, 11):
        pytest.skip("marctable wants Python 3.11")
    folder = ROOT / ".cache" / f"programs-{sys.version_info[0]}.{sys.version_info[1]}"
    stamp, wanted = folder / "wanted", "".join(path.read_text() for path in WANTED)
    if stamp.exists() and stamp.read_text() == wanted:
        return folder / "bin"
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    files = [word for path in WANTED for word in ("-r", str(path))]
    done = subprocess.run(
        [folder / "bin/python", *PIP, *files], capture_output=True, text=True, timeout=600
    )
    if done.returncode and any(word in done.stderr for word in OFFLINE):
        pytest.skip("PyPI cannot be reached: the programs are not installed")
    assert done.returncode == 0, done.stderr
    stamp.write_text(wanted)
    return folder / "bin"


JOBS = {
    "a table as CSV": ["marctable", "csv", "{marc}", "out.csv"],
    "a table as Parquet": ["marctable", "parquet", "{marc}", "out.parquet"],
    "a table of chosen fields": ["marctable", "jsonl", "{marc}", "out.jsonl", "--rule", "245a"],
    "a count of matches": ["marcgrep", "-c", "-i", "245,a", "{marc}"],
    "matching records": ["marcgrep", "-i", "650,a,[Hh]istory", "-e", "008,^x", "{marc}"],
    "fields of matching records": ["marcgrep", "-i", "245,a", "-f", "001,245", "--color", "{marc}"],
    "match keys": ["goldrush", "--backend", "pymarc", "--id", "{marc}"],
    "match keys of MARCXML": ["goldrush", "--backend", "pymarc", "--id", "{xml}"],
}


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("kind", ["small files", "a large file"])
def test_public_programs(
    job: str, kind: str, scripts: Path, inputs: Inputs, daemon: Daemon, tmp_path: Path
) -> None:
    program, *args = JOBS[job]
    source = "xml" if "{xml}" in args else "marc"
    for n, path in enumerate(files_of(kind, source, inputs)):
        words = [path if word == f"{{{source}}}" else word for word in args]
        theirs, ours = (
            run(
                scripts / program,
                words,
                tmp_path / f"{way}{n}",
                env,
                python=str(scripts / "python"),
            )
            for way, env in (("pymarc", {}), ("marcd", installed(daemon.target)))
        )
        assert theirs.stdout or theirs.files or theirs.status, "the job does nothing"
        assert ours == theirs, path


def files_of(kind: str, source: str, inputs: Inputs) -> list[str]:
    if kind == "small files":
        return inputs("clean" if source == "marc" else "xml")[:3]
    name = program_inputs.REALISTIC if source == "marc" else "solrmarc/specTestRecs.xml"
    if not (CORPUS / name).exists():
        pytest.skip("the corpus is not here")
    return [str(CORPUS / name)]


def test_they_get_marcd(scripts: Path, daemon: Daemon, tmp_path: Path) -> None:
    program = tmp_path / "which.py"
    program.write_text("import pymarc\nprint(pymarc.__name__)\n")
    outcome = run(
        program, [], tmp_path / "run", installed(daemon.target), python=str(scripts / "python")
    )
    assert outcome.stdout == b"marcd\n"
