"""Names that point to a place or an estate on wine: 27 CFR 4.24(b), 4.26, 4.33(b), 4.39(i) and (m)."""

from __future__ import annotations

import re

from services.validator.fields.appellation import AppellationKind
from services.validator.fields.class_type import Designation
from services.validator.fields.known_names import Likeness
from services.validator.fields.passages import key_of
from services.validator.fields.places import BUSINESS_WORDS, STATES, VITICULTURAL_AREAS
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.wine_lists import LISTS
from services.validator.rules.wine_reading import (
    WINE,
    appellations,
    classes,
    has_appellation,
    has_viticultural_area,
    not_american,
    weight_of_no_appellation,
    whole_rows,
)
from services.validator.submission import Origin

_NOT_PLACES_IN_NAMES = frozenset(
    {"washington", "georgia", "virginia", "delaware", "madera", "montana", "augusta", "hermann"}
)
"""States and areas that are people's names or other places too."""

_AREAS_OF = {key_of(name): areas for name, areas in LISTS.brand_places.items()}
_STATES_OF = {key_of(name): (name,) for name in STATES.values()} | {
    key_of(name): states for name, states in VITICULTURAL_AREAS.items()
}


@rule(
    "wine.brand.misleading-geographic",
    title="Place names in the brand",
    citation="27 CFR 4.33(b), 4.39(i)",
    severity=Severity.REVIEW,
    applies_to=WINE,
)
def wine_brand_misleading_geographic(label: Label) -> Result:
    """A brand that names a State, county or growing area stands on wine with the appellation of that place."""
    brand, match, candidates = label.names.brand, label.names.brand_match, label.names.brand_candidates
    place = _place_in(match.wanted if match is not None else brand.value if brand is not None else "")
    if brand is None or not place or label.origin not in (None, Origin.DOMESTIC):
        return NOT_APPLICABLE
    known = match.likeness <= Likeness.BUSINESS_WORD if match is not None else candidates[0].likely
    areas = appellations(label)
    if not known or (not areas and not label.complete):
        return NOT_CHECKABLE
    if any(_fits(place, area.value.name, area.value.kind, area.value.states) for area in areas):
        return PASS
    told = f"the appellation is {areas[0].text}" if areas else "no appellation was found"
    return fail(
        Severity.REVIEW,
        f"The brand {brand.text} names a place, and {told}; 27 CFR 4.39(i) requires the wine to be of that place.",
        expected=f"an appellation in {place.title()}",
        found=areas[0].text if areas else "",
        evidence=(*brand.evidence, *(areas[0].evidence if areas else ())),
    )


def _place_in(brand: str) -> str:
    """The longest place that words of the brand name, in lower case; empty when there is none."""
    words = [word for word in re.split(r"[^\w.'-]+", brand.casefold()) if word]
    for size in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            key = key_of(phrase)
            if key not in _NOT_PLACES_IN_NAMES and (key in _AREAS_OF or key in _STATES_OF):
                return phrase
    return ""


def _fits(place: str, name: str, kind: AppellationKind, states: tuple[str, ...]) -> bool:
    key = key_of(place)
    if key in key_of(name) or any(key_of(area) == key_of(name) for area in _AREAS_OF.get(key, ())):
        return True
    state = next((each for each in STATES.values() if key_of(each) == key), None)
    return state is not None and kind is not AppellationKind.AMERICAN and state in states


_VINEYARD = re.compile(r"(?:[\w.'-]+ ){1,4}(?:vineyard|orchard|ranch)")
_OF_A_BUSINESS = re.compile(r"\b(?:the|our|my|of|single|estate|old|from|this|by|owned|and)\b|winery|cellar")


@rule(
    "wine.vineyard-name",
    title="Vineyard, orchard or ranch name",
    citation="27 CFR 4.39(m)",
    severity=Severity.INFORMATION,
    applies_to=WINE,
)
def wine_vineyard_name(label: Label) -> Result:
    """A vineyard, orchard or ranch is named only on wine with 95 percent from there, which only records show."""
    brand = label.names.brand
    own = key_of(brand.value) if brand is not None else ""
    named = [
        each
        for each in whole_rows(label.text, _VINEYARD)
        if not _OF_A_BUSINESS.search(each.value)
        and key_of(each.text) != own
        and not BUSINESS_WORDS & set(each.value.split()[:-1])
    ]
    if not named:
        return NOT_APPLICABLE
    return fail(
        Severity.INFORMATION,
        f"{named[0].text} may be named only when 95 percent of the wine is from there (27 CFR 4.39(m)); a label does "
        "not show that.",
        at=named[0],
    )


@rule(
    "wine.semi-generic",
    title="Semi-generic names",
    citation="27 CFR 4.24(b), 4.34(b)(3), 24.257(c)",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_semi_generic(label: Label) -> Result:
    """A name such as Burgundy, Port or Sherry on wine of another place stands beside its true appellation of origin."""
    named = [(each, countries) for each in classes(label) if (countries := _points_to(each.value)) is not None]
    if not named or any(each.value.family.name == "grape wine" for each in classes(label)[:1]):
        return NOT_APPLICABLE
    if label.origin is None:
        return NOT_CHECKABLE
    statement, countries = named[0]
    told = {each.value.country.name for each in label.names.origins if each.value.country is not None}
    if label.origin is not Origin.DOMESTIC and (not told or told & set(countries)):
        return PASS if told else NOT_CHECKABLE
    if has_appellation(label):
        return PASS
    return fail(
        weight_of_no_appellation(label, statement),
        f"{statement.text} is a semi-generic name, and no appellation of origin was found; 27 CFR 4.24(b)(1) requires "
        "the true place beside it.",
        expected=f"such as American {statement.text}",
        at=statement,
    )


def _points_to(designation: Designation) -> tuple[str, ...] | None:
    """The countries that the semi-generic name of a designation points to, None when it has none."""
    words = designation.words
    return next((countries for name, countries in LISTS.semi_generic.items() if set(name.split()) <= words), None)


_ESTATE = re.compile(r"\bestate[ -]bottled\b")
_LIKE_ESTATE = re.compile(
    r"\bestate[ -]grown (?:and|&) bottled\b|\bch[aâ]teau[ -]bottled\b"
    r"|\bgrown and bottled (?:on|at) (?:our|the) estate\b|\bestate (?:produced|made) (?:and|&) bottled\b"
)


@rule(
    "wine.estate-bottled",
    title="Estate bottled",
    citation="27 CFR 4.26",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_estate_bottled(label: Label) -> Result:
    """American wine says Estate bottled only with a viticultural area as appellation; no other term may say as much."""
    estate = find_wording(label.text, _ESTATE)
    others = find_wording(label.text, _LIKE_ESTATE)
    if not (estate or others):
        return NOT_APPLICABLE
    other = not_american(label)
    if other is not None:
        return other
    if not estate:
        return fail(
            Severity.REVIEW,
            f"{others[0].text} tells of growing and bottling together; 27 CFR 4.26(d) allows only the "
            "words Estate bottled for that.",
            expected="Estate bottled",
            at=others[0],
        )
    if has_viticultural_area(label):
        return PASS
    named = appellations(label)
    beside = f"beside {named[0].text}" if named else "without an appellation"
    return fail(
        weight_of_no_appellation(label, estate[0]),
        f"Estate bottled stands {beside}, and no viticultural area was found; 27 CFR 4.26(a) requires one "
        "as appellation.",
        expected="the name of an American viticultural area",
        found=named[0].text if named else "",
        evidence=(*estate[0].evidence, *(named[0].evidence if named else ())),
    )
