"""A file that is written through the daemon: whole, or not at all."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
import weakref
import zlib
from typing import Any, NamedTuple

from . import _frame, _proto
from ._backoff import Backoff, is_transient
from ._channel import is_on_this_machine
from ._encoding import Encoding
from ._findings import Diagnostic
from ._tallies import diagnostic_of
from ._write_call import WriteCall
from ._write_target import Target, WriteOptions, header
from .client import Chosen, Client
from .exceptions import DataLossWarning, ServerError, server_error
from .record import Record

# About what the frames of a message have together.
BATCH_BYTES = 256 * 1024
# More than this only one record alone may have.
MOST_BATCH_BYTES = 4 * 1024 * 1024
_REQUEST_ID_BYTES = 16
_get_ident = threading.get_ident
# Calls of a parent process, never to be touched nor freed.
_inherited: list[Any] = []


class WriteResult(NamedTuple):
    """A file that was written and is there now."""

    # Its path, or its name among the server's files.
    name: str
    # How many records it was given.
    records: int
    # Its size in bytes, and the CRC-32 (zlib's) of them.
    size: int
    crc32: int
    # What tells this state of the file from any other: for `marcd.write(if_etag=)`.
    etag: str
    # What could not be written as it is, in order: the first thousand, and how many there are.
    diagnostics: tuple[Diagnostic, ...] = ()
    diagnostic_count: int = 0


def _result_of(message: Any) -> WriteResult:
    return WriteResult(
        message.name,
        message.records,
        message.size,
        message.crc32,
        message.etag,
        tuple(map(diagnostic_of, message.diagnostics)),
        message.diagnostic_count,
    )


def _batch_message(frames: list[bytes], with_checksum: bool) -> bytes:
    """The request that carries the frames."""
    # Filled in place: protobuf would copy a batch that it is given three times.
    request = _proto.write_service_pb2.WriteRecordsRequest()
    batch = request.batch
    batch.frame_version = _frame.VERSION
    batch.frame_lengths.extend(map(len, frames))
    batch.data = data = b"".join(frames)
    if with_checksum:
        batch.crc32 = zlib.crc32(data)
    message: bytes = request.SerializeToString()
    return message


class Writing:
    """A write under way.

    It belongs to one thread at a time: the first that writes, until it ends. Another gets a
    RuntimeError, and so does a child process that inherited it, which writes nothing.

    Nothing is published but by `close`. After an error every call raises that.
    """

    _call: WriteCall | None = None

    def __init__(
        self, target: Target, options: WriteOptions, encoding: Encoding, client: Client | None
    ) -> None:
        """Begin; what the daemon has against it is raised here, or later."""
        self.name = target.name
        # How many records were sent.
        self.records = 0
        # Whether there is nothing more to be done or said: not after an error.
        self.is_done = False
        self._client = target.client or Chosen(client).client()
        self._frame_of = encoding.frame
        self._frames: list[bytes] = []
        self._size = 0
        self._owner: int | None = None
        self._refusal: BaseException | None = None
        self._lock = threading.Lock()
        pb = _proto.write_service_pb2
        head = header(target, options, os.urandom(_REQUEST_ID_BYTES).hex())
        self._header: bytes = pb.WriteRecordsRequest(header=head).SerializeToString()
        self._call = self._client.write_records()
        _writings.add(self)
        try:
            self._send(self._header)
        except BaseException as error:
            self._end(error)
            raise

    @property
    def count(self) -> int:
        """How many records it was given."""
        return self.records + len(self._frames)

    def write(self, record: Record) -> None:
        """Write a record; what it cannot be written for is raised, and nothing of it kept.

        A write that has failed meanwhile raises that.
        """
        if self._owner != _get_ident():
            self._enter()
        frame = self._frame_of(record)
        self._frames.append(frame)
        self._size += len(frame)
        if self._size >= BATCH_BYTES or self._call is None or self._call.is_over:
            self._flush()

    def _enter(self) -> None:
        """Make the calling thread the writer's, or say why it cannot be."""
        if self._refusal is not None:
            raise self._refusal
        me = _get_ident()
        with self._lock:
            owner = self._owner
            if owner not in (None, me) and any(t.ident == owner for t in threading.enumerate()):
                raise RuntimeError(
                    "This writer is being written to by another thread. A writer belongs to one"
                    " thread at a time: give each its own file, or hand over records"
                )
            self._owner = me

    def _flush(self) -> None:
        """Send the records that have gathered; waits while the daemon is behind."""
        frames, self._frames = self._frames, []
        size, self._size = self._size, 0
        self.records += len(frames)
        try:
            if size > MOST_BATCH_BYTES and len(frames) > 1:  # the last one is long
                self._send_batch(frames[:-1])
                frames = frames[-1:]
            self._send_batch(frames)
        except BaseException as error:  # an interrupt too leaves nothing to go on with
            self._end(error)
            raise

    def _send_batch(self, frames: list[bytes]) -> None:
        far = not is_on_this_machine(self._client.target)
        self._send(_batch_message(frames, with_checksum=far))

    def _send(self, message: bytes) -> None:
        if sys.is_finalizing():
            raise RuntimeError("Nothing can be written any more: the interpreter ends")
        call = self._call
        if call is None or not call.send(message):
            raise self._failure()

    def _failure(self) -> BaseException:
        """Why the call is over, and what that means; nothing had been committed."""
        assert self._call is not None
        try:
            self._call.result()
        except ServerError as error:
            return _said(error, self._as_it_was)
        early = ServerError("The daemon answered before all was sent", code="INTERNAL")
        return _said(early, self._as_it_was)

    def close(self) -> WriteResult:
        """Publish the file: once this has returned, it is there.

        An interrupt while it waits for the answer leaves open whether it is.
        """
        self._enter()
        try:
            # One batch at least: a commit without any only asks about an earlier one.
            if self._frames or not self.records:
                self._flush()
            result = self._commit()
        except BaseException as error:
            self._end(error)
            raise
        self._end(ValueError(f"The writer of {self.name} was closed"), done=True)
        return result

    def _commit(self) -> WriteResult:
        pb = _proto.write_service_pb2
        commit = pb.WriteRecordsRequest(commit=pb.WriteCommit(records=self.records))
        message = commit.SerializeToString()
        self._send(message)
        assert self._call is not None
        try:
            return _result_of(self._call.result())
        except ServerError as error:
            if _is_the_daemons(error):
                raise _said(error, self._as_it_was) from None
            return self._ask_again(error, message)

    def _ask_again(self, lost: ServerError, commit: bytes) -> WriteResult:
        """The answer to the commit was lost: learn whether the file was published."""
        unknown = f"Whether {self.name} was written is not known"
        backoff = Backoff()
        # Whatever ended the call: it may have been published.
        error = ServerError(lost.message, code="UNAVAILABLE")
        while True:
            try:
                seconds = backoff.delay(error)
            except ServerError:
                raise _said(lost, unknown) from None
            time.sleep(seconds)
            try:
                return self._answer_to(commit)
            except ServerError as answer:
                # Other answers are not of the lost write: a daemon that is full knows no request.
                if answer.reason == "WRITE_UNKNOWN":
                    raise _said(lost, self._as_it_was) from None
                if not is_transient(answer):
                    raise _said(answer, unknown) from lost
                error = answer

    def _answer_to(self, commit: bytes) -> WriteResult:
        """What came of the commit: without batches it only asks, by the request_id."""
        self._client.recover(self._client.generation)
        call = self._client.write_records()
        call.send(self._header)
        call.send(commit)
        return _result_of(call.result())

    @property
    def _as_it_was(self) -> str:
        return f"Nothing was published: {self.name} is as it was"

    def abort(self) -> None:
        """Publish nothing, if nothing has been. Does nothing to a write that has ended."""
        if self._refusal is None:
            ended = ValueError(f"The writer of {self.name} was closed without publishing it")
            self._end(ended, done=True)

    def _end(self, refusal: BaseException, done: bool = False) -> None:
        """From now on raise that."""
        self._refusal = refusal
        self.is_done = done
        self._owner = None
        self._frames = []
        call, self._call = self._call, None
        if call is not None and not call.is_over:
            if sys.is_finalizing():
                # The threads that send are gone, perhaps with a lock: it ends with the process.
                _inherited.append(call)
            else:
                call.cancel()

    def abandon(self) -> None:
        """In a forked child: leave the parent's call alone."""
        self._lock = threading.Lock()
        _inherited.append(self._call)
        self._call = None
        self._end(
            RuntimeError(
                "This writer was made before the process forked and belongs to the parent: make"
                " one in each child, for a file of its own"
            ),
            done=True,
        )

    def __del__(self) -> None:
        # One whose construction failed has no refusal either, and nothing to lose.
        if getattr(self, "_refusal", self) is not None or self._call is None:
            return
        count = self.count
        kind = DataLossWarning if count else ResourceWarning
        text = f"The writer of {self.name} was dropped without close(): "
        lost = f"its {count:,} records are lost" if count else "nothing is written"
        self.abort()
        warnings.warn(f"{text}{lost}, and the file is as it was", kind, stacklevel=2, source=self)


def _is_the_daemons(error: ServerError) -> bool:
    """Whether the daemon said so, and not the transport or this package."""
    return error.reason not in ("", "NO_ANSWER")


def _said(error: ServerError, what: str) -> ServerError:
    """The error with what it means."""
    if error.metadata.get("published") == "true":
        return error
    return server_error(
        f"{error.message.rstrip('.')}. {what}",
        code=error.code,
        reason=error.reason,
        metadata=error.metadata,
        retry_delay=error.retry_delay,
    )


_writings: weakref.WeakSet[Writing] = weakref.WeakSet()


def _abandon_inherited() -> None:
    for writing in list(_writings):
        writing.abandon()


os.register_at_fork(after_in_child=_abandon_inherited)
