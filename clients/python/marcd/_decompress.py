"""Compressed files that no daemon sees: read here, by Python's own modules, and sent."""

from __future__ import annotations

import importlib
from typing import Any

HEAD_BYTES = 6
# What files begin with, and the module that opens them (core/compression says where it is from).
_MODULES = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "lzma"),
    (b"\x28\xb5\x2f\xfd", "compression.zstd"),
)


def module_for(head: bytes) -> str | None:
    """The name of the module that reads a file beginning so; None where it is not compressed."""
    return next((name for magic, name in _MODULES if head.startswith(magic)), None)


def decompressed(path: str, module: str) -> Any:
    """The file open, as what it holds. ValueError where this Python has no such module."""
    try:
        return importlib.import_module(module).open(path)
    except ImportError:
        raise ValueError(
            f"{path} is compressed by zstd, which Python reads from 3.14 on: decompress it first,"
            " or have a daemon read it that sees the file"
        ) from None
