"""What stands around the validator in these tests: an ocr service that reads nothing, and an artifacts service.

Neither engines nor stores are tested here, but what the validator does when they are away, refuse or hang: no real one
does that when asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from ttb.artifacts.v1 import artifacts_pb2, artifacts_pb2_grpc
from ttb.common.v1 import backend_pb2
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc

from services.common.errors import TtbError
from services.common.page_convert import page_to_proto
from services.common.status import DETAILS_KEY, STATUS_OF, to_status
from tests.common.labels import page

Context = grpc.aio.ServicerContext[Any, Any]
MEGABYTES = 64 * 1024 * 1024


class StubOcr(ocr_pb2_grpc.OcrServiceServicer):
    """Reads the same few lines from every image; holds each reading until `gate` is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.readings = 0

    async def ExtractText(self, request, context):  # type: ignore[no-untyped-def]
        self.readings += 1
        await self.gate.wait()
        return ocr_pb2.ExtractTextResponse(
            page=page_to_proto(page("STONE'S THROW", "ALC. 13.5% BY VOL.", looks=1)),
            frame_count=1,
            image_format="png",
            engines=["stub 1"],
        )

    async def ReadRegions(self, request, context):  # type: ignore[no-untyped-def]
        return ocr_pb2.ReadRegionsResponse(readings=[ocr_pb2.RegionReading() for _ in request.regions])

    async def ListBackends(self, request, context):  # type: ignore[no-untyped-def]
        backend = backend_pb2.BackendHealth(name="tesseract", available=True, expected=True)
        return ocr_pb2.ListBackendsResponse(backends=[backend])


class StubArtifacts(artifacts_pb2_grpc.ArtifactsServiceServicer):
    """Remembers every save in order; raises `error` when there is one; holds each call until `gate` is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: TtbError | None = None
        self.called = 0
        self.saved: list[artifacts_pb2.SaveArtifactRequest] = []

    def ids(self) -> list[str]:
        """Ids of the saves, in order, repeated ones too."""
        return [each.metadata.request_id for each in self.saved]

    async def SaveArtifact(self, request, context):  # type: ignore[no-untyped-def]
        self.called += 1
        await self.gate.wait()
        if self.error is not None:
            status = to_status(self.error)
            details = ((DETAILS_KEY, status.SerializeToString()),)
            await context.abort(STATUS_OF[self.error.reason], status.message, trailing_metadata=details)
        self.saved.append(request)
        return artifacts_pb2.SaveArtifactResponse(id=request.metadata.request_id)

    async def GetStorage(self, request, context):  # type: ignore[no-untyped-def]
        return artifacts_pb2.Storage(enabled=True, store="directory", available=True, retention="365 days.")


@asynccontextmanager
async def listening(port: int, register: Callable[[grpc.aio.Server], None]) -> AsyncIterator[None]:
    """A gRPC server on a loopback port that says SERVING."""
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", MEGABYTES), ("grpc.so_reuseport", 0)])
    checks = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    await checks.set("", health_pb2.HealthCheckResponse.SERVING)
    register(server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    try:
        yield
    finally:
        await server.stop(0)


async def until(condition: Callable[[], Awaitable[bool] | bool], *, seconds: float = 30) -> None:
    """Return when the condition holds; fail when it does not in time."""
    async with asyncio.timeout(seconds):
        while True:
            holds = condition()
            if holds if isinstance(holds, bool) else await holds:
                return
            await asyncio.sleep(0.02)
