"""Fixtures of the client's tests.

Tests that need a daemon get it from MARCD_DAEMON and are skipped without. The package
itself must be importable: tests/run installs it.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import marcd
import pytest

from tests.support import Daemon, daemons, start_daemon

# Tests are interrupted, and interrupt; who runs them in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def corpus_file(name: str) -> Path:
    """A file of the corpus; the test is skipped where the corpus is not."""
    path = CORPUS / name
    if not path.exists():
        pytest.skip(f"the corpus has no {name}")
    return path


@pytest.fixture(scope="session")
def server() -> Iterator[Daemon]:
    """A daemon for the whole run that may read every file."""
    started = start_daemon("--roots=all=/:rw")
    yield started
    started.stop()


@pytest.fixture
def client(server: Daemon, monkeypatch: pytest.MonkeyPatch) -> Iterator[marcd.Client]:
    """The client of that daemon; readers use it unless they are given another."""
    monkeypatch.setenv("MARCD_SERVER", server.target)
    with marcd.connect() as connected:
        monkeypatch.setattr(
            "marcd.client._default", ((server.target, os.environ.get("MARCD_DAEMON")), connected)
        )
        yield connected


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No daemon runs, and none can be started."""
    monkeypatch.delenv("MARCD_SERVER", raising=False)
    monkeypatch.setenv("MARCD_DAEMON", str(tmp_path / "no-such-daemon"))


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not tmp_path: a socket's path may have 107 bytes, and pytest's are long."""
    with tempfile.TemporaryDirectory(prefix="marcd-test-") as path:
        yield Path(path)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Path]:
    """A runtime directory of its own, where no daemon runs and one may be started."""
    if not os.environ.get("MARCD_DAEMON"):
        pytest.skip("MARCD_DAEMON does not name a daemon; tests/run sets it")
    monkeypatch.delenv("MARCD_SERVER", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.setattr("marcd.client._default", None)
    yield folder
    for pid in daemons(folder):
        with suppress(ProcessLookupError):  # it was just leaving
            os.kill(pid, signal.SIGKILL)
