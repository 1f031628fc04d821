"""Who may use a worker next: few wait, interactive work before batch work, and the rest are told to come back.

The pool behind it has a queue without bounds or priorities; nothing is given to it before a worker is free.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from enum import IntEnum

from services.common.errors import Reason, TtbError


class Priority(IntEnum):
    """Lower is sooner."""

    INTERACTIVE = 0
    BATCH = 1


class Ticket:
    """The right to one worker: `async with ticket` waits for its turn and gives the worker back."""

    def __init__(self, admission: Admission, turn: asyncio.Future[None]) -> None:
        self._admission = admission
        self._turn = turn

    async def __aenter__(self) -> None:
        try:
            await self._turn
        except asyncio.CancelledError:
            self.give_back()
            raise

    async def __aexit__(self, *_: object) -> None:
        self.give_back()

    def give_back(self) -> None:
        """End the wait or the use; doing so twice is harmless."""
        self._admission._end(self._turn)


class Admission:
    """`slots` tickets are in use at a time, at most `waiting` more wait. For one event loop."""

    def __init__(self, *, slots: int, waiting: int, retry_after_seconds: float = 2.0) -> None:
        self._free = slots
        self._limit = waiting
        self._retry_after_seconds = retry_after_seconds
        self._queue: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._in_use: set[asyncio.Future[None]] = set()

    @property
    def free(self) -> int:
        """How many tickets would be admitted at once."""
        return self._free

    @property
    def waiting(self) -> int:
        """How many tickets wait."""
        return len(self._queue)

    def enter(self, priority: Priority, count: int = 1) -> tuple[Ticket, ...]:
        """`count` tickets or none: raises TtbError QUEUE_FULL when so many more cannot wait."""
        if len(self._queue) + count - self._free > self._limit:
            raise TtbError(
                Reason.QUEUE_FULL,
                "All readers are busy and the queue is full; try again a little later.",
                retry_after_seconds=self._retry_after_seconds,
            )
        turns = [asyncio.get_running_loop().create_future() for _ in range(count)]
        for turn in turns:
            heapq.heappush(self._queue, (priority, next(self._order), turn))
        self._admit()
        return tuple(Ticket(self, turn) for turn in turns)

    def _admit(self) -> None:
        while self._free and self._queue:
            _, _, turn = heapq.heappop(self._queue)
            if turn.cancelled():
                continue
            self._free -= 1
            self._in_use.add(turn)
            turn.set_result(None)

    def _end(self, turn: asyncio.Future[None]) -> None:
        if turn in self._in_use:
            self._in_use.remove(turn)
            self._free += 1
        else:
            self._queue = [entry for entry in self._queue if entry[2] is not turn]
            heapq.heapify(self._queue)
            turn.cancel()
        self._admit()
