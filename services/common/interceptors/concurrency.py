"""A service holds so many calls at once and tells the rest when to come back, where gRPC itself would only refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.errors import Reason, TtbError
from services.common.interceptors.around import AroundInterceptor, Call

_RETRY_AFTER_SECONDS = 1.0


class ConcurrencyInterceptor(AroundInterceptor):
    """Refuses a call (TOO_MANY_CALLS) while `limit` others are served. Health and reflection are always answered."""

    def __init__(self, limit: int) -> None:
        self._free = limit

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:  # noqa: ARG002 - all calls are alike
        """Take a place for the time of the call."""
        if not self._free:
            message = "The service serves as many calls as it can; try again in a moment."
            raise TtbError(Reason.TOO_MANY_CALLS, message, retry_after_seconds=_RETRY_AFTER_SECONDS)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
