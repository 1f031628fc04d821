"""The comparison of backends. The reader stands for the ocr service: it answers with pages made in the test."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

import pytest

from services.common.errors import Reason, TtbError, invalid_field
from services.common.page import Line, Page
from services.validator.backend_comparison import BackendReading, FieldOutcome, agreement, compare_backends
from services.validator.fields.second_look import Place
from services.validator.reader import Backend, BackendHealth, ImageReading, StageTime
from services.validator.submission import Application, ProductType, Submission
from services.validator.verification import UploadedImage, Verifier
from tests.common.labels import page

TEXTS = {
    Backend.TESSERACT: ("STONE'S THROW", "RED WINE", "ALC. 12.5% BY VOL."),
    Backend.RAPIDOCR: ("RED WINE", "STONE'S THROW", "ALC. 13.5% BY VOL."),
}
SUBMISSION = Submission(
    as_of=date(2026, 11, 22),
    product_type=ProductType.WINE,
    application=Application(brand_name="Stone's Throw", alcohol_content="13.5", vintage="2021"),
)


class BackendsReader:
    """RapidOCR answers first, Tesseract once that was seen, unless there is a `late_error`; Ollama fails."""

    def __init__(self, image_error: TtbError | None = None, late_error: TtbError | None = None) -> None:
        self.image_error = image_error
        self.late_error = late_error
        self.first_was_seen = asyncio.Event()

    async def read(self, image: bytes, frame: int, backend: Backend) -> ImageReading:
        if self.image_error:
            raise self.image_error
        if backend is Backend.OLLAMA:
            raise TtbError(Reason.BACKEND_FAILED, "The vision model gave no usable answer.")
        if backend is Backend.TESSERACT:
            await self.first_was_seen.wait()
            if self.late_error:
                raise self.late_error
        read: Page = page(*TEXTS[backend], looks=1)
        return ImageReading(read, "handle", 1, "png", (f"{backend} 1.0",), (StageTime(backend.value, 7),))

    async def read_again(
        self, image: bytes, frame: int, handle: str, places: Sequence[Place], backend: Backend
    ) -> tuple[tuple[Line, ...], ...]:
        raise AssertionError("comparing looks once")

    async def backends(self) -> tuple[BackendHealth, ...]:
        return ()

    async def serving(self) -> bool:
        return True


async def readings(reader: BackendsReader) -> list[BackendReading]:
    verifier = Verifier(reader, panels=10, rounds=3)
    backends = (Backend.TESSERACT, Backend.RAPIDOCR, Backend.OLLAMA)
    found = []
    async for each in compare_backends(verifier, backends, [UploadedImage(b"image")], SUBMISSION):
        found.append(each)
        if each.backend is Backend.RAPIDOCR:
            reader.first_was_seen.set()
    return found


async def test_each_backend_answers_as_it_finishes_and_one_that_fails_says_so() -> None:
    by_backend = {each.backend: each for each in await readings(BackendsReader())}

    assert list(by_backend)[-1] is Backend.TESSERACT
    assert by_backend[Backend.OLLAMA].error == "The vision model gave no usable answer."
    assert by_backend[Backend.RAPIDOCR].agreements == ()
    assert by_backend[Backend.RAPIDOCR].milliseconds == 7
    assert by_backend[Backend.TESSERACT].version == "tesseract 1.0"
    (found,) = by_backend[Backend.TESSERACT].agreements
    assert found.backend is Backend.RAPIDOCR
    assert found.words == pytest.approx(7 / 8)
    assert 0.95 < found.characters < 1


async def test_each_field_of_the_truth_is_right_wrong_or_absent() -> None:
    by_backend = {each.backend: each for each in await readings(BackendsReader())}

    outcomes = {field.name.value: field.outcome for field in by_backend[Backend.RAPIDOCR].fields}
    assert outcomes == {
        "brand_name": FieldOutcome.RIGHT,
        "alcohol_content": FieldOutcome.RIGHT,
        "vintage": FieldOutcome.ABSENT,
    }
    (wrong,) = (field for field in by_backend[Backend.TESSERACT].fields if field.outcome is FieldOutcome.WRONG)
    assert (wrong.name.value, wrong.truth, "12.5" in wrong.found) == ("alcohol_content", "13.5", True)


async def test_a_bad_image_is_everybodys_error() -> None:
    with pytest.raises(TtbError) as error:
        await readings(BackendsReader(invalid_field("image", "is no image", reason=Reason.NOT_AN_IMAGE)))

    assert error.value.reason is Reason.NOT_AN_IMAGE


async def test_what_goes_wrong_after_the_first_reading_is_told_where_rest_can_see_it() -> None:
    *_, last = await readings(BackendsReader(late_error=TtbError(Reason.QUEUE_FULL, "Too many wait.")))

    assert (last.backend, last.pages, last.error) == (Backend.TESSERACT, (), "Too many wait.")


@pytest.mark.parametrize(
    ("text", "other", "words"), [("", "", 1.0), ("a b", "", 0.0), ("a b", "b a", 1.0), ("a a", "a", 2 / 3)]
)
def test_agreement_counts_shared_words_whatever_their_order(text: str, other: str, words: float) -> None:
    found = agreement(Backend.TESSERACT, text, other)

    assert found.words == pytest.approx(words)
    assert (found.characters == 1.0) == (words == 1.0)
