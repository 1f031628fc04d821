"""Gives every call its request id, and binds it to the logs of the call's work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from services.common import request_id
from services.common.interceptors.around import AroundInterceptor, Call


class RequestIdInterceptor(AroundInterceptor):
    """Makes a new id at the front door (`accept=False`); further inside it takes the one that the caller sends."""

    def __init__(self, *, accept: bool) -> None:
        self._accept = accept

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Bind the id."""
        given = call.metadata(request_id.METADATA_KEY) if self._accept else ""
        identifier = given if request_id.is_request_id(given) else request_id.new()
        request_id.current.set(identifier)
        trace = call.metadata(request_id.TRACE_KEY)
        with structlog.contextvars.bound_contextvars(request_id=identifier, **({"trace_id": trace} if trace else {})):
            yield
