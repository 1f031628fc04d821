"""Sends a call's headers: its request id, so that answers and errors both carry it, and what its method added."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common import request_id, response_headers
from services.common.interceptors.around import AroundInterceptor, Call


class ResponseHeadersInterceptor(AroundInterceptor):
    """Must stand inside the errors interceptor: an aborted call has sent its headers."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Send the headers when a unary method has ended."""
        if call.streaming:
            yield
            return
        identity = _identity()
        headers: list[response_headers.Header] = []
        response_headers.collected.set(headers)
        try:
            yield
        except Exception:
            await call.context.send_initial_metadata((identity,))
            raise
        await call.context.send_initial_metadata((identity, *headers))

    async def stream_begins(self, call: Call) -> None:
        """Send the headers of a stream; one that is refused before has to go without, to be an HTTP error over REST."""
        await call.context.send_initial_metadata((_identity(),))


def _identity() -> response_headers.Header:
    return (request_id.METADATA_KEY, request_id.current.get())
