"""The files that the programs are run over: made ones, and real ones where the corpus is."""

from __future__ import annotations

import io
import lzma
import random
from collections.abc import Callable
from pathlib import Path

import pymarc
from marcd import _framing

from tests import generate
from tests.e2e.programs import ROOT
from tests.pathological import pathological

CORPUS = ROOT.parent / "shared/corpus"
# The files of a kind.
Inputs = Callable[[str], list[str]]

HEAD = 150  # records of a large file
DAMAGED = 12  # files of one damaged record each
BENCH = "gpo/bench.mrc.xz"
REALISTIC = "mrrc/realistic.mrc"

_CLEAN = (
    "mrrc/simple_authority.mrc mrrc/simple_holdings.mrc mrrc/simple_book.mrc"
    " pymarc/marc.dat pymarc/1251.dat pymarc/alphatag.dat pymarc/diacritic.dat pymarc/marc8.dat"
    " pymarc/multi_isbn.dat pymarc/testunimarc.dat pymarc/utf8_without_leader_flag.dat"
    " solrmarc/record_set_045.mrc solrmarc/record_100696348.mrc solrmarc/u5278992.mrc"
    " solrmarc/uva_001-200.mrc"
).split()
_DAMAGED = (
    "pymarc/bad_records.mrc pymarc/bad_indicator.dat pymarc/bad_marc8_escape.dat"
    " pymarc/bad_subfield_code.dat pymarc/regression45.dat pymarc/utf8_errors.dat"
    " pymarc/utf8_invalid.mrc solrmarc/errorRecs.mrc"
).split()
_XML = (
    "mrrc/loc_collection.marcxml pymarc/bad_tag.xml pymarc/utf8.xml solrmarc/jones_recs.xml"
    " mrrc/error_fixtures/e401_malformed_marcxml.xml mrrc/error_fixtures/e401_no_record_element.xml"
    " mrrc/error_fixtures/e401_unexpected_eof_in_subfield.xml"
    " mrrc/error_fixtures/e401_bad_char_reference.xml solrmarc/specTestRecs_withBOM.xml"
).split()


def _real(names: list[str]) -> list[Path]:
    return [CORPUS / name for name in names if (CORPUS / name).exists()]


def bench(records: int) -> bytes:
    """The first records of the large file."""
    with lzma.open(CORPUS / BENCH) as packed:
        return _head(packed, records)


def _head(data: io.BufferedIOBase, count: int = HEAD) -> bytes:
    records: list[bytes] = []
    while len(records) < count and (size := data.read(5)):
        records.append(size + data.read(int(size) - 5))
    return b"".join(records)


def _write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _clean(folder: Path) -> list[Path]:
    files = [
        _write(folder, "made.mrc", b"".join(generate.realistic(100))),
        _write(folder, "made_marc8.mrc", b"".join(generate.marc8(30))),
    ]
    if (CORPUS / BENCH).exists():
        files.append(_write(folder, "bench_head.mrc", bench(HEAD)))
        with (CORPUS / REALISTIC).open("rb") as data:
            files.append(_write(folder, "realistic_head.mrc", _head(data)))
    return files + _real(_CLEAN)


def _swallows(data: bytes) -> bool:
    """Whether pymarc takes all the rest for one record: docs/pymarc_differences.txt."""
    return _framing.pymarc_places(data) is None


def _damaged(folder: Path) -> list[Path]:
    good = b"".join(generate.realistic(60, seed=3))
    hit, _ = generate.damage(good, 25, seed=3)
    made = {
        "cut.mrc": good[: len(good) * 2 // 3],
        "cut_in_leader.mrc": good + good[:13],
        "hit.mrc": hit,
        "newlines.mrc": good[:-1] + b"\x1d\r\n",
        "empty.mrc": b"",
        "text.mrc": b"This is no catalogue\n" * 50,
    }
    made.update(
        (f"odd{n:02}.mrc", case.data + good[:5000])
        for n, case in enumerate(random.Random(3).sample(pathological(), DAMAGED))
    )
    files = [_write(folder, name, data) for name, data in made.items()]
    files += _real(_DAMAGED) + sorted((CORPUS / "mrrc/error_fixtures").glob("*.bin"))
    return [path for path in files if not _swallows(path.read_bytes())]


def _xml(folder: Path) -> list[Path]:
    path = folder / "made.xml"
    writer = pymarc.XMLWriter(path.open("wb"))
    for data in generate.realistic(60, seed=4):
        writer.write(pymarc.Record(data))
    writer.close()
    return [path, *_real(_XML)]


_MAKERS: dict[str, Callable[[Path], list[Path]]] = {
    "clean": _clean,
    "damaged": _damaged,
    "xml": _xml,
}


def make(kind: str, folder: Path) -> list[str]:
    """The files of a kind: "clean", "damaged" or "xml"."""
    folder.mkdir()
    return [str(path) for path in _MAKERS[kind](folder)]
