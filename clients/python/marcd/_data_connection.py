"""Data connections: a stream's messages past gRPC, over a socket beside the daemon's.

gRPC's own way takes each byte through several buffers on both sides, which costs more than to
read, parse and send it (docs/adr/0003-data-connections.md). The call itself stays gRPC's: it
asks, is cancelled, and says how the stream ended.
"""

from __future__ import annotations

import contextlib
import os
import socket

from ._channel import is_on_this_machine

# Buffers are multiples of this.
_BUFFER_BYTES = 64 * 1024
# A reader holds the last batch while it waits for the next.
_BUFFERS = 3
_HEAD_BYTES = 4
_NAME_BYTES = 16
# How long the daemon may take to take the connection in; it is idle then, or overrun.
OPEN_SECONDS = 2.0


def data_path(target: str) -> str | None:
    """Where the daemon at the target takes data connections; None where it has none to offer."""
    return target.removeprefix("unix:") + ".data" if is_on_this_machine(target) else None


def new_name() -> bytes:
    """A name that nobody else gives a connection."""
    return os.urandom(_NAME_BYTES)


def _is_free(buffer: bytearray) -> bool:
    """Whether nobody holds a view of it: else it refuses to change its size."""
    try:
        buffer.append(0)
    except BufferError:
        return False
    buffer.pop()
    return True


class Buffers:
    """What messages are read into.

    New memory for each message would have to be got from the system, page by page.
    """

    def __init__(self) -> None:
        self._buffers: list[bytearray] = []
        self.head = bytearray(_HEAD_BYTES)

    def for_message(self) -> memoryview:
        """Room for the message that the head is of: in a buffer that nobody holds any more."""
        size = int.from_bytes(self.head, "little")
        for place in range(len(self._buffers)):
            buffer = self._buffers[place]
            if len(buffer) >= size and _is_free(buffer):
                return memoryview(buffer)[:size]
        buffer = bytearray(-(-size // _BUFFER_BYTES) * _BUFFER_BYTES)
        del self._buffers[: len(self._buffers) - _BUFFERS + 1]
        self._buffers.append(buffer)
        return memoryview(buffer)[:size]


class DataConnection:
    """The receiving end of one; `name` is what the call tells the daemon.

    `shut_down` may be called by any thread; all else belongs to the reader's.
    """

    def __init__(self, connected: socket.socket, name: bytes) -> None:
        self.name = name
        self._socket = connected
        self._buffers = Buffers()

    @classmethod
    def open(cls, target: str) -> DataConnection | None:
        """A connection to the daemon at `target`; None where it has none to offer."""
        path = data_path(target)
        if path is None:
            return None
        name = new_name()
        connected = socket.socket(socket.AF_UNIX)
        try:
            connected.settimeout(OPEN_SECONDS)
            connected.connect(path)
            connected.sendall(name)
            if connected.recv(1):
                connected.settimeout(None)
                return cls(connected, name)
        except OSError:  # none there, too many there, or a path that is too long
            pass
        except BaseException:  # an interrupt
            connected.close()
            raise
        connected.close()
        return None

    def receive(self) -> memoryview | None:
        """The next message; None when the daemon has ended them, and the call says why."""
        with contextlib.suppress(OSError):  # the daemon has gone: as an end
            if self._fill(memoryview(self._buffers.head)):
                message = self._buffers.for_message()
                if self._fill(message):
                    return message
        return None

    def _fill(self, view: memoryview) -> bool:
        """Read as much as the view holds; False when the connection ends before."""
        while len(view):
            got = self._socket.recv_into(view, len(view), socket.MSG_WAITALL)
            if got == 0:
                return False
            view = view[got:]
        return True

    def shut_down(self) -> None:
        """End it; a thread that waits for a message returns."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it."""
        self._socket.close()
