"""A WriteRecords call: its requests wait in a bounded outbox, from which gRPC's thread sends."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from . import _proto
from ._forks import gate
from ._status import error_of

# What may wait to be sent: then whoever writes waits, too. One message may be longer.
OUTBOX_BYTES = 1 << 20


class Outbox:
    """Messages from the writer's thread to the one that sends them, in order.

    It is the iterator of requests that gRPC asks for one after the other, each when it has
    handed the one before on.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: deque[bytes] = deque()
        self._bytes = 0
        # No message will be put any more; none will be taken any more.
        self._complete = False
        self.is_over = False
        # The thread that sends a message at the moment: a fork waits for it.
        self._sender: int | None = None

    def put(self, message: bytes) -> bool:
        """Add a message when there is room; False if the call has ended."""
        with self._changed:
            while self._messages and self._bytes + len(message) > OUTBOX_BYTES:
                if self.is_over:
                    break
                self._changed.wait()
            if self.is_over:
                return False
            self._messages.append(message)
            self._bytes += len(message)
            self._changed.notify_all()
            return True

    def complete(self) -> None:
        """Nothing more will be put."""
        with self._changed:
            self._complete = True
            self._changed.notify_all()

    def end(self, _: object = None) -> None:
        """The call has ended."""
        with self._changed:
            self.is_over = True
            self._messages.clear()
            self._sent()
            self._changed.notify_all()

    def _sent(self) -> None:
        sender, self._sender = self._sender, None
        if sender is not None:
            gate.leave(sender)

    def __iter__(self) -> Outbox:
        return self

    def __next__(self) -> bytes:
        with self._changed:
            self._sent()
            while not self._messages and not self._complete and not self.is_over:
                self._changed.wait()
            if not self._messages:
                raise StopIteration
            message = self._messages.popleft()
            self._bytes -= len(message)
            self._changed.notify_all()
        sender = gate.enter()
        with self._changed:
            self._sender = sender
            if self.is_over:
                self._sent()
        return message


class WriteCall:
    """A call under way. It belongs to one thread at a time, but for `cancel`."""

    def __init__(self, method: Any, target: str) -> None:
        self._target = target
        self._outbox = Outbox()
        with gate:
            self._rpc = method.future(self._outbox)
            self._rpc.add_done_callback(self._outbox.end)

    @property
    def is_over(self) -> bool:
        """Whether the daemon has ended the call, or the connection has broken."""
        return self._outbox.is_over

    def send(self, message: bytes) -> bool:
        """Send a message, once there is room for it; False if the call is over."""
        return self._outbox.put(message)

    def result(self) -> Any:
        """After the last message: the response; ServerError unless the call ends well."""
        self._outbox.complete()
        try:
            with gate:
                return self._rpc.result()
        except _proto.grpc.RpcError as error:
            # gRPC raises the call itself: it would keep this frame, and its callers', for long.
            error.__traceback__ = error.__context__ = None
            raise error_of(error, self._target) from None
        except _proto.grpc.FutureCancelledError:
            raise error_of(self._rpc, self._target) from None

    def cancel(self) -> None:
        """End the call, of which nothing is to come. May be called by any thread."""
        with gate:
            self._rpc.cancel()
        self._outbox.end()
