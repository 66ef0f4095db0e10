"""The examples of docs/migrating-from-pymarc.md do what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import generate
from tests.e2e.programs import ROOT, printed
from tests.iso2709 import control_field, data_field, encode
from tests.support import Daemon

PAGE = (ROOT / "docs/migrating-from-pymarc.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
READING = [code for code in EXAMPLES if "records.mrc" in code]
COUNT = 40


def test_the_page_has_examples_that_read() -> None:
    assert len(READING) == 3


@pytest.mark.parametrize("code", READING[:2])
def test_records_are_given_one_by_one_and_in_columns(
    code: str, daemon: Daemon, tmp_path: Path
) -> None:
    generate.write_records(tmp_path / "records.mrc", generate.realistic(COUNT, seed=4))
    assert len(printed(daemon, "-c", code, folder=tmp_path).splitlines()) == COUNT


def test_a_damaged_record_is_given_and_explained(daemon: Daemon, tmp_path: Path) -> None:
    fields = [control_field("001", "1"), data_field("245", "10", ("a", "A title."))]
    damaged = encode(fields).replace(b"10\x1fa", b"1\x1faX")
    (tmp_path / "records.mrc").write_bytes(encode(fields) + damaged)
    assert printed(daemon, "-c", READING[2], folder=tmp_path).startswith("1 INDICATOR_MISSING ")


def test_pymarc_is_marcd_after_the_call(daemon: Daemon, tmp_path: Path) -> None:
    [code] = [code for code in EXAMPLES if "install_as_pymarc" in code]
    code += "import pymarc\nprint(pymarc is marcd)"
    assert printed(daemon, "-c", code, folder=tmp_path) == "True\n"
