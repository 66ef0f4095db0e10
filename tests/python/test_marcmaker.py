"""Texts in MARCMaker's format to records, beside pymarc's."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import marcd
import pymarc
import pytest

from tests.python.odd_records import contents, odd_pairs, outcome

LEADER = "=LDR  00000nam a2200000 a 4500"

TEXTS = (
    *(
        "",
        "\n",
        "\n\n",
        "x",
        "=",
        "=001",
        "=001 a",
        "=001  ",
        "=001  a",
        "=009  $a",
        "\ufeff=001  x",
    ),
    *(LEADER, f"{LEADER}\n", f"{LEADER}\n\n", f"\n{LEADER}", "=LDR  short", "=ldr  x"),
    *("=245", "=245  ", "=245  1", "=245  10", "=245  10$aT", "=245  10$aT$bU", "=245  10xaT$b$"),
    *("=FMT  10$aT", "=00A  lost", "=   10  x", "=01   10$a", "=0é0  x", "=010  \\\\$a 1 $$ 2"),
    f"{LEADER}\n=001  a\r\n=245  10$aT",
    f"{LEADER}\r\n\r\n{LEADER}",
    *("=245  10$aa\x85b", "=245  10$aa\u2028b", "=245  10$aa\x0bb"),
    "=001  x\n\n=001  y\n\n\n=001  z\n\n=bad\n\n=009  w",
)


def iterated(package: Any, source: Any, *encoding: str) -> list[tuple[Any, ...]]:
    """What each step of iterating gives, up to the end, and on after an error."""
    records = iter(package.MARCMakerReader(source, *encoding))
    return [outcome(lambda: contents(next(records))) for _ in range(7)]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_read_as_pymarc_reads_it(text: str) -> None:
    assert iterated(marcd, text) == iterated(pymarc, text)
    assert iterated(marcd, io.StringIO(text)) == iterated(pymarc, io.StringIO(text))


def test_what_was_written_is_read_as_pymarc_reads_it() -> None:
    for ours, _ in odd_pairs(600, seed=9, oddity=0):
        text = f"{ours}\n{ours}"
        assert iterated(marcd, text) == iterated(pymarc, text)


def test_a_line_that_is_none_is_told_with_its_reason() -> None:
    for package in (marcd, pymarc):
        with pytest.raises(
            package.PymarcException, match='Unable to parse line "=245  1"'
        ) as caught:
            next(package.MARCMakerReader("=245  1"))
        assert isinstance(caught.value.__cause__, IndexError)


def test_paths_bytes_and_file_objects_are_read_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "x.mrk"
    path.write_text("=001  é", encoding="latin-1")
    assert iterated(marcd, str(path), "latin-1") == iterated(pymarc, str(path), "latin-1")
    with path.open("rb") as file:
        for source in (path, str(path), path.read_bytes(), file):
            (record,) = marcd.MARCMakerReader(source, "latin-1")
            assert record["001"].data == "é"
        assert file.closed


@pytest.mark.parametrize("thing", [None, 5, [], object()])
def test_what_cannot_be_read_is_a_type_error(thing: object) -> None:
    with pytest.raises(TypeError, match="Expected str, Path, bytes, or file-like object"):
        marcd.MARCMakerReader(thing)
