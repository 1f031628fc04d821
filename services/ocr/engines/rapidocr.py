"""RapidOCR's models as an engine: scene text, art fonts, and text that stands.

A box that is taller than wide is read in both directions and the surer one is kept; about a third of the labels print
something that stands, and both directions occur.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from importlib.metadata import version

import cv2
import numpy as np

from services.common.page import Line, Point, Polygon, Word
from services.ocr.engine import EngineName, Hints, RgbImage
from services.ocr.engines.ppocr import MODEL_NAME, Glyph, Quad, TextDetector, TextRecognizer

LEAST_CONFIDENCE = 0.3
"""Lines below are noise; up to the caller's own threshold they tell that something unsure is printed."""

_STANDING_RATIO = 1.5


class RapidOcrEngine:
    """PP-OCR detection and recognition on `threads` threads."""

    def __init__(self, threads: int) -> None:
        self._detect = TextDetector(threads)
        self._recognize = TextRecognizer(threads)

    @property
    def name(self) -> EngineName:
        """Always `rapidocr`."""
        return EngineName.RAPIDOCR

    @property
    def version(self) -> str:
        """Of the package, with model and runtime."""
        return f"{version('rapidocr')} ({MODEL_NAME}, openvino)"

    def read(self, image: RgbImage, hints: Hints) -> tuple[Line, ...]:  # noqa: ARG002 - these models take no hints
        """Lines from top to bottom, those that stand included."""
        boxes = [_upright(image, quad) for quad in self._detect(image)]
        glyphs = iter(self._recognize([crop for box in boxes for crop, _ in box]))
        lines = (_surest(_line(next(glyphs), quad) for _, quad in box) for box in boxes)
        return tuple(line for line in lines if line is not None)


def _upright(image: RgbImage, quad: Quad) -> tuple[tuple[RgbImage, Quad], ...]:
    """The box upright, with its corners clockwise as it reads: both ways, downwards first, when it stands."""
    crop = _flattened(image, quad)
    if crop.shape[0] < _STANDING_RATIO * crop.shape[1]:
        return ((crop, quad),)
    return (np.rot90(crop, 1), np.roll(quad, -1, axis=0)), (np.rot90(crop, -1), np.roll(quad, 1, axis=0))


def _surest(readings: Iterable[Line | None]) -> Line | None:
    return max(readings, key=lambda line: line.confidence if line else 0.0)


def _flattened(image: RgbImage, quad: Quad) -> RgbImage:
    width = max(1, round(float(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3])))))
    height = max(1, round(float(max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])))))
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    transform = cv2.getPerspectiveTransform(quad, flat)
    crop = cv2.warpPerspective(
        image, transform, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return crop.astype(np.uint8, copy=False)


def _line(glyphs: Sequence[Glyph], quad: Quad) -> Line | None:
    """The line whose corners, clockwise as it reads, are `quad`; None when nothing was read surely enough."""
    words = _words(glyphs, quad)
    printed = [glyph.confidence for glyph in glyphs if not glyph.char.isspace()]
    if not words or (confidence := float(np.mean(printed))) < LEAST_CONFIDENCE:
        return None
    along = (quad[1] + quad[2] - quad[0] - quad[3]) / 2
    angle = round(math.degrees(math.atan2(float(along[1]), float(along[0]))), 1) % 360
    text = " ".join(word.text for word in words)
    return Line(text, round(confidence, 4), _strip(quad, 0, 1), angle, words, EngineName.RAPIDOCR)


def _words(glyphs: Sequence[Glyph], quad: Quad) -> tuple[Word, ...]:
    """Splits at the spaces that were read; a word reaches half-way to the characters around it."""
    words: list[Word] = []
    edges = _edges(glyphs)
    start = 0
    for index in range(len(glyphs) + 1):
        if index < len(glyphs) and not glyphs[index].char.isspace():
            continue
        if index > start:
            word = glyphs[start:index]
            words.append(
                Word(
                    "".join(glyph.char for glyph in word),
                    round(float(np.mean([glyph.confidence for glyph in word])), 4),
                    _strip(quad, edges[start], edges[index]),
                )
            )
        start = index + 1
    return tuple(words)


def _edges(glyphs: Sequence[Glyph]) -> list[float]:
    """Positions between the characters, 0 to 1 across the line, and before the first and after the last."""
    if not glyphs:
        return [0.0]
    centres = [glyph.centre for glyph in glyphs]
    half = (centres[-1] - centres[0]) / max(len(centres) - 1, 1) / 2 if len(centres) > 1 else 0.5
    between = [(left + right) / 2 for left, right in itertools.pairwise(centres)]
    return [max(0.0, centres[0] - half), *between, min(1.0, centres[-1] + half)]


def _strip(quad: Quad, start: float, end: float) -> Polygon:
    """The part of the quad between two positions across it."""
    top_left, top_right, bottom_right, bottom_left = quad
    top, bottom = top_right - top_left, bottom_right - bottom_left
    corners = (top_left + start * top, top_left + end * top, bottom_left + end * bottom, bottom_left + start * bottom)
    return tuple(Point(round(float(x)), round(float(y))) for x, y in corners)
