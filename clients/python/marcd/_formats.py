"""The formats of catalogue files, and the suffixes that they have (as core/formats/format.cc)."""

from __future__ import annotations

import os

# By the suffix of a file's name. (`jsonl` is JSON with a record a line, and is read as JSON;
# `text` is pymarc's text for people, and is written only.)
SUFFIXES = {
    **dict.fromkeys((".mrc", ".marc", ".dat", ".marc21", ".usmarc"), "iso2709"),
    **dict.fromkeys((".xml", ".marcxml", ".mrx"), "marcxml"),
    **dict.fromkeys((".json",), "json"),
    **dict.fromkeys((".jsonl", ".ndjson", ".ndj"), "jsonl"),
    **dict.fromkeys((".mrk", ".mrk8"), "mrk"),
    **dict.fromkeys((".seq", ".alephseq", ".aleph"), "alephseq"),
    **dict.fromkeys((".line", ".mrctxt"), "line"),
    **dict.fromkeys((".turbomarc",), "turbomarc"),
    **dict.fromkeys((".txt",), "text"),
}
WRITTEN = tuple(dict.fromkeys(SUFFIXES.values()))
READ = tuple(name for name in WRITTEN if name != "text")
# Behind the suffix of a format.
COMPRESSED = (".gz", ".zst", ".xz", ".bz2")


def suffix_of(name: str) -> str:
    """The suffix that tells a file's format, in small letters: not that of a compression."""
    stem, suffix = os.path.splitext(name.lower())
    return os.path.splitext(stem)[1] if suffix in COMPRESSED else suffix
