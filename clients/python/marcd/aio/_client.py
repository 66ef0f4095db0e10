"""A connection to a daemon, for one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any

import grpc
import grpc.aio

from .._channel import Asyncio, BaseClient, Methods, ServerInfo, options
from .._status import error_of
from ..client import environment
from ._data_connection import DataConnection
from ._steps import advance


class Call:
    """A call under way: its responses, and its end as a ServerError."""

    def __init__(self, rpc: Any, target: str, data: DataConnection | None = None) -> None:
        self._rpc = rpc
        self._target = target
        self._data = data
        self._cancelled = False

    async def receive(self) -> Any:
        """The next response, None at the end; ServerError unless the call ends well."""
        if self._data is not None:
            message = await self._data.receive()
            if message is not None:
                return message
        try:
            response = await self._rpc.read()
        except grpc.RpcError as error:
            raise error_of(error, self._target) from None
        except asyncio.CancelledError:
            if self._cancelled:  # the call, not the task
                return None
            raise
        return None if response is grpc.aio.EOF else response

    def cancel(self) -> None:
        """End the call; a task that waits for a response goes on."""
        self._cancelled = True
        with contextlib.suppress(RuntimeError):  # the loop has been closed, and the call with it
            self._rpc.cancel()
        if self._data is not None:
            self._data.shut_down()

    def finish(self) -> None:
        """End the call, and let go of it."""
        self.cancel()
        if self._data is not None:
            self._data.close()


class Client(BaseClient):
    """A daemon, and the channel to it. It belongs to the event loop that it was made in."""

    def __init__(self, target: str, ensure: Callable[[], str] | None = None) -> None:
        """Connect to `target`; `ensure` makes sure that its daemon runs and says where."""
        super().__init__(target, ensure)
        self._turn = asyncio.Lock()
        self._open()
        _clients.add(self)

    def _open(self) -> None:
        self._channel = grpc.aio.insecure_channel(self.target, options=options(self.target))
        self._methods = Methods(self._channel)
        _channels.add(self._channel)

    async def read_records(self, request: Any) -> Call:
        """Start a ReadRecords call, with a data connection where the daemon offers one."""
        self._check_open()
        data = await DataConnection.open(self.target)
        if data is not None:
            request.data_connection = data.name
        return Call(self._methods.read_records(request), self.target, data)

    async def parse_records(self, request: Any) -> Call:
        """Start a ParseRecords call."""
        self._check_open()
        return Call(self._methods.parse_records(request), self.target)

    async def list_members(self, request: Any) -> Any:
        """The ListMembersResponse."""
        self._check_open()
        try:
            return await self._methods.list_members(request)
        except grpc.RpcError as error:
            raise error_of(error, self.target) from None

    async def recover(self, generation: int) -> None:
        """After a call failed on the channel of that number: see to a daemon that answers.

        As that of `marcd.Client`.
        """
        if self._ensure is None:
            return
        async with self._turn:
            if generation == self.generation and not self.closed:
                self.target = await asyncio.to_thread(self._ensure)
                self._open()
                self.generation += 1

    async def server_info(self) -> Any:
        """The daemon's GetServerInfoResponse."""
        self._check_open()
        try:
            return await self._methods.get_server_info()
        except grpc.RpcError as error:
            raise error_of(error, self.target) from None

    async def info(self) -> ServerInfo:
        """What the daemon says of itself; a ServerError when it does not answer."""
        said: ServerInfo = await advance(self._ask())
        return said

    async def close(self) -> None:
        """Close the channel; readers that use it end with an error."""
        if not self.closed:
            self.closed = True
            channel = self._channel
            del self._channel, self._methods  # gRPC goes on as long as there is one
            await channel.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


async def connect(target: str | None = None) -> Client:
    """A client of the daemon at `target`; see `marcd.connect`."""
    target = target or os.environ.get("MARCD_SERVER")
    if target:
        client = Client(target)
    else:
        from .. import _daemon  # with MARCD_SERVER nobody needs it

        client = Client(await asyncio.to_thread(_daemon.ensure), _daemon.ensure)
    await advance(client.greet())
    return client


class _Shared:
    """The clients that readers share unless they are given one: one an event loop."""

    def __init__(self) -> None:
        self._clients: dict[asyncio.AbstractEventLoop, tuple[Any, asyncio.Task[Client]]] = {}

    def _find(self) -> asyncio.Task[Client] | None:
        """The connecting of this loop's, unless it failed or is of no use any more."""
        of, connecting = self._clients.get(asyncio.get_running_loop(), (None, None))
        if connecting is None or of != environment():
            return None
        if connecting.done() and (
            connecting.cancelled() or connecting.exception() or connecting.result().closed
        ):
            return None
        return connecting

    def forget_closed_loops(self) -> None:
        """Drop the clients that nobody can use any more. May be called by any thread."""
        for loop in list(self._clients):
            if loop.is_closed():
                self._clients.pop(loop, None)

    async def get(self) -> Client:
        """This loop's, connected."""
        connecting = self._find()
        if connecting is None:
            self.forget_closed_loops()
            connecting = asyncio.create_task(connect())
            self._clients[asyncio.get_running_loop()] = environment(), connecting
        # Whoever is cancelled while waiting for it leaves it to the others.
        return await asyncio.shield(connecting)

    def is_connected(self) -> bool:
        """Whether this loop's exists."""
        connecting = self._find()
        return connecting is not None and connecting.done()


_shared = _Shared()


class Chosen:
    """The client that a reader uses: the one that it was given, else its loop's."""

    def __init__(self, given: Client | None) -> None:
        if not isinstance(given, Client | None):
            raise TypeError(
                f"A reader of marcd.aio wants a client of marcd.aio.connect(), not {given!r}"
            )
        self._given = given

    async def client(self) -> Client:
        """The client, connected."""
        return self._given or await _shared.get()

    def is_connected(self) -> bool:
        """Whether `client` would find it so."""
        return self._given is not None or _shared.is_connected()


_channels: weakref.WeakSet[grpc.aio.Channel] = weakref.WeakSet()
_clients: weakref.WeakSet[Client] = weakref.WeakSet()
# What belongs to the parent's gRPC and loop: to free it in a child could wait for a lost thread.
_inherited: list[Any] = []


# How long the last channel's thread may take to end.
_END_SECONDS = 2.0


def _pollers() -> list[threading.Thread]:
    """The thread that gRPC's asyncio has as long as there is a channel."""
    return [thread for thread in threading.enumerate() if "_poll_wrapper" in thread.name]


def _before_fork() -> None:
    _shared.forget_closed_loops()
    if _channels or _pollers():
        gc.collect()  # what is only held by itself
    if not _channels:
        for poller in _pollers():
            poller.join(_END_SECONDS)
    Asyncio.in_use = bool(_channels or _pollers())


def _after_fork_in_child() -> None:
    global _shared
    _inherited.append((_shared, list(_channels)))
    _shared = _Shared()
    for client in list(_clients):
        client.closed = True


os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
