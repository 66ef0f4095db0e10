"""What a reader does with its argument: where the records come from."""

from __future__ import annotations

import dataclasses
import functools
import io
import os
import select
import stat
from collections.abc import Callable, Iterable
from typing import Any

from . import _batch, _decompress, _files, _position, _proto
from ._options import ReadOptions
from ._steps import Action, Steps, blocking
from ._streams import FileStream, PushStream
from .client import ServerFile
from .exceptions import ServerError, server_error

# Up to these sizes decoding here is quicker than asking a daemon, and than starting one.
CODEC_BYTES_CONNECTED = 12 * 1024
CODEC_BYTES_ALONE = 64 * 1024

# The daemon cannot or will not see the file that is here: its bytes are sent instead.
_REFUSED_CODES = ("NOT_FOUND", "PERMISSION_DENIED")
_REFUSED_REASONS = ("FILE_MISMATCH", "OUTSIDE_ROOTS")


class Source:
    """Where a reader's records come from.

    `handle`, if any, is the program's own seekable object whose position follows the
    records. All methods but `cancel` are called by the reader's thread alone.
    """

    handle: Any = None

    def __init__(self, options: ReadOptions, chosen: Any) -> None:
        self._options = options
        self._chosen = chosen
        self._stream: FileStream | PushStream | None = None
        self._cancelled = False
        self._size: int | None = None
        self._file: str | None = None
        # Whether the records are of several files, so that no token tells a place.
        self._several = False

    @property
    def file(self) -> str | None:
        """What the source of the records that come now is called; None for what has no name."""
        return self._file

    def batches(self, offset: int, ordinal: int) -> Steps[None]:
        """The batches from an offset on, the first record having the ordinal."""
        raise NotImplementedError

    @property
    def size(self) -> int | None:
        """The source's size in bytes, as far as it is known by now."""
        return self._stream.file_size if isinstance(self._stream, FileStream) else self._size

    def start_offset(self) -> int:
        """Where to begin."""
        return int(self.handle.tell()) if self.handle is not None else 0

    def bytes_at(self, offset: int, length: int) -> bytes | None:
        """Bytes of the source that can be had without a stream; None for others."""
        stream = self._stream
        return stream.bytes_at(offset, length) if isinstance(stream, PushStream) else None

    def batch_at(self, offset: int) -> Steps[None]:
        """The batch that begins with the record there, with its source, where that can be had."""
        yield from ()

    def token(self, offset: int, ordinal: int) -> str | None:
        """The position token for a place; None for a source that has none."""
        stream = self._stream
        if self._several or not isinstance(stream, FileStream):
            return None
        return stream.token(offset, ordinal)

    def cancel(self) -> None:
        """End what is under way. May be called by any thread."""
        self._cancelled = True
        if self._stream is not None:
            self._stream.cancel()

    def abandon(self) -> None:
        """In a forked child: leave alone what the parent has under way."""
        self._cancelled = True
        if self._stream is not None:
            self._stream.abandon()

    def close(self) -> Any:
        """Close what the program gave; gives what an asyncio's program awaits, or None."""
        if self.handle is not None:
            self.handle.close()

    def _use(self, stream: Any) -> Any:
        """Makes the stream the one that `cancel` ends."""
        self._stream = stream
        if self._cancelled:
            stream.cancel()
        return stream

    def _members(self, open_member: Callable[[str | None], FileStream]) -> Steps[None]:
        """The batches of all members of an archive, one after the other.

        Those of a page come before the next page is asked for: of an archive that breaks, the
        page that fails is the last.
        """
        archive = self._file
        self._several = True
        page = ""
        while True:
            names, page = yield from open_member(None).members(page)
            for member in names:
                if self._cancelled:
                    return
                self._file = f"{archive} ({member})"
                yield from self._use(open_member(member)).batches()
            if not page:
                return

    def _push(
        self, read: Callable[[int], Action], offset: int, ordinal: int, size: int | None = None
    ) -> Steps[None]:
        """The batches of bytes that are sent (PushStream); `size` is the source's, if known.

        After a stop the rest is a gap: up to the source's end, or to where it was read.
        """
        self._size = size
        client = yield self._chosen.client
        stream = self._use(PushStream(client, read, self._options))
        yield from stream.batches(offset, ordinal)
        end = stream.received if size is None else size
        if stream.stopped and stream.delivered < end:
            yield _batch.unread(stream.delivered, end, stream.next_ordinal)


class ServerSource(Source):
    """A file of the server's."""

    def __init__(self, name: str, options: ReadOptions, chosen: Any, position: str | None) -> None:
        super().__init__(options, chosen)
        self._name = self._file = name
        self._position = position

    def batches(self, offset: int, ordinal: int) -> Steps[None]:
        client = yield self._chosen.client
        opened = functools.partial(FileStream, client, self._name, self._options, None)
        stream = self._use(opened(self._options.member))
        try:
            yield from stream.batches(offset, ordinal, self._position)
            return
        except ServerError as error:
            if error.reason != "MEMBER_WANTED":
                raise
        yield from self._members(opened)

    def batch_at(self, offset: int) -> Steps[None]:
        client = yield self._chosen.client
        stream = FileStream(client, self._name, ReadOptions("pymarc", raw=True))
        yield from stream.batches(offset)


def client_view(facts: os.stat_result) -> Any:
    """The ClientView of a file that has these facts here: the daemon compares its own."""
    return _proto.file_service_pb2.ClientView(
        device=facts.st_dev,
        inode=facts.st_ino,
        size=facts.st_size,
        modified_ns=facts.st_mtime_ns,
    )


def _look_at(file: int | str) -> Any:
    """What the client sees now of a file, by its descriptor or its path."""
    return client_view(os.stat(file))


def _unless_changed(path: str, seen: Callable[[], Any]) -> Callable[[], Any]:
    """`seen`, which fails once it sees another state of the file than now."""
    before = seen()

    def look() -> Any:
        now = seen()
        if now != before:
            raise server_error(
                f"{path} has changed since reading began; read it again from the start",
                code="FAILED_PRECONDITION",
                reason="FILE_CHANGED",
            )
        return now

    return look


class FileSource(Source):
    """A regular file of the client's, by path or already open.

    The daemon opens it when it sees the same file under the path; else its bytes are sent.
    An open file that has no path any more has an empty one.
    """

    _owns_file = False  # also where Ctrl-C ends what follows before it is done

    def __init__(
        self,
        path: str,
        options: ReadOptions,
        chosen: Any,
        position: str | None = None,
        handle: Any = None,
    ) -> None:
        # The position of an open file is one of its bytes as they are.
        decompress = options.decompress and handle is None
        super().__init__(dataclasses.replace(options, decompress=decompress), chosen)
        self.handle = handle
        self._path = path
        self._file = path or None
        self._position = position
        self._descriptor = -1 if handle is None else handle.fileno()

    def batches(self, offset: int, ordinal: int) -> Steps[None]:
        if self.handle is not None and self.handle.writable():
            self.handle.flush()
        if self._path and _is_utf8(self._path):
            client = yield self._chosen.client
            sight = self._path if self._descriptor < 0 else self._descriptor
            seen = functools.partial(_look_at, sight)
            opened = functools.partial(FileStream, client, self._path, self._options)
            stream = self._use(opened(seen, self._options.member))
            try:
                yield from stream.batches(offset, ordinal, self._position)
                return
            except ServerError as error:
                if error.reason == "MEMBER_WANTED":
                    unchanged = _unless_changed(self._path, seen)
                    yield from self._members(functools.partial(opened, unchanged))
                    return
                refused = error.code in _REFUSED_CODES or error.reason in _REFUSED_REASONS
                # With a position, of a member, and once a read by path has begun, only the
                # daemon can go on.
                begun = self._position is not None or (stream.begun and self.handle is None)
                if begun or self._options.member is not None or not refused:
                    raise
            offset, ordinal = stream.next_offset, stream.next_ordinal
        yield from self._send(offset, ordinal)

    def _open(self) -> int:
        """The descriptor of the file, which is opened if it was not."""
        if self._descriptor < 0:
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            self._owns_file = True
        return self._descriptor

    @functools.cached_property
    def _module(self) -> str | None:
        """What reads the file if it is compressed, and to be read as what it holds."""
        if not self._options.decompress:
            return None
        return _decompress.module_for(os.pread(self._open(), _decompress.HEAD_BYTES, 0))

    def _send(self, offset: int, ordinal: int) -> Steps[None]:
        module = self._module
        if module is not None:
            with _decompress.decompressed(self._path, module) as file:
                file.seek(offset)
                yield from self._push(blocking(file.read), offset, ordinal)
            return
        file = self._open()
        position = offset

        def read(size: int) -> bytes:
            nonlocal position
            data = os.pread(file, size, position)
            position += len(data)
            return data

        yield from self._push(blocking(read), offset, ordinal, os.fstat(file).st_size)

    def bytes_at(self, offset: int, length: int) -> bytes | None:
        try:
            if self._module is not None:
                return None
            data = os.pread(self._open(), length, offset)
        except OSError:
            return None
        return data if len(data) == length else None

    def batch_at(self, offset: int) -> Steps[None]:
        if self._path and self._module is not None:
            client = yield self._chosen.client
            raw = ReadOptions("pymarc", raw=True)
            seen = functools.partial(_look_at, self._path)
            yield from FileStream(client, self._path, raw, seen).batches(offset)

    def __del__(self) -> None:
        if self._owns_file:
            os.close(self._descriptor)


class SeveralSource(Source):
    """Sources one after the other, each opened when its turn comes."""

    def __init__(self, sources: Iterable[Callable[[], Source]], options: ReadOptions) -> None:
        super().__init__(options, None)
        self._several = True
        self._sources = iter(sources)
        self._now: Source | None = None

    @property
    def file(self) -> str | None:
        return self._now.file if self._now is not None else None

    def batches(self, offset: int, ordinal: int) -> Steps[None]:
        for opened in self._sources:
            source = self._now = opened()
            if self._cancelled:
                source.cancel()
            yield from source.batches(source.start_offset(), 0)
            if self._cancelled:
                return

    def cancel(self) -> None:
        super().cancel()
        if self._now is not None:
            self._now.cancel()

    def abandon(self) -> None:
        super().abandon()
        if self._now is not None:
            self._now.abandon()

    def close(self) -> Any:
        return self._now.close() if self._now is not None else None


class MemorySource(Source):
    """Bytes in memory, of a `BytesIO` or by themselves."""

    def __init__(self, data: bytes, options: ReadOptions, chosen: Any, handle: Any = None) -> None:
        super().__init__(options, chosen)
        self._data = data
        self.handle = handle

    def batches(self, offset: int, ordinal: int) -> Steps[None]:
        if self.handle is not None:
            self._data = self.handle.getvalue()
        connected = self._chosen.is_connected()
        limit = CODEC_BYTES_CONNECTED if connected else CODEC_BYTES_ALONE
        if len(self._data) - offset <= limit:
            batch = _batch.decode(self._data[offset:], offset, ordinal, self._options)
            if batch is not None:
                self._size = len(self._data)
                yield batch
                return
        place = offset

        def read(size: int) -> bytes:
            nonlocal place
            data = self._data[place : place + size]
            place += len(data)
            return data

        yield from self._push(blocking(read), offset, ordinal, len(self._data))

    def bytes_at(self, offset: int, length: int) -> bytes | None:
        return self._data[offset : offset + length]


class ObjectSource(Source):
    """An object of the program's with `.read()`: a pipe, a socket's file, a gzip file."""

    def __init__(self, target: Any, options: ReadOptions, chosen: Any) -> None:
        super().__init__(options, chosen)
        self._target = target
        self._read_some = getattr(target, "read1", None) or target.read
        self._more_is_there = _readiness(target)

    def _read(self, size: int) -> bytes:
        """What is there, up to `size` bytes; waits only while nothing is."""
        parts = []
        missing = size
        while missing > 0:
            part = self._read_some(missing)
            if part is None:
                raise BlockingIOError("The source is in non-blocking mode and has no data yet")
            if not isinstance(part, (bytes, bytearray, memoryview)):
                raise not_bytes(part)
            if not part:
                break
            parts.append(part)
            missing -= len(part)
            if not self._more_is_there():
                break
        return b"".join(parts)

    def batches(self, offset: int, ordinal: int) -> Steps[None]:
        yield from self._push(blocking(self._read), offset, ordinal)

    def close(self) -> None:
        close = getattr(self._target, "close", None)
        if close is not None:
            close()


def _readiness(target: Any) -> Callable[[], bool]:
    """Tells whether another read would find data at once, as far as can be known."""
    try:
        file = target.fileno()
        if stat.S_ISREG(os.fstat(file).st_mode):
            return lambda: True
    except (AttributeError, OSError, ValueError):
        return lambda: False
    if not isinstance(target, io.BufferedReader):
        return lambda: False  # a decoder may need more input than is there
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return lambda: bool(poll.poll(0))


def _is_utf8(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _regular_file(target: Any) -> Any:
    """The real file object that the target is or wraps, if it is on a regular file."""
    for file in (target, getattr(target, "file", None)):
        raw = file.raw if isinstance(file, (io.BufferedReader, io.BufferedRandom)) else file
        if isinstance(raw, io.FileIO) and stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
            return file
    return None


def _path_of(file: Any) -> str | None:
    """An absolute path under which the open file is still to be found."""
    name = getattr(file, "name", None)
    if not isinstance(name, (str, bytes)):
        return None
    path = os.path.abspath(os.fsdecode(name))
    try:
        same = os.path.samestat(os.stat(path), os.fstat(file.fileno()))
    except OSError:
        return None
    return path if same else None


def _open_path(path: str, options: ReadOptions, chosen: Any, position: str | None) -> Source:
    path = os.path.abspath(path)
    facts = os.stat(path)
    if stat.S_ISREG(facts.st_mode):
        return FileSource(path, options, chosen, position)
    return ObjectSource(open(path, "rb"), options, chosen)  # a pipe, or an error that says what


def not_bytes(part: object) -> TypeError:
    """The error for an object whose `.read()` gives something else."""
    return TypeError(f".read() gave {type(part).__name__}, not bytes; open the file in binary mode")


def unknown_source(target: Any) -> TypeError:
    """The error for a reader's argument that is nothing to read from."""
    return TypeError(
        f"Expected str, Path, bytes, or file-like object with .read(), got {type(target).__name__}"
    )


def open_source(
    target: Any,
    options: ReadOptions,
    position: str | None,
    client: Any,
    choose: Callable[[Any], Any],
) -> Source:
    """The source for a reader's argument; TypeError for what cannot be one.

    A path that does not exist is a FileNotFoundError at once. `choose` makes the choice of a
    client out of one that was given, or None.
    """
    several = None if options.mode == "pymarc" else _files.expand(target)
    if several is not None:
        if position is not None or options.member is not None:
            raise ValueError("A position, and a member of an archive, are of one file, not several")
        opened = (
            functools.partial(open_source, each, options, None, client, choose) for each in several
        )
        return SeveralSource(opened, options)
    if position is not None:
        _position.check(position)
        if not isinstance(target, (str, os.PathLike, ServerFile)):
            raise ValueError("A position is of a file by its path; other sources have none")
    if isinstance(target, ServerFile):
        return ServerSource(target.name, options, choose(target.client), position)
    chosen = choose(client)
    if isinstance(target, (str, os.PathLike)):
        return _open_path(os.fsdecode(target), options, chosen, position)
    if isinstance(target, (bytes, bytearray, memoryview)):
        return MemorySource(bytes(target), options, chosen)
    if type(target) is io.BytesIO:
        return MemorySource(b"", options, chosen, handle=target)
    file = _regular_file(target)
    if file is not None:
        return FileSource(_path_of(file) or "", options, chosen, handle=file)
    if callable(getattr(target, "read", None)):
        return ObjectSource(target, options, chosen)
    raise unknown_source(target)
