"""How a source is to be read; marcd.v1.ReadOptions says the same."""

from __future__ import annotations

import dataclasses
from typing import Any

from . import _formats, _proto

MODES = ("strict", "skip", "repair", "pymarc")
# Without a policy the mode decides: repair detects, the others trust.
POLICIES = (None, "trust", "detect", "force")


@dataclasses.dataclass(frozen=True)
class ReadOptions:
    """The options of a read; ValueError for a mode or a policy that does not exist."""

    mode: str = "repair"
    text: str | None = None
    encoding: str = ""
    nfc: bool = False
    half_marks: bool = False
    raw: bool = False
    join_continued: bool = False
    with_source: bool = False
    # Whether a file that is compressed is read as what it holds.
    decompress: bool = True
    # What the source is in; None for what its first bytes say.
    format: str | None = None
    # Which member of an archive is read; None for all of them.
    member: str | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}, got {self.mode!r}")
        if self.text not in POLICIES:
            names = ", ".join(name for name in POLICIES if name)
            raise ValueError(f"text is one of {names}, got {self.text!r}")
        if self.format is not None and self.format not in _formats.READ:
            raise ValueError(f"format is one of {', '.join(_formats.READ)}, got {self.format!r}")
        if self.text == "force" and not self.encoding:
            raise ValueError("text='force' wants an encoding, such as encoding='marc-8'")

    def message(self) -> Any:
        """The ReadOptions of a request for frames."""
        options_pb2 = _proto.options_pb2
        # Both are read by the same rules: a position of one is one of the other.
        source_format = "json" if self.format == "jsonl" else self.format or "unspecified"
        return options_pb2.ReadOptions(
            source_format=f"RECORD_FORMAT_{source_format.upper()}",
            view=options_pb2.VIEW_FRAMES,
            recovery_mode=f"RECOVERY_MODE_{self.mode.upper()}",
            text=options_pb2.TextOptions(
                policy=f"TEXT_POLICY_{(self.text or 'unspecified').upper()}",
                encoding=self.encoding,
                nfc=self.nfc,
                half_marks=self.half_marks,
                raw=self.raw,
            ),
            join_continued=self.join_continued,
            with_source=self.with_source,
            source_compression=(
                options_pb2.SOURCE_COMPRESSION_UNSPECIFIED
                if self.decompress
                else options_pb2.SOURCE_COMPRESSION_NONE
            ),
        )

    def is_default(self) -> bool:
        """Whether nothing but the mode was chosen that could change a clean record."""
        return self == ReadOptions(self.mode, with_source=self.with_source)

    def without_text(self) -> ReadOptions:
        """The same, with text left to whoever reads the frames."""
        return dataclasses.replace(self, text=None, encoding="", raw=True)


def _keeps_ascii(encoding: str) -> bool:
    """Whether Python has the encoding, and ASCII is ASCII in it."""
    ascii_bytes = bytes(range(0x80))
    try:
        # One by one first: unicode_escape would warn of what follows a backslash.
        if any(ascii_bytes[i : i + 1].decode(encoding) != chr(i) for i in ascii_bytes):
            return False
        return ascii_bytes.decode(encoding) == ascii_bytes.decode("ascii")
    except (LookupError, ValueError, TypeError):
        return False


def for_pymarc(to_unicode: bool, force_utf8: bool, file_encoding: str) -> ReadOptions:
    """What to ask the daemon for, to give what pymarc gives with its options."""
    if not to_unicode:
        return ReadOptions("pymarc", raw=True)
    if force_utf8:
        return ReadOptions("pymarc", text="force", encoding="utf-8")
    if file_encoding == "iso8859-1":  # by this name pymarc means MARC-8
        return ReadOptions("pymarc", text="trust")
    if not _keeps_ascii(file_encoding):
        return ReadOptions("pymarc", raw=True)
    return ReadOptions("pymarc", text="trust", encoding=file_encoding)
