"""Designations of spirits that promise a place: 27 CFR 5.66(f), 5.90, 5.143 to 5.150 and 5.154.

Only a phrase such as `Product of Mexico` tells where spirits are from; the address of a U.S. bottler or importer does
not, as spirits may be bottled here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from services.validator.fields.model import Statement, images_of
from services.validator.fields.origin import OriginForm
from services.validator.fields.passages import key_of
from services.validator.fields.places import UNITED_STATES, Country, country_named
from services.validator.fields.text import n2
from services.validator.label import Label
from services.validator.rules.distilled_in import distilled_in_states
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, rule
from services.validator.rules.origin import clear_origins
from services.validator.rules.spirits_classes import (
    COCKTAIL,
    SPIRITS,
    WHISKY,
    Designated,
    designations,
    first_wording,
    own_class,
    wrong,
)
from services.validator.rules.tables import load
from services.validator.submission import Origin

_AMERICAN_TYPES = frozenset({"rye", "wheat", "malt", "corn", "straight"})
_OF_A_TYPE = r"\s*(?:style|type)"
_BARREL = r"\s*(?:\w+\s*){0,2}(?:barrel|cask|finish|wood|pipe|butt|hogshead)"
_ELSEWHERE = r"(?:american|domestic|u\.?s\.?a?\.?)\s*"


@dataclass(frozen=True, slots=True)
class _Locked:
    """A name and the countries that it may come from."""

    words: frozenset[str]
    of_class: str
    countries: tuple[Country, ...]
    citation: str

    def names(self, designated: Designated) -> bool:
        """Whether the designation carries the name."""
        in_class = not self.of_class or designated.value.family.name == self.of_class
        return in_class and self.words <= designated.value.words


@dataclass(frozen=True, slots=True)
class _Place:
    """The phrase of a place in lower case, where it may come from, and the phrases that make it free elsewhere."""

    begins: str
    phrase: re.Pattern[str]
    countries: tuple[Country, ...]
    free: re.Pattern[str] | None


@cache
def _table() -> tuple[tuple[_Locked, ...], tuple[_Place, ...]]:
    data = load("geographic_names.toml")
    locked = tuple(
        _Locked(
            frozenset(key_of(word) for word in entry["words"]),
            entry.get("class", ""),
            _countries(entry["countries"]),
            entry["citation"],
        )
        for entry in data["designations"]
    )
    places = tuple(
        _Place(
            entry["phrase"][:4],
            re.compile(rf"(?<![a-z])(?<!in )(?<!from ){entry['phrase']}\b(?!{_BARREL})"),
            _countries(entry["countries"]),
            re.compile(rf"{_ELSEWHERE}{entry['phrase']}|{entry['phrase']}{_OF_A_TYPE}")
            if entry.get("type_allowed")
            else None,
        )
        for entry in data["places"]
    )
    return locked, places


def _countries(names: Sequence[str]) -> tuple[Country, ...]:
    return tuple(country_named(name) or Country(name) for name in names)


def _is_one_of(country: Country | None, countries: tuple[Country, ...]) -> bool:
    return country is not None and any(country.same(each) for each in countries)


def _judged(
    label: Label, name: Statement[object], countries: tuple[Country, ...], citation: str, *, certain: bool = True
) -> Result:
    """Whether the label's origin is one of `countries`."""
    told = [(each, each.value.country) for each in clear_origins(label)]
    told_states = [(each, Country(UNITED_STATES)) for each in distilled_in_states(label)]
    expected = " or ".join(country.name for country in countries)
    if any(_is_one_of(country, countries) for _, country in (*told, *told_states)):
        return PASS
    others = [
        *(each for each, _ in told if each.value.form is OriginForm.PHRASE and each.value.country is not None),
        *(each for each, _ in told_states),
    ]
    if others:
        return wrong(
            name,
            f"{name.text} comes only from {expected} ({citation}); the label says {others[0].text}.",
            expected,
            certain=certain and others[0].sure,
        )
    at_home = any(country.name == UNITED_STATES for country in countries)
    if label.origin is Origin.DOMESTIC and not at_home:
        return wrong(name, f"{name.text} comes only from {expected} ({citation}); no such origin was read.", expected)
    return PASS if label.origin is Origin.DOMESTIC else NOT_CHECKABLE


@rule(
    "spirits.class.origin-locked",
    title="Designations tied to a country",
    citation="27 CFR 5.90, 5.143, 5.145, 5.147, 5.148, 5.154(b)(1)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_class_origin_locked(label: Label) -> Result:
    """Scotch, bourbon, Tequila, Cognac and the like come from their country; a U.S. type made abroad names the country.

    A spirit that only a composition or cocktail names is left out.
    """
    whole = [e for e in designations(label) if not e.value.composition and e.value.family.name != COCKTAIL]
    for designated in whole:
        for locked in _table()[0]:
            if locked.names(designated) and not _is_of_a_barrel(label, locked, whole):
                return _judged(label, designated, locked.countries, locked.citation)
    return _american_type_abroad(label)


def _is_of_a_barrel(label: Label, locked: _Locked, whole: Sequence[Designated]) -> bool:
    """Whether the name may be that of a used barrel, beside another class: `finished in Cognac casks`."""
    if all(locked.names(each) for each in whole):
        return False
    return any(first_wording(label, re.compile(rf"{word}{_BARREL}")) is not None for word in locked.words)


def _american_type_abroad(label: Label) -> Result:
    whisky = own_class(label, WHISKY)
    if whisky is None or not whisky.value.words & _AMERICAN_TYPES or label.origin in (Origin.DOMESTIC, None):
        return NOT_APPLICABLE
    if whisky.value.words & {"scotch", "irish", "canadian", "american"}:
        return PASS
    told = [each for each in label.names.origins if each.value.country is not None]
    if any(images_of(each.evidence) & images_of(whisky.evidence) for each in told):
        return PASS
    return wrong(
        whisky,
        f"{whisky.text} is a type of the United States; made abroad, 27 CFR 5.143(b) requires the country beside it, "
        "or American type.",
        "such as Distilled in Sweden",
        certain=label.shows_everything and not told,
    )


@rule(
    "spirits.geographic-names",
    title="Geographic names of spirits",
    citation="27 CFR 5.154",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_geographic_names(label: Label) -> Result:
    """A name such as Jamaica rum or Armagnac stands only on spirits from there; generic names are free."""
    for place in _table()[1]:
        if place.begins not in label.text.running:  # much faster than the pattern
            continue
        named = first_wording(label, place.phrase, outside_prose=True)
        if named is None:
            continue
        if place.free is not None and first_wording(label, place.free) is not None:
            return PASS
        return _judged(label, named, place.countries, "27 CFR 5.154", certain=_fills_a_line(label, named))
    return NOT_APPLICABLE


def _fills_a_line(label: Label, named: Statement[str]) -> bool:
    """Whether it stands alone, as designations do; of several rums in a blend it is an ingredient."""
    lines = (n2(line.text).strip(" .") for panel in label.panels for line in panel.page.lines)
    return named.value in lines
