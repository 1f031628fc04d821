"""The ocr service as a `Reader`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import grpc
import stamina
from grpc_health.v1 import health_pb2, health_pb2_grpc
from ttb.common.v1 import backend_pb2
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc

from services.common import request_id
from services.common.errors import Reason, TtbError
from services.common.page import Line
from services.common.page_convert import line_from_proto, page_from_proto
from services.common.status import from_rpc_error
from services.validator.fields.second_look import Place
from services.validator.reader import Backend, BackendHealth, ImageReading, StageTime

HEALTH_SECONDS = 2.0
RETRY_AFTER_SECONDS = 2.0

Answer = TypeVar("Answer")


class OcrClient:
    """Reads through the ocr service.

    Reading changes nothing, so a call that met a dead or restarting service is tried again, `attempts` times in all;
    whatever the service itself answered is passed on. A file of more than `max_frames` pages is refused unread.
    """

    def __init__(self, channel: grpc.aio.Channel, *, seconds: float, attempts: int, max_frames: int = 0) -> None:
        self._channel = channel
        self._ocr = ocr_pb2_grpc.OcrServiceStub(self._channel)
        self._health: Any = health_pb2_grpc.HealthStub(self._channel)
        self._seconds = seconds
        self._attempts = attempts
        self._max_frames = max_frames

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()

    async def read(self, image: bytes, frame: int, backend: Backend) -> ImageReading:
        """Read one frame of an image."""
        request = ocr_pb2.ExtractTextRequest(
            image=image, frame=frame, backend=_backend(backend), max_frames=self._max_frames
        )
        answer = await self._call(lambda: self._ocr.ExtractText(request, timeout=self._seconds, metadata=_metadata()))
        return ImageReading(
            page_from_proto(answer.page),
            answer.image_handle,
            answer.frame_count,
            answer.image_format,
            tuple(answer.engines),
            tuple(StageTime(timing.stage, timing.milliseconds) for timing in answer.timings),
        )

    async def read_again(
        self, image: bytes, frame: int, handle: str, places: Sequence[Place], backend: Backend
    ) -> tuple[tuple[Line, ...], ...]:
        """Read places again; the image is sent only when its handle is not known any more."""
        request = ocr_pb2.ReadRegionsRequest(
            image_handle=handle,
            backend=_backend(backend),
            regions=[
                ocr_pb2.Region(
                    x=place.left,
                    y=place.top,
                    width=place.right - place.left,
                    height=place.bottom - place.top,
                    reading_angle_degrees=place.reading_angle,
                    scale=place.scale,
                )
                for place in places
            ],
        )
        try:
            answer = await self._call(
                lambda: self._ocr.ReadRegions(request, timeout=self._seconds, metadata=_metadata())
            )
        except TtbError as error:
            if error.reason is not Reason.UNKNOWN_IMAGE_HANDLE:
                raise
            request.image = image
            request.frame = frame
            answer = await self._call(
                lambda: self._ocr.ReadRegions(request, timeout=self._seconds, metadata=_metadata())
            )
        return tuple(tuple(line_from_proto(line) for line in reading.lines) for reading in answer.readings)

    async def backends(self) -> tuple[BackendHealth, ...]:
        """Every backend and whether it answers now."""
        request = ocr_pb2.ListBackendsRequest()
        answer = await self._call(lambda: self._ocr.ListBackends(request, timeout=HEALTH_SECONDS))
        return tuple(
            BackendHealth(each.name, each.available, each.expected, each.reason, each.version)
            for each in answer.backends
        )

    async def serving(self) -> bool:
        """Whether the ocr service says SERVING."""
        try:
            answer = await self._health.Check(health_pb2.HealthCheckRequest(), timeout=HEALTH_SECONDS)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    async def _call(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        attempts = stamina.retry_context(on=_is_passing, attempts=self._attempts, wait_initial=0.3, wait_max=1.0)
        try:
            async for attempt in attempts:
                with attempt:
                    return await call()
        except grpc.aio.AioRpcError as error:
            raise _translated(error) from error
        raise AssertionError("unreachable: the last attempt raises")


def _metadata() -> tuple[tuple[str, str], ...]:
    return ((request_id.METADATA_KEY, request_id.current.get()),)


def _backend(backend: Backend) -> backend_pb2.OcrBackend.Value.ValueType:
    return backend_pb2.OcrBackend.Value.Value(backend.value)


def _is_passing(error: Exception) -> bool:
    return (
        isinstance(error, grpc.aio.AioRpcError)
        and error.code() is grpc.StatusCode.UNAVAILABLE
        and from_rpc_error(error) is None
    )


def _translated(error: grpc.aio.AioRpcError) -> TtbError:
    told = from_rpc_error(error)
    if told is not None:
        return told
    if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        return TtbError(Reason.DEADLINE_TOO_SHORT, "Reading the images took too long; send smaller or fewer images.")
    if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
        message = "The ocr service is busy; try again in a moment."
        return TtbError(Reason.QUEUE_FULL, message, retry_after_seconds=RETRY_AFTER_SECONDS)
    message = "The ocr service cannot be reached, or ended during the request. Nothing was stored; try again."
    return TtbError(Reason.OCR_UNAVAILABLE, message, retry_after_seconds=RETRY_AFTER_SECONDS)
