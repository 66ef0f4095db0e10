"""MARCReader through the daemon does what pymarc does.

The daemon tells which records are clean and sends the others as they are; here small
sources go to it, too.
"""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import marcd
import pymarc
import pytest
from marcd import _framing

from tests.generate import damage, marc8, realistic, truncations
from tests.iso2709 import data_field, encode
from tests.pathological import pathological
from tests.python.conftest import CORPUS
from tests.python.peers import read_all
from tests.python.test_codec import OPTIONS, SIMPLE, mutants

# Formats that are not ISO 2709, and what is too long for a quick test.
OTHER = (".xml", ".marcxml", ".json", ".md", ".seq", ".gz", ".xz")
LARGE = 250_000


@pytest.fixture(autouse=True)
def all_by_the_daemon(client: marcd.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is small enough to be decoded here."""
    monkeypatch.setattr("marcd.sources.CODEC_BYTES_CONNECTED", -1)


def assert_same(data: bytes, options: dict[str, Any], what: object) -> None:
    ours, theirs = read_all(marcd, data, **options), read_all(pymarc, data, **options)
    assert ours == theirs, (what, options)


def swallows(data: bytes) -> bool:
    """Whether pymarc takes all the rest for one record: docs/pymarc_differences.txt."""
    return _framing.pymarc_places(data) is None


def files() -> Iterator[tuple[int, bytes]]:
    """A damaged record with its length made right, before or behind a good one."""
    for seed, record in mutants(4000):
        rng = random.Random(seed)
        if rng.randrange(4):
            record = b"%05d" % len(record) + record[5:]
        yield seed, record + SIMPLE if rng.randrange(2) else SIMPLE + record


def test_files_with_a_damaged_record_are_pymarcs() -> None:
    for seed, data in files():
        if not swallows(data):
            assert_same(data, OPTIONS[seed % len(OPTIONS)] if seed % 3 else {}, seed)


def test_every_truncation_is_pymarcs() -> None:
    for data in truncations(SIMPLE + SIMPLE):
        assert_same(data, {}, len(data))


def test_pathological_records_are_pymarcs() -> None:
    for case, options in itertools.product(pathological(), OPTIONS[::7]):
        assert_same(case.data + SIMPLE, options, case.name)


def test_scattered_damage_is_pymarcs() -> None:
    for seed in range(40):
        data, _ = damage(b"".join([*realistic(10, seed), *marc8(10, seed)]), seed % 12, seed)
        if not swallows(data):
            assert_same(data, OPTIONS[seed % len(OPTIONS)], seed)


def test_files_of_the_corpus_are_pymarcs() -> None:
    paths = [p for p in CORPUS.rglob("*") if p.is_file() and p.suffix not in OTHER]
    if not paths:
        pytest.skip("the corpus is not here")
    for path in paths:
        if path.stat().st_size < LARGE:
            data = path.read_bytes()
            for options in ({}, {"to_unicode": False}, {"force_utf8": True}):
                assert_same(data, options, path.name)


@pytest.mark.parametrize("length", [b"00000", b"-0001", b"00004", b"   +0"])
def test_a_length_with_which_pymarc_loses_the_rest_costs_no_record(length: bytes) -> None:
    records = [encode([data_field("245", "10", ("a", title))]) for title in ("one", "two", "three")]
    data = records[0] + length + records[1][5:] + records[2]
    reader = marcd.MARCReader(io.BytesIO(data))
    assert [record and record.title for record in reader] == ["one", "two", "three"]
    assert reader.gap_bytes == 0
    theirs = pymarc.MARCReader(io.BytesIO(data))
    assert [record and record.title for record in theirs] == ["one", "two"]


@pytest.mark.parametrize("opened", [bytes, io.BytesIO])
def test_a_length_with_which_no_record_begins_is_told(opened: Callable[[bytes], Any]) -> None:
    record = encode([data_field("245", "10", ("a", "one"))])
    aleph = b"000000794 LDR   L ^^^^^nam^a2200301^^^4500\n"
    with marcd.MARCReader(opened(record + aleph)) as reader:
        assert [record and record.title for record in (next(reader), next(reader))] == ["one", None]
        assert isinstance(reader.current_exception, marcd.EndOfRecordNotFound)
        assert list(reader) == []
        assert reader.gap_bytes == len(aleph) - 5


def test_all_bytes_are_accounted_for() -> None:
    for seed, data in itertools.islice(files(), 0, None, 10):
        reader = marcd.MARCReader(data)
        size = 0
        for _ in reader:
            assert reader.current_chunk is not None
            size += len(reader.current_chunk)
        assert size + reader.gap_bytes == len(data), seed
