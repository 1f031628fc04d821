"""Gives every call its request id, and binds it and the caller's name to the logs of the call's work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from services.common import request_id
from services.common.interceptors.around import AroundInterceptor, Call
from services.common.metadata import SUBJECT_KEY


class RequestIdInterceptor(AroundInterceptor):
    """Makes a new id at the front door (`accept=False`); further inside it takes the one that the caller sends."""

    def __init__(self, *, accept: bool) -> None:
        self._accept = accept

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Bind them."""
        given = call.metadata(request_id.METADATA_KEY) if self._accept else ""
        identifier = given if request_id.is_request_id(given) else request_id.new()
        request_id.current.set(identifier)
        known = {"trace_id": call.metadata(request_id.TRACE_KEY), "subject": call.metadata(SUBJECT_KEY)}
        told = {name: value for name, value in known.items() if value}
        with structlog.contextvars.bound_contextvars(request_id=identifier, **told):
            yield
