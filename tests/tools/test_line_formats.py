"""The formats of lines against real files and against others' programs."""

from __future__ import annotations

import io
import shutil
import subprocess
import unicodedata
import warnings
from pathlib import Path

import pytest

from tests.text_tools import CORPUS, ROOT

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no ../shared/corpus here")

ISO2709, MRK, ALEPHSEQ, LINE, TEXT = 1, 5, 6, 7, 9
FIELDS = 0  # each record as its fields, for people

# Files of whole records, in which no reader has anything to mend but their encoding.
FILES = (
    "oapen/OAPEN.mrc",
    "mrrc/realistic.mrc",
    "solrmarc/uva_001_2000.mrc",
    "solrmarc/specTestRecs.mrc",
    "pymarc/marc.dat",
    "pymarc/regression45.dat",
)


def convert(data: bytes, source: int, target: int, *options: str) -> tuple[bytes, list[str]]:
    """The records in another format, and what was said."""
    program = ROOT / "out/bin/tests/core/formats/format_cat"
    if not program.exists():
        pytest.skip("not built: bazel build --config=opt //tests/core/formats:format_cat")
    done = subprocess.run(
        [program, str(source), str(target), *options], input=data, capture_output=True, timeout=60
    )
    assert done.returncode == 0
    return done.stdout, done.stderr.decode().splitlines()


def fields(data: bytes, source: int) -> list[list[str]]:
    """The records' fields; of the leader what writing may not change."""
    text = convert(data, source, FIELDS)[0].decode()
    records = [each.split("\n") for each in text.split("\n\n") if each]
    for record in records:
        leader = record[0]
        record[0] = leader[5:9] + leader[17:]
    return records


def yaz(data: bytes, source: str, target: str, folder: Path) -> bytes:
    """What yaz-marcdump makes of it."""
    if shutil.which("yaz-marcdump") is None:
        pytest.skip("no yaz-marcdump")
    path = folder / "records"
    path.write_bytes(data)
    command = ["yaz-marcdump", "-i", source, "-o", target, str(path)]
    return subprocess.run(command, capture_output=True, timeout=60).stdout


@pytest.mark.parametrize("name", FILES)
def test_mrk_keeps_every_record(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    text, said = convert(data, ISO2709, MRK)
    assert not [each for each in said if each.startswith("write")]
    assert fields(text, MRK) == fields(data, ISO2709)


@pytest.mark.parametrize("name", FILES)
def test_mrk_in_ascii_is_ascii_and_is_read_again(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    text, _ = convert(data, ISO2709, MRK, "ascii")
    assert text.isascii()

    def nfc(records: list[list[str]]) -> list[list[str]]:
        return [[unicodedata.normalize("NFC", line) for line in record] for record in records]

    assert nfc(fields(text, MRK)) == nfc(fields(data, ISO2709))


@pytest.mark.parametrize("target", [ALEPHSEQ, LINE])
@pytest.mark.parametrize("name", FILES)
def test_what_is_not_kept_is_said(name: str, target: int) -> None:
    data = (CORPUS / name).read_bytes()
    text, said = convert(data, ISO2709, target)
    tags = {each.split()[2] for each in said if each.startswith("write")}
    before, after = fields(data, ISO2709), fields(text, target)
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        if not any(line.startswith("001 ") for line in old):
            new = [line for line in new if not line.startswith("001 ")]
        assert [a[:3] for a, b in zip(old, new, strict=False) if a != b and a[:3] not in tags] == []


@pytest.mark.parametrize("name", FILES)
def test_lines_are_read_as_yaz_writes_them(name: str, tmp_path: Path) -> None:
    data = (CORPUS / name).read_bytes()
    theirs = yaz(utf8(data), "marc", "line", tmp_path)
    ours = convert(utf8(data), ISO2709, LINE)[0]
    expected, got = fields(ours, LINE), fields(theirs, LINE)
    assert len(got) == len(expected)
    assert [b for a, b in zip(expected, got, strict=True) if a != b] == []


@pytest.mark.parametrize("name", FILES)
def test_yaz_reads_our_lines_as_its_own(name: str, tmp_path: Path) -> None:
    # What it makes of `$6 880-01/$1 $a` is not what it wrote, neither of its lines nor of ours.
    data = utf8((CORPUS / name).read_bytes())
    theirs = yaz(data, "marc", "line", tmp_path)
    ours = convert(data, ISO2709, LINE)[0]
    again = yaz(ours, "line", "line", tmp_path)
    assert fields(again, LINE) == fields(yaz(theirs, "line", "line", tmp_path), LINE)


def utf8(data: bytes) -> bytes:
    """The records in UTF-8, as pymarc writes them."""
    pymarc = pytest.importorskip("pymarc")
    out = io.BytesIO()
    for record in pymarc.MARCReader(io.BytesIO(data), to_unicode=True, force_utf8=False):
        if record is not None:
            out.write(record.as_marc())
    return out.getvalue()


@pytest.mark.parametrize("name", FILES)
def test_text_is_what_pymarc_writes(name: str) -> None:
    pymarc = pytest.importorskip("pymarc")
    data = utf8((CORPUS / name).read_bytes())
    out = io.StringIO()
    writer = pymarc.TextWriter(out)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for record in pymarc.MARCReader(io.BytesIO(data)):
            if record is not None:
                writer.write(record)
    assert convert(data, ISO2709, TEXT)[0].decode() == out.getvalue()


def test_aleph_files_read_as_one_would_expect() -> None:
    def read(name: str) -> tuple[list[list[str]], list[str]]:
        data = (CORPUS / "alephseq" / name).read_bytes()
        said = convert(data, 0, FIELDS)[1]
        return fields(data, 0), [each.split()[1] for each in said]

    single, said = read("single.seq")
    assert said == []
    batch, said = read("batch.seq")
    assert said == []
    assert batch[0] == single[0] and len(batch) == len({record[1] for record in batch}) == 31
    newline, said = read("newline.seq")
    assert said == ["NOT_MARC_SHAPED"]
    assert "600 10$aCicero, Marcus Tullius$xManuscripts." in newline[0]
    no_subfield, said = read("no_initial_subfield.seq")
    assert said == ["SUBFIELD_DELIMITER_MISSING"] and no_subfield == single
    no_leader, said = read("noleader.seq")
    assert said == ["LEADER_INVALID"] and no_leader[0][1:] == single[0][1:]
