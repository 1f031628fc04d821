"""No call outlives its deadline: the work of a client that waits no longer is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.errors import Reason, TtbError
from services.common.interceptors.around import AroundInterceptor, Call


class DeadlineInterceptor(AroundInterceptor):
    """Ends the call at the client's deadline, or after `seconds` when the client set none or a later one."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Cancel the call's work in time."""
        remaining = call.context.time_remaining()
        seconds = self._seconds if remaining is None else min(self._seconds, remaining)
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            message = f"The work took longer than the deadline of {seconds:.1f} s; allow more time or send less."
            raise TtbError(Reason.DEADLINE_TOO_SHORT, message) from error
