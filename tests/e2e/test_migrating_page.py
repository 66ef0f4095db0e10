"""The examples of docs/migrating-from-pymarc.md do what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import generate
from tests.e2e.programs import PACKAGE, ROOT
from tests.iso2709 import control_field, data_field, encode
from tests.support import Daemon

PAGE = (ROOT / "docs/migrating-from-pymarc.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
READING = [code for code in EXAMPLES if "records.mrc" in code]
COUNT = 40


def run(code: str, folder: Path, daemon: Daemon) -> str:
    """What an example prints, among files of the folder."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env={**os.environ, "MARCD_SERVER": daemon.target, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_page_has_examples_that_read() -> None:
    assert len(READING) == 3


@pytest.mark.parametrize("code", READING[:2])
def test_records_are_given_one_by_one_and_in_columns(
    code: str, daemon: Daemon, tmp_path: Path
) -> None:
    generate.write_records(tmp_path / "records.mrc", generate.realistic(COUNT, seed=4))
    assert len(run(code, tmp_path, daemon).splitlines()) == COUNT


def test_a_damaged_record_is_given_and_explained(daemon: Daemon, tmp_path: Path) -> None:
    fields = [control_field("001", "1"), data_field("245", "10", ("a", "A title."))]
    damaged = encode(fields).replace(b"10\x1fa", b"1\x1faX")
    (tmp_path / "records.mrc").write_bytes(encode(fields) + damaged)
    assert run(READING[2], tmp_path, daemon).startswith("1 INDICATOR_MISSING ")


def test_pymarc_is_marcd_after_the_call(daemon: Daemon, tmp_path: Path) -> None:
    [code] = [code for code in EXAMPLES if "install_as_pymarc" in code]
    assert run(code + "import pymarc\nprint(pymarc is marcd)", tmp_path, daemon) == "True\n"
