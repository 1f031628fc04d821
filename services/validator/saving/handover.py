"""Hands what waits in the spool over to the artifacts service, in the background, until it is taken.

What waits is known by its id only; its bytes are read from disk when they are sent, so that memory stays small however
long the artifacts service is away.
"""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from prometheus_client import Counter

from services.common.logs import get_logger
from services.validator.saving.door import Door, pause
from services.validator.saving.model import Fate, Keeper, Kept, NotTakenError, State
from services.validator.saving.record_file import DamagedRecordError
from services.validator.saving.spool import Spool

log = get_logger(__name__)

ATTEMPTS = Counter(
    "ttb_artifact_handovers_total", "Attempts to hand an artifact over to the artifacts service.", ["outcome"]
)
STOP_SECONDS = 5.0
"""Longest that a stop waits for what is being sent."""

Answer = TypeVar("Answer")


class Handover:
    """Sends the spool's records with so many `workers` at once, oldest first; the spool must be open."""

    def __init__(self, spool: Spool, keeper: Keeper, executor: Executor, *, workers: int) -> None:
        self._spool = spool
        self._keeper = keeper
        self._executor = executor
        self._count = workers
        self._door = Door()
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._troubles: Tally[str] = Tally()
        self._curious: dict[str, asyncio.Future[Kept]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._stopping = False

    def start(self) -> None:
        """Begin with what an earlier process left in the spool."""
        for identifier in self._spool.waiting():
            self._queue.put_nowait(identifier)
        self._workers = {asyncio.create_task(self._work()) for _ in range(self._count)}

    async def stop(self) -> None:
        """Let what is being sent arrive, within limits; the rest stays in the spool."""
        self._stopping = True
        for worker in self._workers - self._sending:
            worker.cancel()
        if self._workers:
            await asyncio.wait(self._workers, timeout=STOP_SECONDS)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def submit(self, identifier: str) -> asyncio.Future[Kept]:
        """Have a record of the spool handed over.

        The future tells how the first attempt went: `queued` at once while the artifacts service is away or behind.
        """
        future: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self._curious[identifier] = future
        if not self._door.open or self._queue.qsize() >= self._count:
            self._tell(identifier, Kept(identifier, State.QUEUED))
        self._queue.put_nowait(identifier)
        return future

    async def _work(self) -> None:
        this = asyncio.current_task()
        assert this is not None  # noqa: S101 - a coroutine of ours always runs in a task
        while not self._stopping:
            identifier = await self._queue.get()
            async with self._door.way():
                self._sending.add(this)
                try:
                    kept = await self._hand_over(identifier)
                except Exception:
                    log.exception("handing over failed", artifact=identifier)
                    kept = self._later(identifier, "trouble")
                finally:
                    self._sending.discard(this)
            self._tell(identifier, kept)

    async def _hand_over(self, identifier: str) -> Kept:
        try:
            record = await self._run(lambda: self._spool.read(identifier))
            kept = Kept(await self._keeper.save(identifier, record), State.STORED)
        except DamagedRecordError as error:
            return await self._set_aside(identifier, str(error))
        except FileNotFoundError:
            log.warning("a record vanished from the spool", artifact=identifier)
            return await self._done(Kept(identifier, State.FAILED, "Its record vanished from the spool."), identifier)
        except OSError as error:
            log.warning("a record cannot be read", artifact=identifier, why=error.strerror)
            return self._later(identifier, "unreadable")
        except NotTakenError as error:
            return await self._not_taken(identifier, error)
        self._door.answered()
        self._count_as("stored")
        return await self._done(kept, identifier)

    async def _not_taken(self, identifier: str, error: NotTakenError) -> Kept:
        if error.fate is Fate.AWAY:
            if self._door.open:
                log.warning("the artifacts service takes nothing; artifacts wait in the spool", why=error.message)
            self._door.failed()
            for waiting in list(self._curious):
                self._tell(waiting, Kept(waiting, State.QUEUED))
            return self._later(identifier, "away")
        self._door.answered()
        if error.fate is Fate.TROUBLE:
            log.warning("an artifact could not be kept; it is tried again", artifact=identifier, why=error.message)
            return self._later(identifier, "trouble")
        if error.fate is Fate.REFUSED:
            return await self._set_aside(identifier, error.message)
        log.info("an artifact was deleted before it was kept", artifact=identifier)
        self._count_as("deleted")
        return await self._done(Kept(identifier, State.FAILED, error.message), identifier)

    async def _done(self, kept: Kept, identifier: str) -> Kept:
        self._troubles.pop(identifier, None)
        try:
            await self._run(lambda: self._spool.remove(identifier))
        except OSError as error:
            # It is sent once more after a restart, which changes nothing.
            log.warning("a record cannot be removed from the spool", artifact=identifier, why=error.strerror)
        return kept

    async def _set_aside(self, identifier: str, why: str) -> Kept:
        self._count_as("rejected")
        self._troubles.pop(identifier, None)
        try:
            await self._run(lambda: self._spool.reject(identifier, why))
        except OSError as error:
            log.warning("a record cannot be set aside", artifact=identifier, why=error.strerror)
        return Kept(identifier, State.FAILED, f"It cannot be kept and was set aside for a person to look at: {why}")

    def _later(self, identifier: str, outcome: str) -> Kept:
        """Back to the end of the queue: at once when all wait at the door, else after a pause of its own."""
        self._count_as(outcome)
        if self._door.open:
            self._troubles[identifier] += 1
            delay = pause(self._troubles[identifier])
            asyncio.get_running_loop().call_later(delay, self._queue.put_nowait, identifier)
        else:
            self._queue.put_nowait(identifier)
        return Kept(identifier, State.QUEUED)

    def _tell(self, identifier: str, kept: Kept) -> None:
        future = self._curious.pop(identifier, None)
        if future is not None and not future.done():
            future.set_result(kept)

    def _count_as(self, outcome: str) -> None:
        ATTEMPTS.labels(outcome).inc()

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)
