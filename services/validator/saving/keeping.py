"""The use case: keep what was checked, tell how far it is kept, and never let the verdict suffer from it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from services.common.logs import get_logger
from services.validator.saving.handover import Handover
from services.validator.saving.model import Kept, State
from services.validator.saving.spool import Spool, SpoolFullError

log = get_logger(__name__)

REMEMBERED = 10_000
"""Idempotency digests that are remembered; the artifacts service remembers all of them."""

FULL = (
    "The spool is full: the artifacts service has taken nothing for long. "
    "Look at it, or set a larger VALIDATOR_SPOOL_MEGABYTES."
)
SET_ASIDE = "It could not be kept and was set aside for a person to look at, in the spool's folder `rejected`."


class Keeping:
    """Writes to the spool, hands over, and remembers which request came first with an idempotency digest.

    An artifact may become `stored` within `wait_seconds`; the disk may take `write_seconds`.
    """

    def __init__(
        self, spool: Spool, handover: Handover, executor: Executor, *, wait_seconds: float, write_seconds: float
    ) -> None:
        self._spool = spool
        self._handover = handover
        self._executor = executor
        self._wait_seconds = wait_seconds
        self._write_seconds = write_seconds
        self._first: OrderedDict[str, asyncio.Future[Kept]] = OrderedDict()
        self._running: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Remember the requests whose records an earlier process left in the spool."""
        for identifier, header in self._spool.waiting().items():
            if header.digest:
                self._first[header.digest] = asyncio.get_running_loop().create_future()
                self._first[header.digest].set_result(Kept(identifier, State.QUEUED))

    async def keep(self, identifier: str, digest: str, build: Callable[[], bytes]) -> Kept:
        """Keep the record that `build` makes, unless one with the same idempotency digest (or empty) is kept already.

        Raises nothing but cancellation; a record that is being written then is kept all the same.
        """
        while digest in self._first:
            first = self._first[digest]
            kept = self._present(await asyncio.shield(first))
            if kept.state is not State.FAILED:
                return kept
            if self._first.get(digest) is first:
                del self._first[digest]
        task = asyncio.create_task(self._keep(identifier, digest, build))
        self._track(task)
        if digest:
            self._first[digest] = task
            if len(self._first) > REMEMBERED:
                self._first.popitem(last=False)
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """Let what is being written reach the disk, within limits."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._write_seconds)

    def _present(self, first: Kept) -> Kept:
        """How far the first request's artifact is kept by now."""
        if first.state is State.FAILED:
            return first
        if self._spool.waits(first.identifier):
            return replace(first, state=State.QUEUED)
        if self._spool.is_rejected(first.identifier):
            return replace(first, state=State.FAILED, reason=SET_ASIDE)
        return replace(first, state=State.STORED)

    async def _keep(self, identifier: str, digest: str, build: Callable[[], bytes]) -> Kept:
        try:
            await self._write(identifier, digest, build)
        except (SpoolFullError, OSError) as error:
            reason = self._why_not(error)
            log.warning("an artifact was not kept", artifact=identifier, why=reason)
            return Kept(identifier, State.FAILED, reason)
        except Exception:
            log.exception("an artifact was not kept", artifact=identifier)
            return Kept(identifier, State.FAILED, "An internal error happened; report the request id if it stays.")
        attempt = self._handover.submit(identifier)
        done, _ = await asyncio.wait({attempt}, timeout=self._wait_seconds)
        return attempt.result() if done else Kept(identifier, State.QUEUED)

    async def _write(self, identifier: str, digest: str, build: Callable[[], bytes]) -> None:
        def work() -> None:
            self._spool.write(identifier, build(), digest)

        writing = asyncio.get_running_loop().run_in_executor(self._executor, work)
        done, _ = await asyncio.wait({writing}, timeout=self._write_seconds)
        if not done:
            # The answer says `failed`, so what arrives on the disk after all must not stay.
            self._track(asyncio.create_task(self._take_back(identifier, writing)))
            raise TimeoutError
        writing.result()

    def _why_not(self, error: SpoolFullError | OSError) -> str:
        if isinstance(error, SpoolFullError):
            return FULL
        if isinstance(error, TimeoutError):
            return f"The validator's disk did not take it within {self._write_seconds:g} s; look at the disk."
        return f"The validator's disk did not take it ({error.strerror}); look at VALIDATOR_SPOOL_DIRECTORY."

    async def _take_back(self, identifier: str, late: asyncio.Future[None]) -> None:
        try:
            await late
            await asyncio.get_running_loop().run_in_executor(self._executor, self._spool.remove, identifier)
        except (SpoolFullError, OSError) as error:
            log.warning("a record came late to the spool", artifact=identifier, why=self._why_not(error))

    def _track(self, task: asyncio.Task[Any]) -> None:
        """Hold the task until it ends: the event loop itself does not."""
        self._running.add(task)
        task.add_done_callback(self._running.discard)
