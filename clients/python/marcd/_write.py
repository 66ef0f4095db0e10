"""Records into a file, in any format: `marcd.write`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import _formats
from ._channel import ServerFile
from ._encoding import encoding as encoding_of
from ._write_target import WriteOptions, target_of
from ._writing import WriteResult, Writing
from .client import Client

if TYPE_CHECKING:
    from .record import Record

COMPRESSIONS = ("none", "gzip", "zstd", "xz", "bzip2")
ENCODINGS = ("utf-8", "marc-8")
TOO_LONG = ("error", "split", "zeros")
UNMAPPABLE = ("reference", "error")
IF_EXISTS = ("replace", "error")
# The formats in which one record can be the document.
SINGLE = ("marcxml", "turbomarc")


def write(
    records: Iterable[Record | None],
    path: str | os.PathLike[str] | ServerFile,
    *,
    format: str | None = None,
    encoding: str = "utf-8",
    too_long: str = "error",
    unmappable: str = "reference",
    compression: str | None = None,
    single: bool = False,
    if_exists: str = "replace",
    if_etag: str | None = None,
    mode: int | None = None,
    client: Client | None = None,
) -> WriteResult:
    """Write records to a file: `marcd.write(records, "records.xml.gz")`.

    The file is there, whole, when this returns; after an error what was there before still is.
    A record that nobody has changed is written as it was read; None among the records, which
    a reader gives in the place of one that cannot be read, is a ValueError.

    format: "iso2709", "marcxml", "json", "jsonl", "mrk", "alephseq", "line", "turbomarc" or
      "text" (pymarc's); unless given, by the path's suffix.
    encoding: "utf-8", or "marc-8" where the format knows it; `unmappable` says what becomes of
      a character that it does not have: a "reference" such as `&#x1F600;`, or an "error".
    too_long: what becomes of a record too long for ISO 2709: an "error" (ValueError, or the
      daemon's), a "split" into several with the same 001, or lengths of "zeros".
    compression: "gzip", "zstd", "xz", "bzip2" or "none"; unless given, by the path's suffix.
    single: MARCXML or turbomarc whose document is the record itself, not a collection; ValueError
      unless there is just one.
    if_exists: "replace", or "error": FileExistsError. With `if_etag` the file must be the one
      of that WriteResult, or else a ServerError tells that it has changed.
    mode: permission bits. Unless given, those of the file that is replaced, or open()'s.
    """
    name = _one_of("format", format or _format_of(path), _formats.WRITTEN)
    if single and name not in SINGLE:
        raise ValueError(f"single=True is of {' and '.join(SINGLE)}, and the format is {name}")
    marc8 = _one_of("encoding", encoding.lower(), ENCODINGS) == "marc-8"
    options = WriteOptions(
        format="json_lines" if name == "jsonl" else name,
        compression=(
            _one_of("compression", compression, COMPRESSIONS) if compression else "unspecified"
        ),
        encoding="marc-8" if marc8 else "",
        too_long=_one_of("too_long", too_long, TOO_LONG),
        unmappable=_one_of("unmappable", unmappable, UNMAPPABLE),
        single=single,
        must_not_exist=_one_of("if_exists", if_exists, IF_EXISTS) == "error",
        if_etag=if_etag,
    )
    how = encoding_of(options.format, too_long, marc8, single)
    writing = Writing(target_of(path, mode), options, how, client)
    try:
        put = writing.write
        for record in records:
            if record is None:
                raise ValueError(_unread(records, writing))
            put(record)
        if single and not writing.count:
            raise ValueError("single=True wants one record, but there is none: nothing is written")
        return writing.close()
    finally:
        writing.abort()


def _one_of(what: str, value: str, values: tuple[str, ...]) -> str:
    if value not in values:
        raise ValueError(f"{what} is one of {', '.join(values)}, got {value!r}")
    return value


def _format_of(path: Any) -> str:
    """The format by the suffix, that of a compression apart."""
    name = path.name if isinstance(path, ServerFile) else os.fsdecode(path)
    found = _formats.SUFFIXES.get(_formats.suffix_of(name))
    if found is None:
        raise ValueError(
            f"The name {name!r} does not tell the format: give format=, one of "
            + ", ".join(_formats.WRITTEN)
        )
    return found


def _unread(records: Any, writing: Writing) -> str:
    place = writing.count
    why = getattr(records, "current_exception", None)
    return (
        f"None in the place of record {place}, which could not be read"
        f"{f' ({type(why).__name__}: {why})' if why else ''}: nothing is written. To leave such"
        " records out, give (record for record in reader if record is not None)"
    )
