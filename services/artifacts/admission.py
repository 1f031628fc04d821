"""How many saves are held at once: each has its images in memory, and the validator sends a refused one again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.errors import Reason, TtbError

_RETRY_AFTER_SECONDS = 1.0


class Admission:
    """`running` saves go on at one time, and as many wait."""

    def __init__(self, running: int) -> None:
        self._running = asyncio.Semaphore(running)
        self._free = 2 * running

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """The right to one save. Raises `TtbError` (QUEUE_FULL) when too many wait already."""
        if not self._free:
            message = "Too many artifacts are being stored at once; send it again in a moment."
            raise TtbError(Reason.QUEUE_FULL, message, retry_after_seconds=_RETRY_AFTER_SECONDS)
        self._free -= 1
        try:
            async with self._running:
                yield
        finally:
            self._free += 1
