"""Worker processes that can be killed, cancelled and timed out one by one, seen from the event loop."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import pebble

from services.common.errors import Reason, TtbError
from services.common.logs import get_logger
from services.ocr import worker
from services.ocr.engine import EngineStatus

log = get_logger(__name__)

_START_SECONDS = 120.0
_READY_POLL_SECONDS = 0.05
_RETRY_SECONDS = 1.0

Result = TypeVar("Result")


class WorkerPool:
    """`workers` spawned processes (never forked: gRPC's threads do not survive that), each with its own engines.

    A worker that dies costs only its own task, is replaced, and its task is told as BACKEND_FAILED. A task longer than
    `task_seconds` is ended with its worker. For one event loop.
    """

    def __init__(self, settings: worker.WorkerSettings, *, workers: int, task_seconds: float) -> None:
        self._settings = settings
        self._workers = workers
        self._task_seconds = task_seconds
        self._context = multiprocessing.get_context("spawn")
        self._ready = self._context.Semaphore(0)
        self._pool = self._new_pool()
        self._stopped = False

    def _new_pool(self) -> pebble.ProcessPool:
        return pebble.ProcessPool(
            max_workers=self._workers,
            initializer=worker.initialize,
            initargs=(self._settings, self._ready),
            context=self._context,
        )

    async def start(self) -> tuple[EngineStatus, ...]:
        """Start all workers, wait until each is warm, and tell which engines they have.

        Raises OSError when they do not start.
        """
        self.revive()
        try:
            async with asyncio.timeout(_START_SECONDS):
                for _ in range(self._workers):
                    # Polled, since a thread that waits for it could not be cancelled by a stop during the start.
                    while not self._ready.acquire(block=False):  # noqa: ASYNC110 - it belongs to other processes
                        await asyncio.sleep(_READY_POLL_SECONDS)
        except TimeoutError as error:
            raise OSError(f"the OCR workers did not start within {_START_SECONDS:.0f} s; see the log above") from error
        return await self.run(worker.statuses)

    async def run(self, function: Callable[[], Result]) -> Result:
        """The result of the function in a worker; cancelling this coroutine ends the task, and its worker with it.

        The function and its result are pickled.

        Raises what the function raises, and TtbError (BACKEND_FAILED) when the worker died or took too long.
        """
        try:
            return await self._run_once(function)
        except BrokenProcessPool:
            # The pool broke before a worker took the task, for instance because an idle worker was killed.
            log.warning("worker pool broke and is replaced")
        try:
            return await self._run_once(function)
        except BrokenProcessPool as error:
            raise _failed("The readers could not be started; try again a little later.") from error

    async def _run_once(self, function: Callable[[], Result]) -> Result:
        if self._stopped:
            raise TtbError(Reason.SHUTTING_DOWN, "The service is stopping; try again a little later.")
        self.revive()
        try:
            future = self._pool.schedule(function, timeout=self._task_seconds)
        except RuntimeError as error:
            raise BrokenProcessPool from error
        limit = asyncio.timeout(self._task_seconds + _START_SECONDS)
        try:
            async with limit:
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            if limit.expired():
                log.exception("worker pool hangs and is replaced")
                await self._replace()
            message = f"Reading took longer than {self._task_seconds:.0f} s; send a smaller image."
            raise _failed(message) from error
        except pebble.ProcessExpired as error:
            log.warning("worker died during a task", exit_code=error.exitcode, pid=error.pid)
            raise _failed("The reader stopped while it read this image; try again, or try another backend.") from error

    @property
    def active(self) -> bool:
        """Whether the pool takes tasks."""
        return not self._stopped and bool(self._pool.active)

    def revive(self) -> None:
        """Start the pool, or a new one when it broke."""
        if not self._stopped and not self._pool.active:
            broken, self._pool = self._pool, self._new_pool()
            broken.stop()  # type: ignore[no-untyped-call]
            asyncio.get_running_loop().run_in_executor(None, broken.join)
            if not self._pool.active:
                raise BrokenProcessPool

    async def _replace(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self.revive()

    async def stop(self) -> None:
        """End all workers, whatever they do."""
        self._stopped = True
        self._pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(self._pool.join)


def _failed(message: str) -> TtbError:
    return TtbError(Reason.BACKEND_FAILED, message, retry_after_seconds=_RETRY_SECONDS)
