"""The package's readers for asyncio: `async for record in marcd.aio.MARCReader(path)`.

They do what those of `marcd` do, with the same options, and never block the event loop: what
cannot be awaited, as a plain file's `.read()`, is called in a thread. Records are `marcd`'s.
"""

from .._channel import ServerFile, ServerInfo
from ._client import Client, connect
from ._reader import MARCReader, RecordReader, read

__all__ = [
    "Client",
    "MARCReader",
    "RecordReader",
    "ServerFile",
    "ServerInfo",
    "connect",
    "read",
]
