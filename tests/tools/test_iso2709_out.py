"""ISO 2709 as it is written, beside its sources and as other programs read it."""

from __future__ import annotations

import gzip
import lzma
import random
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import generate
from tests.text_tools import CORPUS, ROOT

# Records of the corpus that hold ESC, from conversions that went wrong: MARC-8 cannot.
WITH_ESCAPES = {"bad_marc8_escape.dat": 1, "miscellaneous": 1, "nist": 5}
# What pymarc does not decode though it is in the code tables.
PYMARC_DROPS = dict.fromkeys(map(ord, "\x98\x9c\u200d\u200c"))


def copy(records: bytes, *options: str) -> tuple[bytes, list[int]]:
    """What is written of the records; and how many there were, were verbatim, came out byte
    for byte, could not be written, and are not the same when they are read again."""
    path = ROOT / "out/bin/tests/core/formats/iso2709_copy"
    if not path.exists():
        pytest.skip("iso2709_copy is not built: bazel build --config=opt //tests/core/formats/...")
    done = subprocess.run([path, *options], input=records, capture_output=True, check=True)
    return done.stdout, [int(count) for count in done.stderr.split()]


def files() -> Iterator[tuple[str, bytes]]:
    """The names and bytes of the corpus' files."""
    if not CORPUS.exists():
        pytest.skip(f"{CORPUS} is not there")
    for path in sorted(CORPUS.rglob("*")):
        if path.name.endswith(".mrc.gz"):
            yield path.name, gzip.decompress(path.read_bytes())
        elif path.suffix in (".mrc", ".dat", ".bin"):
            yield path.name, path.read_bytes()


def bench(count: int) -> bytes:
    """The first records of the bench file."""
    path = CORPUS / "gpo/bench.mrc.xz"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    with lzma.open(path) as file:
        return b"".join(part + b"\x1d" for part in file.read(count * 3_000).split(b"\x1d")[:count])


def twins() -> bytes:
    """GPO's records in UTF-8 that have twins in MARC-8."""
    paths = sorted((CORPUS / "gpo").glob("*_utf8.mrc.gz"))
    if not paths:
        pytest.skip("GPO's files are not there")
    return b"".join(gzip.decompress(path.read_bytes()) for path in paths)


def comparable(text: str) -> str:
    """The text with its numeric references decoded, double-width marks as two halves for one
    (of which other programs make either), in normal form C."""
    text = re.sub("&#x([0-9A-F]{4,6});", lambda found: chr(int(found[1], 16)), text)
    text = text.translate({0x361: 0xFE20, 0x360: 0xFE22, 0xFE21: None, 0xFE23: None})
    return unicodedata.normalize("NFC", text)


def values(records: bytes) -> list[list[tuple[str, str]]]:
    """The tags and texts of each record, as pymarc reads them; 066 is left out."""
    pymarc = pytest.importorskip("pymarc")
    return [
        [
            (field.tag, field.data or "".join(f"${s.code}{s.value}" for s in field.subfields))
            for field in record.fields
            if field.tag != "066"
        ]
        for record in pymarc.MARCReader(records, hide_utf8_warnings=True)
    ]


def test_the_corpus_comes_out_as_it_went_in() -> None:
    for name, data in files():
        for options in ([], ["detect"], ["split"], ["zeros"]):
            _, (_, verbatim, same_bytes, faults, differ) = copy(data, *options)
            assert (faults, differ) == (0, 0), (name, options)
            if not options:
                assert verbatim <= same_bytes, name


def test_the_corpus_is_the_same_in_marc8() -> None:
    for name, data in files():
        allowed = next((n for start, n in WITH_ESCAPES.items() if name.startswith(start)), 0)
        _, (_, _, _, faults, differ) = copy(data, "marc8")
        assert (faults, differ) == (0, allowed), name


def out_of_order(record: bytes, rng: random.Random) -> bytes:
    """The record with its directory shuffled: what is written of it is not verbatim."""
    base = int(record[12:17])
    entries = [record[at : at + 12] for at in range(24, base - 1, 12)]
    rng.shuffle(entries)
    return record[:24] + b"".join(entries) + record[base - 1 :]


def test_what_is_not_verbatim_is_pymarcs_byte_for_byte() -> None:
    pymarc = pytest.importorskip("pymarc")
    rng = random.Random(1)
    records = [part + b"\x1d" for part in bench(2_000).split(b"\x1d")[:-1]]
    records += generate.realistic(500)
    shuffled = [out_of_order(record, rng) for record in records]
    written, counts = copy(b"".join(shuffled))
    assert counts[0] == len(records) and counts[1] < 10
    wanted = [pymarc.Record(record).as_marc() for record in shuffled]
    assert [part + b"\x1d" for part in written.split(b"\x1d")[:-1]] == wanted


@pytest.mark.parametrize("source", [lambda: bench(2_000), twins], ids=["bench", "twins"])
def test_pymarc_reads_our_marc8_as_the_same_text(source: Callable[[], bytes]) -> None:
    records = source()
    written, _ = copy(records, "marc8")
    before, after = values(records), values(written)
    assert len(before) == len(after)
    for wanted, got in zip(before, after):
        assert [tag for tag, _ in wanted] == [tag for tag, _ in got]
        if any("\x1b" in text for _, text in wanted):
            continue
        for (tag, text), (_, other) in zip(wanted, got):
            assert comparable(other) == comparable(text.translate(PYMARC_DROPS)), tag


def lines_of(records: bytes, folder: Path, *charset: str) -> list[str]:
    path = folder / "records.mrc"
    path.write_bytes(records)
    command = ["yaz-marcdump", *charset, "-o", "line", str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.decode(errors="replace").split("\n")


@pytest.mark.skipif(shutil.which("yaz-marcdump") is None, reason="yaz is not installed")
@pytest.mark.parametrize("source", [lambda: bench(2_000), twins], ids=["bench", "twins"])
def test_yaz_reads_our_marc8_as_the_same_text(source: Callable[[], bytes], tmp_path: Path) -> None:
    whole = source().split(b"\x1d")[:-1]
    records = b"".join(part + b"\x1d" for part in whole if b"\x1b" not in part)
    written, _ = copy(records, "marc8")
    wanted = lines_of(records, tmp_path)
    got = lines_of(written, tmp_path, "-f", "marc8", "-t", "utf8", "-l", "9=97")

    def texts(lines: list[str]) -> list[str]:
        # The leader differs, and 066.
        kept = (line for line in lines if line[:4] != "066 " and not re.match(r"\d{5}", line))
        return [comparable(line) for line in kept]

    assert texts(got) == texts(wanted)


PERL = """
use MARC::Batch;
my $batch = MARC::Batch->new('USMARC', $ARGV[0]);
$batch->strict_off(); $batch->warnings_off();
my $count = 0;
while (my $record = $batch->next()) { ++$count; print scalar($record->fields()), "\\n"; }
print "$count\\n";
"""


@pytest.mark.skipif(shutil.which("perl") is None, reason="Perl is not installed")
@pytest.mark.parametrize("options", [[], ["marc8"]], ids=["utf8", "marc8"])
def test_marc_batch_counts_the_same_fields(options: list[str], tmp_path: Path) -> None:
    if subprocess.run(["perl", "-MMARC::Batch", "-e1"], stderr=-3).returncode:
        pytest.skip("MARC::Batch is not installed")
    written, _ = copy(twins(), *options)
    path = tmp_path / "written.mrc"
    path.write_bytes(written)
    done = subprocess.run(["perl", "-e", PERL, str(path)], capture_output=True, check=True)
    counts = [int(line) for line in done.stdout.split()]
    records = written.split(b"\x1d")[:-1]
    assert counts.pop() == len(records)
    assert counts == [(int(record[12:17]) - 25) // 12 for record in records]
