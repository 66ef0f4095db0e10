"""The details of a failed call: what `grpc-status-details-bin` holds.

It is a google.rpc.Status. Reading the few fields that matter here by hand spares users a
dependency on googleapis, whose protos would meet others' in one descriptor pool.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .exceptions import ServerError, server_error

if TYPE_CHECKING:
    import grpc

_HEADER = "grpc-status-details-bin"


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """The number and value (an int or bytes) of each field of a message."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire_type = key & 7
        if wire_type == 0:
            value: Any
            value, at = _varint(data, at)
        elif wire_type == 2:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        elif wire_type in (1, 5):
            size = 8 if wire_type == 1 else 4
            value, at = data[at : at + size], at + size
        else:
            raise ValueError(f"wire type {wire_type}")
        yield key >> 3, value


def _text(message: dict[int, Any], number: int) -> str:
    value: bytes = message.get(number, b"")
    return value.decode("utf-8", "replace")


def parse_details(data: bytes) -> tuple[str, dict[str, str], float | None]:
    """The reason, its metadata and the delay in seconds out of a serialized Status."""
    reason = ""
    metadata: dict[str, str] = {}
    delay = None
    for number, detail in _fields(data):
        if number != 3:
            continue
        any_message = dict(_fields(detail))
        type_url, value = _text(any_message, 1), any_message.get(2, b"")
        if type_url.endswith("google.rpc.ErrorInfo"):
            for key, content in _fields(value):
                if key == 1:
                    reason = content.decode("utf-8", "replace")
                elif key == 3:
                    entry = dict(_fields(content))
                    metadata[_text(entry, 1)] = _text(entry, 2)
        elif type_url.endswith("google.rpc.RetryInfo"):
            duration = dict(_fields(dict(_fields(value)).get(1, b"")))
            delay = duration.get(1, 0) + duration.get(2, 0) / 1e9
    return reason, metadata, delay


def _no_answer(target: str) -> str:
    """What there is to say of a daemon that let a deadline pass."""
    path = target.removeprefix("unix:")
    if path == target:
        return f"The daemon at {target} did not answer in time: it is out of reach, or stuck"
    from . import _daemon  # only who has failed needs it

    pid = None
    with contextlib.suppress(ServerError):
        pid = _daemon.peer(Path(path))
    end = f": kill -9 {pid}" if pid else ""
    return (
        f"The daemon at {target} takes connections, but does not answer: it is stopped or stuck."
        f" End it and try again{end}"
    )


def error_of(error: grpc.RpcError, target: str) -> ServerError:
    """The exception for a failed call to `target`."""
    call: Any = error
    code = call.code() if hasattr(call, "code") else None
    details = (call.details() if hasattr(call, "details") else None) or str(error)
    reason, delay = "", None
    metadata: dict[str, str] = {}
    for key, value in (call.trailing_metadata() or ()) if code else ():
        if key == _HEADER:
            # Details that cannot be read add nothing to the status.
            with contextlib.suppress(ValueError, IndexError, TypeError, AttributeError):
                reason, metadata, delay = parse_details(value)
    name = code.name if code else "UNKNOWN"
    if name == "UNAVAILABLE" and not reason:
        details = f"No answer from the daemon at {target}: {details}"
    elif name == "DEADLINE_EXCEEDED" and details == "Deadline Exceeded":  # the client's own
        reason = "NO_ANSWER"
        details = _no_answer(target)
    return server_error(details, code=name, reason=reason, metadata=metadata, retry_delay=delay)
