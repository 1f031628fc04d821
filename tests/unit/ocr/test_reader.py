"""The use cases with a pool that answers at once."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest

from services.common.errors import Reason, TtbError, invalid_field
from services.common.page import Line, Page, rectangle
from services.ocr import worker
from services.ocr.admission import Admission, Priority
from services.ocr.engine import EngineName, EngineStatus, Hints
from services.ocr.handles import ImageHandles, RememberedImage
from services.ocr.imaging import ImageFormat
from services.ocr.places import Region
from services.ocr.reader import Backend, Reader

IMAGE = RememberedImage(b"image", 0)
FAILED = TtbError(Reason.BACKEND_FAILED, "failed")


class FakePool:
    """Reads each region as its `left`, and fails for the engines that have an error."""

    def __init__(self, errors: dict[EngineName, TtbError]) -> None:
        self.errors = errors
        self.engines: list[EngineName] = []

    async def run(self, function: Callable[[], Any]) -> Any:
        work = cast("partial[Any]", function)
        engine = next(arg for arg in work.args if isinstance(arg, EngineName))
        self.engines.append(engine)
        if engine in self.errors:
            raise self.errors[engine]
        if work.func is worker.read_places:
            return worker.PlacesReading(tuple((Line(str(region.left), 0.9),) for region in work.args[2]), 1, 2)
        top = list(EngineName).index(engine) * 100
        read = Line(f"read by {engine}", 0.9, rectangle(0, top, 90, top + 20), engine=engine)
        return worker.PageReading(Page(100, 300, (read,)), ImageFormat.PNG, 1, 1, 2)


class NoVision:
    async def status(self) -> EngineStatus:
        return EngineStatus(EngineName.OLLAMA, reason="no server")

    async def read(self, image: bytes) -> tuple[Line, ...]:
        raise AssertionError


def reader_with(
    errors: dict[EngineName, TtbError] | None = None,
    missing: frozenset[EngineName] = frozenset(),
    *,
    slots: int = 2,
) -> tuple[Reader, FakePool]:
    pool = FakePool(errors or {})
    handles = ImageHandles(max_bytes=100, seconds=60, clock=lambda: 0)
    reader = Reader(pool, Admission(slots=slots, waiting=9), handles, NoVision())
    local = (EngineName.TESSERACT, EngineName.RAPIDOCR)
    reader.engines_are(EngineStatus(name, "1.0", "not installed" if name in missing else "") for name in local)
    return reader, pool


async def extract(reader: Reader, backend: Backend = Backend.AUTO) -> tuple[list[str], list[str]]:
    extraction = await reader.extract(IMAGE, backend, Hints(), Priority.INTERACTIVE)
    assert reader.remembered(extraction.handle) == IMAGE
    return [line.engine for line in extraction.page.lines], [str(engine) for engine in extraction.engines]


async def test_auto_reads_with_both_engines_and_each_line_tells_whose_it_is() -> None:
    reader, _ = reader_with()

    assert await extract(reader) == (["rapidocr", "tesseract"], ["rapidocr 1.0", "tesseract 1.0"])


@pytest.mark.parametrize(
    ("errors", "missing", "left"),
    [
        ({EngineName.RAPIDOCR: FAILED}, frozenset[EngineName](), "tesseract"),
        ({EngineName.TESSERACT: FAILED}, frozenset[EngineName](), "rapidocr"),
        ({}, frozenset({EngineName.RAPIDOCR}), "tesseract"),
    ],
)
async def test_auto_lives_with_one_engine_and_tells_which(
    errors: dict[EngineName, TtbError], missing: frozenset[EngineName], left: str
) -> None:
    reader, _ = reader_with(errors, missing)

    assert await extract(reader) == ([left], [f"{left} 1.0"])


async def test_when_no_engine_reads_the_error_is_told() -> None:
    reader, _ = reader_with({EngineName.RAPIDOCR: FAILED, EngineName.TESSERACT: FAILED})

    with pytest.raises(TtbError) as error:
        await extract(reader)

    assert error.value.reason is Reason.BACKEND_FAILED


async def test_a_bad_image_is_refused_whatever_the_other_engine_says() -> None:
    bad = invalid_field("image", "bad", reason=Reason.NOT_AN_IMAGE)
    reader, _ = reader_with({EngineName.RAPIDOCR: FAILED, EngineName.TESSERACT: bad})

    with pytest.raises(TtbError) as error:
        await extract(reader)

    assert error.value.reason is Reason.NOT_AN_IMAGE


@pytest.mark.parametrize("backend", [Backend.RAPIDOCR, Backend.OLLAMA])
async def test_a_backend_that_is_missing_is_told_with_its_reason(backend: Backend) -> None:
    reader, _ = reader_with(missing=frozenset({EngineName.RAPIDOCR}))

    with pytest.raises(TtbError, match=r"not installed|no server") as error:
        await extract(reader, backend)

    assert error.value.reason is Reason.BACKEND_UNAVAILABLE


@pytest.mark.parametrize("slots", [1, 2, 3])
async def test_places_keep_their_order_however_the_work_is_shared(slots: int) -> None:
    reader, pool = reader_with(slots=slots)
    regions = [Region(left, 0, 10, 10) for left in range(5)]

    answer = await reader.read_places(IMAGE, regions, Backend.AUTO, Hints(), Priority.BATCH)

    assert [line.text for (line,) in answer.lines] == ["0", "1", "2", "3", "4"]
    assert pool.engines == [EngineName.RAPIDOCR] * slots


async def test_places_fall_back_to_tesseract() -> None:
    reader, pool = reader_with({EngineName.RAPIDOCR: FAILED})

    answer = await reader.read_places(IMAGE, [Region(7, 0, 1, 1)], Backend.AUTO, Hints(), Priority.INTERACTIVE)

    assert answer.lines[0][0].text == "7"
    assert pool.engines == [EngineName.RAPIDOCR, EngineName.TESSERACT]


async def test_an_unknown_handle_says_to_send_the_image() -> None:
    reader, _ = reader_with()

    with pytest.raises(TtbError, match="send the image") as error:
        reader.remembered("nonsense")

    assert error.value.reason is Reason.UNKNOWN_IMAGE_HANDLE
