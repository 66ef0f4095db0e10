"""Streams of batches from the daemon, and how they go on after a break."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from . import _frame, _position, _proto, codec
from ._backoff import Backoff
from ._batch import Batch, Response, parse_records_response, read_records_response
from ._options import ReadOptions
from .client import Call, Client
from .exceptions import ServerError

# What one ParseRecords request holds at first; a longer record makes it grow.
CHUNK_BYTES = 1 << 20
# Calls of a parent process, never to be touched nor freed.
_inherited: list[Call | None] = []


class _Stream:
    """Calls to a daemon, one after the other, as one stream of responses.

    `cancel` may be called by any thread; all else belongs to the reader's.
    """

    def __init__(self, client: Client, options: ReadOptions, backoff: Backoff | None) -> None:
        self._client = client
        self._options = options
        self._backoff = backoff or Backoff()
        self._lock = threading.Lock()
        self._call: Call | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """End the stream; a thread that waits for it returns."""
        with self._lock:
            self._cancelled = True
            if self._call is not None:
                self._call.cancel()

    def abandon(self) -> None:
        """In a forked child: leave the parent's call alone, and make no other."""
        self._lock = threading.Lock()
        self._cancelled = True
        _inherited.append(self._call)
        self._call = None

    def _begin(self, start: Callable[[], Call]) -> Call | None:
        """A new call, unless the stream has been cancelled."""
        with self._lock:
            if not self._cancelled:
                self._call = start()
            return self._call

    def _finish(self) -> None:
        """Let go of the call."""
        with self._lock:
            call, self._call = self._call, None
        if call is not None:
            call.finish()

    def _responses(
        self, start: Callable[[], Call], read: Callable[[Any], Response]
    ) -> Iterator[Response]:
        """The responses up to the one with `end` set; `start` makes a call for what is left.

        Ends early, without an error, when the stream is cancelled.
        """
        while not self._cancelled:
            generation = self._client.generation
            ended = False
            error = ServerError(
                "The stream ended before all was read",
                code="UNAVAILABLE",
                reason="STREAM_BROKEN",
            )
            try:
                for data in self._begin(start) or ():
                    response = read(data)
                    del data  # its memory may be wanted for the next
                    self._backoff.progressed()
                    ended = response.end
                    yield response
            except ServerError as problem:
                error = problem
            finally:
                self._finish()
            if ended or self._cancelled:
                return
            if error.reason == "ENCODING_UNKNOWN" and self._options.mode == "pymarc":
                self._options = self._options.without_text()
                continue
            self._backoff.wait(error)
            if error.reason != "PARKED":
                self._client.recover(generation)


class FileStream(_Stream):
    """A file that the daemon reads, by its name there.

    `seen` tells what the client sees under the name, afresh for each call; None where it
    sees nothing.
    """

    def __init__(
        self,
        client: Client,
        name: str,
        options: ReadOptions,
        seen: Callable[[], Any] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(client, options, backoff)
        self._name = name
        self._seen = seen
        self._prefix = ""
        # The file's size in bytes, known from the first response on.
        self.file_size: int | None = None

    def token(self, offset: int, ordinal: int) -> str | None:
        """The position token for a place; None before the first response."""
        return _position.token(self._prefix, offset, ordinal) if self._prefix else None

    def batches(
        self, offset: int = 0, ordinal: int = 0, position: str | None = None
    ) -> Iterator[Batch]:
        """The batches from a place, or from a position of an earlier read."""
        resume = position

        def start() -> Call:
            request = _proto.record_service_pb2.ReadRecordsRequest(options=self._options.message())
            request.file.name = self._name
            if self._seen is not None:
                request.file.seen.CopyFrom(self._seen())
            if resume is not None:
                request.resume_token = resume
            else:
                request.start_offset = offset
                request.start_ordinal = ordinal
            return self._client.read_records(request)

        for response in self._responses(start, read_records_response):
            # A read that was resumed keeps the identity that it began with.
            self._prefix = self._prefix or response.token_prefix
            self.file_size = response.file_size or self.file_size  # said once
            batch = response.batch
            resume = self.token(batch.next_offset, batch.next_ordinal)
            yield batch


def _is_stop(batch: Batch) -> bool:
    """Whether the batch ends with a record at which pymarc stops reading."""
    frames = batch.frames
    frame = frames.data[-frames.frame_lengths[-1] :]
    if not frame[0] & _frame.UNDECODED:
        return False
    return codec.fatal(_frame.source(frame) or b"") is not None


class PushStream(_Stream):
    """Bytes that the client has, or gets from the program, parsed by the daemon.

    In mode pymarc nothing is sent that lies behind a record at which pymarc stops.

    `read(n)` gives up to n more bytes, nothing at the end; it may give fewer, and is then
    only called again once what it gave has been delivered. It runs in the reader's thread.
    """

    def __init__(
        self,
        client: Client,
        read: Callable[[int], bytes],
        options: ReadOptions,
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(client, options, backoff)
        self._read = read
        self._data = b""
        self._data_offset = 0
        # Whether it ended at such a record.
        self.stopped = False

    @property
    def received(self) -> int:
        """Up to where the source has been read."""
        return self._data_offset + len(self._data)

    def bytes_at(self, offset: int, length: int) -> bytes | None:
        """Bytes of the source, while the request that held them is still here."""
        start = offset - self._data_offset
        if start < 0 or start + length > len(self._data):
            return None
        return self._data[start : start + length]

    def batches(self, offset: int = 0, ordinal: int = 0) -> Iterator[Batch]:
        """The batches of the bytes to come, the first of which lies at `offset`."""
        next_offset, next_ordinal = offset, ordinal
        self._data_offset = offset
        last = False

        def start() -> Call:
            request = _proto.record_service_pb2.ParseRecordsRequest(
                data=self._data[next_offset - self._data_offset :],
                offset=next_offset,
                ordinal=next_ordinal,
                last=last,
                options=self._options.message(),
            )
            return self._client.parse_records(request)

        size = CHUNK_BYTES
        while not last:
            self._data = self._data[next_offset - self._data_offset :]
            self._data_offset = next_offset
            more = self._gather(size)
            last = not more
            self._data += more
            if not self._data:
                return
            newest: Batch | None = None
            for response in self._responses(start, parse_records_response):
                batch = response.batch
                next_offset, next_ordinal = batch.next_offset, batch.next_ordinal
                if batch.frames.count:
                    newest = batch
                yield batch
            # Only in this mode records come undecoded; to look copies the batch.
            if newest is not None and self._options.mode == "pymarc":
                self.stopped = _is_stop(newest)
            if self._cancelled or self.stopped:
                return
            consumed = next_offset > self._data_offset
            size = CHUNK_BYTES if consumed else max(size, 2 * len(self._data))

    def _gather(self, size: int) -> bytes:
        """More bytes: until a record may be complete, or there are `size` of them in all."""
        parts = []
        missing = max(size - len(self._data), 1)
        while missing > 0:
            part = self._read(missing)
            if not part:
                break
            parts.append(part)
            missing -= len(part)
            if b"\x1d" in part:
                break
        return b"".join(parts)
