"""Every program in examples/ does what it says of itself."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import marcd
import pytest

from tests import generate
from tests.e2e.programs import ROOT, printed
from tests.iso2709 import control_field, data_field, encode
from tests.line import line_to
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


def test_a_file_is_written_in_another_format(books: Path, daemon: Daemon, tmp_path: Path) -> None:
    target = tmp_path / "books.xml"
    said = run_example(daemon, "convert.py", books, target)
    assert said == f"{COUNT} records, {target.stat().st_size:,} bytes: {target}\n"
    assert [record.title for record in marcd.parse_xml_to_array(str(target))] == titles(books)


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


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Files of different records."""
    paths = [tmp_path / f"{number}.mrc" for number in range(3)]
    for number, path in enumerate(paths):
        generate.write_records(path, generate.realistic(COUNT + number, seed=number))
    return paths


def records_of(path: Path) -> list[marcd.Record]:
    return list(marcd.MARCReader(path.read_bytes()))


def test_threads_read_each_its_file(files: list[Path], daemon: Daemon) -> None:
    for line, file in zip(
        run_example(daemon, "concurrent_reading.py", *files).splitlines(), files, strict=True
    ):
        name, *counts = line.split()
        assert name == str(file)
        found = dict(zip(counts[::2], map(int, counts[1::2]), strict=True))
        assert found == Counter(record["008"].data[35:38] for record in records_of(file))


def test_threads_write_each_its_file(books: Path, daemon: Daemon, tmp_path: Path) -> None:
    records = records_of(books)
    for place, record in enumerate(records):
        record.leader[6] = "aem"[place % 3]
    books.write_bytes(b"".join(record.as_marc() for record in records))
    folder = tmp_path / "sorted"
    folder.mkdir()
    assert run_example(daemon, "concurrent_writing.py", books, folder) == ""
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        f"{kind}.mrc": b"".join(record.as_marc() for record in records[place::3])
        for place, kind in enumerate("aem")
    }


def test_processes_find_the_wrong_numbers(daemon: Daemon, tmp_path: Path) -> None:
    numbers = ["0-306-40615-2", "9780306406157 (pbk.)", "0306406153", "097522980X", "978030640615X"]
    path = tmp_path / "isbns.mrc"
    path.write_bytes(
        b"".join(
            encode([control_field("001", str(place)), data_field("020", "  ", ("a", number))])
            for place, number in enumerate(numbers)
        )
    )
    printed = run_example(daemon, "many_processes.py", path, path)
    assert printed == 2 * f"{path} 2 0306406153\n{path} 4 978030640615X\n"


def test_a_loop_searches_all_files(files: list[Path], daemon: Daemon) -> None:
    wanted = [
        f"{file} record {place}: {record.title}"
        for file in files
        for place, record in [
            (place, record)
            for place, record in enumerate(records_of(file))
            if "the" in (record.title or "").casefold()
        ][:2]
    ]
    assert wanted
    assert run_example(daemon, "asyncio_search.py", "The", 2, *files).splitlines() == wanted


def test_titles_come_from_a_servers_file_and_from_ones_own(books: Path, daemon: Daemon) -> None:
    with line_to(daemon.target) as line:
        for source in (["all", str(books)[1:]], [books]):
            printed = run_example(daemon, "remote_titles.py", line.target, *source)
            assert printed.splitlines() == titles(books)
