"""Streams of batches from the daemon, and how they go on after a break."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from . import _frame, _position, _proto, codec
from ._backoff import Backoff
from ._batch import Batch, Response, parse_records_response, read_records_response
from ._options import ReadOptions
from ._steps import Action, Pause, Steps
from .exceptions import ServerError

# What one ParseRecords request holds at first; a longer record makes it grow.
CHUNK_BYTES = 1 << 20
# Calls of a parent process, never to be touched nor freed.
_inherited: list[Any] = []


class _Stream:
    """Calls to a daemon, one after the other, as one stream of responses.

    The client is a `marcd.Client` or one of `marcd.aio`, and its calls are the actions.
    `cancel` may be called by any thread; all else belongs to the reader's.
    """

    def __init__(self, client: Any, options: ReadOptions) -> None:
        self._client = client
        self._options = options
        self._backoff = Backoff()
        self._lock = threading.Lock()
        self._call: Any = None
        self._cancelled = False
        # From where, and with which ordinal, a later call would go on.
        self.next_offset = 0
        self.next_ordinal = 0

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

    def _adopt(self, call: Any) -> bool:
        """Make the call the one that `cancel` ends; False if the stream has been cancelled."""
        with self._lock:
            self._call = call
            return not self._cancelled

    def _finish(self) -> None:
        """Let go of the call."""
        with self._lock:
            call, self._call = self._call, None
        if call is not None:
            call.finish()

    def _calls(
        self,
        start: Action,
        read: Callable[[Any], Response],
        note: Callable[[Response], None],
    ) -> Steps[None]:
        """The batches up to the response with `end` set; `start` makes a call for what is left.

        `note` is told of each response before its batch is given. Ends early, without an
        error, when the stream is cancelled.
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
                call = yield start
                if self._adopt(call):
                    while (data := (yield call.receive)) is not None:
                        response = read(data)
                        del data  # its memory may be wanted for the next
                        self._backoff.progressed()
                        ended = response.end
                        note(response)
                        yield response.batch
            except ServerError as problem:
                error = problem
            finally:
                self._finish()
            if ended or self._cancelled:
                return
            if error.reason == "ENCODING_UNKNOWN" and self._options.mode == "pymarc":
                self._options = self._options.without_text()
                continue
            if seconds := self._backoff.delay(error):
                yield Pause(seconds)
            if error.reason != "PARKED":
                yield partial(self._client.recover, generation)


class FileStream(_Stream):
    """A file that the daemon reads, by its name there.

    `seen` tells what the client sees under the name, afresh for each call; None where it
    sees nothing. Of an archive, `member` is what is read.
    """

    def __init__(
        self,
        client: Any,
        name: str,
        options: ReadOptions,
        seen: Callable[[], Any] | None = None,
        member: str | None = None,
    ) -> None:
        super().__init__(client, options)
        self._name = name
        self._seen = seen
        self._member = member
        self._prefix = ""
        # The file's size in bytes, known from the first response on.
        self.file_size: int | None = None

    @property
    def begun(self) -> bool:
        """Whether the daemon has answered."""
        return bool(self._prefix)

    def token(self, offset: int, ordinal: int) -> str | None:
        """The position token for a place; None before the first response."""
        return _position.token(self._prefix, offset, ordinal) if self._prefix else None

    def _refer(self, file: Any) -> None:
        """Fill in the FileReference."""
        file.name = self._name
        if self._seen is not None:
            file.seen.CopyFrom(self._seen())
        if self._member is not None:
            file.member = self._member

    def members(self, page: str) -> Steps[tuple[list[str], str]]:
        """The names of some of the archive's members, and the page that follows if not empty."""
        request = _proto.file_service_pb2.ListMembersRequest(page_token=page)
        self._refer(request.file)
        response = yield partial(self._client.list_members, request)
        return [member.name for member in response.members], response.next_page_token

    def batches(
        self, offset: int = 0, ordinal: int = 0, position: str | None = None
    ) -> Steps[None]:
        """The batches from a place, or from a position of an earlier read."""
        self.next_offset, self.next_ordinal = offset, ordinal
        resume = position

        def start() -> Any:
            request = _proto.record_service_pb2.ReadRecordsRequest(options=self._options.message())
            self._refer(request.file)
            if resume is not None:
                request.resume_token = resume
            else:
                request.start_offset = offset
                request.start_ordinal = ordinal
            return self._client.read_records(request)

        def note(response: Response) -> None:
            nonlocal resume
            # A read that was resumed keeps the identity that it began with.
            self._prefix = self._prefix or response.token_prefix
            self.file_size = response.file_size or self.file_size  # said once
            self.next_offset = response.batch.next_offset
            self.next_ordinal = response.batch.next_ordinal
            resume = self.token(self.next_offset, self.next_ordinal)

        yield from self._calls(start, read_records_response, note)


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

    `read(n)` makes the action that gets up to n more bytes, none at the end. One that gets
    fewer is followed by another only once what it got has been delivered.
    """

    def __init__(self, client: Any, read: Callable[[int], Action], options: ReadOptions) -> None:
        super().__init__(client, options)
        self._read = read
        self._data = b""
        self._data_offset = 0
        # Behind the last record given; it may be one that the source ends in, and then the
        # next offset stays before it.
        self.delivered = 0
        # What the daemon knows of the source's beginning, and wants to be told again.
        self._state = b""
        self._newest: Batch | None = None
        # Whether it ended at a record at which pymarc stops.
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

    def batches(self, offset: int = 0, ordinal: int = 0) -> Steps[None]:
        """The batches of the bytes to come, the first of which lies at `offset`."""
        self.next_offset, self.next_ordinal = offset, ordinal
        self.delivered = self._data_offset = offset
        self._state = b""
        last = False

        def start() -> Any:
            request = _proto.record_service_pb2.ParseRecordsRequest(
                data=self._data[self.next_offset - self._data_offset :],
                offset=self.next_offset,
                ordinal=self.next_ordinal,
                last=last,
                state=self._state,
                options=self._options.message(),
            )
            return self._client.parse_records(request)

        def note(response: Response) -> None:
            batch = response.batch
            self.next_offset, self.next_ordinal = batch.next_offset, batch.next_ordinal
            self.delivered = max(batch.next_offset, batch.records_end)
            self._state = response.state or self._state
            if batch.frames.count:
                self._newest = batch

        size = CHUNK_BYTES
        while not last:
            self._data = self._data[self.next_offset - self._data_offset :]
            self._data_offset = self.next_offset
            more = yield from self._gather(size)
            last = not more
            self._data += more
            if not self._data:
                return
            yield from self._calls(start, parse_records_response, note)
            self._look_for_stop()
            if self._cancelled or self.stopped:
                return
            consumed = self.next_offset > self._data_offset
            size = CHUNK_BYTES if consumed else max(size, 2 * len(self._data))

    def _look_for_stop(self) -> None:
        newest, self._newest = self._newest, None
        # Only in this mode records come undecoded; to look copies the batch.
        if newest is not None and self._options.mode == "pymarc":
            self.stopped = _is_stop(newest)

    def _gather(self, size: int) -> Steps[bytes]:
        """More bytes: until a record may be complete, or there are `size` of them in all."""
        parts = []
        missing = max(size - len(self._data), 1)
        while missing > 0:
            part = yield self._read(missing)
            if not part:
                break
            parts.append(part)
            missing -= len(part)
            # Text may be complete where it pauses behind a line, an element or an object.
            if b"\x1d" in part or part[-1:] in (b"\n", b">", b"}", b"]"):
                break
        return b"".join(parts)
