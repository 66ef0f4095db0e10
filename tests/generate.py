#!/usr/bin/env python3
"""Makes MARC files for tests, the same for the same seed.

generate.py KIND OUT [--records N | --bytes N] [--seed S]

realistic    UTF-8 records of about 30 fields and 0.5 to 3 KB
marc8        records with leader/09 blank, most with text that is MARC-8
pathological one record a rule; what becomes of each is printed
damaged      the realistic file, one byte in 200,000 set to another value
truncations  a folder: one record, cut after each of its bytes
sparse       a file over 4 GiB that takes up little: records, NULs, records
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # run as a program
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import words
from tests.iso2709 import Field, control_field, data_field, encode
from tests.pathological import pathological

POOL = 2_000  # different records in a large file; beyond, only 001 differs
CONTROL_NUMBER_DIGITS = 12


def _phrase(rng: random.Random, low: int, high: int) -> str:
    """Words, one in eight of them not ASCII."""
    count = rng.randint(low, high)
    return " ".join(
        rng.choice(words.OTHER if rng.random() < 0.125 else words.ASCII) for _ in range(count)
    )


def _realistic_fields(rng: random.Random, ordinal: int) -> Iterator[Field]:
    year = rng.randint(1801, 2026)
    yield control_field("001", f"{ordinal:0{CONTROL_NUMBER_DIGITS}}")
    yield control_field("003", "XxGen")
    yield control_field("005", f"{rng.randint(1990, 2026)}0102030405.0")
    yield control_field("008", f"260101s{year}    xxu           000 0 eng d".ljust(40))
    yield data_field("020", "  ", ("a", f"978{rng.randrange(10**10):010}"), ("q", "paperback"))
    yield data_field("040", "  ", ("a", "XxGen"), ("b", "eng"), ("e", "rda"), ("c", "XxGen"))
    yield data_field("082", "04", ("a", f"{rng.randrange(1000):03}.{rng.randrange(100)}"))
    author = f"{rng.choice(words.NAMES)}, {rng.choice(words.NAMES)}"
    yield data_field("100", "1 ", ("a", author + ","), ("d", f"{year - 40}-"), ("e", "author."))
    title = _phrase(rng, 2, 9)
    yield data_field(
        "245", "10", ("a", title + " :"), ("b", _phrase(rng, 2, 12) + " /"), ("c", author + ".")
    )
    yield data_field(
        "264",
        " 1",
        ("a", rng.choice(words.OTHER) + " :"),
        ("b", _phrase(rng, 1, 3) + ","),
        ("c", f"{year}."),
    )
    yield data_field("300", "  ", ("a", f"{rng.randint(8, 900)} pages ;"), ("c", "24 cm"))
    for tag, term, code in (
        ("336", "text", "txt"),
        ("337", "unmediated", "n"),
        ("338", "volume", "nc"),
    ):
        yield data_field(tag, "  ", ("a", term), ("b", code), ("2", f"rda{tag}"))
    for _ in range(rng.randint(1, 6)):
        yield data_field("500", "  ", ("a", _phrase(rng, 4, 20) + "."))
    yield data_field("520", "  ", ("a", _phrase(rng, 5, 80) + "."))
    for _ in range(rng.randint(2, 10)):
        yield data_field(
            "650",
            " 0",
            ("a", _phrase(rng, 1, 3)),
            ("x", _phrase(rng, 1, 2)),
            ("z", rng.choice(words.OTHER)),
        )
    for _ in range(rng.randint(0, 4)):
        yield data_field("700", "1 ", ("a", rng.choice(words.NAMES) + ", " + author), ("4", "aut"))
    yield data_field("830", " 0", ("a", _phrase(rng, 2, 5) + " ;"), ("v", str(rng.randint(1, 99))))
    yield data_field("856", "40", ("u", f"https://example.org/{rng.randrange(10**8)}"))
    for _ in range(rng.randint(0, 4)):
        yield data_field("949", "  ", ("a", f"{rng.randrange(10**9)}"), ("l", _phrase(rng, 1, 1)))


def realistic(count: int | None = None, seed: int = 0) -> Iterator[bytes]:
    """`count` records, or no end of them. 001 is the ordinal."""
    rng = random.Random(f"realistic {seed}")
    pool: list[tuple[bytes, bytes]] = []  # what stands before and after the control number
    for ordinal in itertools.count() if count is None else range(count):
        if len(pool) < POOL:
            record = encode(_realistic_fields(rng, ordinal))
            at = int(record[12:17])  # 001 is the first field
            pool.append((record[:at], record[at + CONTROL_NUMBER_DIGITS :]))
            yield record
        else:
            before, after = pool[int(rng.random() * POOL)]
            yield b"%s%0*d%s" % (before, CONTROL_NUMBER_DIGITS, ordinal, after)


# MARC-8 and the text that it stands for. A diacritic stands before its letter,
# and an escape changes the set until the next one.
MARC8_TEXTS = (
    (b"plain words", "plain words"),
    (b"caf\xe2e", "cafe\u0301"),
    (b"\xb2re \xb9 1", "\u00f8re \u00a3 1"),
    (b"\x1b(NmOSKWA\x1b(B", "\u041c\u043e\u0441\u043a\u0432\u0430"),
    (b"H\x1bb2\x1bsO", "H\u2082O"),
    (b"\x1b$1!0!\x1b(B", "\u4e00"),
)


def marc8(count: int, seed: int = 0) -> Iterator[bytes]:
    """Records with leader/09 blank; 245 $a is one of MARC8_TEXTS, in turn."""
    rng = random.Random(f"marc8 {seed}")
    for ordinal in range(count):
        source = MARC8_TEXTS[ordinal % len(MARC8_TEXTS)][0]
        note = " ".join(rng.choice(words.ASCII) for _ in range(20))
        yield encode(
            [
                control_field("001", f"{ordinal:0{CONTROL_NUMBER_DIGITS}}"),
                (b"245", b"10\x1fa" + source),
                data_field("500", "  ", ("a", note)),
            ],
            coding=" ",
        )


def damage(data: bytes, hits: int, seed: int = 0) -> tuple[bytes, list[int]]:
    """`data` with `hits` bytes set to other values, and where."""
    rng = random.Random(f"damage {seed}")
    places = sorted(rng.sample(range(len(data)), hits))
    result = bytearray(data)
    for place in places:
        result[place] = (result[place] + rng.randint(1, 255)) % 256
    return bytes(result), places


def truncations(data: bytes) -> Iterator[bytes]:
    """Every beginning of `data`, from none of it to all but the last byte."""
    return (data[:size] for size in range(len(data)))


@dataclass(frozen=True)
class Sparse:
    """What is in a sparse file: records, a hole of NULs, as many records again."""

    records: int  # before the hole, and after it
    hole_offset: int
    hole_bytes: int
    file_bytes: int


def write_sparse(path: Path, records: int = 10, seed: int = 0, hole: int = 2**32) -> Sparse:
    """Writes a file with a hole of at least `hole` bytes; reading it takes its whole size."""
    made = list(realistic(2 * records, seed))
    before, after = b"".join(made[:records]), b"".join(made[records:])
    with path.open("wb") as file:
        file.write(before)
        file.seek(hole, 1)
        file.write(after)
    return Sparse(records, len(before), hole, len(before) + hole + len(after))


def write_records(path: Path, records: Iterator[bytes], size: int | None = None) -> int:
    """Writes records until there are no more, or the file has `size` bytes; how many."""
    count = written = 0
    with path.open("wb", buffering=1 << 20) as file:
        for record in records:
            if size is not None and written >= size:
                break
            written += file.write(record)
            count += 1
    return count


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = ("realistic", "marc8", "pathological", "damaged", "truncations", "sparse")
    parser.add_argument("kind", choices=kinds, metavar="KIND")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--records", type=int, default=1_000)
    parser.add_argument("--bytes", type=int, help="in place of --records; realistic only")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    out: Path = args.out
    if args.kind == "realistic":
        made = realistic(None if args.bytes else args.records, args.seed)
        print(f"{write_records(out, made, args.bytes)} records")
    elif args.kind == "marc8":
        print(f"{write_records(out, marc8(args.records, args.seed))} records")
    elif args.kind == "pathological":
        cases = pathological()
        write_records(out, iter([case.data for case in cases]))
        for ordinal, case in enumerate(cases):
            print(f"{ordinal:3} {'good' if case.good else 'damaged':8} {case.name}")
    elif args.kind == "damaged":
        data = b"".join(realistic(args.records, args.seed))
        data, places = damage(data, len(data) // 200_000, args.seed)
        out.write_bytes(data)
        print(f"{args.records} records, {len(places)} bytes changed")
    elif args.kind == "truncations":
        out.mkdir(parents=True, exist_ok=True)
        for size, cut in enumerate(truncations(next(realistic(1, args.seed)))):
            (out / f"{size:05}.mrc").write_bytes(cut)
        print(f"{size + 1} files")
    else:
        print(write_sparse(out, seed=args.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
