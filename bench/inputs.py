"""Files that are made for a measurement."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import marcd
import pymarc

EVERY = 10  # one record in so many is damaged
CORPUS = Path(__file__).parents[2] / "shared/corpus"
MARC8 = CORPUS / "gpo/lclawlib_records_1672_marc8.mrc.gz"
REALISTIC = CORPUS / "mrrc/realistic.mrc"
BIG_FILE_BYTES = 1_000_000_000
MARC8_TIMES = 20


def _damage(record: bytearray, rng: random.Random) -> None:
    """Damage one record in one of the ways that are met most."""
    base = int(record[12:17])
    entry = 24 + 12 * rng.randrange((base - 25) // 12)
    kind = rng.randrange(5)
    if kind == 0:  # a length that lies
        record[:5] = b"%05d" % (len(record) - rng.randrange(1, 20))
    elif kind == 1:  # a directory entry that does
        record[entry + 3 : entry + 7] = b"%04d" % rng.randrange(10_000)
    elif kind == 2:  # an indicator lost to a control character
        record[record.index(b"\x1e", base) + 1] = 7
    elif kind == 3:  # a byte of text that is none of its encoding
        record[record.rindex(b"\x1e") - 2] = 0xFF
    else:  # a base address
        record[12:17] = b"00000"


def write_damaged(file: Path, target: Path) -> int:
    """Write `file`, whose records are sound, with every tenth damaged; how many were."""
    data = file.read_bytes()
    rng = random.Random(10)
    damaged = at = ordinal = 0
    with target.open("wb") as out:
        while at < len(data):
            record = bytearray(data[at : at + int(data[at : at + 5])])
            at += len(record)
            if ordinal % EVERY == 0:
                _damage(record, rng)
                damaged += 1
            ordinal += 1
            out.write(record)
    return damaged


def gzip_file(file: Path) -> Path:
    """`file` compressed, beside it; made when it is not there."""
    packed = file.with_name(file.name + ".gz")
    if not packed.exists():
        new = packed.with_name(packed.name + ".new")
        new.write_bytes(gzip.compress(file.read_bytes(), 6))
        new.rename(packed)
    return packed


@contextmanager
def big_file(file: Path) -> Iterator[Path]:
    """`file` again and again, up to 1 GB; removed afterwards."""
    big = file.with_name("bench-1gb.mrc")
    content = file.read_bytes()
    try:
        with big.open("wb") as out:
            while out.tell() < BIG_FILE_BYTES:
                out.write(content)
        yield big
    finally:
        big.unlink(missing_ok=True)


def realistic_file() -> Path | None:
    """2,000 short made-up records of another project's; None without the corpus."""
    return REALISTIC if REALISTIC.exists() else None


def marc8_file(folder: Path) -> Path | None:
    """The MARC-8 records of one publisher, many times over; None without the corpus."""
    target = folder / "marc8.mrc"
    if MARC8.exists() and not target.exists():
        content = gzip.decompress(MARC8.read_bytes())
        target.write_bytes(content * MARC8_TIMES)
        _check_marc8(content)
    return target if target.exists() else None


def _check_marc8(content: bytes) -> None:
    """That the records come out as pymarc has them."""
    for ours, theirs in zip(marcd.MARCReader(content), pymarc.MARCReader(content), strict=True):
        if str(ours) != str(theirs):
            raise SystemExit(
                f"bench: MARC-8 is decoded otherwise than by pymarc:\n{ours}\n{theirs}"
            )
