"""The examples of docs/python.md run, and say nothing amiss."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import generate
from tests.e2e.programs import ROOT, printed
from tests.line import line_to
from tests.support import Daemon, start_daemon

PAGE = (ROOT / "docs/python.md").read_text()
EXAMPLES = re.findall(r"^## (.*?)$|```python\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
COUNT = 40


def examples() -> dict[str, str]:
    """Each example by its section's name and its place there."""
    found: dict[str, str] = {}
    section = ""
    for name, code in EXAMPLES:
        section = name or section
        if code:
            found[f"{section} {len([key for key in found if key.startswith(section)])}"] = code
    return found


# What each prints: how many lines, and something of them.
WANTED = {
    "Reading 0": (COUNT, ""),
    "Reading 1": (COUNT + 1, "{} 0 bytes belong to no record"),
    "Reading 2": (COUNT, ""),
    "Positions 0": (COUNT - 10, "10 "),
    "Writing 0": (1, f"{COUNT} records in "),
    "Writing 1": (1, f"{COUNT} records, 0 not as they are"),
    "Errors 0": (1, "not there: "),
    "Threads 0": (1, str(2 * COUNT)),
    "Processes 0": (2, ""),
    "asyncio 0": (2, f"{COUNT}\n{COUNT}\n"),
}


FAR = "Other machines 0"


def test_the_page_has_these_examples() -> None:
    assert set(examples()) == {*WANTED, FAR}


def test_the_example_of_another_machine_runs(daemon: Daemon, tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    for file in ("records.mrc", "2026/all.mrc"):
        generate.write_records(tmp_path / file, generate.realistic(COUNT, seed=4))
    there = start_daemon(f"--roots=dumps={tmp_path}")
    with line_to(there.target) as line:
        code = examples()[FAR].replace("catalogue.example.org:7333", line.target)
        said = printed(daemon, "-c", code, folder=tmp_path).splitlines()
    there.stop()
    assert said[:COUNT] == said[COUNT:] != []


@pytest.mark.parametrize("name", WANTED)
def test_an_example_runs(name: str, daemon: Daemon, tmp_path: Path) -> None:
    generate.write_records(tmp_path / "records.mrc", generate.realistic(COUNT, seed=4))
    program = tmp_path / "program.py"
    program.write_text(examples()[name])
    said = printed(daemon, program, folder=tmp_path)
    lines, part = WANTED[name]
    assert len(said.splitlines()) == lines
    assert part in said
