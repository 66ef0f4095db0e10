"""Which interpreters tests/run finds, and that each runs the form that it is to test."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest

from tests import interpreters, run_steps
from tests.run_steps import Steps
from tests.step_counts import Count

OURS = "{}.{}".format(*sys.version_info)


def fake(path: Path, says: str) -> Path:
    """A program that answers the probe with these words."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home and a PATH without any interpreter."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    return tmp_path


def test_the_first_in_path_that_is_one_is_taken(
    nothing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(nothing / "shims/python3.12", "echo pyenv: no such version; exit 127")
    fake(nothing / "other/python3.12", "echo 3.13")
    found = fake(nothing / "bin/python3.12", "echo 3.12")
    monkeypatch.setenv("PATH", ":".join(str(nothing / name) for name in ("shims", "other", "bin")))
    assert interpreters.find("3.12") == found
    assert interpreters.find("3.13") is None


def test_one_of_pyenvs_serves_where_path_has_none(
    nothing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert interpreters.find("3.10") is None
    found = fake(nothing / "home/.pyenv/versions/3.10.13/bin/python3.10", "echo 3.10")
    assert interpreters.find("3.10") == found
    named = fake(nothing / "root/versions/3.10.2/bin/python3.10", "echo 3.10")
    monkeypatch.setenv("PYENV_ROOT", str(nothing / "root"))
    assert interpreters.find("3.10") == named


def test_one_without_headers_is_none(nothing: Path) -> None:
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        pytest.skip("this Python has no headers either")
    real = f'exec "{sys.executable}" "$@"'
    fake(nothing / f"bin/python{OURS}", real)
    assert interpreters.find(OURS) is not None
    for hides in ("sysconfig.get_path = lambda name: '/none'", "sys.implementation.name = 'other'"):
        probe = (
            f'exec "{sys.executable}" -c "import sys, sysconfig; {hides}; exec(sys.argv[1])" "$2"'
        )
        fake(nothing / f"bin/python{OURS}", probe)
        assert interpreters.find(OURS) is None


def test_what_was_installed_is_not_installed_again(tmp_path: Path) -> None:
    commands: list[list[str]] = []

    def run(command: list[str]) -> bool:
        commands.append(command)
        (tmp_path / "venv").mkdir(exist_ok=True)
        return len(commands) != 2  # pip fails once

    for made, count in ((False, 2), (True, 4), (True, 4)):
        assert interpreters.prepare(Path("python"), tmp_path / "venv", run) is made
        assert len(commands) == count


def test_a_step_on_the_other_form_is_a_failure(tmp_path: Path) -> None:
    steps = Steps(tmp_path)
    # A Python without the extension, whatever it is asked for.
    plain = fake(tmp_path / "python", f'MARCD_PURE_PYTHON=1 exec "{sys.executable}" "$@"')
    steps.pytest("no accelerator", "--version", python=str(plain))
    assert steps.report.total == Count(failed=1)
    assert [line.partition(":")[0] for line in steps.report.failures] == ["no accelerator"]
    steps.pytest("pure form", "--version", python=str(plain), pure=True)
    assert steps.report.total == Count(failed=1)


def test_an_absent_interpreter_is_told_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_steps.interpreters, "VERSIONS", ("3.98", OURS, "3.99"))
    steps = Steps(tmp_path)
    steps.interpreters()
    assert steps.report.total == Count(skipped=2)
    assert "skipped: no CPython 3.98 with its headers here" in capsys.readouterr().out
