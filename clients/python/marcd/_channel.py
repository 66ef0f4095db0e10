"""A channel to a daemon: its options, its methods, and what the daemon says of itself.

The same for both of gRPC's Python APIs, the synchronous one and asyncio's.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from . import _frame, _proto
from ._steps import Steps
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

    client: Any
    name: str


# gRPC's name resolvers (its document "gRPC Name Resolution").
_SCHEMES = ("unix:", "unix-abstract:", "dns:", "ipv4:", "ipv6:", "vsock:", "xds:")
# Of several addresses each call takes the next that answers.
_SERVICE_CONFIG = '{"loadBalancingConfig": [{"round_robin": {}}]}'


def is_on_this_machine(target: str) -> bool:
    """Whether the target is a socket of the file system."""
    return target.startswith("unix:")


def target_of(address: str) -> str:
    """What gRPC calls the address of a daemon, or of several; ValueError for what is none.

    An address is `unix:/path`, `host:port`, several IP addresses with their ports and commas
    between, or anything else that gRPC resolves.
    """
    if "://" in address and not address.startswith(_SCHEMES):
        raise ValueError(f"{address!r} is a web address; a daemon's is host:port or unix:/path")
    if "," not in address or address.startswith(_SCHEMES):
        return address
    parts = [part.strip() for part in address.split(",")]
    try:
        hosts = [part.rpartition(":")[0].strip("[]") for part in parts]
        (version,) = {ipaddress.ip_address(host).version for host in hosts}
    except ValueError:
        raise ValueError(
            f"Of several daemons IP addresses of one kind are wanted, not {address!r}; or one name"
            " that stands for all their addresses, as dns:///name:port"
        ) from None
    return f"ipv{version}:{','.join(parts)}"


def options(target: str) -> list[tuple[str, int | str]]:
    """What a channel to the target is made with."""
    found: list[tuple[str, int | str]] = [
        ("grpc.max_receive_message_length", -1),
        ("grpc.max_send_message_length", -1),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2000),
        # 6 to 9 times as fast for small messages: no thread hands each one over.
        ("SingleThreadedUnaryStream", 1),
    ]
    if not is_on_this_machine(target):
        found += [
            ("grpc.keepalive_time_ms", _KEEPALIVE_MS),
            ("grpc.keepalive_timeout_ms", _KEEPALIVE_MS),
            # What http_proxy names is for the web.
            ("grpc.enable_http_proxy", 0),
            ("grpc.service_config", _SERVICE_CONFIG),
        ]
    return found


# From this version on gRPC sends and receives by threads of its own. Before it does so while a
# thread of ours waits for it, and else every five seconds.
_WORKS_BY_ITSELF = (1, 80)


def works_by_itself() -> bool:
    """Whether a call on a channel that is not connected yet is sent though nobody waits for it."""
    version = _proto.grpc.__version__.split(".")[:2]
    return tuple(map(int, version)) >= _WORKS_BY_ITSELF


class Methods:
    """The calls that can be made on a channel."""

    def __init__(self, channel: Any) -> None:
        # The responses of streams of records are read by _batch.py.
        self.read_records: Any = channel.unary_stream(
            "/marcd.v1.RecordService/ReadRecords",
            _proto.record_service_pb2.ReadRecordsRequest.SerializeToString,
        )
        self.parse_records: Any = channel.unary_stream(
            "/marcd.v1.RecordService/ParseRecords",
            _proto.record_service_pb2.ParseRecordsRequest.SerializeToString,
        )
        files = _proto.file_service_pb2_grpc.FileServiceStub(channel)
        self.check_file: Any = files.CheckFile
        self.list_members: Any = files.ListMembers
        # Its requests come serialized, from _write_call.py.
        self.write_records: Any = channel.stream_unary(
            "/marcd.v1.WriteService/WriteRecords",
            response_deserializer=_proto.write_service_pb2.WriteRecordsResponse.FromString,
        )
        self._info: Any = _proto.server_service_pb2_grpc.ServerServiceStub(channel).GetServerInfo

    def get_server_info(self) -> Any:
        """Ask for the GetServerInfoResponse."""
        request = _proto.server_service_pb2.GetServerInfoRequest()
        return self._info(request, timeout=INFO_SECONDS)

    def begin_server_info(self) -> Any:
        """Ask for it, and do not wait: the call, which is a future."""
        return self._info.future(_proto.server_service_pb2.GetServerInfoRequest())


class Asyncio:
    """Whether gRPC's asyncio was in use when this process was forked.

    It has a thread that is always in a call of gRPC's. That keeps gRPC from taking its parts of
    the child out of the parent's, and each may then take bytes that are the other's.
    """

    in_use = False  # set before a fork
    was_in_use = False  # in this process's parent, or in the parent's


def _after_fork_in_child() -> None:
    Asyncio.was_in_use = Asyncio.was_in_use or Asyncio.in_use


os.register_at_fork(after_in_child=_after_fork_in_child)


def _refuse_if_forked_from_asyncio() -> None:
    if Asyncio.was_in_use:
        raise RuntimeError(
            "marcd.aio was in use when this process was forked, which gRPC does not survive:"
            " start processes by spawn or forkserver, or when no client of marcd.aio is open"
        )


class BaseClient:
    """What clients have in common, whichever of the APIs they use."""

    def __init__(self, target: str, ensure: Callable[[], str] | None) -> None:
        # Before there is a channel: it would take what wakes the parent's event loop.
        _refuse_if_forked_from_asyncio()
        self.target = target_of(target)
        self.closed = False
        # Counts the channels; `recover` tells by it whether another was quicker.
        self.generation = 0
        self._ensure = ensure

    def file(self, root: str, path: str | os.PathLike[str]) -> ServerFile:
        """A file that lies in one of the server's roots."""
        return ServerFile(self, f"{root}:{os.fspath(path)}")

    def server_info(self) -> Any:
        """The daemon's GetServerInfoResponse."""
        raise NotImplementedError

    def recover(self, generation: int) -> Any:
        """After a call failed on the channel of that number: see to a daemon that answers."""
        raise NotImplementedError

    def _check_open(self) -> None:
        if self.closed:
            raise ServerError(f"The client of {self.target} was closed", code="CANCELLED")
        _refuse_if_forked_from_asyncio()

    def _ask(self) -> Steps[ServerInfo]:
        """What the daemon says of itself; one that had just left is started again."""
        tries_left = _INFO_TRIES if self._ensure else 1
        while True:
            generation = self.generation
            try:
                said = yield self.server_info
                break
            except ServerError as error:
                tries_left -= 1
                if error.code != "UNAVAILABLE" or tries_left == 0:
                    raise
                yield partial(self.recover, generation)
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

    def greet(self) -> Steps[None]:
        """Make sure that the daemon answers and speaks this package's language."""
        info = yield from self._ask()
        if _frame.VERSION not in info.frame_versions:
            raise ServerError(
                f"The daemon at {self.target} (version {info.version}) writes frames of version"
                f" {', '.join(map(str, info.frame_versions)) or 'none'}; this package reads"
                f" version {_frame.VERSION}: upgrade one of the two",
                code="FAILED_PRECONDITION",
                reason="FRAME_VERSION",
            )

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} of {self.target}>"
