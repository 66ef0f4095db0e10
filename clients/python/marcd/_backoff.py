"""When to try a broken stream again, and when to give up."""

from __future__ import annotations

from .exceptions import ServerError

# A daemon that is being replaced is back well within the sum of these waits, about 20 s.
MAX_TRIES = 14
FIRST_DELAY = 0.02
LONGEST_DELAY = 4.0

# What a transport says when the connection, not the call, has failed.
_RESETS = ("RST_STREAM", "GOAWAY", "Stream removed", "Connection reset", "Socket closed")


def is_transient(error: ServerError) -> bool:
    """Whether the same call may succeed at another time."""
    if error.code == "UNAVAILABLE":
        return True
    if error.code == "RESOURCE_EXHAUSTED":
        return error.retry_delay is not None
    return error.code in ("INTERNAL", "UNKNOWN", "CANCELLED") and any(
        text in error.message for text in _RESETS
    )


def _random() -> float:
    import random  # slow to import, and few connections break

    return random.random()


class Backoff:
    """Exponential, with jitter, for a bounded number of tries without progress."""

    def __init__(self) -> None:
        self._tries = 0

    def progressed(self) -> None:
        """Something has arrived: the next failure is again the first."""
        self._tries = 0

    def delay(self, error: ServerError) -> float:
        """Seconds to wait before the next try; raises `error` when there is to be none."""
        self._tries += 1
        if not is_transient(error) or self._tries > MAX_TRIES:
            raise error
        if error.reason == "PARKED" and self._tries == 1:
            return 0.0  # the daemon made room; it expects us back when there is need
        delay: float = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (self._tries - 1))
        delay *= 0.5 + 0.5 * _random()
        return max(delay, float(error.retry_delay or 0.0))
