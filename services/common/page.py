"""What was read from an image, as plain values that every service's domain may use.

Mirrors `ttb.common.v1.Page`; `services.common.page_convert` goes between the two.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A pixel position in the upright original: origin top left, x to the right, y down."""

    x: int
    y: int


Polygon = tuple[Point, ...]
"""Corners clockwise as the text reads, from the top left corner of its first letter; empty when unknown."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as printed. `confidence` is the engine's own, 0 to 1."""

    text: str
    confidence: float
    polygon: Polygon = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line read in one direction.

    `angle_degrees` is the direction of reading, clockwise from left-to-right (90 reads downwards). Heights and widths
    are pixels, `contrast_ratio` is WCAG 2's, 1 to 21; each is None when it was not measured. `look` is 0 for the first
    look at the whole image, 1 and more for later looks at a place.
    """

    text: str
    confidence: float
    polygon: Polygon = ()
    angle_degrees: float = 0.0
    words: tuple[Word, ...] = ()
    engine: str = ""
    glyph_height_px: float | None = None
    stroke_width_px: float | None = None
    contrast_ratio: float | None = None
    look: int = 0

    def __hash__(self) -> int:
        """Lines differ in these; to go through every corner of every word takes a hundred times as long."""
        return hash((self.text, self.confidence, self.look))


@dataclass(frozen=True, slots=True)
class Page:
    """All that was read from one image of `width` x `height` pixels, lines in no particular order."""

    width: int
    height: int
    lines: tuple[Line, ...] = ()


def rectangle(left: int, top: int, right: int, bottom: int) -> Polygon:
    """The corners of an upright rectangle, clockwise from the top left."""
    return (Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))


Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


def bounds(polygon: Polygon) -> Box:
    """The upright box around a polygon that has corners."""
    xs = [point.x for point in polygon]
    ys = [point.y for point in polygon]
    return min(xs), min(ys), max(xs), max(ys)


def overlap(one: Box, other: Box) -> bool:
    """Whether the boxes have an area in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def holds(outer: Box, inner: Box) -> bool:
    """Whether the middle of `inner` lies in `outer`."""
    across, down = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= across <= outer[2] and outer[1] <= down <= outer[3]
