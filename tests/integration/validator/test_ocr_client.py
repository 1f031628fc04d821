"""The client of the ocr service over a real connection."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc

from services.common.errors import Reason, TtbError
from services.validator.ocr_client import OcrClient
from services.validator.reader import Backend


class SlowOcr(ocr_pb2_grpc.OcrServiceServicer):
    """Stands for a busy ocr service: reads the image `slow` for as long as somebody waits."""

    def __init__(self) -> None:
        self.cancelled = asyncio.Event()

    async def ExtractText(
        self, request: ocr_pb2.ExtractTextRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> ocr_pb2.ExtractTextResponse:
        if request.image == b"slow":
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.cancelled.set()
                raise
        return ocr_pb2.ExtractTextResponse(frame_count=request.max_frames)


async def test_a_reading_that_takes_too_long_is_given_up() -> None:
    server, service = grpc.aio.server(), SlowOcr()
    ocr_pb2_grpc.add_OcrServiceServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    client = OcrClient(grpc.aio.insecure_channel(f"127.0.0.1:{port}"), seconds=1, attempts=2, max_frames=7)
    try:
        with pytest.raises(TtbError) as caught:
            await client.read(b"slow", 0, Backend.AUTO)
        assert caught.value.reason is Reason.DEADLINE_TOO_SHORT
        await asyncio.wait_for(service.cancelled.wait(), 5)
        assert (await client.read(b"fast", 0, Backend.AUTO)).frame_count == 7
    finally:
        await client.close()
        await server.stop(None)
