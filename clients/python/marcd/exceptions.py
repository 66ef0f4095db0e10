"""What can go wrong: pymarc's exceptions, and marcd's own.

An operation that fails raises a `ServerError`, which is also the Python exception that
its status stands for (`FileNotFoundError`, `PermissionError`, `ValueError`). What
`MARCReader` finds wrong with one record it does not raise, but keeps in
`current_exception`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class PymarcException(Exception):
    """The base of pymarc's exceptions."""


class FatalReaderError(PymarcException):
    """Nothing can be read after this."""


class _Fixed(PymarcException):
    """An exception whose text does not depend on the case."""

    text = ""

    def __str__(self) -> str:
        return self.text


class RecordLengthInvalid(_Fixed, FatalReaderError):
    """The length in the leader is no number."""

    text = "Invalid record length in first 5 bytes of record"


class TruncatedRecord(_Fixed, FatalReaderError):
    """The data end before the record does."""

    text = "Record length in leader is greater than the length of data"


class EndOfRecordNotFound(_Fixed, FatalReaderError):
    """The record's last byte is not 0x1D."""

    text = "Unable to locate end of record marker"


class RecordLeaderInvalid(_Fixed):
    """The leader is not 24 ASCII characters."""

    text = "Unable to extract record leader"


class RecordDirectoryInvalid(_Fixed):
    """The directory is not a row of 12-byte entries."""

    text = "Invalid directory"


class NoFieldsFound(_Fixed):
    """The record has no fields."""

    text = "Unable to locate fields in record data"


class BaseAddressInvalid(_Fixed):
    """The base address lies outside the record."""

    text = "Base address exceeds size of record"


class BaseAddressNotFound(_Fixed):
    """The leader has no base address."""

    text = "Unable to locate base address of record"


class WriteNeedsRecord(_Fixed):
    """What was given to a writer is no record."""

    text = "Write requires a pymarc.Record object as an argument"


class NoActiveFile(_Fixed):
    """There is no file to write to. Neither pymarc nor marcd raises it."""

    text = "There is no active file to write to in call to write"


class FieldNotFound(_Fixed):
    """The field to be removed is not in the record."""

    text = "Record does not contain the specified field"


class BadLeaderValue(PymarcException):
    """A value does not fit into its place in the leader."""


class MissingLinkedFields(PymarcException):
    """A field has a subfield 6, and no 880 answers to it."""

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        self.field = field

    def __str__(self) -> str:
        return f"{self.field.tag} field includes a subfield 6 but no linked fields could be found."


class BadSubfieldCodeWarning(Warning):
    """A subfield's code is not ASCII; it was made so."""

    def __init__(self, subf: bytes) -> None:
        super().__init__()
        self.subf = subf

    def __str__(self) -> str:
        return f"The subfield contained a non-ASCII subfield code: {self.subf!r}"


class DataLossWarning(Warning):
    """A writer did what pymarc's does, and what it was given cannot be read back from it.

    Warned of before anything is written: under `-W error::marcd.DataLossWarning`, or
    `warnings.simplefilter("error", marcd.DataLossWarning)`, the record is left out.
    """


class ServerError(Exception):
    """A call to the daemon failed, or the daemon could not be reached.

    `code` is the canonical status (`NOT_FOUND`, `UNAVAILABLE`, ...), `reason` says why in
    UPPER_SNAKE_CASE, `metadata` holds what belongs to it (path, offset, limit, ...),
    `retry_delay` how many seconds to wait before another try, if the daemon said so.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "UNKNOWN",
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        retry_delay: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.reason = reason
        self.metadata = dict(metadata or {})
        self.retry_delay = retry_delay

    def __str__(self) -> str:
        return f"{self.message} [{self.reason or self.code}]"


class ServerFileNotFoundError(ServerError, FileNotFoundError):
    """The daemon has no such file."""


class ServerPermissionError(ServerError, PermissionError):
    """The daemon may not, or will not, open the file."""


class ServerFileExistsError(ServerError, FileExistsError):
    """The daemon has such a file already."""


class ServerValueError(ServerError, ValueError):
    """The daemon does not accept an argument of the call."""


_BY_CODE: dict[str, type[ServerError]] = {
    "ALREADY_EXISTS": ServerFileExistsError,
    "NOT_FOUND": ServerFileNotFoundError,
    "PERMISSION_DENIED": ServerPermissionError,
    "INVALID_ARGUMENT": ServerValueError,
    "OUT_OF_RANGE": ServerValueError,
}


def server_error(
    message: str,
    *,
    code: str,
    reason: str = "",
    metadata: Mapping[str, str] | None = None,
    retry_delay: float | None = None,
) -> ServerError:
    """The exception for a status: the subclass that has Python's name for it."""
    return _BY_CODE.get(code, ServerError)(
        message, code=code, reason=reason, metadata=metadata, retry_delay=retry_delay
    )
