"""Position tokens (docs/positions.md): how far a read has come, as text."""

from __future__ import annotations

import zlib


def token(prefix: str, offset: int, ordinal: int) -> str:
    """The token of a read with the prefix that has delivered everything before `offset`."""
    text = f"{prefix}{offset}:{ordinal}"
    return f"{text}:{zlib.crc32(text.encode('ascii')):08x}"


def check(text: str) -> str:
    """The token, if it is whole and unaltered; else ValueError."""
    body, _, crc = text.rpartition(":")
    if not body.startswith("marcd1:") or crc != f"{zlib.crc32(body.encode()):08x}":
        raise ValueError(f"Not a position of marcd, or not all of one: {text!r}")
    return text
