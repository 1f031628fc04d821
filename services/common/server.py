"""Starts, serves and stops one service: the same for all.

A service is ready when its health says SERVING. The empty service name tells whether the process serves; the service's
own name tells whether it can do its work now, checked again and again. At SIGTERM or SIGINT the health turns to
NOT_SERVING first, so that the gateway sends nothing new, then calls in flight finish.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from prometheus_client import start_http_server

from services.common import logs
from services.common.channel import listen
from services.common.interceptors.concurrency import ConcurrencyInterceptor
from services.common.interceptors.deadline import DeadlineInterceptor
from services.common.interceptors.errors import ErrorsInterceptor
from services.common.interceptors.identity import RequestIdInterceptor
from services.common.interceptors.metrics import MetricsInterceptor
from services.common.interceptors.response_headers import ResponseHeadersInterceptor
from services.common.interceptors.validation import ValidationInterceptor
from services.common.settings import ServiceSettings, SharedSettings

log = logs.get_logger(__name__)

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
_METADATA_BYTES = 80 * 1024


async def _nothing() -> None:
    """Start or stop nothing."""


async def _always() -> bool:
    return True


@dataclass(frozen=True)
class Service:
    """What a service's bootstrap hands over.

    `full_name` is the gRPC service's (`ttb.ocr.v1.OcrService`), `register` adds its servicer to a server. `start` is
    awaited before it reports SERVING, `stop` after the last call ended; `able` tells whether it can do its work now.
    `front_door` services make request ids instead of taking them from the caller. `streams` long-lived streams are held
    beside the calls that every service holds; at a stop, `end_streams` tells them to end.
    """

    full_name: str
    register: Callable[[grpc.aio.Server], None]
    start: Callable[[], Awaitable[None]] = _nothing
    stop: Callable[[], Awaitable[None]] = _nothing
    able: Callable[[], Awaitable[bool]] = _always
    streams: int = 0
    end_streams: Callable[[], None] = lambda: None
    front_door: bool = False


def interceptors(shared: SharedSettings, service: Service) -> Sequence[grpc.aio.ServerInterceptor]:
    """What stands around every call, outermost first."""
    return (
        RequestIdInterceptor(accept=not service.front_door),
        MetricsInterceptor(),
        ErrorsInterceptor(),
        ResponseHeadersInterceptor(),
        ConcurrencyInterceptor(shared.concurrent_rpcs + service.streams),
        DeadlineInterceptor(shared.rpc_seconds),
        ValidationInterceptor(),
    )


class Server:
    """One service's gRPC server with health, reflection and metrics."""

    def __init__(self, service: Service, settings: ServiceSettings, shared: SharedSettings) -> None:
        self._service = service
        self._settings = settings
        self._shared = shared
        megabytes = shared.max_message_megabytes * 1024 * 1024
        self._server = grpc.aio.server(
            interceptors=interceptors(shared, service),
            # Well above our own limit, which says when to come back: this one refuses before a message is read.
            maximum_concurrent_rpcs=2 * (shared.concurrent_rpcs + service.streams),
            options=[
                ("grpc.max_receive_message_length", megabytes),
                ("grpc.max_send_message_length", megabytes),
                # More than the gateway lets through; by default gRPC drops by chance what has over 8 KiB.
                ("grpc.max_metadata_size", _METADATA_BYTES),
                # A second process on the same port must fail, not silently share it.
                ("grpc.so_reuseport", 0),
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.http2.min_recv_ping_interval_without_data_ms", 5000),
            ],
        )
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        names = [service.full_name, health.SERVICE_NAME, reflection.SERVICE_NAME]
        reflection.enable_server_reflection(names, self._server)
        service.register(self._server)
        self.port = settings.port
        self._watching: asyncio.Task[None] | None = None
        self._stop_metrics: Callable[[], Any] = lambda: None

    async def start(self) -> int:
        """Listen, warm up, and report SERVING; returns the port. Raises OSError: port taken, or what `start` raised."""
        await self._health.set("", NOT_SERVING)
        await self._health.set(self._service.full_name, NOT_SERVING)
        address = f"{self._settings.host}:{self._settings.port}"
        try:
            self.port = listen(self._server, address, self._shared)
        except RuntimeError as error:
            prefix = self._settings.model_config.get("env_prefix", "")
            raise OSError(
                f"cannot listen on {address}: the port is taken or not ours; set {prefix}PORT to a free one"
            ) from error
        metrics, thread = start_http_server(self._settings.metrics_port, addr=self._settings.host)

        def stop_metrics() -> None:
            metrics.shutdown()
            metrics.server_close()
            thread.join()

        self._stop_metrics = stop_metrics
        await self._server.start()
        try:
            await self._service.start()
        except Exception:
            await self._server.stop(None)
            self._stop_metrics()
            raise
        await self._report()
        await self._health.set("", SERVING)
        self._watching = asyncio.create_task(self._watch())
        log.info("serving", address=f"{self._settings.host}:{self.port}", grpc_service=self._service.full_name)
        return self.port

    async def _report(self) -> None:
        able = await self._service.able()
        await self._health.set(self._service.full_name, SERVING if able else NOT_SERVING)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._shared.health_interval_seconds)
            try:
                await self._report()
            except Exception:
                log.exception("the health check itself failed")

    async def stop(self) -> None:
        """Report NOT_SERVING, let the gateway notice, let calls in flight finish, and stop."""
        if self._watching is not None:
            self._watching.cancel()
        await self._health.enter_graceful_shutdown()
        log.info("stopping")
        await asyncio.sleep(self._shared.drain_seconds)
        self._service.end_streams()
        await self._server.stop(self._shared.grace_seconds)
        await self._service.stop()
        self._stop_metrics()

    async def wait(self) -> None:
        """Return when the server has stopped."""
        await self._server.wait_for_termination()


Settings = TypeVar("Settings", bound=ServiceSettings)
Build = Callable[[Settings, SharedSettings], Service]


async def _serve(build: Build[Settings], settings: Settings, shared: SharedSettings) -> None:
    server = Server(build(settings, shared), settings, shared)
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop.set)
    starting = asyncio.create_task(server.start())
    stopping = asyncio.create_task(asked_to_stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        starting.result()
        await stopping
    else:
        starting.cancel()
    await server.stop()


def run(build: Build[Settings], settings: Settings, shared: SharedSettings) -> None:
    """Wire by `build` and serve until SIGTERM or SIGINT; end with a clear line when the service cannot start."""
    name = build.__module__.split(".")[1]
    logs.configure(shared, name)
    try:
        asyncio.run(_serve(build, settings, shared))
    except OSError as error:
        sys.exit(f"{name}: {error}")
