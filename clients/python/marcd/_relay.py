"""Speaks gRPC for a process that cannot: one that was forked after its parent used gRPC.

gRPC's threads and locks do not survive a fork, in few of its versions and under no
setting. So a fresh process makes the calls, one at a time, and passes messages on through
a pair of pipes:

    request  := u8 method, u32 length, message
    response := b"R", u32 length, message | b"E", u32 length, status as JSON
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO, Any

from .exceptions import ServerError, server_error
from .v1 import record_service_pb2, server_service_pb2

# Finds its modules where this process does.
_PROGRAM = "import sys; sys.path[:] = sys.argv[2:]; import marcd._relay as r; r.main(sys.argv[1])"
_HEAD = struct.Struct("<BI")
_METHODS = ("ReadRecords", "ParseRecords", "GetServerInfo")
_RESPONSES: tuple[Any, ...] = (
    record_service_pb2.ReadRecordsResponse,
    record_service_pb2.ParseRecordsResponse,
    server_service_pb2.GetServerInfoResponse,
)
_REQUESTS: tuple[Any, ...] = (
    record_service_pb2.ReadRecordsRequest,
    record_service_pb2.ParseRecordsRequest,
    server_service_pb2.GetServerInfoRequest,
)
_RESPONSE = ord("R")


def _send(file: IO[bytes], kind: int, message: bytes) -> None:
    file.write(_HEAD.pack(kind, len(message)))
    file.write(message)
    file.flush()


def _receive(file: IO[bytes]) -> tuple[int, bytes] | None:
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    message = file.read(length)
    return (kind, message) if len(message) == length else None


class _RelayedCall:
    """A call that a relay process makes. `cancel` ends that process."""

    def __init__(self, relay: Relay, method: int, request: bytes) -> None:
        self._relay = relay
        self._method = method
        self._process: Any = relay._take()
        try:
            _send(self._process.stdin, method, request)
        except OSError:
            self.cancel()  # the responses will say so

    def cancel(self) -> None:
        """End the call, unless it has ended."""
        process = self._process
        if process is not None:
            process.kill()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        process = self._process
        if process is None:
            raise StopIteration
        said = _receive(process.stdout)
        if said is None:
            self._process = None
            _reap(process)
            raise ServerError(
                "The helper process that speaks to the daemon ended", code="UNAVAILABLE"
            )
        kind, message = said
        if kind == _RESPONSE:
            return _RESPONSES[self._method].FromString(message)
        self._process = None
        self._relay._put(process)
        status = json.loads(message)
        if status is not None:
            raise server_error(status.pop("message"), **status)
        raise StopIteration


def _reap(process: Any) -> None:
    process.kill()
    process.stdin.close()
    process.stdout.close()
    process.wait()


class Relay:
    """Relay processes for one target, with the methods of its stubs.

    Safe to use from many threads.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._idle: list[Any] = []

    def _take(self) -> Any:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, self._target, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def _put(self, process: Any) -> None:
        with self._lock:
            self._idle.append(process)

    def ReadRecords(self, request: Any) -> _RelayedCall:
        """As the stub's."""
        return _RelayedCall(self, 0, request.SerializeToString())

    def ParseRecords(self, request: Any) -> _RelayedCall:
        """As the stub's."""
        return _RelayedCall(self, 1, request.SerializeToString())

    def GetServerInfo(self, request: Any, timeout: float = 0) -> Any:
        """As the stub's; the deadline is the helper's own."""
        call = _RelayedCall(self, 2, request.SerializeToString())
        response = next(call)
        for _ in call:
            pass
        return response

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End the idle processes; busy ones end with their calls."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            _reap(process)


def _answer(client: Any, method: int, request: Any, out: IO[bytes]) -> None:
    status = None
    try:
        if _METHODS[method] == "GetServerInfo":
            responses: Any = [client.server_info()]
        elif _METHODS[method] == "ReadRecords":
            responses = client.read_records(request)
        else:
            responses = client.parse_records(request)
        for response in responses:
            _send(out, _RESPONSE, response.SerializeToString())
    except ServerError as error:
        status = {
            "message": error.message,
            "code": error.code,
            "reason": error.reason,
            "metadata": error.metadata,
            "retry_delay": error.retry_delay,
        }
    _send(out, ord("E"), json.dumps(status).encode())


def main(target: str) -> None:
    """Answer requests on standard input until it ends, or nobody reads the answers."""
    from .client import Client

    client = Client(target)
    try:
        while said := _receive(sys.stdin.buffer):
            method, message = said
            request = _REQUESTS[method].FromString(message)
            _answer(client, method, request, sys.stdout.buffer)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)  # whoever asked is gone
