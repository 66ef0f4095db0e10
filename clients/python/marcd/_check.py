"""What is in a file, and what is wrong with it: `marcd.check`."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from . import _proto
from ._backoff import Backoff
from ._options import ReadOptions
from ._quarantine import Quarantine
from ._quarantine import quarantine as open_quarantine
from ._tallies import diagnostic_of
from .client import Client, ServerFile, default_client
from .exceptions import ServerError
from .report import Report
from .sources import client_view

# How often a check that broke off is begun again.
MAX_RESTARTS = 3


class CheckProgress(NamedTuple):
    """How far a check has come."""

    bytes_done: int
    file_size: int
    records: int
    # Of them, those that were mended or left out.
    bad_records: int

    @classmethod
    def of(cls, message: Any) -> CheckProgress:
        """What a message tells."""
        return cls(message.bytes_done, message.file_size, message.records, message.bad_records)


Progress = Callable[[CheckProgress], object]


def check(
    target: str | os.PathLike[str] | ServerFile,
    *,
    quarantine: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    progress: bool | Progress = False,
    text: str | None = None,
    encoding: str | None = None,
    client: Client | None = None,
) -> Report:
    """Read a file and tell what is in it: `print(marcd.check("records.mrc"))`.

    The daemon reads the file by itself, so `target` is a path, or a client's file.

    quarantine: a file for the bytes of all records that were mended or left out, end to
      end; a line for each, which says why, goes into the same name with `.tsv` behind it.
      Both are there when the check is complete, or not at all. FileExistsError if one is
      there already, unless `overwrite`.
    progress: True shows it on standard error; a function is called with a CheckProgress.
    text: "detect" (the default), "trust" or "force": how the encoding is decided.
    encoding: what "force" means, and what records are in that do not say UTF-8.

    Nothing of the file is kept in memory. A connection that breaks is made again, and the
    check begun again, three times at most; then its ServerError is raised.
    """
    options = ReadOptions(text=text, encoding=encoding or "", with_source=quarantine is not None)
    request = _request(target, options)
    connected = target.client if isinstance(target, ServerFile) else client or default_client()
    with contextlib.ExitStack() as stack:
        bad = None
        if quarantine is not None:
            path = _quarantine_path(quarantine, target)
            bad = stack.enter_context(open_quarantine(path, overwrite))
        show = stack.enter_context(_shown()) if progress is True else progress or None
        return _run(connected, request, show, bad)


def _request(target: Any, options: ReadOptions) -> Any:
    if isinstance(target, ServerFile):
        reference = _proto.file_service_pb2.FileReference(name=target.name)
    elif isinstance(target, (str, os.PathLike)):
        reference = _reference(os.path.abspath(os.fsdecode(target)))
    else:
        raise TypeError(
            "Expected a path or a client's file: the daemon reads the file by itself. Got"
            f" {type(target).__name__}; write it to a file first"
        )
    return _proto.file_service_pb2.CheckFileRequest(file=reference, options=options.message())


def _reference(path: str) -> Any:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(
            f"The daemon knows files by names in UTF-8, which {path!r} is not: check it by a link"
            " of another name"
        ) from None
    facts = os.stat(path)
    if stat.S_ISDIR(facts.st_mode):
        raise IsADirectoryError(f"Expected a file, got a folder: {path}")
    return _proto.file_service_pb2.FileReference(name=path, seen=client_view(facts))


def _quarantine_path(quarantine: str | os.PathLike[str], target: Any) -> str:
    path = os.path.abspath(os.fsdecode(quarantine))
    if not isinstance(target, ServerFile):
        for each in (path, path + ".tsv"):
            if os.path.exists(each) and os.path.samefile(each, target):
                raise ValueError(f"The quarantine would replace the file that is checked: {each}")
    return path


def _run(client: Client, request: Any, show: Progress | None, bad: Quarantine | None) -> Report:
    """The report. A check that broke off is begun again."""
    backoff = Backoff()
    restarts = 0
    while True:
        generation = client.generation
        begun = False
        call = client.check_file(request)
        try:
            for response in call:
                begun = True
                backoff.progressed()
                if bad is not None:
                    _add(response.bad, bad)
                if show is not None:
                    show(CheckProgress.of(response.progress))
                if response.HasField("report"):
                    return _whole(response)
            raise _broken()
        except ServerError as error:
            restarts += begun
            if restarts > MAX_RESTARTS:
                raise
            time.sleep(backoff.delay(error))
        finally:
            call.finish()
        client.recover(generation)
        if bad is not None:
            bad.restart()


def _whole(response: Any) -> Report:
    report = Report.of(response.report)
    # What a compressed file holds is known at its end.
    if response.progress.file_size not in (0, report.end_offset):
        raise ValueError(
            f"The daemon's report is about the first {report.end_offset} bytes of a file of"
            f" {response.progress.file_size}"
        )
    return report


def _broken() -> ServerError:
    return ServerError(
        "The stream ended before all was checked", code="UNAVAILABLE", reason="STREAM_BROKEN"
    )


def _add(messages: Sequence[Any], bad: Quarantine) -> None:
    """Puts the bad records of a response into the quarantine."""
    for _, about in itertools.groupby(messages, key=lambda message: message.ordinal):
        found = list(about)
        bad.add([diagnostic_of(message) for message in found], found[0].source)


@contextlib.contextmanager
def _shown() -> Iterator[Progress]:
    """A line on standard error that follows the check."""

    def show(progress: CheckProgress) -> None:
        done = f"{progress.bytes_done / 1e6:,.0f} MB"
        if progress.file_size:
            done = f"{100 * progress.bytes_done // progress.file_size:3} %"
        sys.stderr.write(f"\r{done}  {progress.records:,} records, {progress.bad_records:,} bad")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write("\n")
