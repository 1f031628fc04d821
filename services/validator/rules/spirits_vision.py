"""Where brand name, class and alcohol content of spirits stand: in one field of vision (27 CFR 5.63(a))."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from services.common.page import bounds
from services.validator.fields.model import Evidence, Statement, images_of
from services.validator.fields.text import n2
from services.validator.label import Label
from services.validator.rules.measures import FLAT_SIDES
from services.validator.rules.model import (
    NOT_APPLICABLE,
    NOT_CHECKABLE,
    PASS,
    Result,
    Severity,
    fail,
    rule,
    violation_if,
)
from services.validator.rules.spirits_classes import SPIRITS, designations
from services.validator.submission import ApplicationType, Panel

_SIDE, _WIDEST = 0.40, 0.50
"""Share of the circumference that is one side (27 CFR 5.63(a)), and what is surely more."""
_MOST = 4


@rule(
    "spirits.same-field-of-vision",
    title="Brand, class and alcohol content in one field of vision",
    citation="27 CFR 5.63(a)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_same_field_of_vision(label: Label) -> Result:
    """Brand name, class and type, and alcohol content are seen together on one side, without turning the container."""
    if label.submission.application_type is ApplicationType.DISTINCTIVE_BOTTLE:
        return NOT_APPLICABLE
    brand, classes, stated = _brand_places(label), _places(designations(label)), _places(label.alcohol.statements)
    if not (brand and classes and stated):
        return NOT_CHECKABLE
    kinds = {panel.index: panel.panel for panel in label.panels}
    shared = images_of(brand) & images_of(classes) & images_of(stated)
    flat = [image for image in shared if kinds[image] is not Panel.WRAP]
    if any(_in_one_part(label, image, (brand, classes, stated)) for image in flat):
        return PASS
    if flat:
        return NOT_CHECKABLE
    spans = [_span(label, image, (brand, classes, stated)) for image in shared]
    if any(span <= _SIDE for span in spans):
        return PASS
    if spans and min(spans) <= _WIDEST:
        return NOT_CHECKABLE
    declared = {kinds[image] for image in images_of((*brand, *classes, *stated))}
    items = (label.names.brand, designations(label)[0], label.alcohol.chosen or label.alcohol.statements[0])
    if not label.complete or not all(item is not None and item.sure for item in items):
        return NOT_CHECKABLE
    return fail(
        violation_if(not shared and declared <= FLAT_SIDES and len(declared) > 1),
        "Brand name, class and alcohol content were not found on one side; 27 CFR 5.63(a) requires them in the same "
        "field of vision.",
        expected="brand name, class and type, and alcohol content on one side",
        found=items[2].text,
        evidence=(*brand[:1], *classes[:1], *stated[:1]),
    )


def _in_one_part(label: Label, image: int, items: Iterable[tuple[Evidence, ...]]) -> bool:
    """Whether each item stands in one part of the image: form text such as `Image Type: Back` begins another panel."""
    lines = next(panel.page.lines for panel in label.panels if panel.index == image)
    headings = [bounds(line.polygon)[1] for line in lines if line.polygon and n2(line.text).startswith("image type")]

    def parts(places: tuple[Evidence, ...]) -> frozenset[int]:
        tops = (bounds(place.polygon)[1] for place in places if place.image == image and place.polygon)
        return frozenset(sum(heading <= top for heading in headings) for top in tops)

    return not headings or bool(frozenset.intersection(*map(parts, items)))


def _places(statements: Iterable[Statement[Any]]) -> tuple[Evidence, ...]:
    return tuple(place for each in statements for place in each.evidence)


def _brand_places(label: Label) -> tuple[Evidence, ...]:
    """Where the brand stands; of one that the application gives, every image counts."""
    names = label.names
    if names.brand is None:
        return ()
    images = names.brand_match.images if names.brand_match is not None else frozenset()
    here = names.brand.evidence
    return (*here, *(Evidence(image) for image in images - images_of(here)))


def _span(label: Label, image: int, items: Iterable[tuple[Evidence, ...]]) -> float:
    """The least part of a wrap's width that shows one place of each item; its ends meet behind the container."""
    width = next(panel.page.width for panel in label.panels if panel.index == image)
    boxes = [
        [bounds(place.polygon) for place in places if place.image == image and place.polygon][:_MOST]
        for places in items
    ]
    spans = [shortest_arc([(box[0] / width, box[2] / width) for box in chosen]) for chosen in product(*boxes)]
    return min(spans, default=1.0)


def shortest_arc(parts: list[tuple[float, float]]) -> float:
    """The shortest arc of a circle of length 1 that holds all parts."""
    ordered = sorted(parts)
    right, gap = ordered[0][1], 0.0
    for left, end in ordered[1:]:
        gap = max(gap, left - right)
        right = max(right, end)
    return 1.0 - max(gap, ordered[0][0] + 1.0 - right)
