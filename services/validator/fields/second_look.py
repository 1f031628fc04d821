"""Places that an extractor wants to see again before it is sure.

Extractors are pure: they do not read images, they say where another look would settle a doubt. The verification use
case has the places read by the ocr service and adds the lines to the page with the next `look` number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.common.page import Page, Polygon, bounds


class Purpose(StrEnum):
    """What a place is looked at again for: a stage of the reading, which can be left out and measured."""

    STANDING_TEXT = "standing text"
    FAINT_PRINT = "faint print"
    WARNING_SEARCH = "warning, searched"
    WARNING_STATEMENT = "warning, statement"
    WARNING_WORDS = "warning, doubtful words"
    ALCOHOL = "alcohol content"
    NET_CONTENTS = "net contents"
    NAMES = "names"
    DISPUTED = "disputed by the application"


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of image number `image` in upright pixels, to be read again.

    `reading_angle` is the direction (0, 90, 180 or 270 degrees, as in `Line.angle_degrees`) in which the text of
    interest reads; `scale` is the enlargement, 1 to 4. Places that differ only in `purpose` are the same.
    """

    image: int
    left: int
    top: int
    right: int
    bottom: int
    reading_angle: int = 0
    scale: float = 2.0
    purpose: Purpose | None = field(default=None, compare=False, repr=False)


STANDING = (90, 270)
"""The two directions in which standing text reads."""

_EDGE = 2
"""Pixels."""

_SMALL_PAGE = 1500
_SMALL_PAGE_SCALE = 2.0


def whole(image: int, page: Page, angle: int, scale: float | None = None) -> Place:
    """The whole page, to be read in direction `angle`; a small page is enlarged unless a `scale` is given."""
    if scale is None:
        scale = _SMALL_PAGE_SCALE if max(page.width, page.height) <= _SMALL_PAGE else 1.0
    return Place(image, 0, 0, page.width, page.height, angle, scale)


def seen_turned(page: Page, looked_at: Sequence[Place]) -> bool:
    """Whether the whole page was looked at in both standing directions."""
    angles = {
        place.reading_angle
        for place in looked_at
        if (place.left, place.top, place.right, place.bottom) == (0, 0, page.width, page.height)
    }
    return angles.issuperset(STANDING)


def around(image: int, page: Page, polygons: list[Polygon], *, margin: float, angle: int, scale: float) -> Place:
    """The place that holds all polygons, widened by `margin` pixels and cut to the page."""
    boxes = [bounds(polygon) for polygon in polygons if polygon]
    return Place(
        image,
        max(0, int(min(box[0] for box in boxes) - margin)),
        max(0, int(min(box[1] for box in boxes) - margin)),
        min(page.width, int(max(box[2] for box in boxes) + margin)),
        min(page.height, int(max(box[3] for box in boxes) + margin)),
        angle,
        scale,
    )


def is_cut(polygon: Polygon, place: Place, page: Page) -> bool:
    """Whether a line that was read in a place touches its edge inside the page, so that a part of it may be missing."""
    left, top, right, bottom = bounds(polygon)
    return (
        (place.left > 0 and left <= place.left + _EDGE)
        or (place.top > 0 and top <= place.top + _EDGE)
        or (place.right < page.width and right >= place.right - _EDGE)
        or (place.bottom < page.height and bottom >= place.bottom - _EDGE)
    )


def looked_at_for(purpose: Purpose, places: Iterable[Place]) -> tuple[Place, ...]:
    """The places, each with what it is looked at for."""
    return tuple(replace(place, purpose=purpose) for place in places)
