"""What docs/reading.md shows is what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.damage_table import BEGIN, CORPUS, END, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reading.md"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no ../shared/corpus here")
def test_the_table_of_damaged_files_is_what_comes_out() -> None:
    shown = PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
    assert shown.splitlines() == list(table())
