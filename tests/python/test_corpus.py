"""Real files through the daemon: nothing is lost, and bytes come back as they were."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import marcd
import pytest

from tests.generate import realistic
from tests.python.conftest import CORPUS, corpus_file
from tests.support import start_daemon

OPENERS = {".gz": gzip.open, ".xz": lzma.open}


def size_of(path: Path) -> int:
    """Of the file, or of what it holds."""
    if path.suffix not in OPENERS:
        return path.stat().st_size
    with OPENERS[path.suffix](path) as file:
        return sum(map(len, iter(lambda: file.read(1 << 20), b"")))


def assert_nothing_lost(path: Path, mode: str) -> None:
    """The lengths of records, skipped ones and gaps add up to the file's size."""
    reader = marcd.read(path, mode=mode)
    size = sum(record.length or 0 for record in reader)
    size += sum(
        {d.offset: d.length for d in reader.diagnostics if d.disposition == "SKIPPED"}.values()
    )
    assert size + reader.gap_bytes == size_of(path), path


def assert_comes_back(path: Path, count: int) -> None:
    """Records, offsets and as_marc() give the file's very bytes."""
    at = ordinal = 0
    data = path.read_bytes()
    for record in marcd.MARCReader(path):
        end = record.offset + record.length
        assert (record.ordinal, record.offset) == (ordinal, at)
        assert record.as_marc() == data[at:end]
        at, ordinal = end, ordinal + 1
    assert (at, ordinal) == (len(data), count)


def test_gpo_file_comes_back(client: marcd.Client, tmp_path: Path) -> None:
    path = tmp_path / "bench.mrc"
    with lzma.open(corpus_file("gpo/bench.mrc.xz")) as packed:
        path.write_bytes(packed.read())
    assert path.stat().st_size == 111_542_248
    assert_comes_back(path, 50_085)


def test_mrrc_file_comes_back(client: marcd.Client) -> None:
    assert_comes_back(corpus_file("mrrc/realistic.mrc"), 2000)


@pytest.mark.parametrize("mode", ["skip", "repair"])
def test_nothing_of_any_file_is_lost(mode: str, client: marcd.Client) -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    if not files:
        pytest.skip("the corpus is not here")
    for path in files:
        assert_nothing_lost(path, mode)


def test_a_file_that_grew_is_read_on_from_the_record_it_was_cut_in(
    client: marcd.Client, tmp_path: Path
) -> None:
    records = list(realistic(6))
    path = tmp_path / "growing.mrc"
    path.write_bytes(b"".join(records[:3]) + records[3][:100])
    reader = marcd.read(path, mode="skip")
    assert len(list(reader)) == 3
    assert reader.reason_counts == {"TRUNCATED_RECORD": 1}
    with path.open("ab") as file:
        file.write(records[3][100:] + records[4] + records[5])
    rest = marcd.read(path, mode="skip", position=reader.position)
    assert [record.ordinal for record in rest] == [3, 4, 5]


def test_more_readers_than_streams_all_come_to_their_end(tmp_path: Path) -> None:
    """The daemon parks the streams that wait, and the readers open them again."""
    path = tmp_path / "records.mrc"
    records = list(realistic(6000))
    path.write_bytes(b"".join(records))
    daemon = start_daemon("--roots=all=/", "--max_streams=2", "--stream_credit_bytes=1")
    try:
        with marcd.connect(daemon.target) as client:
            readers = [marcd.MARCReader(path, client=client) for _ in range(5)]
            found: list[list[int]] = [[] for _ in readers]
            while len(found[-1]) < len(records):
                for reader, ordinals in zip(readers, found):
                    ordinals += [record.ordinal for record in reader.read_batch(1500)]
            assert found == [list(range(len(records)))] * len(readers)
    finally:
        daemon.stop()
