"""Programs written for pymarc say and write the same with marcd, byte for byte."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e import program_inputs
from tests.e2e.program_inputs import CORPUS, Inputs
from tests.e2e.programs import PROGRAMS, installed, run, run_all
from tests.support import Daemon

NAMES = sorted(path.stem for path in PROGRAMS.glob("*.py"))
OVER_XML = ["xml_ids", "xml_to_marc"]
# What stands before the files; stdin_grep reads standard input instead of them.
OPTIONS = {"pool_counts": ["--spawn"], "stdin_grep": ["245", "a", "the|history|art"]}
# Their workers speak on standard error in any order, and each warns once of the same thing.
CONCURRENT = ["pool_counts", "thread_isbns", "socket_feed"]


def assert_same(
    name: str, args: list[str], stdin: bytes | Path, folder: Path, daemon: Daemon
) -> None:
    """Runs a program under pymarc and both ways under marcd, and compares all that comes."""
    outcomes = run_all(PROGRAMS / f"{name}.py", args, stdin, folder / name, daemon.target)
    theirs = outcomes.pop("pymarc")
    assert theirs.stdout or theirs.stderr, f"{name} says nothing: it tests nothing"
    for way, ours in outcomes.items():
        assert ours.status == theirs.status, (way, ours.stderr)
        if name in CONCURRENT:
            assert set(ours.stderr.splitlines()) == set(theirs.stderr.splitlines()), way
        else:
            assert ours.stderr == theirs.stderr, way
        assert ours.stdout == theirs.stdout, way
        assert list(ours.files) == list(theirs.files), way
        for file, data in theirs.files.items():
            assert ours.files[file] == data, (way, file)


def run_over(name: str, files: list[str], folder: Path, daemon: Daemon) -> None:
    """With the files as arguments, or as standard input where the program wants that."""
    options = OPTIONS.get(name, [])
    if name == "stdin_grep":
        stdin = b"".join(Path(file).read_bytes() for file in files)
        assert_same(name, options, stdin, folder, daemon)
    else:
        assert_same(name, options + files, b"", folder, daemon)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OVER_XML])
@pytest.mark.parametrize("kind", ["damaged", pytest.param("clean", marks=pytest.mark.full)])
def test_programs_over_small_files(
    kind: str, name: str, inputs: Inputs, daemon: Daemon, tmp_path: Path
) -> None:
    run_over(name, inputs(kind), tmp_path, daemon)


@pytest.mark.parametrize("name", OVER_XML)
def test_programs_over_marcxml(name: str, inputs: Inputs, daemon: Daemon, tmp_path: Path) -> None:
    run_over(name, inputs("xml"), tmp_path, daemon)


def test_a_forked_pool_says_the_same(inputs: Inputs, daemon: Daemon, tmp_path: Path) -> None:
    assert_same("pool_counts", inputs("clean"), b"", tmp_path, daemon)


def test_a_file_as_standard_input(inputs: Inputs, daemon: Daemon, tmp_path: Path) -> None:
    for n, file in enumerate(inputs("damaged")[:5]):
        assert_same("stdin_grep", ["245", "a", "e"], Path(file), tmp_path / str(n), daemon)


def test_the_same_program_gets_marcd(daemon: Daemon, tmp_path: Path) -> None:
    program = tmp_path / "which.py"
    program.write_text("import pymarc\nprint(pymarc.__name__)\n")
    assert run(program, [], tmp_path / "run", installed(daemon.target)).stdout == b"marcd\n"


# All of bench.mrc, 50,085, take ten minutes: docs/testing.md.
BENCH_RECORDS = int(os.environ.get("MARCD_BENCH_RECORDS", "2000"))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The large file, or its beginning; the test is skipped where the corpus is not."""
    if not (CORPUS / program_inputs.BENCH).exists():
        pytest.skip("the corpus is not here")
    path = tmp_path_factory.mktemp("bench") / "bench.mrc"
    path.write_bytes(program_inputs.bench(BENCH_RECORDS))
    return str(path)


@pytest.mark.full
@pytest.mark.parametrize("name", [name for name in NAMES if name not in OVER_XML])
def test_programs_over_large_files(name: str, bench: str, daemon: Daemon, tmp_path: Path) -> None:
    realistic = CORPUS / program_inputs.REALISTIC
    run_over(name, [str(realistic), bench], tmp_path, daemon)
