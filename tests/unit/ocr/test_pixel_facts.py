import pytest
from PIL import Image, ImageDraw

from services.common.page import rectangle
from services.ocr.pixel_facts import measure
from tests.common.drawn import drawn, pixels


def bars(*, height: int, stroke: int, ink: str, ground: str) -> Image.Image:
    """Ten upright strokes, as plain as letters get, in a box with a margin around."""
    image = Image.new("RGB", (400, height * 2), ground)
    pen = ImageDraw.Draw(image)
    for index in range(10):
        left, top = 20 + 38 * index, height // 2
        pen.rectangle((left, top, left + stroke - 1, top + height - 1), fill=ink)
    return image


@pytest.mark.parametrize(("height", "stroke"), [(12, 2), (30, 4), (60, 9)])
def test_height_and_stroke_are_in_pixels_of_the_image(height: int, stroke: int) -> None:
    image = bars(height=height, stroke=stroke, ink="black", ground="white")

    facts = measure(pixels(image), rectangle(0, 0, 400, 2 * height))

    assert facts is not None
    assert facts.glyph_height_px == pytest.approx(height, abs=1)
    assert facts.stroke_width_px == pytest.approx(stroke, abs=1)


@pytest.mark.parametrize(
    ("ink", "ground", "ratio"),
    [("black", "white", 21), ("white", "black", 21), ("#777777", "white", 4.48), ("#ff0000", "#ffff00", 3.72)],
)
def test_contrast_is_that_of_wcag(ink: str, ground: str, ratio: float) -> None:
    facts = measure(pixels(bars(height=30, stroke=5, ink=ink, ground=ground)), rectangle(0, 0, 400, 60))

    assert facts is not None
    assert facts.contrast_ratio == pytest.approx(ratio, rel=0.03)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_line_measures_like_a_flat_one(turn: int) -> None:
    flat = drawn("GOVERNMENT WARNING", size=30).crop((0, 20, 400, 74))
    turned = flat.rotate(-turn, expand=True)
    corners, steps = rectangle(0, 0, *turned.size), turn // 90

    facts = measure(pixels(turned), corners[steps:] + corners[:steps])

    assert facts == measure(pixels(flat), rectangle(0, 0, *flat.size))
    assert facts is not None
    assert facts.glyph_height_px == pytest.approx(22, abs=2)


def test_an_even_surface_has_no_facts() -> None:
    assert measure(pixels(Image.new("RGB", (100, 40), "grey")), rectangle(0, 0, 100, 40)) is None
