"""The examples in README.md and docs/checking.md do what the pages say."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import generate
from tests.iso2709 import control_field, data_field, encode
from tests.support import start_daemon

ROOT = Path(__file__).resolve().parents[2]
GRPCURL = shutil.which("grpcurl") or str(ROOT / ".cache/bin/grpcurl")


def block(heading: str, page: str = "README.md") -> str:
    """The first code block under a heading of a page."""
    text = (ROOT / page).read_text()
    found = re.search(rf"#+ {heading}\n.*?```\w+\n(.*?)```", text, re.DOTALL)
    assert found is not None, f"{page} has no example under {heading}"
    return found[1]


def run_python(code: str, folder: Path) -> str:
    """What a program prints, run in a folder with a daemon that may read every file."""
    daemon = start_daemon("--roots=all=/")
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            env={**os.environ, "MARCD_SERVER": daemon.target},
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        daemon.stop()
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python_example_reads_a_file(tmp_path: Path) -> None:
    generate.write_records(tmp_path / "records.mrc", generate.realistic(20, seed=1))
    lines = run_python(block("In Python"), tmp_path).splitlines()
    assert len(lines) == 21
    assert lines[-1].startswith("go on from here another time: marcd1:")


def test_example_of_more_than_pymarc_gives_columns_and_places(tmp_path: Path) -> None:
    generate.write_records(tmp_path / "records.mrc", generate.realistic(20, seed=1))
    lines = run_python(block("More than pymarc"), tmp_path).splitlines()
    assert len(lines) == 20 + 10
    titles = [next(csv.reader([line]))[1] for line in lines[:20]]
    offset, title = lines[20].split(" ", 1)
    assert int(offset) > 0 and title.startswith(titles[1])


def test_example_of_a_file_that_does_not_load_explains_it(tmp_path: Path) -> None:
    (tmp_path / "vendor.mrc").write_bytes(damaged_books())
    printed = run_python(block("A file that does not load"), tmp_path)
    assert "record 700 at byte 73510: Field 245: A data field has one indicator" in printed
    assert "INDICATOR_MISSING     1  record  repaired" in printed
    assert len((tmp_path / "bad.mrc.tsv").read_text().splitlines()) == 4


def damaged_books() -> bytes:
    """The file that docs/checking.md speaks of."""
    books = [
        encode(
            [
                control_field("001", f"{number:06}"),
                data_field("245", "10", ("a", "A title /"), ("c", "A. Author.")),
                data_field("650", " 0", ("a", "Cats.")),
            ]
        )
        for number in range(1000)
    ]
    latin1 = [(b"001", b"000017"), (b"245", b"10\x1faCaf\xe9 des \xe9l\xe8ves /\x1fcA. Author.")]
    books[17] = encode([*latin1, data_field("650", " 0", ("a", "Cats."))])
    books[400] = b"%05d" % (len(books[400]) - 2) + books[400][5:]
    books[700] = books[700].replace(b"10\x1fa", b"1\x1faX")
    books[999] = books[999][:70]
    return b"".join([*books[:500], b"\r\n", *books[500:]])


def test_checking_example_prints_what_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "records.mrc").write_bytes(damaged_books())
    page = "docs/checking.md"
    shown = re.search(r"```text\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    assert shown is not None
    printed = run_python(block("In Python", page), tmp_path)
    assert printed == shown[1]
    assert (tmp_path / "bad.mrc").stat().st_size > 0


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
