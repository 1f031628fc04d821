"""No call outlives its deadline: the work of a client that waits no longer is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.errors import Reason, TtbError
from services.common.interceptors.around import AroundInterceptor, Call


class DeadlineInterceptor(AroundInterceptor):
    """Ends the call at the client's deadline, or after `seconds` when the client set none or a later one.

    A call that answers with a stream lasts as long as the client wants it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Cancel the call's work in time."""
        remaining = call.context.time_remaining()
        limits = [each for each in (remaining, None if call.streaming else self._seconds) if each is not None]
        seconds = min(limits, default=None)
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            if seconds is None:
                raise
            message = f"The work took longer than the deadline of {seconds:.1f} s; allow more time or send less."
            raise TtbError(Reason.DEADLINE_TOO_SHORT, message) from error
