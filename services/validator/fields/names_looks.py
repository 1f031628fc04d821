"""Places where another look may settle what a name on the label is.

Small print is enlarged. Display lettering is what engines read worst: they lose letters at the ends, or take an
ornament for one. So a name that nothing else on the label confirms is looked at in two crops.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.common.page import Page, Polygon, bounds
from services.validator.fields.address_grammar import parse_name_and_address
from services.validator.fields.appellation import appellation_named
from services.validator.fields.class_type import code_named
from services.validator.fields.known_names import Likeness
from services.validator.fields.layout import quarter_turn
from services.validator.fields.model import SURE_CONFIDENCE, SURE_LOOKS, LabelPanel, Statement, images_of
from services.validator.fields.names import NamesReading, given
from services.validator.fields.passages import key_of
from services.validator.fields.second_look import Place, around
from services.validator.fields.varietals import same_grape, split_grapes
from services.validator.submission import Application

_MAX_PLACES = 5
_MOST_OF_A_KIND = 2
_SCALE = 2.0
_MARGIN = 4
_LARGE = 40
"""Height in pixels from which lettering is not enlarged."""

_ROOM = (0.5, 0.2)
_ROOM_AT_ENDS = 1.5
"""Parts of its height around a name in display lettering."""


def names_second_looks(
    panels: tuple[LabelPanel, ...],
    reading: NamesReading,
    application: Application,
    round_number: int,
    further: Iterable[Statement[Any]] = (),
) -> tuple[Place, ...]:
    """Crops whose reading would decide something; only in round 1.

    Those are two of each name in display lettering that may be misread, and at most 5 enlarged ones of readings that
    differ from the application, then mandatory items that were not surely read, then what a rule may hold against the
    label, `further` last. A reading that several looks share already is left alone.
    """
    if round_number != 1:
        return ()
    pages = {panel.index: panel.page for panel in panels}
    found: list[Place] = []
    for statement in (*_differing(reading, application), *_mandatory(reading), *_limiting(reading), *further):
        if statement.alike < SURE_LOOKS:
            for place in _places(pages, statement):
                _add(found, place)
    lettering = [place for statement in _displayed(reading) for place in _lettering(pages, statement)]
    return (*lettering, *found[:_MAX_PLACES])


def _displayed(reading: NamesReading) -> Iterator[Statement[object]]:
    """Names in display lettering of which letters may be unread, as far as nothing confirms them."""
    candidates, match = reading.brand_candidates, reading.brand_match
    if candidates and (not candidates[0].likely if match is None else match.likeness is Likeness.NOT_READ):
        yield candidates[0].statement
    for match in (reading.brand_match, reading.fanciful_match):
        if match is not None and match.statement is not None and match.likeness >= Likeness.CONFUSABLE:
            yield match.statement


def _differing(reading: NamesReading, application: Application) -> Iterator[Statement[object]]:
    """What the label prints where the application says something else."""
    names = (reading.brand_match, reading.fanciful_match)
    for match in names:
        if match is not None and match.statement is not None and Likeness.SAME < match.likeness < Likeness.CONFUSABLE:
            yield match.statement
    for match in (reading.class_match, reading.address_match, reading.appellation_match, *reading.grape_matches):
        if match is not None and match.statement is not None and not match.found:
            yield match.statement
    claimed = parse_name_and_address(given(application.name_and_address))
    if claimed.in_the_united_states and not any(address.value.same_place(claimed) for address in reading.addresses):
        yield from reading.addresses[:_MOST_OF_A_KIND]
    appellation = appellation_named(given(application.appellation))
    if appellation is not None and all(key_of(a.value.name) != key_of(appellation.name) for a in reading.appellations):
        yield from reading.appellations[:_MOST_OF_A_KIND]
    vintage = given(application.vintage)
    if vintage and reading.vintage is not None and str(reading.vintage.value) != vintage:
        yield reading.vintage
    grapes = split_grapes(given(application.varietals))
    if grapes:
        yield from (grape for grape in reading.grapes if not any(same_grape(name, grape.value) for name in grapes))
    if given(application.country_of_origin) and reading.country_of_origin is not None:
        yield reading.country_of_origin
    code = code_named(given(application.class_type))
    if code is not None:
        yield from [each for each in reading.designations if not code.admits(each.value)][:_MOST_OF_A_KIND]


def _mandatory(reading: NamesReading) -> Iterator[Statement[object]]:
    """Mandatory items that were not surely read, or not wholly."""
    for statement in (reading.brand, reading.class_type, reading.name_and_address):
        if statement is not None and statement.confidence < SURE_CONFIDENCE:
            yield statement
    if not any(address.value.complete for address in reading.addresses):
        yield from reading.addresses[:_MOST_OF_A_KIND]


def _limiting(reading: NamesReading) -> Iterator[Statement[object]]:
    """Designations that promise a strength, unless the application confirms them."""
    if reading.class_match is None or not reading.class_match.found:
        yield from [each for each in reading.designations if each.value.limits_strength][:_MOST_OF_A_KIND]


def _places(pages: Mapping[int, Page], statement: Statement[object]) -> Iterator[Place]:
    """One crop around the whole of the statement on each of its images."""
    for image in sorted(images_of(statement.evidence) & pages.keys()):
        polygons = [place.polygon for place in statement.evidence if place.image == image and place.polygon]
        if polygons:
            left, top, right, bottom = bounds(polygons[0])
            margin, angle = 0.5 * min(right - left, bottom - top) + _MARGIN, _angle_at(pages[image], polygons[0])
            yield around(image, pages[image], polygons, margin=margin, angle=angle, scale=_SCALE)


def _lettering(pages: Mapping[int, Page], statement: Statement[object]) -> Iterator[Place]:
    """Two crops of a name, with room for a letter that was lost at either end, with much and little room elsewhere.

    What an engine makes of display lettering hangs on what else it sees: two crops often read what one does not.
    """
    place = next((place for place in statement.evidence if place.image in pages and place.polygon), None)
    if place is None:
        return
    page = pages[place.image]
    left, top, right, bottom = bounds(place.polygon)
    angle, height = _angle_at(page, place.polygon), min(right - left, bottom - top)
    for part in _ROOM:
        ends, sides = _ROOM_AT_ENDS * height + _MARGIN, part * height + _MARGIN
        across, down = (ends, sides) if angle in (0, 180) else (sides, ends)
        yield Place(
            place.image,
            max(0, int(left - across)),
            max(0, int(top - down)),
            min(page.width, int(right + across)),
            min(page.height, int(bottom + down)),
            angle,
            1.0 if height >= _LARGE else _SCALE,
        )


def _add(places: list[Place], place: Place) -> None:
    """Add a place, or widen the first one that it overlaps."""
    for at, other in enumerate(places):
        if _overlap(other, place):
            places[at] = replace(
                other,
                left=min(other.left, place.left),
                top=min(other.top, place.top),
                right=max(other.right, place.right),
                bottom=max(other.bottom, place.bottom),
            )
            return
    places.append(place)


def _overlap(one: Place, other: Place) -> bool:
    return (
        (one.image, one.reading_angle) == (other.image, other.reading_angle)
        and max(one.left, other.left) < min(one.right, other.right)
        and max(one.top, other.top) < min(one.bottom, other.bottom)
    )


def _angle_at(page: Page, polygon: Polygon) -> int:
    """The direction of the text in the middle of a place."""
    left, top, right, bottom = bounds(polygon)
    x, y = (left + right) // 2, (top + bottom) // 2
    for line in page.lines:
        if line.polygon:
            left, top, right, bottom = bounds(line.polygon)
            if left <= x <= right and top <= y <= bottom:
                return quarter_turn(line.angle_degrees)
    return 0
