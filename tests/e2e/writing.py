"""WriteRecords for tests: frames, streams of any shape, and what is left on the disk."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

pytest.importorskip("marcd.v1.write_service_pb2_grpc", reason="tools/install_client")
from marcd.v1 import options_pb2, write_service_pb2, write_service_pb2_grpc

from tests.e2e.calls import DEADLINE_SECONDS, SOON

UNDECODED = 2
TEMPORARIES = ".*.marcd-tmp"


def undecoded(record: bytes) -> bytes:
    """A frame whose payload is written as it is."""
    head = struct.pack("<I24sI", UNDECODED, b" " * 24, 1)
    return head + struct.pack("<3sBI", b"\0\0\0", 0, len(record)) + record


def records_of(count: int, seed: int = 1, size: int = 300) -> list[bytes]:
    """Bytes that nobody looks into, different ones each."""
    random_ = random.Random(seed)
    return [random_.randbytes(random_.randrange(1, 2 * size)) for _ in range(count)]


def header(name: Path | str, **fields: Any) -> write_service_pb2.WriteRecordsRequest:
    """`fields` are those of WriteHeader, of its options and of its precondition."""
    conditions = write_service_pb2.WritePrecondition.DESCRIPTOR.fields_by_name
    names = write_service_pb2.WriteOptions.DESCRIPTOR.fields_by_name
    condition = {key: fields.pop(key) for key in list(fields) if key in conditions}
    options = {key: fields.pop(key) for key in list(fields) if key in names}
    options.setdefault("format", options_pb2.RECORD_FORMAT_ISO2709)
    message = write_service_pb2.WriteHeader(name=str(name), **fields)
    message.options.CopyFrom(write_service_pb2.WriteOptions(**options))
    if condition:
        message.precondition.CopyFrom(write_service_pb2.WritePrecondition(**condition))
    return write_service_pb2.WriteRecordsRequest(header=message)


def batch(frames: Iterable[bytes], **wrong: Any) -> write_service_pb2.WriteRecordsRequest:
    """A batch as it is to be, but for what is `wrong`."""
    frames = list(frames)
    data = b"".join(frames)
    fields = {
        "frame_version": 1,
        "frame_lengths": [len(frame) for frame in frames],
        "crc32": zlib.crc32(data),
        "data": data,
    }
    message = write_service_pb2.WriteBatch(**{**fields, **wrong})
    return write_service_pb2.WriteRecordsRequest(batch=message)


def commit(records: int) -> write_service_pb2.WriteRecordsRequest:
    return write_service_pb2.WriteRecordsRequest(
        commit=write_service_pb2.WriteCommit(records=records)
    )


def whole(
    name: Path | str, records: list[bytes], each: int = 50, **fields: Any
) -> Iterator[write_service_pb2.WriteRecordsRequest]:
    """All messages of a write of undecoded records."""
    yield header(name, **fields)
    for at in range(0, len(records), each):
        yield batch(undecoded(record) for record in records[at : at + each])
    yield commit(len(records))


class Writer:
    """WriteService of one daemon, over a channel of its own."""

    def __init__(self, target: str) -> None:
        self.channel = grpc.insecure_channel(target, SOON)
        self.stub = write_service_pb2_grpc.WriteServiceStub(self.channel)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *unused: object) -> None:
        self.channel.close()

    def send(
        self, messages: Iterable[write_service_pb2.WriteRecordsRequest], **call: Any
    ) -> write_service_pb2.WriteRecordsResponse:
        call.setdefault("timeout", DEADLINE_SECONDS)
        return self.stub.WriteRecords(iter(messages), **call)

    def write(
        self, name: Path | str, records: list[bytes], **fields: Any
    ) -> write_service_pb2.WriteRecordsResponse:
        """A whole WriteRecords call."""
        return self.send(whole(name, records, **fields))


def left_in(folder: Path) -> list[str]:
    """The temporaries in a folder."""
    return sorted(path.name for path in folder.glob(TEMPORARIES))
