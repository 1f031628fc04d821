"""Whether the store answers, asked in the background: nobody waits for a store that hangs to learn that it does."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from services.artifacts.store import ArtifactStore
from services.common.errors import TtbError
from services.common.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StorageState:
    """Whether the store answered last, why not, and how long it keeps artifacts; the latter two are sentences."""

    available: bool
    reason: str
    retention: str


class StorageWatch:
    """Asks the store every `interval` seconds, and waits at most `seconds`."""

    def __init__(self, store: ArtifactStore, *, interval: float = 5.0, seconds: float = 5.0) -> None:
        self._store = store
        self._interval = interval
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None
        self.state = StorageState(available=False, reason="The store was not asked yet.", retention="")

    async def start(self) -> None:
        """Ask once, and then go on in the background. A store that is away is told, not raised."""
        await self._ask()
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            await self._ask()

    async def _ask(self) -> None:
        before = self.state
        try:
            async with asyncio.timeout(self._seconds):
                await self._store.check()
                self.state = StorageState(True, "", await self._store.retention())
        except TimeoutError:
            reason = f"The store did not answer within {self._seconds:g} s."
            self.state = StorageState(False, reason, before.retention)
        except TtbError as error:
            self.state = StorageState(False, error.message, before.retention)
        except Exception:
            log.exception("asking the store failed")
            self.state = StorageState(False, "The store could not be asked; see the log.", before.retention)
        if (self.state.available, self.state.reason) != (before.available, before.reason):
            log.info("store", available=self.state.available, reason=self.state.reason)
