"""The way to the artifacts service: open while it answers; while it is away one record knocks at a time, the rest wait.

Without it every waiting record would knock on its own, and a service that comes back would be met by all of them.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

FIRST_SECONDS = 0.2
LONGEST_SECONDS = 30.0

_chance = random.SystemRandom()


def pause(failures: int) -> float:
    """Seconds to wait after so many failures in a row before: exponential backoff with full jitter."""
    return _chance.uniform(0, min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures, 20)))


class Door:
    """Open until `failed` is called, and again after `answered`."""

    def __init__(self) -> None:
        self.open = True
        self._knocks = 0
        self._knocking = asyncio.Lock()

    def answered(self) -> None:
        """Somebody answered, be it with a refusal: all may go."""
        self.open = True
        self._knocks = 0

    def failed(self) -> None:
        """Nobody answered."""
        self.open = False

    @asynccontextmanager
    async def way(self) -> AsyncIterator[None]:
        """Enter for each attempt; within, tell how it went."""
        while not self.open:
            async with self._knocking:
                if self.open:
                    break
                await asyncio.sleep(pause(self._knocks))
                self._knocks += 1
                yield
                return
        yield
