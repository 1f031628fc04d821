"""Places of an image that are read again: cut out, turned upright, enlarged, and what was read mapped back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from services.common.page import Line, Point, Polygon
from services.ocr.engine import RgbImage


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels of the upright image, which may reach outside it.

    `reading_angle` is the direction (0, 90, 180 or 270 degrees clockwise) in which the text of interest reads; `scale`
    the enlargement before reading.
    """

    left: int
    top: int
    width: int
    height: int
    reading_angle: int = 0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a cut-out came from: a rectangle of the image, turned back by `reading_angle`, enlarged by `scale`."""

    left: int
    top: int
    width: int
    height: int
    reading_angle: int
    scale: float

    def to_page(self, point: Point) -> Point:
        """The image's pixel for a pixel of the cut-out."""
        x, y = point.x / self.scale, point.y / self.scale
        across, down = {
            0: (x, y),
            90: (self.width - y, x),
            180: (self.width - x, self.height - y),
            270: (y, self.height - x),
        }[self.reading_angle]
        return Point(
            self.left + min(max(round(across), 0), self.width), self.top + min(max(round(down), 0), self.height)
        )

    def line_to_page(self, line: Line) -> Line:
        """A line of the cut-out with polygons and angle of the image; its text and confidence unchanged."""
        return replace(
            line,
            polygon=self._polygon(line.polygon),
            angle_degrees=(line.angle_degrees + self.reading_angle) % 360,
            words=tuple(replace(word, polygon=self._polygon(word.polygon)) for word in line.words),
        )

    def _polygon(self, polygon: Polygon) -> Polygon:
        return tuple(self.to_page(point) for point in polygon)


def cut_out(image: RgbImage, region: Region, *, max_pixels: int) -> tuple[RgbImage, Placement] | None:
    """The region turned upright and enlarged (never beyond `max_pixels`), or None when it lies outside the image."""
    height, width = image.shape[:2]
    left, right = max(region.left, 0), min(region.left + region.width, width)
    top, bottom = max(region.top, 0), min(region.top + region.height, height)
    if left >= right or top >= bottom:
        return None
    scale = max(1.0, min(region.scale, math.sqrt(max_pixels / ((right - left) * (bottom - top)))))
    crop = np.rot90(image[top:bottom, left:right], region.reading_angle // 90)
    if scale > 1:
        crop = cv2.resize(np.ascontiguousarray(crop), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC).astype(
            np.uint8, copy=False
        )
    return np.ascontiguousarray(crop), Placement(left, top, right - left, bottom - top, region.reading_angle, scale)
