"""A limit on the bytes per second that all threads together fetch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Bandwidth:
    """A token bucket of a quarter of a second; `bytes_per_second` 0 means no limit.

    `clock` gives seconds; `wait` sleeps for so many seconds, or less when the download is stopped.
    """

    def __init__(
        self,
        bytes_per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._rate = bytes_per_second
        self._clock = clock
        self._wait = wait
        self._lock = threading.Lock()
        self._tokens = 0.0
        self._filled_at = clock()

    def spend(self, count: int) -> None:
        """Return when so many bytes may have been fetched."""
        if not self._rate:
            return
        with self._lock:
            now = self._clock()
            self._tokens = min(self._rate / 4, self._tokens + (now - self._filled_at) * self._rate) - count
            self._filled_at = now
            debt = -self._tokens
        if debt > 0:
            self._wait(debt / self._rate)
