"""A connection to a daemon."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from . import _frame, _proto
from ._data_connection import DataConnection
from ._forks import gate
from ._status import error_of
from .exceptions import ServerError

# How long the daemon may take to say who it is.
INFO_SECONDS = 10.0
_INFO_TRIES = 5
_KEEPALIVE_MS = 20_000


class ServerInfo(NamedTuple):
    """What a daemon says of itself."""

    version: str
    pid: int
    frame_versions: tuple[int, ...]
    roots: tuple[str, ...]
    open_streams: int
    max_streams: int
    max_record_bytes: int
    decode_threads: int


class ServerFile(NamedTuple):
    """A file of the server's, by its root and path; accepted wherever a path is."""

    client: Client
    name: str


def _options(target: str) -> list[tuple[str, int]]:
    options = [
        ("grpc.max_receive_message_length", -1),
        ("grpc.max_send_message_length", -1),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2000),
        # 6 to 9 times as fast for small messages: no thread hands each one over.
        ("SingleThreadedUnaryStream", 1),
    ]
    if not target.startswith("unix:"):
        options += [
            ("grpc.keepalive_time_ms", _KEEPALIVE_MS),
            ("grpc.keepalive_timeout_ms", _KEEPALIVE_MS),
            # What http_proxy names is for the web.
            ("grpc.enable_http_proxy", 0),
        ]
    return options


class Call:
    """A call under way: its responses, and its end as a ServerError.

    A short one is waited for by a fork; of another, each response.
    """

    def __init__(
        self, rpc: Any, target: str, data: DataConnection | None = None, short: bool = False
    ) -> None:
        self._rpc = rpc
        self._target = target
        self._data = data
        self._thread = gate.enter() if short else None

    def __iter__(self) -> Iterator[Any]:
        """The responses; raises ServerError unless the call ends well."""
        if self._data is not None:
            yield from self._data.messages()
        responses = iter(self._rpc)
        try:
            while True:
                with gate:
                    response = next(responses, None)
                if response is None:
                    return
                yield response
        except _proto.grpc.RpcError as error:
            raise error_of(error, self._target) from None

    def cancel(self) -> None:
        """End the call. May be called by any thread."""
        with gate:
            self._rpc.cancel()
        if self._data is not None:
            self._data.shut_down()

    def finish(self) -> None:
        """End the call and take what has come, or gRPC would keep the call for ever."""
        try:
            with gate:
                self._rpc.cancel()
                for _ in self._rpc:
                    pass
        except (_proto.grpc.RpcError, ServerError) as error:
            # gRPC raises the call itself: it would keep this frame, and its callers', for long.
            error.__traceback__ = error.__context__ = None
        if self._thread is not None:
            gate.leave(self._thread)
            self._thread = None
        if self._data is not None:
            self._data.close()


class Client:
    """A daemon, and the channel to it.

    Safe to use from many threads. In a child made by fork it has a connection of its own.
    """

    def __init__(self, target: str, ensure: Callable[[], str] | None = None) -> None:
        """Connect to `target`; `ensure` makes sure that its daemon runs and says where."""
        self.target = target
        self._ensure = ensure
        self._lock = threading.Lock()
        self._closed = False
        # Counts the channels; `recover` tells by it whether another thread was quicker.
        self.generation = 0
        self._open()
        _clients.add(self)

    def _open(self) -> None:
        with gate:
            options = _options(self.target)
            self._channel = _proto.grpc.insecure_channel(self.target, options=options)
        # The responses of streams of records are read by _batch.py.
        self._read_records: Any = self._channel.unary_stream(
            "/marcd.v1.RecordService/ReadRecords",
            _proto.record_service_pb2.ReadRecordsRequest.SerializeToString,
        )
        self._parse_records: Any = self._channel.unary_stream(
            "/marcd.v1.RecordService/ParseRecords",
            _proto.record_service_pb2.ParseRecordsRequest.SerializeToString,
        )
        self._files = _proto.file_service_pb2_grpc.FileServiceStub(self._channel)
        self._server = _proto.server_service_pb2_grpc.ServerServiceStub(self._channel)

    def read_records(self, request: Any) -> Call:
        """Start a ReadRecords call, with a data connection where the daemon offers one."""
        self._check_open()
        data = DataConnection.open(self.target)
        if data is not None:
            request.data_connection = data.name
        with gate:
            return Call(self._read_records(request), self.target, data)

    def parse_records(self, request: Any) -> Call:
        """Start a ParseRecords call."""
        self._check_open()
        with gate:
            return Call(self._parse_records(request), self.target, short=True)

    def check_file(self, request: Any) -> Call:
        """Start a CheckFile call."""
        self._check_open()
        with gate:
            return Call(self._files.CheckFile(request), self.target)

    def _check_open(self) -> None:
        if self._closed:
            raise ServerError(f"The client of {self.target} was closed", code="CANCELLED")

    def recover(self, generation: int) -> None:
        """After a call failed on the channel of that number: see to a daemon that answers.

        Only a daemon that was started by this package is started again; for another, its
        own channel reconnects. Of many threads that come here at once, one does the work.
        """
        if self._ensure is None:
            return
        with self._lock:
            if generation == self.generation and not self._closed:
                self.target = self._ensure()
                self._open()
                self.generation += 1

    def server_info(self) -> Any:
        """The daemon's GetServerInfoResponse."""
        self._check_open()
        request = _proto.server_service_pb2.GetServerInfoRequest()
        try:
            with gate:
                return self._server.GetServerInfo(request, timeout=INFO_SECONDS)
        except _proto.grpc.RpcError as error:
            raise error_of(error, self.target) from None

    def info(self) -> ServerInfo:
        """What the daemon says of itself; a ServerError when it does not answer."""
        tries_left = _INFO_TRIES if self._ensure else 1
        while True:
            generation = self.generation
            try:
                said = self.server_info()
                break
            except ServerError as error:
                tries_left -= 1
                if error.code != "UNAVAILABLE" or tries_left == 0:
                    raise
                self.recover(generation)  # it left for idleness, or was just leaving
        return ServerInfo(
            said.version,
            said.pid,
            tuple(said.frame_versions),
            tuple(said.roots),
            said.open_streams,
            said.max_streams,
            said.max_record_bytes,
            said.decode_threads,
        )

    def file(self, root: str, path: str | os.PathLike[str]) -> ServerFile:
        """A file that lies in one of the server's roots."""
        return ServerFile(self, f"{root}:{os.fspath(path)}")

    def close(self) -> None:
        """Close the channel; readers that use it end with an error."""
        self._closed = True
        with gate:
            self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<marcd.Client of {self.target}>"


def _greet(client: Client) -> Client:
    """Makes sure that the daemon answers and speaks this package's language."""
    info = client.info()
    if _frame.VERSION not in info.frame_versions:
        raise ServerError(
            f"The daemon at {client.target} (version {info.version}) writes frames of version"
            f" {', '.join(map(str, info.frame_versions)) or 'none'}; this package reads version"
            f" {_frame.VERSION}: upgrade one of the two",
            code="FAILED_PRECONDITION",
            reason="FRAME_VERSION",
        )
    return client


def connect(target: str | None = None) -> Client:
    """A client of the daemon at `target` (`unix:/path` or `host:port`).

    Without a target: of the one that MARCD_SERVER names, else of this user's own, which
    is started if it does not run. ServerError when it cannot be started or spoken to.
    """
    target = target or os.environ.get("MARCD_SERVER")
    if target:
        return _greet(Client(target))
    from . import _daemon  # with MARCD_SERVER nobody needs it

    return _greet(Client(_daemon.ensure(), _daemon.ensure))


_default: tuple[tuple[str | None, str | None], Client] | None = None
_default_lock = threading.Lock()


def _environment() -> tuple[str | None, str | None]:
    return os.environ.get("MARCD_SERVER"), os.environ.get("MARCD_DAEMON")


def default_client() -> Client:
    """The client that readers share unless they are given one."""
    global _default
    with _default_lock:
        if _default is None or _default[0] != _environment() or _default[1]._closed:
            _default = (_environment(), connect())
        return _default[1]


def default_is_connected() -> bool:
    """Whether the shared client exists."""
    return _default is not None and _default[0] == _environment() and not _default[1]._closed


_clients: weakref.WeakSet[Client] = weakref.WeakSet()
# What belongs to the parent's gRPC: to free it in a child could wait for a lost thread.
_inherited: list[Any] = []


def _after_fork_in_child() -> None:
    global _default_lock
    _default_lock = threading.Lock()  # another thread of the parent may have held it
    for client in list(_clients):
        client._lock = threading.Lock()
        _inherited.append((client._channel, client._read_records, client._parse_records))
        _inherited.append((client._files, client._server))
        if not client._closed:
            client._open()


os.register_at_fork(after_in_child=_after_fork_in_child)
