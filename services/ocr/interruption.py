"""Ends a task inside a worker process and keeps the worker, whose replacement would load its networks for seconds.

Native code cannot be interrupted: the task ends where it comes back to Python, which engines do many times a second.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import Semaphore
from types import FrameType
from typing import TypeVar

from services.ocr import worker

_INTERRUPT = signal.SIGUSR1
# Programs that a task started die of it; the worker itself does not mind.
_END_PROGRAMS = signal.SIGHUP

Result = TypeVar("Result")


class Interrupted(BaseException):
    """Raised in a task that nobody waits for any more. No `Exception`, so that no engine takes it for its own fault."""


class TaskBoard:
    """Tells the service which worker does which task, and the worker whether its task is still wanted.

    It lies in memory that both share. A task has one of `places` for as long as it runs.
    """

    def __init__(self, context: SpawnContext, places: int) -> None:
        self._workers = context.RawArray("q", places)
        self._unwanted = context.RawArray("b", places)

    def clear(self, place: int) -> None:
        """Make the place ready for a new task."""
        self._workers[place] = 0
        self._unwanted[place] = 0

    def interrupt(self, place: int) -> None:
        """Let the task at this place end, or not begin."""
        self._unwanted[place] = 1
        process_id = self._workers[place]
        if process_id:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, _INTERRUPT)

    def begins(self, place: int) -> None:
        """Called by the worker. Raises Interrupted when the task is not wanted any more."""
        # In this order: whoever interrupts meanwhile sees the process, or is seen here.
        self._workers[place] = os.getpid()
        if self.unwanted(place):
            raise Interrupted

    def ends(self, place: int) -> None:
        """Called by the worker."""
        self._workers[place] = 0

    def unwanted(self, place: int) -> bool:
        """Whether the task at this place should end."""
        return bool(self._unwanted[place])


_board: TaskBoard | None = None
_place: int | None = None


def initialize(board: TaskBoard, settings: worker.WorkerSettings, ready: Semaphore) -> None:
    """Start a worker process whose tasks can be interrupted."""
    global _board  # noqa: PLW0603 - a worker process has one state, and the pool gives functions no place for it
    _board = board
    signal.signal(_END_PROGRAMS, lambda _number, _frame: None)
    signal.signal(_INTERRUPT, _interrupt)
    worker.initialize(settings, ready)


def run(place: int, function: Callable[[], Result]) -> Result:
    """Do the task at this place, in a worker. Raises what it raises, and Interrupted."""
    global _place  # noqa: PLW0603 - as above
    if _board is None:
        raise RuntimeError("initialize was not called in this process")
    _place = place
    try:
        _board.begins(place)
        return function()
    finally:
        _place = None
        _board.ends(place)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # The signal may come late, when the worker does another task already.
    if _board is not None and _place is not None and _board.unwanted(_place):
        os.killpg(0, _END_PROGRAMS)
        raise Interrupted
