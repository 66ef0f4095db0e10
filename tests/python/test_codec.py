"""The codec decides as the daemon does: the same records, gaps, reasons and sentences."""

from __future__ import annotations

import random
from typing import Any

import marcd
import pytest
from marcd import _batch
from marcd._streams import PushStream

from tests.generate import damage, marc8, realistic, truncations
from tests.iso2709 import data_field, encode
from tests.pathological import pathological
from tests.python.conftest import CORPUS

LIMIT = 64 * 1024


def facts(batches: list[_batch.Batch]) -> dict[str, Any]:
    """All that batches say, however they were cut."""
    return {
        "data": b"".join(b.data for b in batches),
        "places": [p for b in batches for p in zip(b.ordinals, b.offsets, b.lengths)],
        "diagnostics": [d for b in batches for d in b.diagnostics],
        "gaps": [g for b in batches for g in b.gaps],
        "next": (batches[-1].next_ordinal if batches else 0),
    }


def pushed(client: marcd.Client, data: bytes) -> list[_batch.Batch]:
    rest = [data]
    return list(PushStream(client, lambda size: rest.pop() if rest else b"", "skip").batches())


def assert_adds_up(batch: _batch.Batch, size: int) -> None:
    lengths = batch.lengths + [d.length for d in batch.diagnostics] + [g.length for g in batch.gaps]
    assert sum(lengths) == size


def assert_as_daemon(client: marcd.Client, data: bytes, what: object) -> None:
    ours = _batch.decode(data)
    assert_adds_up(ours, len(data))
    ours_facts, theirs = facts([ours]), facts(pushed(client, data))
    if ours.diagnostics and ours.diagnostics[-1].reason.startswith("TRUNCATED"):
        # The daemon's position stays before a record that may still grow.
        theirs["next"] = ours_facts["next"]
    assert ours_facts == theirs, what


def mutants(count: int) -> list[bytes]:
    """Small files with one to eight bytes set to what hurts most, or cut, or joined."""
    made = []
    base = list(realistic(12, seed=5))
    for seed in range(count):
        rng = random.Random(seed)
        data = bytearray(b"".join(rng.sample(base, rng.randint(1, 4))))
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(data))
            kind = rng.randrange(5)
            if kind == 0:
                data[at] = rng.choice(b"\x1d\x1e\x1f\x00\x1b\n 09aZ\xff")
            elif kind == 1:
                del data[at : at + rng.randint(1, 40)]
            elif kind == 2:
                data[at:at] = rng.choice([b"\n", b"\r\n", b"\x1d", b"junk", b"00026", b"\x1e\x1d"])
            elif kind == 3:
                data[rng.randrange(24)] = rng.choice(b"0123456789 a\x1d\xe9")
            else:
                data[at] = rng.randrange(256)
        made.append(bytes(data))
    return made


def test_damaged_files(client: marcd.Client) -> None:
    for number, data in enumerate(mutants(400)):
        assert_as_daemon(client, data, f"mutant {number}")


def test_every_truncation(client: marcd.Client) -> None:
    record = encode([data_field("245", "00", ("a", "A title — of some length"))])
    for data in truncations(record * 3):
        assert_as_daemon(client, data, len(data))


def test_pathological_records(client: marcd.Client) -> None:
    for case in pathological():
        assert_as_daemon(client, case.data, case.name)
        assert bool(_batch.decode(case.data).lengths) == case.good, case.name


def test_marc8_records(client: marcd.Client) -> None:
    assert_as_daemon(client, b"".join(marc8(20)), "MARC-8")


def test_scattered_damage(client: marcd.Client) -> None:
    for seed in range(20):
        data, places = damage(b"".join(realistic(20, seed)), 20, seed)
        assert_as_daemon(client, data, (seed, places))


def test_small_files_of_the_corpus(client: marcd.Client) -> None:
    files = [p for p in CORPUS.rglob("*") if p.is_file() and p.stat().st_size <= LIMIT]
    if not files:
        pytest.skip("the corpus is not here")
    for path in files:
        assert_as_daemon(client, path.read_bytes(), path.name)


def test_lengths_add_up_without_a_daemon() -> None:
    for data in mutants(200):
        assert_adds_up(_batch.decode(data), len(data))


def test_a_later_part_keeps_its_places() -> None:
    data = b"".join(realistic(5))
    batch = _batch.decode(data, 1000, 7)
    assert batch.offsets[0] == 1000
    assert batch.ordinals == [7, 8, 9, 10, 11]
    assert (batch.next_offset, batch.next_ordinal) == (1000 + len(data), 12)
