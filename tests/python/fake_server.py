"""A daemon that says what a test wants: each call of it follows the next script.

A script is a list of steps: a response is sent, an Abort ends the call, an Event is waited
for. Requests are kept for the test to look at.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import grpc
from google.protobuf import any_pb2
from marcd import _batch
from marcd._options import ReadOptions
from marcd.v1 import (
    batch_pb2,
    file_service_pb2_grpc,
    record_service_pb2,
    record_service_pb2_grpc,
    server_service_pb2,
    server_service_pb2_grpc,
    write_service_pb2_grpc,
)

PREFIX = "marcd1:1:2:00000000:00000000:00000000:"
DEADLINE = 120.0


class Abort(NamedTuple):
    """The end of a call: a status, with details if it has a reason or a delay."""

    code: grpc.StatusCode
    reason: str = ""
    message: str = "no more"
    delay: float | None = None
    metadata: Mapping[str, str] = MappingProxyType({})


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _bytes_field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def status_details(abort: Abort) -> bytes:
    """The google.rpc.Status of an Abort, serialized by hand."""
    details = []
    if abort.reason:
        value = _bytes_field(1, abort.reason.encode()) + _bytes_field(2, b"marcd")
        for key, text in abort.metadata.items():
            entry = _bytes_field(1, key.encode()) + _bytes_field(2, text.encode())
            value += _bytes_field(3, entry)
        details.append(
            any_pb2.Any(type_url="type.googleapis.com/google.rpc.ErrorInfo", value=value)
        )
    if abort.delay is not None:
        seconds, nanos = int(abort.delay), int(abort.delay % 1 * 1e9)
        duration = b"\x08" + _varint(seconds) + b"\x10" + _varint(nanos)
        value = _bytes_field(1, duration)
        details.append(
            any_pb2.Any(type_url="type.googleapis.com/google.rpc.RetryInfo", value=value)
        )
    status = b"\x08" + _varint(abort.code.value[0]) + _bytes_field(2, abort.message.encode())
    return status + b"".join(_bytes_field(3, d.SerializeToString()) for d in details)


def to_message(data: bytes, offset: int, ordinal: int) -> Any:
    """The batch of ISO 2709 bytes as a message."""
    batch = _batch.decode(data, offset, ordinal, ReadOptions("skip"))
    assert batch is not None
    frames = batch.frames
    return batch_pb2.RecordBatch(
        frame_version=1,
        frame_lengths=frames.frame_lengths,
        ordinals=frames.ordinals,
        offsets=frames.offsets,
        lengths=frames.lengths,
        data=frames.data,
    )


def response(records: list[bytes], first: int, count: int, end: bool = False) -> Any:
    """What ReadRecords says for `count` records from the `first`."""
    offset = sum(map(len, records[:first]))
    data = b"".join(records[first : first + count])
    return record_service_pb2.ReadRecordsResponse(
        token_prefix=PREFIX,
        next_offset=offset + len(data),
        next_ordinal=first + count,
        end=end,
        batch=to_message(data, offset, first),
    )


def parsed(
    records: list[bytes], first: int, count: int, end: bool = False, state: bytes = b""
) -> Any:
    """What ParseRecords says for them."""
    said = response(records, first, count, end)
    return record_service_pb2.ParseRecordsResponse(
        next_offset=said.next_offset,
        next_ordinal=said.next_ordinal,
        end=end,
        state=state,
        batch=said.batch,
    )


class FakeServer(
    file_service_pb2_grpc.FileServiceServicer,
    record_service_pb2_grpc.RecordServiceServicer,
    server_service_pb2_grpc.ServerServiceServicer,
):
    """Answers by its scripts, one a call."""

    def __init__(self, scripts: list[list[Any]], frame_versions: tuple[int, ...] = (1,)) -> None:
        self.scripts = scripts
        self.requests: list[Any] = []
        self.frame_versions = frame_versions
        self.cancelled = threading.Event()

    def GetServerInfo(self, request: Any, context: Any) -> Any:
        return server_service_pb2.GetServerInfoResponse(
            version="0.0", frame_versions=self.frame_versions
        )

    def ReadRecords(self, request: Any, context: Any) -> Iterator[Any]:
        self.requests.append(request)
        context.add_callback(lambda: context.code() or self.cancelled.set())
        for step in self.scripts.pop(0):
            if isinstance(step, threading.Event):
                step.wait(DEADLINE)
            elif isinstance(step, Abort):
                details = (("grpc-status-details-bin", status_details(step)),)
                if step.reason or step.delay is not None:
                    context.set_trailing_metadata(details)
                context.abort(step.code, step.message)
            else:
                yield step

    ParseRecords = ReadRecords
    CheckFile = ReadRecords


@contextmanager
def serve(server: FakeServer, folder: Path, tcp: bool = False) -> Iterator[str]:
    """The target at which the server answers: a socket in the folder, or a port."""
    target = "127.0.0.1:0" if tcp else f"unix:{folder}/fake.sock"
    running = grpc.server(ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", -1)])
    file_service_pb2_grpc.add_FileServiceServicer_to_server(server, running)
    record_service_pb2_grpc.add_RecordServiceServicer_to_server(server, running)
    server_service_pb2_grpc.add_ServerServiceServicer_to_server(server, running)
    if isinstance(server, write_service_pb2_grpc.WriteServiceServicer):
        write_service_pb2_grpc.add_WriteServiceServicer_to_server(server, running)
    port = running.add_insecure_port(target)
    running.start()
    try:
        yield f"127.0.0.1:{port}" if tcp else target
    finally:
        running.stop(0).wait(DEADLINE)
