"""The whole service behind a real gRPC server, with real engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import grpc
import pytest
import pytest_asyncio
from PIL import Image
from ttb.common.v1 import backend_pb2
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc

from services.common.errors import Reason, TtbError
from services.common.page import bounds
from services.common.page_convert import page_from_proto
from services.common.server import Server
from services.common.settings import SharedSettings
from services.common.status import from_rpc_error
from services.ocr.bootstrap import build
from services.ocr.settings import OcrSettings
from tests.common.drawn import LINES, drawn, file, squeezed

if TYPE_CHECKING:  # the name exists in the type stubs only
    from ttb.ocr.v1.ocr_pb2_grpc import OcrServiceAsyncStub as Stub

pytestmark = pytest.mark.asyncio(loop_scope="module")

WARNING = ("GOVERNMENT WARNING: (1) ACCORDING TO", "THE SURGEON GENERAL, WOMEN SHOULD", "NOT DRINK ALCOHOLIC BEVERAGES")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ocr() -> AsyncIterator[Stub]:
    shared = SharedSettings(drain_seconds=0, grace_seconds=1)
    # Nothing listens on port 9 (discard).
    settings = OcrSettings(port=0, workers=2, queue_size=2, max_pixels=4_000_000, ollama_host="http://127.0.0.1:9")
    server = Server(build(settings, shared), settings, shared)
    port = await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield ocr_pb2_grpc.OcrServiceStub(channel)
    await server.stop()


async def refusal(call: object) -> TtbError:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call  # type: ignore[misc]
    told = from_rpc_error(error.value)
    assert told is not None
    return told


async def test_a_label_is_read_with_its_places_and_pixel_facts(ocr: Stub) -> None:
    answer = await ocr.ExtractText(ocr_pb2.ExtractTextRequest(image=file(drawn())))

    assert [squeezed(line.text) for line in answer.page.lines] == [squeezed(text) for text in LINES]
    assert (answer.page.width, answer.page.height) == drawn().size
    assert answer.image_format == "png"
    assert answer.frame_count == 1
    assert [engine.split()[0] for engine in answer.engines] == ["rapidocr"]
    assert [timing.stage for timing in answer.timings] == ["queue", "decode", "rapidocr"]
    for line in answer.page.lines:
        assert line.glyph_height_px == pytest.approx(25, abs=5)
        assert 1 < line.stroke_width_px < 8
        assert line.contrast_ratio == pytest.approx(21, abs=0.5)


@pytest.mark.parametrize("turn", [90, 270])
async def test_standing_text_is_read_in_both_directions(ocr: Stub, turn: int) -> None:
    image = drawn(*WARNING, turn=turn, size=28)

    answer = await ocr.ExtractText(
        ocr_pb2.ExtractTextRequest(image=file(image), backend=backend_pb2.OcrBackend.Value.rapidocr)
    )

    lines = page_from_proto(answer.page).lines
    assert {squeezed(line.text) for line in lines} == {squeezed(text) for text in WARNING}
    for line in lines:
        assert line.angle_degrees == pytest.approx(turn, abs=2)
        first = line.polygon[0]
        left, top, right, bottom = bounds(line.polygon)
        assert (first.x, first.y) == ((right, top) if turn == 90 else (left, bottom))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
async def test_places_are_read_again_by_handle(ocr: Stub, turn: int) -> None:
    image = drawn(*WARNING, turn=turn, size=20)
    first = await ocr.ExtractText(ocr_pb2.ExtractTextRequest(image=file(image)))
    whole = ocr_pb2.Region(x=0, y=0, width=image.width + 50, height=image.height, reading_angle_degrees=turn, scale=2)
    nowhere = ocr_pb2.Region(x=image.width, y=0, width=5, height=5)

    answer = await ocr.ReadRegions(
        ocr_pb2.ReadRegionsRequest(image_handle=first.image_handle, regions=[nowhere, whole])
    )

    assert not answer.readings[0].lines
    lines = answer.readings[1].lines
    assert [squeezed(line.text) for line in lines] == [squeezed(text) for text in WARNING]
    for row, line in enumerate(lines):
        assert line.look == 1
        assert (line.angle_degrees - turn + 180) % 360 == pytest.approx(180, abs=2)
        # The letters' middle, in the frame in which the text lies flat.
        x = sum(point.x for point in line.polygon) / 4
        y = sum(point.y for point in line.polygon) / 4
        down = {0: y, 90: image.width - x, 180: image.height - y, 270: x}[turn]
        assert down == pytest.approx(30 + 40 * row + 12, abs=8)


async def test_bad_requests_are_told_apart(ocr: Stub) -> None:
    not_an_image = await refusal(ocr.ExtractText(ocr_pb2.ExtractTextRequest(image=b"a text")))
    assert not_an_image.reason is Reason.NOT_AN_IMAGE
    assert not_an_image.violations[0].field == "image"

    bomb = await refusal(ocr.ExtractText(ocr_pb2.ExtractTextRequest(image=file(Image.new("1", (3000, 3000))))))
    assert bomb.reason is Reason.TOO_MANY_PIXELS

    region = ocr_pb2.Region(width=9, height=9)
    gone = await refusal(ocr.ReadRegions(ocr_pb2.ReadRegionsRequest(image_handle="gone", regions=[region])))
    assert gone.reason is Reason.UNKNOWN_IMAGE_HANDLE


async def test_a_missing_vision_model_has_a_reason_and_does_not_stop_the_others(ocr: Stub) -> None:
    backends = (await ocr.ListBackends(ocr_pb2.ListBackendsRequest())).backends

    assert [(each.name, each.available, each.expected) for each in backends] == [
        ("tesseract", True, True),
        ("rapidocr", True, True),
        ("ollama", False, False),
    ]
    assert "OLLAMA_HOST" in backends[2].reason

    request = ocr_pb2.ExtractTextRequest(image=file(drawn()), backend=backend_pb2.OcrBackend.Value.ollama)
    error = await refusal(ocr.ExtractText(request))
    assert error.reason is Reason.BACKEND_UNAVAILABLE
    assert "OLLAMA_HOST" in error.message


async def test_a_full_queue_refuses_and_then_works_again(ocr: Stub) -> None:
    request = ocr_pb2.ExtractTextRequest(image=file(drawn()))

    answers = await asyncio.gather(*(ocr.ExtractText(request) for _ in range(8)), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
    assert 0 < len(refused) < len(answers)
    for error in refused:
        assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        told = from_rpc_error(error)
        assert told is not None
        assert told.reason is Reason.QUEUE_FULL
        assert told.retry_after_seconds
    assert (await ocr.ExtractText(request)).page.lines
