"""Data connections (`marcd._data_connection`) that an event loop waits for."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from .._data_connection import OPEN_SECONDS, Buffers, data_path, new_name


class DataConnection:
    """The receiving end of one; `name` is what the call tells the daemon."""

    def __init__(self, connected: socket.socket, name: bytes) -> None:
        self.name = name
        self._socket = connected
        self._buffers = Buffers()
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def open(cls, target: str) -> DataConnection | None:
        """A connection to the daemon at `target`; None where it has none to offer."""
        path = data_path(target)
        if path is None:
            return None
        name = new_name()
        loop = asyncio.get_running_loop()
        connected = socket.socket(socket.AF_UNIX)
        connected.setblocking(False)

        async def introduce() -> bytes:
            await loop.sock_connect(connected, path)
            await loop.sock_sendall(connected, name)
            return await loop.sock_recv(connected, 1)

        opened = None
        try:
            if await asyncio.wait_for(introduce(), OPEN_SECONDS):
                opened = cls(connected, name)
        # None there, too many there, or a path that is too long.
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            if opened is None:
                connected.close()
        return opened

    async def receive(self) -> memoryview | None:
        """The next message; None when the daemon has ended them, and the call says why."""
        # What is there is got without waiting: others would have no turn.
        await asyncio.sleep(0)
        with contextlib.suppress(OSError):  # the daemon has gone: as an end
            if await self._fill(memoryview(self._buffers.head)):
                message = self._buffers.for_message()
                if await self._fill(message):
                    return message
        return None

    async def _fill(self, view: memoryview) -> bool:
        """Read as much as the view holds; False when the connection ends before."""
        while len(view):
            got = await self._loop.sock_recv_into(self._socket, view)
            if got == 0:
                return False
            view = view[got:]
        return True

    def shut_down(self) -> None:
        """End it; a task that waits for a message goes on."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it."""
        # The loop may not have noticed yet that a wait for it was cancelled.
        if self._loop.is_closed():
            self._socket.close()
        else:
            self._loop.call_soon_threadsafe(self._socket.close)
