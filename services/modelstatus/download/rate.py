"""How fast bytes come, over the last seconds: steady enough for a remaining time, quick enough to follow a change."""

from __future__ import annotations

from collections import deque

_LEAST_SECONDS = 2.0


class RateWindow:
    """Bytes per second over a sliding window of `seconds`."""

    def __init__(self, seconds: float = 15.0) -> None:
        self._seconds = seconds
        self._samples: deque[tuple[float, int]] = deque()

    def sample(self, now: float, received: int) -> None:
        """Note that `received` bytes had come in all at the time `now`, in seconds."""
        self._samples.append((now, received))
        while len(self._samples) > 2 and self._samples[1][0] <= now - self._seconds:
            self._samples.popleft()

    def bytes_per_second(self) -> float | None:
        """The rate, or None while too little was seen to tell, or nothing came."""
        if len(self._samples) < 2:
            return None
        (began, first), (ended, last) = self._samples[0], self._samples[-1]
        if ended - began < _LEAST_SECONDS or last <= first:
            return None
        return (last - first) / (ended - began)

    def clear(self) -> None:
        """Begin anew, after a pause or a change of phase."""
        self._samples.clear()
