"""The use cases with a pool that answers at once."""

import asyncio
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
from services.ocr.reader import Backend, Reader, VisionLimits

IMAGE = RememberedImage(b"image", 0)
FAILED = TtbError(Reason.BACKEND_FAILED, "failed")


class FakePool:
    """Reads each region as its `left`, and fails for the engines that have an error."""

    def __init__(self, errors: dict[EngineName, TtbError]) -> None:
        self.errors = errors
        self.engines: list[EngineName] = []

    async def run(self, function: Callable[[], Any]) -> Any:
        work = cast("partial[Any]", function)
        if work.func is worker.render:
            return worker.Rendering(100, 300, (b"png",), ImageFormat.PNG, 1, 1)
        engine = next(arg for arg in work.args if isinstance(arg, EngineName))
        self.engines.append(engine)
        if engine in self.errors:
            raise self.errors[engine]
        if work.func is worker.read_places:
            return worker.PlacesReading(tuple((Line(str(region.left), 0.9),) for region in work.args[2]), 1, 2)
        top = list(EngineName).index(engine) * 100
        read = Line(f"read by {engine}", 0.9, rectangle(0, top, 90, top + 20), engine=engine)
        return worker.PageReading(Page(100, 300, (read,)), ImageFormat.PNG, 1, 1, 2)


class Vision:
    """Stands for the vision model, which cannot run here; without `claims` it never answers."""

    def __init__(self, claims: tuple[str, ...] | TtbError | None = None, status: EngineStatus | None = None) -> None:
        self._claims = claims
        self._status = status or EngineStatus(EngineName.OLLAMA, "seer")

    def status(self) -> EngineStatus:
        return self._status

    async def read(self, image: bytes) -> tuple[Line, ...]:
        if self._claims is None:
            await asyncio.Event().wait()
        if isinstance(self._claims, TtbError):
            raise self._claims
        return tuple(Line(text, 0.5, engine=EngineName.OLLAMA) for text in self._claims or ())


NO_VISION = Vision(status=EngineStatus(EngineName.OLLAMA, reason="no server"))


def reader_with(
    errors: dict[EngineName, TtbError] | None = None,
    missing: frozenset[EngineName] = frozenset(),
    *,
    slots: int = 2,
    vision: Vision = NO_VISION,
    auto_seconds: float = 0,
) -> tuple[Reader, FakePool]:
    pool = FakePool(errors or {})
    handles = ImageHandles(max_bytes=100, seconds=60, clock=lambda: 0)
    reader = Reader(pool, Admission(slots=slots, waiting=9), handles, vision, VisionLimits(1120, auto_seconds))
    local = (EngineName.TESSERACT, EngineName.RAPIDOCR)
    reader.engines_are(EngineStatus(name, "1.0", "not installed" if name in missing else "") for name in local)
    return reader, pool


async def extract(reader: Reader, backend: Backend = Backend.AUTO) -> tuple[list[str], list[str]]:
    extraction = await reader.extract(IMAGE, backend, Hints(), Priority.INTERACTIVE)
    assert reader.remembered(extraction.handle) == IMAGE
    return [line.engine for line in extraction.page.lines], [str(engine) for engine in extraction.engines]


async def test_auto_reads_with_one_engine_and_each_line_tells_whose_it_is() -> None:
    reader, pool = reader_with()

    assert await extract(reader) == (["rapidocr"], ["rapidocr 1.0"])
    assert pool.engines == [EngineName.RAPIDOCR]


@pytest.mark.parametrize(
    ("errors", "missing", "left"),
    [
        ({EngineName.RAPIDOCR: FAILED}, frozenset[EngineName](), "tesseract"),
        ({}, frozenset({EngineName.TESSERACT}), "rapidocr"),
        ({}, frozenset({EngineName.RAPIDOCR}), "tesseract"),
    ],
)
async def test_auto_lives_with_the_other_engine_and_tells_which(
    errors: dict[EngineName, TtbError], missing: frozenset[EngineName], left: str
) -> None:
    reader, _ = reader_with(errors, missing)

    assert await extract(reader) == ([left], [f"{left} 1.0"])


async def test_when_no_engine_reads_the_error_is_told() -> None:
    reader, _ = reader_with({EngineName.RAPIDOCR: FAILED, EngineName.TESSERACT: FAILED})

    with pytest.raises(TtbError) as error:
        await extract(reader)

    assert error.value.reason is Reason.BACKEND_FAILED


async def test_a_bad_image_is_refused_and_not_given_to_the_other_engine() -> None:
    bad = invalid_field("image", "bad", reason=Reason.NOT_AN_IMAGE)
    reader, _ = reader_with({EngineName.RAPIDOCR: bad})

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


async def test_auto_takes_from_the_vision_model_only_what_another_engine_read_too() -> None:
    reader, _ = reader_with(vision=Vision(("read by rapidocr", "INVENTED WINERY")), auto_seconds=5)

    extraction = await reader.extract(IMAGE, Backend.AUTO, Hints(), Priority.INTERACTIVE)

    read, confirmed = extraction.page.lines
    assert [line.engine for line in extraction.page.lines] == ["rapidocr", "ollama"]
    assert (confirmed.text, confirmed.polygon, confirmed.look) == (read.text, read.polygon, 1)
    assert [str(engine) for engine in extraction.engines] == ["rapidocr 1.0", "ollama seer"]


@pytest.mark.parametrize(
    ("vision", "seconds"), [(Vision(FAILED), 5), (Vision(), 0.01), (Vision(("read by rapidocr",)), 0), (NO_VISION, 5)]
)
async def test_auto_answers_without_a_vision_model_that_fails_is_late_or_is_not_asked(
    vision: Vision, seconds: float
) -> None:
    reader, _ = reader_with(vision=vision, auto_seconds=seconds)

    assert await extract(reader) == (["rapidocr"], ["rapidocr 1.0"])


async def test_a_model_that_is_on_its_way_is_promised_with_a_time() -> None:
    coming = EngineStatus(EngineName.OLLAMA, reason="it is being downloaded: 44.7 %.", ready_in_seconds=60)
    reader, _ = reader_with(vision=Vision(status=coming))

    with pytest.raises(TtbError, match=r"44\.7 %") as error:
        await extract(reader, Backend.OLLAMA)

    assert error.value.reason is Reason.MODEL_NOT_READY
    assert error.value.retry_after_seconds == 60
