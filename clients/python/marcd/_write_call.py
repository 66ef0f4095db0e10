"""A WriteRecords call: its requests wait in a bounded outbox, from which gRPC's thread sends.

A call of a stream of requests has gRPC start two threads: one that sends them, and one that
waits for what comes of it, always within gRPC. While a thread is there gRPC does not take its
parts of a forked child out of the parent's, and each could get bytes that are the other's. So a
fork waits for the message that is being sent, and then has the second thread come out.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from . import _proto
from ._channel import Methods
from ._forks import PATIENCE_SECONDS, gate
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

    def __init__(self, methods: Methods, target: str) -> None:
        self._target = target
        self._outbox = Outbox()
        self.methods = methods
        with gate:
            self._rpc = methods.write_records.future(self._outbox)
            self._rpc.add_done_callback(self._outbox.end)
            _calls.add(self)

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
        # Not by `with`: while a fork waits nothing more is sent, and no answer would come.
        thread = gate.enter()
        try:
            return self._rpc.result()
        except _proto.grpc.RpcError as error:
            # gRPC raises the call itself: it would keep this frame, and its callers', for long.
            error.__traceback__ = error.__context__ = None
            raise error_of(error, self._target) from None
        except _proto.grpc.FutureCancelledError:
            raise error_of(self._rpc, self._target) from None
        finally:
            gate.leave(thread)

    def cancel(self) -> None:
        """End the call, of which nothing is to come. May be called by any thread."""
        with gate:
            self._rpc.cancel()
        self._outbox.end()


class Parking:
    """Keeps the thread that gRPC has for a channel out of gRPC: in a callback of ours."""

    def __init__(self, methods: Methods) -> None:
        self._here = threading.get_ident()
        self._held = threading.Event()
        self._go_on = threading.Event()
        rpc = methods.begin_server_info()
        rpc.add_done_callback(self._hold)
        rpc.cancel()
        self._held.wait(PATIENCE_SECONDS)

    def _hold(self, _: object) -> None:
        self._held.set()
        if threading.get_ident() != self._here:  # it was over before the callback was added
            self._go_on.wait()

    def end(self) -> None:
        """Let the thread go on."""
        self._go_on.set()


_calls: weakref.WeakSet[WriteCall] = weakref.WeakSet()


def _park() -> Callable[[], None]:
    """Have the threads of all calls under way come out of gRPC; gives what lets them go on."""
    channels = {id(call.methods): call.methods for call in list(_calls) if not call.is_over}
    parkings = [Parking(methods) for methods in channels.values()]

    def go_on() -> None:
        for parking in parkings:
            parking.end()

    return go_on


gate.parkers.append(_park)
