"""Everything that saving consists of, started and stopped in the right order; switched off, it keeps nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from services.validator.saving.handover import Handover
from services.validator.saving.keeping import Keeping
from services.validator.saving.model import Kept, State, Storage
from services.validator.saving.spool import Spool, Usage
from services.validator.saving.watch import StorageWatch

OFF = "Artifact storage is switched off (ARTIFACT_STORAGE_ENABLED)."


class Saving:
    """Keeps artifacts when `enabled`; else what an earlier process left in the spool stays there untouched."""

    def __init__(
        self,
        *,
        enabled: bool,
        spool: Spool,
        handover: Handover,
        keeping: Keeping,
        watch: StorageWatch,
        executor: Executor,
    ) -> None:
        self._enabled = enabled
        self._spool = spool
        self._handover = handover
        self._keeping = keeping
        self._watch = watch
        self._executor = executor

    async def start(self) -> None:
        """Take the spool and begin to hand over. Raises OSError when another process has it."""
        if self._enabled:
            await asyncio.to_thread(self._spool.open)
            self._keeping.start()
            self._handover.start()
        self._watch.start()

    async def stop(self) -> None:
        """Finish what is being written and sent; what waits stays in the spool."""
        await self._keeping.stop()
        await self._handover.stop()
        await self._watch.stop()
        self._spool.close()
        self._executor.shutdown(wait=False)

    async def keep(self, identifier: str, digest: str, build: Callable[[], bytes]) -> Kept:
        """Keep what `build` makes; see `Keeping.keep`."""
        if not self._enabled:
            return Kept(identifier, State.FAILED, OFF)
        return await self._keeping.keep(identifier, digest, build)

    def waits(self, identifier: str) -> bool:
        """Whether an artifact waits in the spool."""
        return self._spool.waits(identifier)

    def usage(self) -> Usage | None:
        """What the spool holds; None when saving is switched off."""
        return self._spool.usage() if self._enabled else None

    @property
    def storage(self) -> Storage:
        """Where artifacts are kept, as far as it was told last."""
        return self._watch.storage
