"""The examples in README.md do what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import generate
from tests.support import start_daemon

ROOT = Path(__file__).resolve().parents[2]
GRPCURL = shutil.which("grpcurl") or str(ROOT / ".cache/bin/grpcurl")


def block(heading: str) -> str:
    """The first code block under a heading of the README."""
    text = (ROOT / "README.md").read_text()
    found = re.search(rf"## {heading}\n.*?```\w+\n(.*?)```", text, re.DOTALL)
    assert found is not None, f"README.md has no example under {heading}"
    return found[1]


def test_python_example_reads_a_file(tmp_path: Path) -> None:
    daemon = start_daemon("--roots=all=/")
    try:
        generate.write_records(tmp_path / "records.mrc", generate.realistic(20, seed=1))
        done = subprocess.run(
            [sys.executable, "-c", block("In Python")],
            cwd=tmp_path,
            env={**os.environ, "MARCD_SERVER": daemon.target},
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        daemon.stop()
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 21
    assert lines[-1].startswith("go on from here another time: marcd1:")


@pytest.mark.skipif(not Path(GRPCURL).exists(), reason="grpcurl is not installed")
def test_grpcurl_examples_answer(tmp_path: Path) -> None:
    books = tmp_path / "new"
    books.mkdir()
    generate.write_records(books / "records.mrc", generate.realistic(3, seed=1))
    daemon = start_daemon(f"--roots=books={tmp_path}")
    try:
        script = block("With grpcurl").split("&\n", 1)[1]
        script = script.replace("127.0.0.1:7333", f"-unix {daemon.target.removeprefix('unix:')}")
        script = script.replace("grpcurl", GRPCURL)
        done = subprocess.run(
            ["bash", "-ec", script], capture_output=True, text=True, timeout=60, cwd=tmp_path
        )
    finally:
        daemon.stop()
    assert done.returncode == 0, done.stderr
    assert "marcd.v1.RecordService" in done.stdout
    assert "rpc ReadRecords" in done.stdout
    assert '"subfields"' in done.stdout
