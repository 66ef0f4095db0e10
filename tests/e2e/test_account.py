"""Real files through the daemon: whatever is in them, every byte is accounted for."""

from __future__ import annotations

import gzip
import lzma
import shutil
from pathlib import Path

import pytest

from tests.e2e.calls import FRAMES, MESSAGES, Client

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
PACKED = {".gz": gzip.open, ".xz": lzma.open}
BENCH = CORPUS / "gpo" / "bench.mrc.xz"  # large: has a test of its own
VIEWS = pytest.mark.parametrize("view", [MESSAGES, FRAMES], ids=["messages", "frames"])

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no ../shared/corpus here")


def unpacked(path: Path, folder: Path) -> Path:
    """`path`, or what is packed in it, in a file in `folder`."""
    if path.suffix not in PACKED:
        return path
    target = folder / path.stem
    with PACKED[path.suffix](path) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file, 1 << 20)
    return target


@VIEWS
def test_every_file_of_the_corpus_is_read_and_adds_up(
    client: Client, tmp_path: Path, view: int
) -> None:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path != BENCH)
    assert len(files) >= 96
    with_records = 0
    for packed in files:
        path = unpacked(packed, tmp_path)
        reading = client.read(path, view=view)
        assert reading.failure is None, f"{packed}: {reading.failure}"
        reading.check_covers(0, path.stat().st_size)
        with_records += bool(reading.records or reading.skipped)
        # As another format's file may hold a 0x1D, so one of ISO 2709 must hold records.
        if path.suffix == ".mrc":
            assert reading.records or reading.skipped or not path.stat().st_size, packed
    assert with_records >= 40


@pytest.mark.parametrize("name", ["mrrc/realistic.mrc", "gpo/bench.mrc.xz"])
def test_a_sound_file_has_nothing_but_records(client: Client, tmp_path: Path, name: str) -> None:
    expected = {"mrrc/realistic.mrc": (2_000, None), "gpo/bench.mrc.xz": (50_085, 111_542_248)}
    count, size = expected[name]
    path = unpacked(CORPUS / name, tmp_path)
    reading = client.read(path, view=FRAMES)
    assert reading.ordinals == list(range(count))
    assert (reading.skipped, reading.gaps) == ([], [])
    assert reading.next_offset == reading.file_size == (size or path.stat().st_size)
    reading.check_covers(0, reading.file_size)


def test_both_views_tell_of_the_same_records(client: Client) -> None:
    path = CORPUS / "solrmarc" / "specTestRecs.mrc"
    readings = [client.read(path, view=view) for view in (MESSAGES, FRAMES)]
    places = [[(i.offset, i.length, i.ordinal, i.reason) for i in r.items] for r in readings]
    assert places[0] == places[1]
