import numpy as np
import pytest

from services.common.page import Line, Point, Word, bounds, rectangle
from services.ocr.places import Region, cut_out

WIDTH, HEIGHT = 60, 40
MARK = (12, 7)
"""Column and row of the one white pixel."""


def marked() -> np.ndarray:
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[MARK[1], MARK[0]] = 255
    return image


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_what_is_seen_in_a_cut_out_maps_back_to_where_it_is(angle: int, scale: float) -> None:
    cut = cut_out(marked(), Region(5, 3, 40, 20, angle, scale), max_pixels=1_000_000)
    assert cut is not None
    crop, placement = cut
    row, column = np.unravel_index(int(crop[:, :, 0].argmax()), crop.shape[:2])

    seen = Line("X", 0.9, rectangle(int(column), int(row), int(column) + 1, int(row) + 1))
    left, top, right, bottom = bounds(placement.line_to_page(seen).polygon)

    assert left - 1 <= MARK[0] <= right + 1
    assert top - 1 <= MARK[1] <= bottom + 1
    assert right - left <= 1
    assert bottom - top <= 1


def test_text_that_reads_downwards_lies_flat_in_the_cut_out() -> None:
    """Reading downwards means beginning at the top right corner; that corner must come to the top left."""
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[0, WIDTH - 1] = 255

    cut = cut_out(image, Region(0, 0, WIDTH, HEIGHT, 90), max_pixels=1_000_000)

    assert cut is not None
    crop, placement = cut
    assert crop.shape == (WIDTH, HEIGHT, 3)
    assert crop[0, 0, 0] == 255
    word = Word("X", 0.9, rectangle(0, 0, 10, 4))
    line = placement.line_to_page(Line("X", 0.9, rectangle(0, 0, 10, 4), words=(word,)))
    assert line.angle_degrees == 90
    assert line.polygon == (Point(60, 0), Point(60, 10), Point(56, 10), Point(56, 0))
    assert line.words[0].polygon == line.polygon


@pytest.mark.parametrize(("angle", "read", "expected"), [(0, 359.5, 359.5), (90, 0, 90), (270, 90, 0), (180, 270, 90)])
def test_angles_add_up(angle: int, read: float, expected: float) -> None:
    cut = cut_out(marked(), Region(0, 0, 10, 10, angle), max_pixels=1_000)

    assert cut is not None
    assert cut[1].line_to_page(Line("X", 0.9, angle_degrees=read)).angle_degrees == expected


def test_what_lies_outside_is_ignored() -> None:
    cut = cut_out(marked(), Region(50, 30, 500, 500), max_pixels=1_000)

    assert cut is not None
    assert cut[0].shape == (10, 10, 3)
    assert cut_out(marked(), Region(60, 0, 5, 5), max_pixels=1_000) is None


def test_enlarging_stays_within_the_limit() -> None:
    cut = cut_out(marked(), Region(0, 0, WIDTH, HEIGHT, scale=4), max_pixels=2 * WIDTH * HEIGHT)

    assert cut is not None
    assert cut[0].shape[0] * cut[0].shape[1] <= 2.1 * WIDTH * HEIGHT
    assert bounds(cut[1].line_to_page(Line("X", 0.9, rectangle(0, 0, cut[0].shape[1], cut[0].shape[0]))).polygon) == (
        0,
        0,
        WIDTH,
        HEIGHT,
    )
