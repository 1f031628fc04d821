"""The Tesseract program as an engine: better than the networks on plain print in flat lines."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytesseract

from services.common.errors import Reason, TtbError
from services.common.page import Line, Polygon, Word, rectangle
from services.ocr.engine import EngineName, Hints, Layout, RgbImage

_LANGUAGE = "eng"
_SEGMENTATION = {Layout.PAGE: 3, Layout.PLACE: 6}
_WANTED_SIDE = 2400
_GREATEST_SCALE = 3.0
_STANDING_RATIO = 2.0
_LEAST_SIDE = 8


@dataclass(frozen=True, slots=True)
class _Box:
    """One word of the program's table, in pixels of the image that it saw."""

    line: tuple[int, int, int]
    text: str
    confidence: float
    left: int
    top: int
    width: int
    height: int


class TesseractEngine:
    """Tesseract 5 with its English model, one thread, at most `seconds` for an image."""

    def __init__(self, seconds: float) -> None:
        # The program's threads slow it down; work in parallel is one image for each worker.
        os.environ["OMP_THREAD_LIMIT"] = "1"
        self._seconds = seconds
        self._version = str(pytesseract.get_tesseract_version())
        if _LANGUAGE not in pytesseract.get_languages():
            raise TtbError(Reason.BACKEND_UNAVAILABLE, f"Tesseract has no language `{_LANGUAGE}`; install its data.")

    @property
    def name(self) -> EngineName:
        """Always `tesseract`."""
        return EngineName.TESSERACT

    @property
    def version(self) -> str:
        """Of the program, with its language model."""
        return f"{self._version} ({_LANGUAGE})"

    def read(self, image: RgbImage, hints: Hints) -> tuple[Line, ...]:
        """Lines in the program's order, which is by blocks."""
        height, width = image.shape[:2]
        if min(height, width) < _LEAST_SIDE:
            return ()
        scale = min(_GREATEST_SCALE, max(1.0, _WANTED_SIDE / max(height, width)))
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        if scale > 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        by_line = itertools.groupby(self._boxes(grey, hints.layout), key=lambda box: box.line)
        return tuple(_line(list(boxes), scale) for _, boxes in by_line)

    def _boxes(self, grey: np.ndarray[tuple[int, ...], np.dtype[np.generic]], layout: Layout) -> list[_Box]:
        try:
            table = pytesseract.image_to_data(
                grey,
                lang=_LANGUAGE,
                config=f"--psm {_SEGMENTATION[layout]}",
                output_type=pytesseract.Output.DICT,
                timeout=self._seconds,
            )
        except (pytesseract.TesseractError, RuntimeError, OSError) as error:
            raise TtbError(Reason.BACKEND_FAILED, "Tesseract failed on this image; try another backend.") from error
        rows = zip(
            table["block_num"],
            table["par_num"],
            table["line_num"],
            table["text"],
            table["conf"],
            table["left"],
            table["top"],
            table["width"],
            table["height"],
            strict=True,
        )
        return [
            _Box((block, paragraph, line), str(text).strip(), min(max(float(confidence) / 100, 0.0), 1.0), *place)
            for block, paragraph, line, text, confidence, *place in rows
            if str(text).strip() and float(confidence) >= 0
        ]


def _line(boxes: Sequence[_Box], scale: float) -> Line:
    angle = _angle(boxes)
    words = tuple(Word(box.text, round(box.confidence, 4), _polygon([box], scale, angle)) for box in boxes)
    letters = sum(len(box.text) for box in boxes)
    confidence = sum(box.confidence * len(box.text) for box in boxes) / letters
    text = " ".join(word.text for word in words)
    return Line(text, round(confidence, 4), _polygon(boxes, scale, angle), angle, words, EngineName.TESSERACT)


def _angle(boxes: Sequence[_Box]) -> float:
    """Tesseract reads standing lines too but does not say so: their longest word is taller than wide."""
    longest = max(boxes, key=lambda box: len(box.text))
    if len(longest.text) < 3 or longest.height < _STANDING_RATIO * longest.width:
        return 0.0
    return 90.0 if boxes[0].top <= boxes[-1].top and len(boxes) > 1 else 270.0


def _polygon(boxes: Sequence[_Box], scale: float, angle: float) -> Polygon:
    upright = rectangle(
        round(min(box.left for box in boxes) / scale),
        round(min(box.top for box in boxes) / scale),
        round(max(box.left + box.width for box in boxes) / scale),
        round(max(box.top + box.height for box in boxes) / scale),
    )
    turns = round(angle / 90)
    return upright[turns:] + upright[:turns]
