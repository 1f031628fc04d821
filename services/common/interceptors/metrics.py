"""Counts and times every call for Prometheus, and writes one line about it to the log."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
from prometheus_client import Gauge, Histogram

from services.common.interceptors.around import AroundInterceptor, Call
from services.common.logs import get_logger

log = get_logger(__name__)

RPC_SECONDS = Histogram(
    "ttb_rpc_seconds",
    "Seconds from the start of a call to its end, streams included.",
    ["method", "code"],
    buckets=(0.005, 0.02, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64),
)
RPCS_IN_FLIGHT = Gauge("ttb_rpcs_in_flight", "Calls that are being served.", ["method"])


class MetricsInterceptor(AroundInterceptor):
    """Must stand outside the errors interceptor, so that it sees the status."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Measure the call."""
        started = time.perf_counter()
        with RPCS_IN_FLIGHT.labels(call.method).track_inprogress():
            code = "CANCELLED"
            try:
                yield
                code = "OK"
            except grpc.aio.AbortError:
                status = call.context.code()
                code = status.name if isinstance(status, grpc.StatusCode) else grpc.StatusCode(status).name
                raise
            finally:
                seconds = time.perf_counter() - started
                RPC_SECONDS.labels(call.method, code).observe(seconds)
                log.info("served", method=call.method, code=code, milliseconds=round(seconds * 1000))
