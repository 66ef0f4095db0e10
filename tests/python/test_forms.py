"""The compiled form and the pure one: the same records, the same actions, the same answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import marcd
import pytest

from tests.text_tools import ROOT

pytestmark = pytest.mark.skipif(not marcd.accelerated, reason="there is one form only")

PURE, COMPILED = "1", "0"


def told(form: str, seed: int, count: int, *files: Path) -> list[str]:
    """What a form says of so many sequences of actions; see form_program for the files."""
    command = [sys.executable, "-m", "tests.python.form_program", str(seed), str(count)]
    ran = subprocess.run(
        [*command, *map(str, files)],
        cwd=ROOT,
        env={**os.environ, "MARCD_PURE_PYTHON": form},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.mark.parametrize(
    ("seed", "count"), [(1, 1_000), pytest.param(2, 50_000, marks=pytest.mark.full)]
)
def test_both_forms_do_the_same_and_read_each_others_pickles(
    seed: int, count: int, tmp_path: Path
) -> None:
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    alone = told(PURE, seed, count, first)
    compiled = told(COMPILED, seed, count, second, first)
    pure = told(PURE, seed, count, third, second)
    assert len(pure) == 2 * count
    for number, (ours, theirs) in enumerate(zip(compiled, pure)):
        assert ours == theirs, f"sequence {number} of seed {seed}"
    assert alone == pure[:count]
