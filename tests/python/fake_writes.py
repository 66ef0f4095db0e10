"""A daemon that writes nothing, and keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import marcd
from marcd.v1 import write_service_pb2, write_service_pb2_grpc

from tests.python import fake_server
from tests.python.fake_server import Abort, FakeServer

# What a call does with its requests, given one by one, and comes to.
Script = Callable[[Iterator[Any]], Any]


def published(requests: Iterator[Any]) -> Any:
    """Takes all, and says that it was published."""
    *_, commit = requests
    assert commit.HasField("commit")
    return write_service_pb2.WriteRecordsResponse(
        name="fake", records=commit.commit.records, size=7, crc32=9, etag="e"
    )


def broken(after: int, abort: Abort) -> Script:
    """Takes as many requests, all of them if there are fewer, and then ends."""

    def script(requests: Iterator[Any]) -> Any:
        for _ in range(after):
            if next(requests, None) is None:
                break
        return abort

    return script


class FakeWrites(FakeServer, write_service_pb2_grpc.WriteServiceServicer):
    """Each WriteRecords follows the next script; `calls` has the requests of each."""

    def __init__(self, *scripts: Script) -> None:
        super().__init__([])
        self.write_scripts = list(scripts)
        self.calls: list[list[Any]] = []
        self.is_over = threading.Event()

    def WriteRecords(self, requests: Any, context: Any) -> Any:
        seen: list[Any] = []
        # A call that has ended by now takes no callback.
        if not context.add_callback(self.is_over.set):
            self.is_over.set()
        self.calls.append(seen)

        def kept() -> Iterator[Any]:
            for request in requests:
                seen.append(request)
                yield request

        said = self.write_scripts.pop(0)(kept())
        if isinstance(said, Abort):
            if said.reason:
                details = (("grpc-status-details-bin", fake_server.status_details(said)),)
                context.set_trailing_metadata(details)
            context.abort(said.code, said.message)
        return said

    def frames(self, call: int = -1) -> list[bytes]:
        """The frames of a call."""
        found = []
        for request in self.calls[call]:
            if request.HasField("batch"):
                at = 0
                for size in request.batch.frame_lengths:
                    found.append(request.batch.data[at : at + size])
                    at += size
                assert at == len(request.batch.data)
        return found


@contextmanager
def served(server: FakeWrites, folder: Path, tcp: bool = False) -> Iterator[marcd.Client]:
    """A client of the server."""
    with fake_server.serve(server, folder, tcp) as target, marcd.connect(target) as client:
        yield client


UNAVAILABLE = Abort(grpc.StatusCode.UNAVAILABLE)
