"""install_as_pymarc: one marcd under both names, or a refusal."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

# marcd must not replace the pymarc of this process, which other tests compare it with.
_FIRST = "import marcd; marcd.install_as_pymarc()\n"


def run(code: str, first: str = _FIRST, **given: Any) -> Any:
    """What a new process says by `say(...)`; `given` are its first names."""
    head = f"import json; globals().update(json.loads({json.dumps(given)!r}))\n"
    head += "def say(*words): print(json.dumps(words))\n"
    done = subprocess.run(
        [sys.executable, "-c", head + first + code], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def submodules() -> list[str]:
    """pymarc's modules, as the pymarc that is installed has them."""
    return run(
        "import pymarc, pkgutil\nsay(*(m.name for m in pkgutil.iter_modules(pymarc.__path__)))",
        first="",
    )


def test_pymarc_is_marcd() -> None:
    assert run("import pymarc\nsay(pymarc is marcd)") == [True]


def test_every_module_of_pymarcs_is_marcds_however_it_is_imported() -> None:
    code = """
import importlib, sys
import pymarc.record
from pymarc import field
from pymarc.marcxml import record_to_xml
same = [importlib.import_module("pymarc." + n) is getattr(marcd, n) for n in names]
say(all(same), pymarc.record is marcd.record, field is marcd.field,
    record_to_xml is marcd.marcxml.record_to_xml,
    [n for n in sys.modules if n.startswith("pymarc.") and n[7:] not in names])
"""
    names = submodules()
    assert len(names) == 11
    assert run(code, names=names) == [True, True, True, True, []]


def test_star_import_gives_pymarcs_names() -> None:
    code = "from pymarc import *\nsay(MARCReader is marcd.MARCReader, Record is marcd.Record)"
    assert run(code) == [True, True]


def test_a_module_that_pymarc_lacks_is_not_found() -> None:
    code = """
try:
    import pymarc.nothing
except ModuleNotFoundError as error:
    say(str(error))
"""
    assert run(code) == ["No module named 'pymarc.nothing'"]


def test_a_second_call_changes_nothing() -> None:
    code = "import pymarc\nmarcd.install_as_pymarc()\nimport pymarc as p\nsay(p is pymarc is marcd)"
    assert run(code) == [True]


def test_another_pymarc_that_was_imported_first_stays_and_is_named() -> None:
    code = """
import sys, importlib
importlib.import_module(name)
before = {n: m for n, m in sys.modules.items() if n.startswith("pymarc")}
import marcd
try:
    marcd.install_as_pymarc()
except RuntimeError as error:
    after = {n: m for n, m in sys.modules.items() if n.startswith("pymarc")}
    say(str(error), before == after)
"""
    for name in ("pymarc", "pymarc.marc8"):
        said, unchanged = run(code, first="", name=name)
        assert said.startswith("pymarc was already imported from /"), said
        assert said.endswith("Call marcd.install_as_pymarc() before anything imports pymarc")
        assert unchanged


def test_a_module_under_pymarcs_name_alone_is_refused_too() -> None:
    code = """
import sys, types
sys.modules["pymarc.record"] = types.ModuleType("pymarc.record")
import marcd
try:
    marcd.install_as_pymarc()
except RuntimeError as error:
    say(str(error), "pymarc" in sys.modules)
"""
    said, installed = run(code, first="")
    assert said.startswith("pymarc.record was already imported from None")
    assert not installed


def test_the_distribution_stays_pymarcs() -> None:
    code = "from importlib import metadata\nimport pymarc\nsay(metadata.version('pymarc'))"
    assert run(code) == run(code, first="")


_RECORD = """
import pickle
from pymarc import Field, Indicators, Record, Subfield
record = Record()
record.add_field(Field("001", data="n 1"))
record.add_field(Field("245", Indicators("1", "0"), [Subfield("a", "caf\\u00e9")]))
"""


def test_records_are_pickled_and_come_back() -> None:
    code = (
        _RECORD
        + """
again = pickle.loads(pickle.dumps(record))
say(type(again) is marcd.Record, again.title, again.as_dict() == record.as_dict())
"""
    )
    assert run(code) == [True, "caf\u00e9", True]
