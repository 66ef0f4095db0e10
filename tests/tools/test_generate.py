"""The generator of test data makes what it says, and always the same."""

from __future__ import annotations

import io
import subprocess
import sys
import unicodedata
import zlib
from itertools import islice
from pathlib import Path

import pymarc
import pytest

from tests import generate, iso2709, words
from tests.pathological import Case, pathological

ROOT = Path(__file__).resolve().parents[2]
CASES = pathological()


def read(data: bytes, **options: bool) -> list[pymarc.Record | None]:
    return list(pymarc.MARCReader(io.BytesIO(data), **options))


def case(name: str) -> bytes:
    return next(c.data for c in CASES if c.name == name)


def test_the_same_seed_makes_the_same_bytes() -> None:
    once, again = (b"".join(generate.realistic(3_000, seed=7)) for _ in range(2))
    assert once == again
    assert zlib.crc32(once) != zlib.crc32(b"".join(generate.realistic(3_000, seed=8)))


def test_a_longer_file_begins_as_a_shorter_one() -> None:
    longer = list(islice(generate.realistic(None, seed=1), 2_500))
    assert longer[:2_100] == list(generate.realistic(2_100, seed=1))


def test_pymarc_reads_realistic_records_as_they_were_meant() -> None:
    data = b"".join(generate.realistic(2_500))
    records = read(data)
    assert len(records) == 2_500
    for ordinal, record in enumerate(records):
        assert record is not None
        assert int(record["001"].data) == ordinal  # past the pool as well
        assert 20 <= len(record.fields) <= 50
    assert b"".join(r.as_marc() for r in records if r) == data


def test_realistic_records_are_of_realistic_size_and_in_many_scripts() -> None:
    made = list(generate.realistic(1_000))
    assert min(map(len, made)) >= 500
    assert sorted(map(len, made))[950] <= 3_000
    assert sum(not record.isascii() for record in made) > 900


def test_words_are_in_nfc() -> None:
    assert all(word == unicodedata.normalize("NFC", word) for word in words.OTHER + words.NAMES)


def test_pymarc_reads_the_marc8_texts() -> None:
    made = generate.marc8(len(generate.MARC8_TEXTS))
    titles = [r["245"]["a"] for r in read(b"".join(made)) if r]
    wanted = [unicodedata.normalize("NFC", text) for _, text in generate.MARC8_TEXTS]
    assert [unicodedata.normalize("NFC", title) for title in titles] == wanted


@pytest.mark.parametrize("good", [c for c in CASES if c.good], ids=lambda c: c.name)
def test_pymarc_reads_what_is_called_good(good: Case) -> None:
    # A record without fields is sound, but pymarc refuses it.
    assert [record is not None for record in read(good.data)] == [good.name != "no fields"]


@pytest.mark.parametrize("any_case", CASES, ids=lambda c: c.name)
def test_the_boundaries_of_every_case_are_sound(any_case: Case) -> None:
    data = any_case.data
    assert int(data[:5]) == len(data)
    assert data.index(b"\x1d") == len(data) - 1


def test_the_sizes_at_the_edge_are_reached() -> None:
    assert len(case("99,999 bytes")) == 99_999
    assert case("9,999-byte field")[24:36] == b"500999900000"
    assert case("9,999-byte control field")[24:36] == b"001999900000"
    assert case("no fields")[12:17] == b"00025"
    assert len(case("999 fields")[24:].split(b"\x1e")[0]) == 999 * 12


def test_what_iso_2709_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="field b'500' of 10000 bytes"):
        iso2709.encode([(b"500", b"x" * 9_999)])
    with pytest.raises(ValueError, match="record of 109"):
        iso2709.encode([(b"500", b"x" * 9_900)] * 11)


def test_truncations_are_every_beginning() -> None:
    assert list(generate.truncations(b"abc")) == [b"", b"a", b"ab"]


def test_damage_changes_just_the_bytes_that_it_names() -> None:
    data = b"".join(generate.realistic(50))
    damaged, places = generate.damage(data, 200, seed=3)
    assert places == [at for at in range(len(data)) if data[at] != damaged[at]]
    assert len(places) == 200
    assert (damaged, places) == generate.damage(data, 200, seed=3)


def test_a_sparse_file_is_large_and_takes_up_little(tmp_path: Path) -> None:
    path = tmp_path / "sparse.mrc"
    made = generate.write_sparse(path, records=10)
    stat = path.stat()
    assert stat.st_size == made.file_bytes > 2**32
    assert stat.st_blocks * 512 < 1 << 20
    with path.open("rb") as file:
        before = file.read(made.hole_offset)
        file.seek(made.hole_bytes, 1)
        after = file.read()
    assert len(read(before)) == len(read(after)) == made.records == 10


@pytest.mark.parametrize("size", [1, 10_000, 3_000_000])
def test_a_file_of_a_size_ends_with_the_record_that_reaches_it(size: int, tmp_path: Path) -> None:
    path = tmp_path / "sized.mrc"
    count = generate.write_records(path, generate.realistic(), size)
    assert size <= path.stat().st_size < size + 10_000
    assert path.read_bytes().count(b"\x1d") == count


def run(*args: object) -> str:
    command = [sys.executable, ROOT / "tests" / "generate.py", *args]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_the_command_writes_what_the_module_makes(tmp_path: Path) -> None:
    out = tmp_path / "out.mrc"
    assert run("realistic", out, "--records", 5, "--seed", 2) == "5 records\n"
    assert out.read_bytes() == b"".join(generate.realistic(5, seed=2))
    assert len(run("pathological", out).splitlines()) == len(CASES)
    assert out.read_bytes() == b"".join(c.data for c in CASES)
    assert run("truncations", tmp_path / "cuts") == f"{len(next(generate.realistic(1)))} files\n"
