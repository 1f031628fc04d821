"""Worker processes that can be killed, cancelled and timed out one by one, seen from the event loop."""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import pebble

from services.common.errors import Reason, TtbError
from services.common.logs import get_logger
from services.ocr import interruption, worker
from services.ocr.engine import EngineStatus
from services.ocr.interruption import TaskBoard

log = get_logger(__name__)

_START_SECONDS = 120.0
_READY_POLL_SECONDS = 0.05
_RETRY_SECONDS = 1.0
# More than any native call takes; a replaced worker would be missed for longer.
_INTERRUPT_SECONDS = 5.0

Result = TypeVar("Result")


class WorkerPool:
    """`workers` spawned processes (never forked: gRPC's threads do not survive that), each with its own engines.

    A worker that dies costs only its own task, is replaced, and its task is told as BACKEND_FAILED. A task longer than
    `task_seconds` is ended with its worker; so is one that was cancelled and goes on for `interrupt_seconds`. For one
    event loop.
    """

    def __init__(
        self,
        settings: worker.WorkerSettings,
        *,
        workers: int,
        task_seconds: float,
        interrupt_seconds: float = _INTERRUPT_SECONDS,
    ) -> None:
        self._settings = settings
        self._workers = workers
        self._task_seconds = task_seconds
        self._interrupt_seconds = interrupt_seconds
        self._context = multiprocessing.get_context("spawn")
        self._ready = self._context.Semaphore(0)
        self._board = TaskBoard(self._context, workers)
        self._places: asyncio.Queue[int] = asyncio.Queue()
        for place in range(workers):
            self._places.put_nowait(place)
        self._pool = self._new_pool()
        self._stopped = False

    def _new_pool(self) -> pebble.ProcessPool:
        return pebble.ProcessPool(
            max_workers=self._workers,
            initializer=interruption.initialize,
            initargs=(self._board, self._settings, self._ready),
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
        """The result of the function in a worker, as soon as one is free.

        Cancelling this coroutine ends the task; its worker is kept, unless it does not come back from native code. The
        function and its result are pickled.

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
        place = await self._places.get()
        try:
            return await self._run_at(place, function)
        finally:
            self._places.put_nowait(place)

    async def _run_at(self, place: int, function: Callable[[], Result]) -> Result:
        if self._stopped:
            raise TtbError(Reason.SHUTTING_DOWN, "The service is stopping; try again a little later.")
        self.revive()
        self._board.clear(place)
        try:
            future = self._pool.schedule(
                functools.partial(interruption.run, place, function), timeout=self._task_seconds
            )
        except RuntimeError as error:
            raise BrokenProcessPool from error
        limit = asyncio.timeout(self._task_seconds + _START_SECONDS)
        task = asyncio.wrap_future(future)
        try:
            async with limit:
                return await asyncio.shield(task)
        except asyncio.CancelledError:
            await self._interrupt(place, task)
            raise
        except TimeoutError as error:
            if limit.expired():
                log.exception("worker pool hangs and is replaced")
                task.cancel()
                await self._replace()
            message = f"Reading took longer than {self._task_seconds:.0f} s; send a smaller image."
            raise _failed(message) from error
        except pebble.ProcessExpired as error:
            log.warning("worker died during a task", exit_code=error.exitcode, pid=error.pid)
            raise _failed("The reader stopped while it read this image; try again, or try another backend.") from error

    async def _interrupt(self, place: int, task: asyncio.Future[Result]) -> None:
        self._board.interrupt(place)
        try:
            await asyncio.wait({task}, timeout=self._interrupt_seconds)
        finally:
            # Now the pool ends the worker of a task that goes on.
            if not task.cancel() and not task.cancelled():
                task.exception()

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
