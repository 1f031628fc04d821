"""How long a call may take in all, and which failures are worth another attempt."""

from __future__ import annotations

import time
from collections.abc import Callable

import grpc

from ttb_client.errors import UNAVAILABLE, UNREACHABLE, TtbError

ATTEMPTS = 3
# Longest wait before the next attempt, unless the server asks for another.
WAIT_SECONDS = 1.0

# Only these may be repeated, and of what a service itself says, only what it says to repeat.
_PASSING = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED})
# A model takes minutes to arrive; whoever asked for it is told so instead of waiting in silence.
_TAKES_LONG = "MODEL_NOT_READY"
_NO_SERVICE_ANSWERED = frozenset({UNREACHABLE, UNAVAILABLE})


class Budget:
    """The time that one call has, all its attempts and waits together."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        """Seconds that are left, at least 0."""
        return max(0.0, self._end - self._clock())

    def backoff(self, error: Exception) -> bool | float:
        """For stamina: False to give up, True to wait as usual, or the seconds that the server asks to wait."""
        if not isinstance(error, TtbError) or error.code not in _PASSING or error.reason == _TAKES_LONG:
            return False
        if error.retry_after is not None:
            return error.retry_after if error.retry_after < self.remaining() else False
        return error.reason in _NO_SERVICE_ANSWERED and self.remaining() > WAIT_SECONDS
