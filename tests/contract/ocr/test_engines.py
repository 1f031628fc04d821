"""What every engine must do, run against each."""

from collections.abc import Callable

import numpy as np
import pytest

from services.common.page import bounds
from services.ocr.engine import EngineName, Hints, Layout, OcrEngine
from services.ocr.engines.rapidocr import RapidOcrEngine
from services.ocr.engines.tesseract import TesseractEngine
from tests.common.drawn import LINES, drawn, pixels, squeezed

ENGINES: dict[EngineName, Callable[[], OcrEngine]] = {
    EngineName.TESSERACT: lambda: TesseractEngine(seconds=30),
    EngineName.RAPIDOCR: lambda: RapidOcrEngine(threads=1),
}


@pytest.fixture(scope="module", params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    return ENGINES[request.param]()


@pytest.mark.parametrize("layout", list(Layout))
def test_printed_lines_are_read_with_their_places(engine: OcrEngine, layout: Layout) -> None:
    lines = engine.read(pixels(drawn()), Hints(layout=layout))

    in_order = sorted(lines, key=lambda line: bounds(line.polygon)[1])
    assert [squeezed(line.text) for line in in_order] == [squeezed(text) for text in LINES]
    for row, line in enumerate(in_order):
        left, top, right, bottom = bounds(line.polygon)
        assert 30 + 72 * row - 12 <= top < bottom <= 30 + 72 * row + 60
        assert 10 <= left <= 40
        assert right > left + 100
        assert line.engine == engine.name
        assert min(line.angle_degrees, 360 - line.angle_degrees) < 3
        assert line.confidence > 0.8


def test_light_print_on_a_dark_ground_is_read(engine: OcrEngine) -> None:
    lines = engine.read(pixels(drawn("STONE'S THROW", "RED TABLE WINE", ink="white", ground="#502030")), Hints())

    assert [squeezed(line.text) for line in lines] == ["stone'sthrow", "redtablewine"]


def test_words_make_up_their_line_and_stand_in_it(engine: OcrEngine) -> None:
    for line in engine.read(pixels(drawn()), Hints()):
        assert " ".join(word.text for word in line.words) == line.text
        left, top, right, bottom = bounds(line.polygon)
        edges = [bounds(word.polygon) for word in line.words]
        assert edges == sorted(edges)
        for box in edges:
            assert left <= box[0] < box[2] <= right + 1
            assert top <= box[1] < box[3] <= bottom + 1
        assert all(0 <= word.confidence <= 1 for word in line.words)


def test_a_word_stands_where_it_is_printed(engine: OcrEngine) -> None:
    """`VOL` ends the line; measured on the drawing it begins at about three quarters of it."""
    (line,) = engine.read(pixels(drawn("ALC 13.5% BY VOL")), Hints())
    left, _, right, _ = bounds(line.polygon)
    last_left, _, last_right, _ = bounds(line.words[-1].polygon)

    assert (last_left - left) / (right - left) == pytest.approx(0.78, abs=0.06)
    assert (last_right - left) / (right - left) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("size", [(1, 1), (5, 300), (300, 5), (400, 400)])
def test_an_image_without_text_has_no_lines(engine: OcrEngine, size: tuple[int, int]) -> None:
    assert engine.read(np.full((*size, 3), 200, np.uint8), Hints()) == ()


def test_version_tells_engine_and_model(engine: OcrEngine) -> None:
    assert engine.version[0].isdigit()
    assert "(" in engine.version
