"""Where brand, class and alcohol content of spirits stand, what a brand may not promise, and who bottled an import.

27 CFR 5.63(a), 5.64(b) and 5.67.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

from services.common.page import bounds
from services.validator.fields.age import read_ages
from services.validator.fields.model import Evidence, Statement, images_of
from services.validator.fields.passages import key_of
from services.validator.fields.text import n2
from services.validator.label import Label
from services.validator.rules.distilled_in import distilled_in_states, state_in
from services.validator.rules.measures import FLAT_SIDES
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.spirits_classes import SPIRITS, WHISKY, designations, own_class, violation_if, wrong
from services.validator.submission import ApplicationType, Origin, Panel

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
    spans = [_arc([(box[0] / width, box[2] / width) for box in chosen]) for chosen in product(*boxes)]
    return min(spans, default=1.0)


def _arc(parts: list[tuple[float, float]]) -> float:
    """The shortest arc of a circle of length 1 that holds all parts."""
    ordered = sorted(parts)
    right, gap = ordered[0][1], 0.0
    for left, end in ordered[1:]:
        gap = max(gap, left - right)
        right = max(right, end)
    return 1.0 - max(gap, ordered[0][0] + 1.0 - right)


_PROMISES = tomllib.loads((Path(__file__).parent / "data" / "brand_words.toml").read_text("utf-8"))
_CLASS_WORDS: dict[str, list[str]] = _PROMISES["classes"]
_SCOTLAND = frozenset(_PROMISES["scotland"]["words"])
_AGE_IN_BRAND = re.compile(r"\b(\d{1,2})[\s-]*(?:star|year|yr)", re.IGNORECASE)


@rule(
    "spirits.brand.misleading",
    title="Brand name agrees with class, age and origin",
    citation="27 CFR 5.64(b), 5.74(f), 5.122",
    severity=Severity.REVIEW,
    applies_to=SPIRITS,
)
def spirits_brand_misleading(label: Label) -> Result:
    """A brand name promises no class, age or place that the spirits do not have; `old` in a brand is free."""
    brand = label.names.brand
    if brand is None or not (brand.sure or label.names.brand_match is not None):
        return NOT_APPLICABLE
    words = [key_of(word) for word in re.split(r"[\s-]+", brand.value)]
    problem = _class_promise(label, brand, words) or _age_promise(label, brand) or _place_promise(label, brand, words)
    if problem is None:
        return PASS
    return wrong(
        brand, f"The brand name {brand.text} {problem}; 27 CFR 5.64(b) forbids a misleading one.", "a brand that fits"
    )


def _class_promise(label: Label, brand: Statement[str], words: list[str]) -> str | None:
    told = [each for each in designations(label) if not _is_inside(each, brand)]
    said = frozenset().union(*(each.value.words for each in told))
    for word in words:
        if word in _CLASS_WORDS and told and not said & set(_CLASS_WORDS[word]):
            return f"names {word}, and the class is {told[0].text}"
    return None


def _is_inside(one: Statement[Any], other: Statement[Any]) -> bool:
    """Whether one statement is a part of the other's print."""
    if not images_of(one.evidence) & images_of(other.evidence) or not other.evidence[0].polygon:
        return False
    left, top, right, bottom = bounds(one.evidence[0].polygon) if one.evidence[0].polygon else (0, 0, 0, 0)
    outer = bounds(other.evidence[0].polygon)
    x, y = (left + right) / 2, (top + bottom) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _age_promise(label: Label, brand: Statement[str]) -> str | None:
    match = _AGE_IN_BRAND.search(brand.value)
    if match is None or any(each.value.years == int(match[1]) for each in read_ages(label.text)):
        return None
    return f"may tell an age of {match[1]} years that no statement of age confirms"


def _place_promise(label: Label, brand: Statement[str], words: list[str]) -> str | None:
    whisky = own_class(label, WHISKY)
    if whisky is None:
        return None
    scotland = next((word for word in words if word in _SCOTLAND), None)
    if scotland and "scotch" not in whisky.value.words and not _is_from(label, {"Scotland", "United Kingdom"}):
        return f"speaks of Scotland, and the class is {whisky.text}"
    state = state_in(brand.value)
    if state is None or state == state_in(whisky.value.phrase):
        return None
    made_in = {each.value for each in distilled_in_states(label)} or {
        each.value.state for each in label.names.addresses if each.value.state
    }
    return f"names {state}, and the whisky is of {', '.join(sorted(made_in))}" if made_in - {state} else None


def _is_from(label: Label, countries: set[str]) -> bool:
    return any(each.value.country is not None and each.value.country.name in countries for each in label.names.origins)


_BOTTLING = ("bottled", "canned", "packed", "filled", "packaged")
_PROCESSING = frozenset({"blended", "made", "prepared", "produced", "manufactured", "distilled"})


@rule(
    "spirits.name-address.bottled-after-import",
    title="Bottler of imported spirits",
    citation="27 CFR 5.67(b)-(c)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_name_address_bottled_after_import(label: Label) -> Result:
    """Spirits bottled here after import name their bottler; those blended or processed here bear no `imported by`."""
    if label.origin is not Origin.BOTTLED_AFTER_IMPORT:
        return NOT_APPLICABLE
    addresses = [each for each in label.names.addresses if each.value.country is None]
    importers = [each for each in addresses if each.value.importer]
    processors = [each for each in addresses if each.value.verbs & _PROCESSING and each.value.function.endswith(" by")]
    expected = "Bottled by, or imported by and bottled in the United States by, with name, city and State"
    if importers and processors:
        return wrong(
            importers[0],
            f"The label says {importers[0].value.function} and {processors[0].value.function}; spirits processed after "
            "import may not say imported by (27 CFR 5.67(c)).",
            "no imported by",
            certain=importers[0] is processors[0],
        )
    if any(each.value.does(*_BOTTLING) or "bottled in the united states" in each.value.function for each in addresses):
        return PASS
    if not addresses:
        return NOT_CHECKABLE
    return wrong(
        addresses[0], "No bottler was read; 27 CFR 5.67(b) requires one on spirits bottled after import.", expected
    )
