"""core/text/marc8/marc8_table.txt is what its script makes of the code tables."""

from __future__ import annotations

import subprocess

import pytest

from tests.text_tools import CORPUS, ROOT


def test_the_table_is_the_code_tables() -> None:
    source = CORPUS / "marc8/codetables.xml.xz"
    if not source.exists():
        pytest.skip(f"{source} is not there")
    made = subprocess.run(
        [ROOT / "tools/make_marc8_table", source], capture_output=True, check=True
    )
    assert made.stdout == (ROOT / "core/text/marc8/marc8_table.txt").read_bytes()


def test_the_package_has_the_same_table() -> None:
    package = ROOT / "clients/python/marcd/_marc8_table.txt"
    assert package.read_bytes() == (ROOT / "core/text/marc8/marc8_table.txt").read_bytes()
