"""Calls of a daemon for tests: short requests, and answers put together.

A test that imports this is skipped where the client's stubs are not installed.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest

pytest.importorskip("marcd.v1.record_service_pb2_grpc", reason="tools/install_client")
from marcd._status import parse_details
from marcd.v1 import (
    batch_pb2,
    file_service_pb2,
    file_service_pb2_grpc,
    options_pb2,
    record_service_pb2,
    record_service_pb2_grpc,
    server_service_pb2,
    server_service_pb2_grpc,
)

MESSAGES = options_pb2.VIEW_MESSAGES
FRAMES = options_pb2.VIEW_FRAMES
STRICT = options_pb2.RECOVERY_MODE_STRICT
SKIP = options_pb2.RECOVERY_MODE_SKIP
REPAIR = options_pb2.RECOVERY_MODE_REPAIR
PYMARC = options_pb2.RECOVERY_MODE_PYMARC
DEFAULT_MODE = options_pb2.RECOVERY_MODE_UNSPECIFIED
ISO2709 = options_pb2.RECORD_FORMAT_ISO2709

DEADLINE_SECONDS = 60.0

# A daemon that is about to listen is asked again soon, not in gRPC's second.
SOON = [("grpc.initial_reconnect_backoff_ms", 20), ("grpc.max_reconnect_backoff_ms", 100)]

# A stream that nobody reads stops after about 64 KiB, not after what gRPC finds out it
# might send in one go: so a test can stand still in a small file.
SMALL_WINDOW = [("grpc.http2.bdp_probe", 0)]


@dataclass(frozen=True)
class Failure:
    """How a call ended that did not end well."""

    code: grpc.StatusCode
    message: str
    reason: str
    metadata: dict[str, str]
    retry_seconds: float | None

    @staticmethod
    def of(error: Any) -> Failure:
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
        return Failure(error.code(), error.details(), *parse_details(details))

    @property
    def what(self) -> tuple[str, str]:
        """Its code and its reason, which is what a program acts upon."""
        return self.code.name, self.reason


@dataclass(frozen=True)
class Item:
    """A record, a skipped record (`reason` says why) or a gap (`ordinal` is -1)."""

    offset: int
    length: int
    ordinal: int = -1
    reason: str = ""
    content: bytes = b""

    @property
    def end(self) -> int:
        return self.offset + self.length


@dataclass
class Reading:
    """What came of one call, or of several that went on from one another."""

    records: list[Item] = field(default_factory=list)
    skipped: list[Item] = field(default_factory=list)
    gaps: list[Item] = field(default_factory=list)
    findings: list[batch_pb2.Diagnostic] = field(default_factory=list)
    prefix: str = ""
    file_size: int = 0
    next_offset: int = 0
    next_ordinal: int = 0
    responses: int = 0
    end: bool = False
    failure: Failure | None = None

    def add(self, response: Any) -> None:
        assert not self.end, "a response after the last one"
        if not self.responses and hasattr(response, "token_prefix"):
            self.prefix, self.file_size = response.token_prefix, response.file_size
        self.responses += 1
        self.next_offset, self.next_ordinal = response.next_offset, response.next_ordinal
        self.end = response.end
        self._add_batch(response.batch)

    def _add_batch(self, batch: batch_pb2.RecordBatch) -> None:
        contents = [record.SerializeToString(deterministic=True) for record in batch.records]
        at = 0
        for length in batch.frame_lengths:
            contents.append(batch.data[at : at + length])
            at += length
        assert at == len(batch.data)
        places = zip(batch.offsets, batch.lengths, batch.ordinals, contents, strict=True)
        self.records += [Item(o, n, ordinal, "", c) for o, n, ordinal, c in places]
        for found in batch.diagnostics:
            assert found.reason and found.message
            self.findings.append(found)
            if found.index >= 0:
                assert batch.ordinals[found.index] == found.ordinal
            elif not self.skipped or self.skipped[-1].ordinal != found.ordinal:
                item = Item(found.offset, found.length, found.ordinal, found.reason)
                self.skipped.append(item)
        self.gaps += [Item(gap.offset, gap.length, -1, gap.reason) for gap in batch.gaps]

    @property
    def ordinals(self) -> list[int]:
        return [record.ordinal for record in self.records]

    @property
    def reasons(self) -> list[str]:
        """Of all findings, in order."""
        return [found.reason for found in self.findings]

    @property
    def items(self) -> list[Item]:
        """Everything, in the order of the source."""
        return sorted([*self.records, *self.skipped, *self.gaps], key=lambda item: item.offset)

    @property
    def token(self) -> str:
        """The position after the last response."""
        return f"{self.prefix}{token_tail(self.prefix, self.next_offset, self.next_ordinal)}"

    def token_after(self, record: Item) -> str:
        """The position after a record."""
        return f"{self.prefix}{token_tail(self.prefix, record.end, record.ordinal + 1)}"

    def check_covers(self, begin: int, end: int, ordinal: int = 0) -> None:
        """Every byte from `begin` to `end` is in one item, and no ordinal is left out."""
        at = begin
        for item in self.items:
            assert item.offset == at, item
            assert item.length > 0
            at = item.end
        assert at == end
        found = [item.ordinal for item in self.items if item.ordinal >= 0]
        assert found == list(range(ordinal, ordinal + len(found)))


def token_tail(prefix: str, offset: int, ordinal: int) -> str:
    """What docs/positions.md puts after the prefix."""
    places = f"{offset}:{ordinal}"
    return f"{places}:{zlib.crc32((prefix + places).encode()):08x}"


class Client:
    """The services of one daemon, over a channel of its own."""

    def __init__(self, target: str, small_window: bool = False) -> None:
        self.channel = grpc.insecure_channel(target, SOON + (SMALL_WINDOW if small_window else []))
        self.records = record_service_pb2_grpc.RecordServiceStub(self.channel)
        self.files = file_service_pb2_grpc.FileServiceStub(self.channel)
        self.server = server_service_pb2_grpc.ServerServiceStub(self.channel)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *unused: object) -> None:
        self.channel.close()

    def stream(self, name: Path | str, **request: Any) -> Any:
        """A ReadRecords call. `request` has fields of the request and of its options."""
        options, fields = _split_options(request)
        timeout = fields.pop("timeout", DEADLINE_SECONDS)
        reference = file_service_pb2.FileReference(name=str(name), seen=fields.pop("seen", None))
        message = record_service_pb2.ReadRecordsRequest(file=reference, options=options, **fields)
        return self.records.ReadRecords(message, timeout=timeout)

    def read(self, name: Path | str, **request: Any) -> Reading:
        """A whole ReadRecords call."""
        return drain(self.stream(name, **request))

    def parse(self, data: bytes, **request: Any) -> Reading:
        """A whole ParseRecords call."""
        options, fields = _split_options(request)
        message = record_service_pb2.ParseRecordsRequest(data=data, options=options, **fields)
        return drain(self.records.ParseRecords(message, timeout=DEADLINE_SECONDS))

    def get_file(self, name: Path | str) -> file_service_pb2.GetFileResponse:
        reference = file_service_pb2.FileReference(name=str(name))
        request = file_service_pb2.GetFileRequest(file=reference)
        return self.files.GetFile(request, timeout=DEADLINE_SECONDS)

    def info(self) -> server_service_pb2.GetServerInfoResponse:
        request = server_service_pb2.GetServerInfoRequest()
        return self.server.GetServerInfo(request, timeout=DEADLINE_SECONDS)


def _split_options(request: dict[str, Any]) -> tuple[options_pb2.ReadOptions, dict[str, Any]]:
    names = options_pb2.ReadOptions.DESCRIPTOR.fields_by_name
    options = {key: value for key, value in request.items() if key in names}
    # What is damaged shows itself by being left out, unless a test asks for another mode.
    options.setdefault("recovery_mode", SKIP)
    fields = {key: value for key, value in request.items() if key not in names}
    return options_pb2.ReadOptions(**options), fields


def drain(responses: Iterable[Any], reading: Reading | None = None) -> Reading:
    """Adds all responses; the failure, if there is one, is part of the reading."""
    reading = reading or Reading()
    try:
        for response in responses:
            reading.add(response)
    except grpc.RpcError as error:
        reading.failure = Failure.of(error)
    else:
        assert reading.end, "the stream ended well without its last response"
    return reading


def failure_of(call: Callable[[], object]) -> Failure:
    """How a call fails, which it must."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return Failure.of(caught.value)


def wait_until(true: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    """Waits for a condition; fails when it does not come to be."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.01)
