"""From findings in many reading orders and looks to statements: what several looks read alike, and what they dispute.

The same print turns up in several orders, and again in each look. Within a look every printed character supports one
finding, the best formed. Across looks, findings at one place are one statement; looks that read it alike make it sure,
looks that read something else there make it doubtful, unless they saw it cut off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from services.common.page import Page, Polygon, bounds
from services.validator.fields.layout import quarter_turn
from services.validator.fields.model import SURE_CONFIDENCE, Evidence, LabelPanel, Statement
from services.validator.fields.runs import Located, Look, Run, runs_by_look
from services.validator.fields.second_look import Place, around

V = TypeVar("V")

_SAME_PLACE = 0.3
_CUT = 0.2
"""Of the text's height: so much missing on one side costs a decimal point, or makes a 4 a 1."""

_MARGIN = 0.75
"""Of the text's height: more takes in neighbours, less cuts letters."""

_WIDEST = 3
"""Crops are at most so many times as wide as high: detectors enlarge thin strips out of proportion."""


@dataclass(frozen=True, slots=True)
class Finding(Generic[V]):
    """One value found in one reading order; among findings that share print the lowest `rank` wins.

    `doubtful` marks a value that is a guess at a misread print: it never becomes sure.
    """

    value: V
    located: Located
    rank: int
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Seen(Generic[V]):
    """A finding and the look that made it."""

    finding: Finding[V]
    look: Look


def statements(
    panels: Iterable[LabelPanel],
    find: Callable[[Run], Iterable[Finding[V]]],
    alike: Callable[[V, V], bool],
) -> tuple[Statement[V], ...]:
    """All statements of the label in reading order by image; `alike` tells whether two readings say the same."""
    return tuple(
        _statement(place, panel.index, alike) for panel in panels for place in _places(_seen(panel.page, find))
    )


def _seen(page: Page, find: Callable[[Run], Iterable[Finding[V]]]) -> list[Seen[V]]:
    return [
        Seen(finding, look)
        for look, runs in runs_by_look(page)
        for finding in best_formed(finding for run in runs for finding in find(run))
    ]


def best_formed(findings: Iterable[Finding[V]]) -> list[Finding[V]]:
    """Findings that share no printed character, the best formed first."""
    used: set[tuple[int, int]] = set()
    kept: list[Finding[V]] = []
    for finding in sorted(findings, key=lambda one: (one.rank, one.located.lines, len(one.located.atoms))):
        if used.isdisjoint(finding.located.atoms):
            used |= finding.located.atoms
            kept.append(finding)
    return kept


def _places(seen: Sequence[Seen[V]]) -> list[list[Seen[V]]]:
    places: list[list[Seen[V]]] = []
    for one in seen:
        place = next((place for place in places if any(_overlap(one, other) for other in place)), None)
        if place is None:
            places.append([one])
        else:
            place.append(one)
    return sorted(places, key=lambda place: (place[0].finding.located.box[1], place[0].finding.located.box[0]))


def _overlap(one: Seen[V], other: Seen[V]) -> bool:
    if one.look == other.look:
        return False
    left, top, right, bottom = one.finding.located.box
    other_left, other_top, other_right, other_bottom = other.finding.located.box
    across = min(right, other_right) - max(left, other_left)
    down = min(bottom, other_bottom) - max(top, other_top)
    smaller = min((right - left) * (bottom - top), (other_right - other_left) * (other_bottom - other_top))
    return across > 0 and down > 0 and across * down >= _SAME_PLACE * smaller


def _statement(place: Sequence[Seen[V]], image: int, alike: Callable[[V, V], bool]) -> Statement[V]:
    sets = [[other for other in place if alike(one.finding.value, other.finding.value)] for one in place]
    agreeing = max(sets, key=lambda readings: (_surely(readings), -min(one.finding.rank for one in readings)))
    clear = [one for one in agreeing if not one.finding.doubtful]
    best = min(clear or agreeing, key=lambda one: (one.finding.rank, -one.finding.located.confidence))
    confidence = max(one.finding.located.confidence for one in clear or agreeing)
    others = [one for one in place if one not in agreeing and not any(_cut_off(one, whole) for whole in agreeing)]
    disputing = len({one.look for one in others} - {one.look for one in agreeing})
    if not clear or disputing:
        confidence = min(confidence, SURE_CONFIDENCE - 0.01)
    return Statement(
        best.finding.value,
        best.finding.located.text,
        confidence,
        tuple(Evidence(image, polygon) for polygon in best.finding.located.polygons) or (Evidence(image),),
        max(1, _surely(clear) - disputing),
        tuple(dict.fromkeys(one.finding.located.text for one in others)) if disputing else (),
    )


def _cut_off(one: Seen[V], other: Seen[V]) -> bool:
    """Whether `one` saw only a part of what `other` saw: it ends short of it on one side, and nowhere goes beyond it.

    The edge of a crop, or of the box that was found for a line, may cut letters; what is left reads as another value.
    """
    left, top, right, bottom = one.finding.located.box
    other_left, other_top, other_right, other_bottom = other.finding.located.box
    least = _CUT * min(other_right - other_left, other_bottom - other_top)
    sides = ((left - other_left, other_right - right), (top - other_top, other_bottom - bottom))
    inside = all(-least < short for pair in sides for short in pair)
    return inside and any(abs(start - end) >= least for start, end in sides)


def _surely(readings: Sequence[Seen[V]]) -> int:
    """How many looks read it at the confidence that a violation takes, else how many read it at all."""
    sure = {one.look for one in readings if one.finding.located.confidence >= SURE_CONFIDENCE}
    return len(sure or {one.look for one in readings})


class Placed(Protocol):
    """A statement, or a finding: something that stands at a place."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Its places, at least one."""


def places_to_read_again(
    panels: Iterable[LabelPanel], wanted: Iterable[Placed], *, scale: float, most: int
) -> tuple[Place, ...]:
    """Crops around the whole lines of what is wanted, in the direction in which they read; at most `most`.

    A crop that ends inside a line reads its edge wrongly. Those whose crops overlap share one.
    """
    pages = {panel.index: panel.page for panel in panels}
    places: list[Place] = []
    for each in wanted:
        image = each.evidence[0].image
        polygons = [place.polygon for place in each.evidence if place.polygon and place.image == image]
        if polygons and image in pages:
            angle, height = _direction(polygons[0])
            polygons.extend(_lines_through(pages[image], polygons))
            page = pages[image]
            place = _thickened(around(image, page, polygons, margin=_MARGIN * height, angle=angle, scale=scale), page)
            shared = next((number for number, other in enumerate(places) if _meet(place, other)), None)
            if shared is None:
                places.append(place)
            else:
                places[shared] = _union(place, places[shared])
    return tuple(places[:most])


def _thickened(place: Place, page: Page) -> Place:
    wide, high = place.right - place.left, place.bottom - place.top
    more = max(0, max(wide, high) // _WIDEST - min(wide, high)) // 2
    if wide > high:
        return replace(place, top=max(0, place.top - more), bottom=min(page.height, place.bottom + more))
    return replace(place, left=max(0, place.left - more), right=min(page.width, place.right + more))


def _lines_through(page: Page, polygons: Sequence[Polygon]) -> list[Polygon]:
    centres = [
        (sum(point.x for point in polygon) / len(polygon), sum(point.y for point in polygon) / len(polygon))
        for polygon in polygons
    ]
    lines = [(line.polygon, bounds(line.polygon)) for line in page.lines if line.polygon]
    return [
        polygon
        for polygon, (left, top, right, bottom) in lines
        if any(left <= x <= right and top <= y <= bottom for x, y in centres)
    ]


def _meet(one: Place, other: Place) -> bool:
    return (
        (one.image, one.reading_angle) == (other.image, other.reading_angle)
        and one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def _union(one: Place, other: Place) -> Place:
    return replace(
        one,
        left=min(one.left, other.left),
        top=min(one.top, other.top),
        right=max(one.right, other.right),
        bottom=max(one.bottom, other.bottom),
    )


def _direction(polygon: Polygon) -> tuple[int, float]:
    """Quarter turn in which the text of the polygon reads, and its height in pixels."""
    start, end, under = polygon[0], polygon[1], polygon[-1]
    angle = math.degrees(math.atan2(end.y - start.y, end.x - start.x))
    return quarter_turn(angle), math.hypot(under.x - start.x, under.y - start.y)
