"""How often the detector is right, on a sample of texts whose encoding is known."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.labelled_text import labelled_texts
from tests.measure_detect import BOUNDS, ENCODINGS, Table, measure
from tests.text_tools import CORPUS

EVERY = 3


@pytest.fixture(scope="module")
def table() -> Table:
    if not CORPUS.exists():
        pytest.skip(f"there is no {CORPUS}")
    return measure(islice(labelled_texts(seed=4, generated=60), 0, None, EVERY))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("size", BOUNDS)
def test_precision_and_recall_keep_their_bounds(table: Table, size: str, encoding: str) -> None:
    assert table.recall(size, encoding) >= BOUNDS[size]
    assert table.precision(size, encoding) >= BOUNDS[size]


def test_ascii_is_what_it_is_marked_as(table: Table) -> None:
    assert [item.source for item, _, _ in table.wrong if item.label == "ascii"] == []
    assert table.counts["few", "ascii", "u", "UTF-8"] > 100
    assert table.counts["few", "ascii", "m", "MARC-8"] > 100
