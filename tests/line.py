"""A line from a TCP port to a daemon's Unix socket, which may break."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ENDLESS = 1 << 60


class Line:
    """Carries bytes both ways.

    After `breaks_after` bytes from the daemon it cuts the connection; the next carries twice
    as many, and so on.
    """

    def __init__(self, path: str, breaks_after: int) -> None:
        self._path = path
        self._left = breaks_after
        # How often it broke.
        self.breaks = 0
        # Where a client connects.
        self.target = ""
        self._carrying: set[asyncio.Task[None]] = set()

    async def serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        """Carry until the end is set."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.target = "{}:{}".format(*server.sockets[0].getsockname())
        ready.set()
        await end.wait()
        server.close()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _accept(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        limit, self._left = self._left, 2 * self._left
        try:
            daemon, request = await asyncio.open_unix_connection(self._path)
            try:
                await self._carry_both_ways(client, request, daemon, answer, limit)
            finally:
                request.transport.abort()
        except OSError:  # no daemon there
            pass
        finally:
            answer.transport.abort()
            self._carrying.discard(task)

    async def _carry_both_ways(
        self,
        client: asyncio.StreamReader,
        request: asyncio.StreamWriter,
        daemon: asyncio.StreamReader,
        answer: asyncio.StreamWriter,
        limit: int,
    ) -> None:
        ways = [
            asyncio.create_task(self._carry(client, request, ENDLESS)),
            asyncio.create_task(self._carry(daemon, answer, limit)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, most: int
    ) -> None:
        with contextlib.suppress(OSError):
            while most > 0 and (data := await source.read(min(most, 65536))):
                to.write(data)
                await to.drain()
                most -= len(data)
            self.breaks += most == 0


@contextmanager
def line_to(target: str, breaks_after: int = ENDLESS) -> Iterator[Line]:
    """A line to the daemon at the target."""
    line = Line(target.removeprefix("unix:"), breaks_after)
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    end = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(line.serve(ready, end)))
    thread.start()
    try:
        assert ready.wait(20), "the line was not laid"
        yield line
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(20)
        loop.close()
