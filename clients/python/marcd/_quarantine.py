"""The bad records of a file, in a file of their own with a sidecar that says why."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator, Sequence
from types import TracebackType

from ._findings import Diagnostic

COLUMNS = (
    "ordinal",
    "offset",
    "length",
    "quarantine_offset",
    "disposition",
    "reasons",
    "tag",
    "message",
)
_SEVERITIES = ("NOTED", "REPAIRED", "SKIPPED")


class _Temporary:
    """A file beside the one that it becomes when it is published; else it goes."""

    def __init__(self, path: str) -> None:
        folder, name = os.path.split(path)
        self._path = path
        self._name = os.path.join(folder, f".{name}.{secrets.token_hex(8)}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._published = False
        self.file = os.fdopen(os.open(self._name, flags, 0o666), "wb")

    def complete(self) -> None:
        """Have all of it on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())

    def publish(self) -> None:
        os.rename(self._name, self._path)
        self._published = True

    def __enter__(self) -> _Temporary:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):  # what a full disk did not take is not wanted now
            self.file.close()
        if not self._published:
            os.unlink(self._name)


class Quarantine:
    """What is being written: the records end to end, and a line about each."""

    def __init__(self, records: _Temporary, lines: _Temporary) -> None:
        self._records = records.file
        self._lines = lines.file
        self.restart()

    def restart(self) -> None:
        """Forget all records."""
        for file in (self._records, self._lines):
            file.seek(0)
            file.truncate()
        self._place = 0
        self._lines.write(_line(COLUMNS))

    def add(self, findings: Sequence[Diagnostic], source: bytes) -> None:
        """Add a record, by what was found in it and its bytes."""
        worst = max(findings, key=lambda finding: _SEVERITIES.index(finding.disposition))
        reasons = ",".join(dict.fromkeys(finding.reason for finding in findings))
        place = (worst.ordinal, worst.offset, worst.length, self._place)
        self._lines.write(_line((*place, worst.disposition, reasons, worst.tag, worst.message)))
        self._records.write(source)
        self._place += len(source)


def _line(cells: Sequence[object]) -> bytes:
    # Whatever a message quotes, a record has one line.
    return ("\t".join(" ".join(str(cell).split()) for cell in cells) + "\n").encode()


def _check_free(*paths: str) -> None:
    for path in paths:
        if os.path.lexists(path):
            raise FileExistsError(f"{path} exists; name another file, or say overwrite=True")


@contextlib.contextmanager
def quarantine(path: str, overwrite: bool = False) -> Iterator[Quarantine]:
    """Writes `path` and `path`.tsv, complete when the block ends well, else not at all.

    Wherever `path` exists, the sidecar beside it is its own: it is published first.
    FileExistsError where one of the two exists, unless `overwrite`.
    """
    sidecar = path + ".tsv"
    if not overwrite:
        _check_free(path, sidecar)
    with _Temporary(path) as records, _Temporary(sidecar) as lines:
        yield Quarantine(records, lines)
        records.complete()
        lines.complete()
        if overwrite:
            for place in (path, sidecar):
                if os.path.isdir(place):
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), place)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        else:
            _check_free(path, sidecar)
        lines.publish()
        try:
            records.publish()
        except OSError:
            os.unlink(sidecar)
            raise
        _sync_folder(os.path.dirname(path))


def _sync_folder(path: str) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
