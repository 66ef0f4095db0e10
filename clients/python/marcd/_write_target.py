"""Where a file is to be written, and what it is to be when it is there."""

from __future__ import annotations

import os
import stat
from typing import Any, NamedTuple

from . import _proto
from ._channel import ServerFile

_UMASK = "Umask:"
_ALL_MAY_READ_AND_WRITE = 0o666


class Target(NamedTuple):
    """A file to be written."""

    # As the daemon calls it; and the client, where the file is one of its server's.
    name: str
    client: Any
    # The permission bits; 0 for those of the file that is replaced, or else the daemon's choice.
    mode: int
    # The facts of its folder as they are here; None for a server's file.
    folder: os.stat_result | None


def is_path(thing: object) -> bool:
    """Whether a writer takes it for a file's name, and not for an object with `.write()`."""
    is_name = isinstance(thing, (str, os.PathLike, ServerFile))
    return is_name and not hasattr(thing, "write")


def target_of(path: Any, mode: int | None = None) -> Target:
    """The target of a path, or of a client's file; what `open` raises where it could not be.

    A link is followed, as by `open`.
    """
    if isinstance(path, ServerFile):
        return Target(path.name, path.client, mode or 0, None)
    if not is_path(path):
        raise TypeError(f"Expected a path or a client's file, got {type(path).__name__}")
    name = os.path.realpath(os.fsdecode(path))
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(
            f"The daemon knows files by names in UTF-8, which {name!r} is not: open it and give"
            " a writer the file object"
        ) from None
    folder = os.stat(os.path.dirname(name))
    try:
        facts = os.stat(name)
    except FileNotFoundError:
        return Target(name, None, mode or _ALL_MAY_READ_AND_WRITE & ~_umask(), folder)
    if stat.S_ISDIR(facts.st_mode):
        raise IsADirectoryError(f"Expected a file, got a folder: {name}")
    if not stat.S_ISREG(facts.st_mode):
        raise ValueError(
            f"{name} is no regular file, which is what can be written as a whole: open it and"
            " give a writer the file object"
        )
    return Target(name, None, mode or 0, folder)


def _umask() -> int:
    """The process's; not by os.umask, which would change it for other threads meanwhile."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1], 8) for line in status if line.startswith(_UMASK))
    except (OSError, StopIteration):
        mask = os.umask(0o077)
        os.umask(mask)
        return mask


class WriteOptions(NamedTuple):
    """How a file is written; the names are those of marcd.v1.WriteOptions."""

    # A RecordFormat in lower case.
    format: str
    compression: str = "unspecified"
    encoding: str = ""
    too_long: str = "unspecified"
    unmappable: str = "unspecified"
    single: bool = False
    # What must be so of the target: nothing, that it is not there, or that it has this etag.
    must_not_exist: bool = False
    if_etag: str | None = None


def header(target: Target, options: WriteOptions, request_id: str) -> Any:
    """The WriteHeader."""
    pb = _proto.write_service_pb2
    precondition = pb.WritePrecondition(replace=True)
    if options.if_etag is not None:
        precondition = pb.WritePrecondition(if_etag=options.if_etag)
    elif options.must_not_exist:
        precondition = pb.WritePrecondition(must_not_exist=True)
    seen = None
    if target.folder is not None:
        facts = target.folder
        seen = _proto.file_service_pb2.ClientView(device=facts.st_dev, inode=facts.st_ino)
    return pb.WriteHeader(
        name=target.name,
        options=pb.WriteOptions(
            format=f"RECORD_FORMAT_{options.format.upper()}",
            compression=f"TARGET_COMPRESSION_{options.compression.upper()}",
            encoding=options.encoding,
            too_long=f"TOO_LONG_{options.too_long.upper()}",
            unmappable=f"UNMAPPABLE_{options.unmappable.upper()}",
            single=options.single,
        ),
        precondition=precondition,
        mode=target.mode,
        request_id=request_id,
        seen_directory=seen,
    )
