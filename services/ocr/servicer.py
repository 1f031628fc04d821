"""`ttb.ocr.v1.OcrService`: messages in, use case, messages out. Errors are told by the interceptors."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import grpc
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc

from services.ocr import convert
from services.ocr.engine import EngineName
from services.ocr.handles import RememberedImage
from services.ocr.reader import Reader

Context = grpc.aio.ServicerContext[Any, Any]


class OcrServicer(ocr_pb2_grpc.OcrServiceServicer):
    """Reads images. `expected` are the backends that the settings count on."""

    def __init__(self, reader: Reader, expected: Collection[EngineName]) -> None:
        self._reader = reader
        self._expected = expected

    async def ExtractText(self, request: ocr_pb2.ExtractTextRequest, context: Context) -> ocr_pb2.ExtractTextResponse:
        """Read one image."""
        extraction = await self._reader.extract(
            RememberedImage(request.image, request.frame, request.max_frames),
            convert.backend_from_proto(request.backend),
            convert.hints_from_proto(request),
            convert.priority_from_proto(request.priority),
        )
        return convert.extraction_to_proto(extraction)

    async def ReadRegions(self, request: ocr_pb2.ReadRegionsRequest, context: Context) -> ocr_pb2.ReadRegionsResponse:
        """Read places of an image again."""
        image = (
            RememberedImage(request.image, request.frame)
            if request.WhichOneof("source") == "image"
            else self._reader.remembered(request.image_handle)
        )
        answer = await self._reader.read_places(
            image,
            convert.regions_from_proto(request.regions),
            convert.backend_from_proto(request.backend),
            convert.hints_from_proto(request),
            convert.priority_from_proto(request.priority),
        )
        return convert.places_to_proto(answer)

    async def ListBackends(
        self, request: ocr_pb2.ListBackendsRequest, context: Context
    ) -> ocr_pb2.ListBackendsResponse:
        """The backends and whether each answers now."""
        return convert.backends_to_proto(self._reader.backends(), self._expected)
