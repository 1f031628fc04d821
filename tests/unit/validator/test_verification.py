"""The use case: who is asked to read what, how often, and what becomes of their errors.

The reader here stands for the ocr service: it answers with pages made in the test, so that no engine is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

import pytest

from services.common.errors import Reason, TtbError, invalid_field
from services.common.page import Line, Page
from services.validator.decision import Verdict
from services.validator.fields.second_look import Place, Purpose
from services.validator.reader import Backend, BackendHealth, ImageReading
from services.validator.submission import Panel, ProductType, Submission
from services.validator.verification import UploadedImage, Verifier
from tests.common.labels import page

WARNING = (
    "GOVERNMENT WARNING: (1) According to the Surgeon General, women should",
    "not drink alcoholic beverages during pregnancy because of the risk of birth",
    "defects. (2) Consumption of alcoholic beverages impairs your ability to drive",
    "a car or operate machinery, and may cause health problems.",
)
LABEL = (
    "STONE'S THROW",
    "CALIFORNIA",
    "RED WINE",
    "ALC. 13.5% BY VOL.",
    "750 mL",
    "Produced and bottled by Stone's Throw Winery, Napa, CA",
    "CONTAINS SULFITES",
    "",
    *WARNING,
)
SUBMISSION = Submission(as_of=date(2026, 11, 22), product_type=ProductType.WINE)


class PagesReader:
    """Answers each image with the page that its first byte numbers, and second looks with the same lines."""

    def __init__(self, *pages: Page, frames: int = 1, broken: frozenset[int] = frozenset()) -> None:
        self.pages = pages
        self.frames = frames
        self.broken = broken
        self.looks: list[tuple[str, tuple[Place, ...]]] = []
        self.cancelled = 0

    async def read(self, image: bytes, frame: int, backend: Backend) -> ImageReading:
        number = image[0] + frame
        if number in self.broken:
            raise invalid_field("image", "is not an image; send JPEG or PNG", reason=Reason.NOT_AN_IMAGE)
        if self.broken:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        return ImageReading(self.pages[number], str(number), self.frames, "jpeg", ("rapidocr 3",), ())

    async def read_again(
        self, image: bytes, frame: int, handle: str, places: Sequence[Place], backend: Backend
    ) -> tuple[tuple[Line, ...], ...]:
        self.looks.append((handle, tuple(places)))
        return tuple(self.pages[int(handle)].lines for _ in places)

    async def backends(self) -> tuple[BackendHealth, ...]:
        return ()

    async def serving(self) -> bool:
        return True


def images(*numbers: int) -> list[UploadedImage]:
    return [UploadedImage(bytes([number]), Panel.FRONT if number == 0 else None) for number in numbers]


async def test_a_label_that_was_surely_read_passes_without_a_second_look() -> None:
    reader = PagesReader(page(*LABEL, looks=1))
    result = await Verifier(reader, panels=10, rounds=3).verify(images(0), SUBMISSION, Backend.AUTO)
    assert (result.decision.verdict, result.decision.reasons) == (Verdict.PASSED, ())
    assert not reader.looks
    assert result.engines == ("rapidocr 3",)
    assert result.label.panels[0].panel is Panel.FRONT


async def test_a_doubt_is_settled_by_a_second_look() -> None:
    faulty = tuple(text.replace("should", "may") for text in LABEL)
    reader = PagesReader(page(*faulty, looks=1))
    result = await Verifier(reader, panels=10, rounds=3).verify(images(0), SUBMISSION, Backend.AUTO)
    assert result.decision.verdict is Verdict.FAILED
    asked = [place for _, places in reader.looks for place in places]
    assert {place.purpose for place in asked} == {Purpose.WARNING_STATEMENT, Purpose.WARNING_WORDS}


async def test_a_purpose_that_is_left_out_is_not_looked_at_again() -> None:
    faulty = tuple(text.replace("should", "may") for text in LABEL)
    reader = PagesReader(page(*faulty, looks=1))
    verifier = Verifier(reader, panels=10, rounds=3, purposes=frozenset(Purpose) - {Purpose.WARNING_STATEMENT})
    await verifier.verify(images(0), SUBMISSION, Backend.AUTO)
    assert all(place.purpose is not Purpose.WARNING_STATEMENT for _, places in reader.looks for place in places)


async def test_without_second_looks_nothing_fails() -> None:
    faulty = tuple(text.replace("should", "may") for text in LABEL)
    reader = PagesReader(page(*faulty, looks=1))
    result = await Verifier(reader, panels=10, rounds=0).verify(images(0), SUBMISSION, Backend.AUTO)
    assert result.decision.verdict is Verdict.NEEDS_REVIEW
    assert not reader.looks


async def test_each_place_looked_at_is_a_look_of_its_own() -> None:
    faulty = tuple(text.replace("should", "may") for text in LABEL)
    reader = PagesReader(page(*faulty, looks=1))
    result = await Verifier(reader, panels=10, rounds=1).verify(images(0), SUBMISSION, Backend.AUTO)
    places = sum(len(asked) for _, asked in reader.looks)
    assert {line.look for line in result.label.panels[0].page.lines} == set(range(places + 1))


async def test_every_page_of_a_document_is_a_panel() -> None:
    reader = PagesReader(page(*LABEL, looks=1), page("Imported by nobody", looks=1), frames=2)
    result = await Verifier(reader, panels=10, rounds=0).verify(images(0), SUBMISSION, Backend.AUTO)
    assert [panel.index for panel in result.label.panels] == [0, 1]


async def test_too_many_pages_are_refused() -> None:
    reader = PagesReader(page(*LABEL, looks=1), frames=40)
    with pytest.raises(TtbError, match="40 pages") as caught:
        await Verifier(reader, panels=10, rounds=0).verify(images(0), SUBMISSION, Backend.AUTO)
    assert caught.value.reason is Reason.TOO_MANY_IMAGES


async def test_a_broken_image_is_named_and_ends_the_reading_of_the_others() -> None:
    reader = PagesReader(page("a", looks=1), page("b", looks=1), broken=frozenset({1}))
    with pytest.raises(TtbError, match="Image 2: is not an image") as caught:
        await Verifier(reader, panels=10, rounds=0).verify(images(0, 1), SUBMISSION, Backend.AUTO)
    assert [each.field for each in caught.value.violations] == ["images[1]"]
    await asyncio.sleep(0)
    assert reader.cancelled == 1
