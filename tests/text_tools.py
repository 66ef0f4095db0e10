"""What tests of texts share: where the corpus is, and the programs that decode."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared/corpus"


def program(name: str) -> str:
    """A program of tests/core/text that Bazel built last; without it the test is skipped."""
    path = ROOT / "out/bin/tests/core/text" / name
    if not path.exists():
        pytest.skip(f"{name} is not built: bazel build --config=opt //tests/core/text:{name}")
    return str(path)
