"""Asks again and again where artifacts are kept, so that a health check never waits for the answer."""

from __future__ import annotations

import asyncio

from services.common.logs import get_logger
from services.validator.saving.model import Keeper, Storage
from services.validator.saving.spool import Spool

log = get_logger(__name__)


class StorageWatch:
    """Holds what the artifacts service told last; asks every `seconds`, and counts the spool's rejected records too."""

    def __init__(self, keeper: Keeper, spool: Spool, *, seconds: float) -> None:
        self._keeper = keeper
        self._spool = spool
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None
        self.storage = Storage(reason="The artifacts service was not asked yet.")

    def start(self) -> None:
        """Begin to ask."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                self.storage = await self._keeper.storage()
                await asyncio.to_thread(self._spool.look_at_rejected)
            except Exception:
                log.exception("asking where artifacts are kept failed")
            await asyncio.sleep(self._seconds)
