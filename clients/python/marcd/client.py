"""A connection to a daemon."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from . import _proto
from ._channel import BaseClient, Methods, ServerFile, ServerInfo, options, works_by_itself
from ._data_connection import DataConnection
from ._forks import gate
from ._status import error_of
from ._steps import advance
from ._write_call import WriteCall
from .exceptions import ServerError

__all__ = ["Chosen", "Client", "ServerFile", "ServerInfo", "connect", "default_client"]


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

    def receive(self) -> Any:
        """The next response, None at the end; ServerError unless the call ends well."""
        if self._data is not None:
            message = self._data.receive()
            if message is not None:
                return message
        try:
            with gate:
                return next(self._rpc, None)
        except _proto.grpc.RpcError as error:
            raise error_of(error, self._target) from None

    def __iter__(self) -> Iterator[Any]:
        return iter(self.receive, None)

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


class Client(BaseClient):
    """A daemon, and the channel to it.

    Safe to use from many threads. In a child made by fork it has a connection of its own.
    """

    def __init__(self, target: str, ensure: Callable[[], str] | None = None) -> None:
        """Connect to `target`; `ensure` makes sure that its daemon runs and says where."""
        super().__init__(target, ensure)
        self._lock = threading.Lock()
        self._open()
        _clients.add(self)

    def _open(self) -> None:
        with gate:
            self._channel = _proto.grpc.insecure_channel(self.target, options=options(self.target))
            self._methods = Methods(self._channel)
        # By this channel: that also connects it.
        self._greeted = False
        # Whether the channel is the parent's of a child made by fork.
        self._inherited = False

    def _check_open(self) -> None:
        super()._check_open()
        if self._inherited:
            with self._lock:
                if self._inherited:
                    self._open()

    def read_records(self, request: Any) -> Call:
        """Start a ReadRecords call, with a data connection where the daemon offers one."""
        self._check_open()
        # What comes by a data connection is not waited for in gRPC.
        if not works_by_itself():
            self.make_sure()
        data = DataConnection.open(self.target)
        if data is None:
            self.make_sure()
        else:
            request.data_connection = data.name
        with gate:
            return Call(self._methods.read_records(request), self.target, data)

    def parse_records(self, request: Any) -> Call:
        """Start a ParseRecords call."""
        self._check_open()
        self.make_sure()
        with gate:
            return Call(self._methods.parse_records(request), self.target, short=True)

    def check_file(self, request: Any) -> Call:
        """Start a CheckFile call."""
        self._check_open()
        with gate:
            return Call(self._methods.check_file(request), self.target)

    def list_members(self, request: Any) -> Any:
        """The ListMembersResponse."""
        self._check_open()
        self.make_sure()
        try:
            with gate:
                return self._methods.list_members(request)
        except _proto.grpc.RpcError as error:
            raise error_of(error, self.target) from None

    def write_records(self) -> WriteCall:
        """Start a WriteRecords call, once the daemon has answered: a write cannot be begun again.

        That a daemon was there an hour ago does not mean that it still is.
        """
        self._check_open()
        advance(self.greet())
        return WriteCall(self._methods, self.target)

    def make_sure(self) -> None:
        """Greet the daemon, unless that has been done."""
        if not self._greeted:
            advance(self.greet())
            self._greeted = True

    def recover(self, generation: int) -> None:
        """After a call failed on the channel of that number: see to a daemon that answers.

        Only a daemon that was started by this package is started again; for another, its
        own channel reconnects. Of many threads that come here at once, one does the work.
        """
        if self._ensure is None:
            return
        with self._lock:
            if generation == self.generation and not self.closed:
                self.target = self._ensure()
                self._open()
                self.generation += 1

    def server_info(self) -> Any:
        """The daemon's GetServerInfoResponse."""
        self._check_open()
        try:
            with gate:
                return self._methods.get_server_info()
        except _proto.grpc.RpcError as error:
            raise error_of(error, self.target) from None

    def info(self) -> ServerInfo:
        """What the daemon says of itself; a ServerError when it does not answer."""
        said: ServerInfo = advance(self._ask())
        return said

    def close(self) -> None:
        """Close the channel; readers that use it end with an error."""
        self.closed = True
        if not self._inherited:
            with gate:
                self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def connect(target: str | None = None) -> Client:
    """A client of the daemon at `target`: `unix:/path`, `host:port`, or several.

    Several are IP addresses with ports and commas between, or one name that stands for them
    (`dns:///name:port`): each read takes the next, and goes on at another when one has gone.

    Without a target: of the one that MARCD_SERVER names, else of this user's own, which
    is started if it does not run. ServerError when it cannot be started or spoken to.
    """
    target = target or os.environ.get("MARCD_SERVER")
    client = Client(target) if target else _own()
    client.make_sure()
    return client


def _own() -> Client:
    """A client of this user's daemon, which runs and is of this package's build.

    It is not greeted yet: that would be a fifth of the time to the first record.
    """
    from . import _daemon  # with MARCD_SERVER nobody needs it

    return Client(_daemon.ensure(), _daemon.ensure)


_default: tuple[tuple[str | None, str | None], Client] | None = None
_default_lock = threading.Lock()


def environment() -> tuple[str | None, str | None]:
    """What decides on the shared client."""
    return os.environ.get("MARCD_SERVER"), os.environ.get("MARCD_DAEMON")


def default_client() -> Client:
    """The client that readers share unless they are given one."""
    global _default
    with _default_lock:
        if not default_is_connected():
            _default = (environment(), connect() if environment()[0] else _own())
        assert _default is not None
        return _default[1]


def default_is_connected() -> bool:
    """Whether the shared client exists."""
    return _default is not None and _default[0] == environment() and not _default[1].closed


class Chosen:
    """The client that a reader or a writer uses: the one that it was given, else the shared one."""

    def __init__(self, given: Client | None) -> None:
        if not isinstance(given, Client | None):
            raise TypeError(
                f"A marcd.Client is wanted here, not {given!r}: those of marcd.aio go with its own"
                " readers"
            )
        self._given = given

    def client(self) -> Client:
        """The client, connected."""
        return self._given or default_client()

    def is_connected(self) -> bool:
        """Whether `client` would find it so."""
        return self._given is not None or default_is_connected()


_clients: weakref.WeakSet[Client] = weakref.WeakSet()
# What belongs to the parent's gRPC: to free it in a child could wait for a lost thread.
_inherited: list[Any] = []


def _after_fork_in_child() -> None:
    global _default_lock
    _default_lock = threading.Lock()  # another thread of the parent may have held it
    for client in list(_clients):
        client._lock = threading.Lock()
        _inherited.append((client._channel, client._methods))
        client._inherited = True


os.register_at_fork(after_in_child=_after_fork_in_child)
