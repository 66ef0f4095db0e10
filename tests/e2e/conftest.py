"""Fixtures of the end-to-end tests."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import generate
from tests.e2e import program_inputs
from tests.e2e.calls import Client
from tests.support import Daemon, start_daemon

BIG_RECORDS = 12_000


@pytest.fixture(scope="module")
def daemon() -> Iterator[Daemon]:
    """A daemon that may read every file. It must drain and exit with 0 at the end."""
    started = start_daemon("--roots=all=/:rw")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def client(daemon: Daemon) -> Iterator[Client]:
    """The services of `daemon`."""
    with Client(daemon.target) as opened:
        yield opened


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not tmp_path: a socket's path may have 107 bytes, and pytest's are long."""
    path = Path(tempfile.mkdtemp(prefix="marcd-test-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> program_inputs.Inputs:
    """The files of a kind for programs to read, made once."""
    folder = tmp_path_factory.mktemp("inputs")
    return functools.cache(lambda kind: program_inputs.make(kind, folder / kind))


@pytest.fixture(scope="session")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 24 MB: far more than a stream holds while nobody reads it."""
    path = tmp_path_factory.mktemp("big") / "big.mrc"
    assert generate.write_records(path, generate.realistic(BIG_RECORDS)) == BIG_RECORDS
    return path
