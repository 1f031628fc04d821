"""What only pixels can tell of a line: how high its letters are, how thick their strokes, how they stand out.

27 CFR 16.22 asks for a type size, for bold and remarkably bold type and for a contrasting background; the rules judge,
this module measures. Sizes are pixels of the image; only the caller knows millimetres.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from services.common.page import Line, Polygon
from services.ocr.engine import RgbImage

_WORKING_HEIGHT = 48.0
_MAX_WIDTH = 1600.0
_LEAST_PIXELS = 4
_LINEAR = np.where(
    np.arange(256) / 255 <= 0.04045, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4
)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, slots=True)
class PixelFacts:
    """Median letter height and stroke width in pixels, and the WCAG 2 contrast ratio, 1 to 21, of ink to ground."""

    glyph_height_px: float
    stroke_width_px: float
    contrast_ratio: float


def with_pixel_facts(image: RgbImage, lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines, each with what could be measured at its polygon."""
    return tuple(_with_facts(image, line) for line in lines)


def _with_facts(image: RgbImage, line: Line) -> Line:
    facts = measure(image, line.polygon)
    if facts is None:
        return line
    return replace(
        line,
        glyph_height_px=facts.glyph_height_px,
        stroke_width_px=facts.stroke_width_px,
        contrast_ratio=facts.contrast_ratio,
    )


def measure(image: RgbImage, polygon: Polygon) -> PixelFacts | None:
    """Measures one line of text; None where ink and ground cannot be told apart."""
    if len(polygon) != 4:
        return None
    corners = np.array([(point.x, point.y) for point in polygon], np.float32)
    width = float(np.linalg.norm(corners[1] - corners[0]))
    height = float(np.linalg.norm(corners[3] - corners[0]))
    if min(width, height) < _LEAST_PIXELS:
        return None
    scale = min(max(1.0, _WORKING_HEIGHT / height), max(1.0, _MAX_WIDTH / width))
    crop = _flattened(image, corners, round(width * scale), round(height * scale))
    ink = _ink_mask(crop)
    sizes = _letters(ink)
    if not sizes:
        return None
    heights, strokes = (np.array(values) for values in zip(*sizes, strict=True))
    return PixelFacts(
        glyph_height_px=round(float(np.median(heights)) / scale, 2),
        stroke_width_px=round(float(np.median(strokes)) / scale, 2),
        contrast_ratio=_contrast(crop, ink),
    )


def _flattened(image: RgbImage, corners: NDArray[np.float32], width: int, height: int) -> RgbImage:
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    transform = cv2.getPerspectiveTransform(corners, flat)
    crop = cv2.warpPerspective(
        image, transform, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return crop.astype(np.uint8, copy=False)


def _ink_mask(crop: RgbImage) -> NDArray[np.uint8]:
    """1 where there is ink. Ground is what most of the crop's edge shows: a detected box keeps a margin of it."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    _, bright = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    edge = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
    return (1 - bright if edge.mean() >= 0.5 else bright).astype(np.uint8)


def _letters(ink: NDArray[np.uint8]) -> list[tuple[float, float]]:
    """Height and stroke width of each piece of ink that has the size of a letter."""
    height = ink.shape[0]
    pieces, _ = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    found: list[tuple[float, float]] = []
    for piece in pieces:
        left, top, across, down = cv2.boundingRect(piece)
        if not 0.3 * height <= down <= 0.98 * height or across > 3 * height:
            continue
        area = float(ink[top : top + down, left : left + across].sum())
        outlines, _ = cv2.findContours(
            ink[top : top + down, left : left + across], cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE
        )
        perimeter = sum(cv2.arcLength(outline, closed=True) for outline in outlines)
        if perimeter and area >= _LEAST_PIXELS:
            found.append((float(down), 2 * area / perimeter))
    return found


def _contrast(crop: RgbImage, ink: NDArray[np.uint8]) -> float:
    """Of the plainest ink to the median ground: anti-aliased edges are neither."""
    inked, ground = crop[ink == 1], np.median(crop[ink == 0], axis=0)
    distance = np.abs(inked.astype(np.float32) - ground).sum(axis=1)
    plain = inked[distance >= np.quantile(distance, 0.75)]
    lighter, darker = sorted((_luminance(np.median(plain, axis=0)), _luminance(ground)), reverse=True)
    return round((lighter + 0.05) / (darker + 0.05), 2)


def _luminance(colour: NDArray[np.floating]) -> float:
    return float(_LINEAR[np.clip(colour, 0, 255).astype(np.uint8)] @ _LUMINANCE)
