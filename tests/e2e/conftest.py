"""Fixtures of the end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import Daemon, start_daemon


@pytest.fixture(scope="module")
def daemon() -> Iterator[Daemon]:
    """A daemon that may read every file. It must drain and exit with 0 at the end."""
    started = start_daemon("--roots=all=/")
    yield started
    started.stop()
