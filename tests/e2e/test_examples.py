"""Every program in examples/ does what it says of itself."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import marcd
import pytest

from tests import generate
from tests.e2e.programs import ROOT, printed
from tests.iso2709 import control_field, data_field, encode
from tests.support import Daemon

EXAMPLES = ROOT / "examples"
COUNT = 60


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.mrc"
    generate.write_records(path, generate.realistic(COUNT, seed=9))
    return path


def run_example(daemon: Daemon, name: str, *args: object) -> str:
    """What the example prints."""
    return printed(daemon, EXAMPLES / name, *args)


def titles(path: Path) -> list[str]:
    return [str(record.title) for record in marcd.MARCReader(path.read_bytes())]


def test_every_example_has_a_test() -> None:
    tested = Path(__file__).read_text()
    assert [path.name for path in EXAMPLES.glob("*.py") if f'"{path.name}"' not in tested] == []


def test_a_read_goes_on_where_it_was_left(books: Path, daemon: Daemon, tmp_path: Path) -> None:
    bookmark = tmp_path / "bookmark"
    parts = [run_example(daemon, "read_on.py", books, bookmark, *n) for n in ([7], [20], [], [])]
    assert [part.count("\n") for part in parts] == [7, 20, COUNT - 27, 0]
    assert "".join(parts).splitlines() == titles(books)


def test_what_is_wrong_is_named_with_its_place(daemon: Daemon, tmp_path: Path) -> None:
    good = encode([control_field("001", "1"), data_field("245", "10", ("a", "A title"))])
    bad = encode([(b"245", b"1\x1faOne indicator")])
    path = tmp_path / "vendor.mrc"
    path.write_bytes(b"".join([good, b"\r\n", bad, good]))
    place = len(good) + 2
    of_record, of_gap = run_example(daemon, "what_is_wrong.py", path).splitlines()
    assert of_record.startswith(
        f"record 1, byte {place}: Field 245: A data field has one indicator"
    )
    assert of_gap.startswith(f"2 bytes at {len(good)} belong to no record: ")


def test_a_table_has_a_row_for_each_record(books: Path, daemon: Daemon) -> None:
    head, *rows = csv.reader(io.StringIO(run_example(daemon, "columns.py", books)))
    assert head == ["number", "title", "author", "subjects"]
    assert rows == [
        [
            record["001"].data,
            record["245"]["a"],
            record["100"]["a"],
            "; ".join(field["a"] for field in record.get_fields("650")),
        ]
        for record in marcd.MARCReader(books.read_bytes())
    ]


def test_a_spot_check_shows_a_few_of_every_so_many(books: Path, daemon: Daemon) -> None:
    shown = run_example(daemon, "spot_check.py", books, 25, 2)
    records = list(marcd.MARCReader(books.read_bytes()))
    assert shown == "".join(f"{records[place]}\n" for place in (0, 1, 25, 26, 50, 51))


def test_a_program_for_pymarc_runs_as_it_stands(
    books: Path, daemon: Daemon, tmp_path: Path
) -> None:
    program = tmp_path / "titles.py"
    program.write_text(
        "import sys\nfrom pymarc import MARCReader\n"
        "if __name__ == '__main__':\n"
        "    with open(sys.argv[1], 'rb') as file:\n"
        "        for record in MARCReader(file):\n"
        "            print(MARCReader.__module__, record.title)\n"
    )
    printed = run_example(daemon, "under_marcd.py", program, books).splitlines()
    assert printed == [f"marcd.reader {title}" for title in titles(books)]
