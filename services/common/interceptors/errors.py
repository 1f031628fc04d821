"""Turns what was raised into a status of the catalogue, and hides everything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc

from services.common import request_id
from services.common.errors import Reason, TtbError
from services.common.interceptors.around import AroundInterceptor, Call
from services.common.logs import get_logger
from services.common.status import DETAILS_KEY, STATUS_OF, to_status

log = get_logger(__name__)


class ErrorsInterceptor(AroundInterceptor):
    """Aborts the call with a rich status. An unforeseen exception is logged with its stack and told as INTERNAL."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Translate what the call raises."""
        try:
            yield
        except TtbError as error:
            log.info("refused", method=call.method, reason=error.reason.value)
            await abort(call, error)
        except (asyncio.CancelledError, grpc.aio.AbortError, GeneratorExit):
            raise
        except Exception:
            log.exception("failed", method=call.method)
            message = (
                "An internal error happened; nothing was stored. Try again, and report the request id if it stays."
            )
            await abort(call, TtbError(Reason.INTERNAL, message))


async def abort(call: Call, error: TtbError) -> None:
    """End the call with the error's status."""
    status = to_status(error, request_id.current.get())
    # A stream may be refused before it has sent headers.
    identity = ((request_id.METADATA_KEY, request_id.current.get()),) if call.streaming else ()
    trailers = ((DETAILS_KEY, status.SerializeToString()), *identity)
    await call.context.abort(STATUS_OF[error.reason], status.message, trailing_metadata=trailers)
