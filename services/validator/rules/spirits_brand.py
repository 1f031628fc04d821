"""What a brand name of spirits may not promise: another class, an age, a place (27 CFR 5.64(b), 5.74(f), 5.122)."""

from __future__ import annotations

import re
from typing import Any

from services.common.page import bounds
from services.validator.fields.age import read_ages
from services.validator.fields.model import Statement, images_of
from services.validator.fields.passages import key_of
from services.validator.label import Label
from services.validator.rules.distilled_in import distilled_in_states, state_in
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, rule
from services.validator.rules.spirits_classes import SPIRITS, WHISKY, designations, own_class, wrong
from services.validator.rules.tables import load

_PROMISES = load("brand_words.toml")
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
