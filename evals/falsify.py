"""Applications that are wrong in one field: what a checker that compares must notice.

A label is good and its application true; one field at a time is changed to what the label does not print. Which change
is made depends on the seed, the label and the kind alone, so that two runs ask the same questions. No change is one
that OCR confusions explain: those a checker has to forgive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from random import Random

from evals.manifest import LabelRecord
from services.validator.fields.model import FieldName
from services.validator.fields.net_grammar import parse_volumes
from services.validator.fields.places import places_in
from services.validator.fields.text import folded, n3
from services.validator.fields.units import System
from services.validator.submission import Application, Origin, ProductType

DEFAULT_SEED = 27


class Kind(StrEnum):
    """What is done to one field."""

    BRAND_LETTER = "brand name: one letter"
    BRAND_WORD = "brand name: one word"
    BRAND_OTHER = "brand name: another name"
    FANCIFUL_LETTER = "fanciful name: one letter"
    FANCIFUL_WORD = "fanciful name: one word"
    CLASS_LETTER = "class and type: one letter"
    CLASS_OTHER = "class and type: another one"
    ALCOHOL_TENTH = "alcohol content: 0.1 more or less"
    ALCOHOL_OTHER = "alcohol content: another number"
    NET_NEAR = "net contents: the next size (700 for 750 mL)"
    NET_DOUBLE = "net contents: twice as much"
    ADDRESS_NAME = "name and address: another name"
    ADDRESS_LETTER = "name and address: one letter of the name"
    ADDRESS_CITY = "name and address: another city"
    ADDRESS_STATE = "name and address: another State"
    COUNTRY = "country of origin: another country"
    APPELLATION_LETTER = "appellation: one letter"
    APPELLATION_OTHER = "appellation: another area"
    VINTAGE = "vintage: another year"
    ORIGIN = "origin: domestic for imported, or the reverse"


@dataclass(frozen=True, slots=True)
class Case:
    """One wrong application. `rules` are those of which one has to fire."""

    label_id: str
    kind: Kind
    true: str
    false: str
    application: Application
    origin: Origin | None
    rules: frozenset[str]


def cases(labels: Iterable[LabelRecord], seed: int = DEFAULT_SEED) -> tuple[Case, ...]:
    """Every case that good real labels give: each kind for each label whose field is known."""
    made = (_case(label, kind, seed) for label in labels if label.real and label.good for kind in Kind)
    return tuple(case for case in made if case is not None)


def sample(every: Sequence[Case], count: int, seed: int = DEFAULT_SEED) -> tuple[Case, ...]:
    """`count` of the cases, as evenly over the kinds as there are cases."""
    random = _random(seed, "sample")
    piles = [[case for case in every if case.kind is kind] for kind in Kind]
    for pile in piles:
        random.shuffle(pile)
    turns = max(map(len, piles), default=0)
    in_turn = [pile[turn] for turn in range(turns) for pile in piles if turn < len(pile)]
    return tuple(in_turn[:count])


def _case(label: LabelRecord, kind: Kind, seed: int) -> Case | None:
    how = _HOW[kind]
    random = _random(seed, label.id, kind)
    if how.field is None:
        if label.origin is None:
            return None
        origin = Origin.IMPORTED if label.origin is Origin.DOMESTIC else Origin.DOMESTIC
        return Case(label.id, kind, label.origin, origin, label.application, origin, how.rules)
    true = label.expected.text(how.field)
    false = how.change(true, label, random) if true else None
    if not true or not false or n3(false) == n3(true):
        return None
    application = replace(label.application, **{how.field.value: false})
    return Case(label.id, kind, true, false, application, label.origin, how.rules)


def _random(seed: int, *what: str) -> Random:
    return Random(":".join((str(seed), *what)))  # noqa: S311 - repeatable, nothing to guard


_VOWELS = "aeou"
_CONSONANTS = "bdgkmprst"
_WORD = re.compile(r"[^\W\d_]{4,}")
_NAMES = ("Harrow", "Quillon", "Tamsin", "Bexley", "Orford", "Kestrel")
_CITIES = ("Springdale", "Fairmont", "Oakhurst", "Riverton")
_STATES = ("Oregon", "Ohio", "Virginia", "Michigan", "Colorado")
_COUNTRIES = ("Portugal", "Germany", "Australia", "Hungary", "Georgia")
_AREAS = ("Finger Lakes", "Willamette Valley", "Paso Robles", "Rioja", "Marlborough", "Tokaj")
_CLASSES: Mapping[ProductType, tuple[str, ...]] = {
    ProductType.WINE: ("Merlot", "Riesling", "Sparkling Wine", "Rose Wine"),
    ProductType.DISTILLED_SPIRITS: ("Straight Rye Whiskey", "Gin", "Brandy", "Coffee Liqueur"),
    ProductType.MALT_BEVERAGE: ("Stout", "Porter", "Pilsner", "Malt Liquor"),
}
_METRIC = tuple(map(Decimal, (50, 100, 187, 200, 250, 375, 500, 700, 750, 1000, 1500, 1750, 3000)))
_OUNCES = tuple(map(Decimal, (8, 12, 16, 22, 24, 32, 64, 640, 661, 992, 1984)))


def _letter(true: str, _label: LabelRecord, random: Random) -> str | None:
    """One letter of a word of at least four, vowel for vowel; never one that OCR confuses with the true one."""
    changed: list[str] = []
    for word in _WORD.finditer(true):
        for at in range(word.start(), word.end()):
            kin = next((kin for kin in (_VOWELS, _CONSONANTS) if true[at].casefold() in kin), "")
            other = random.choice([each for each in kin if each != true[at].casefold()] or [""])
            one = true[:at] + (other.upper() if true[at].isupper() else other) + true[at + 1 :]
            if other and folded(one) != folded(true):
                changed.append(one)
    return random.choice(changed) if changed else None


def _word(true: str, _label: LabelRecord, random: Random) -> str | None:
    """One word of several replaced by an invented one."""
    words = list(_WORD.finditer(true))
    if len(true.split()) < 2 or not words:
        return None
    word = random.choice(words)
    return true[: word.start()] + random.choice(_NAMES) + true[word.end() :]


def _other_name(_true: str, _label: LabelRecord, random: Random) -> str:
    first, second = random.sample(_NAMES, 2)
    return f"{first} {second}"


def _other_of(choices: Sequence[str], true: str, random: Random) -> str:
    return random.choice([each for each in choices if n3(each) not in n3(true)])


def _other_class(true: str, label: LabelRecord, random: Random) -> str:
    return _other_of(_CLASSES[label.product_type], true, random)


def _tenth(true: str, _label: LabelRecord, random: Random) -> str:
    return str(Decimal(true) + random.choice((Decimal("0.1"), Decimal("-0.1"))))


def _other_number(true: str, _label: LabelRecord, random: Random) -> str:
    step = random.choice((Decimal("0.5"), Decimal(1), Decimal(3), Decimal(10)))
    return str(Decimal(true) + step)


def _near_size(true: str, _label: LabelRecord, _random: Random) -> str | None:
    volume = next((found.volume for found in parse_volumes(true)), None)
    if volume is None:
        return None
    sizes = _METRIC if volume.system is System.METRIC else _OUNCES
    nearest = min((size for size in sizes if abs(size - volume.total) >= 1), key=lambda size: abs(size - volume.total))
    return f"{nearest} {'mL' if volume.system is System.METRIC else 'FL OZ'}"


def _double_size(true: str, _label: LabelRecord, _random: Random) -> str | None:
    volume = next((found.volume for found in parse_volumes(true)), None)
    if volume is None:
        return None
    return f"{(2 * volume.total).normalize():f} {'mL' if volume.system is System.METRIC else 'FL OZ'}"


def _before_place(true: str, change: Callable[[str], str | None]) -> str | None:
    """The trade name changed, between the function (`bottled by`) and the city."""
    places = places_in(true)
    lead = re.match(r".*?\b(?:by|for|at)\b[:\s]*", true, re.IGNORECASE)
    begin, end = lead.end() if lead else 0, places[-1].start if places else len(true)
    name = true[begin:end].strip()
    if not name or re.search(r"\D\d", name):
        return None  # a street, too: nothing tells where the name ends
    changed = change(name)
    return f"{true[:begin]}{changed} {true[end:].strip()}" if changed else None


def _address_letter(true: str, label: LabelRecord, random: Random) -> str | None:
    return _before_place(true, lambda name: _letter(name, label, random))


def _address_name(true: str, label: LabelRecord, random: Random) -> str | None:
    return _before_place(true, lambda name: f"{_other_name(name, label, random)} Trading,")


def _place(true: str, city: str | None, state: str | None) -> str | None:
    places = places_in(true)
    if not places:
        return None
    last = places[-1]
    return f"{true[: last.start].strip()} {city or last.city}, {state or last.state}{true[last.end :]}"


def _other_city(true: str, _label: LabelRecord, random: Random) -> str | None:
    return _place(true, _other_of(_CITIES, true, random), None)


def _other_state(true: str, _label: LabelRecord, random: Random) -> str | None:
    places = places_in(true)
    return _place(true, None, _other_of(_STATES, places[-1].state, random)) if places else None


def _other_country(true: str, _label: LabelRecord, random: Random) -> str:
    return _other_of(_COUNTRIES, true, random)


def _other_area(true: str, _label: LabelRecord, random: Random) -> str:
    return _other_of(_AREAS, true, random)


def _other_year(true: str, _label: LabelRecord, random: Random) -> str:
    return str(int(true) + random.choice((-10, -1, 1)))


@dataclass(frozen=True, slots=True)
class _How:
    """`field` None is the origin of the request. `change` gives None where the kind does not suit the text."""

    field: FieldName | None
    change: Callable[[str, LabelRecord, Random], str | None]
    rules: frozenset[str]


def _how(field: FieldName, change: Callable[[str, LabelRecord, Random], str | None], *rules: str) -> _How:
    return _How(field, change, frozenset(rules))


_HOW: Mapping[Kind, _How] = {
    Kind.BRAND_LETTER: _how(FieldName.BRAND_NAME, _letter, "app.brand-name"),
    Kind.BRAND_WORD: _how(FieldName.BRAND_NAME, _word, "app.brand-name"),
    Kind.BRAND_OTHER: _how(FieldName.BRAND_NAME, _other_name, "app.brand-name"),
    Kind.FANCIFUL_LETTER: _how(FieldName.FANCIFUL_NAME, _letter, "app.fanciful-name"),
    Kind.FANCIFUL_WORD: _how(FieldName.FANCIFUL_NAME, _word, "app.fanciful-name"),
    Kind.CLASS_LETTER: _how(FieldName.CLASS_TYPE, _letter, "app.class-type"),
    Kind.CLASS_OTHER: _how(FieldName.CLASS_TYPE, _other_class, "app.class-type"),
    Kind.ALCOHOL_TENTH: _how(FieldName.ALCOHOL_CONTENT, _tenth, "app.alcohol-content"),
    Kind.ALCOHOL_OTHER: _how(FieldName.ALCOHOL_CONTENT, _other_number, "app.alcohol-content"),
    Kind.NET_NEAR: _how(FieldName.NET_CONTENTS, _near_size, "app.net-contents"),
    Kind.NET_DOUBLE: _how(FieldName.NET_CONTENTS, _double_size, "app.net-contents"),
    Kind.ADDRESS_NAME: _how(FieldName.NAME_AND_ADDRESS, _address_name, "app.name-address"),
    Kind.ADDRESS_LETTER: _how(FieldName.NAME_AND_ADDRESS, _address_letter, "app.name-address"),
    Kind.ADDRESS_CITY: _how(FieldName.NAME_AND_ADDRESS, _other_city, "app.name-address"),
    Kind.ADDRESS_STATE: _how(FieldName.NAME_AND_ADDRESS, _other_state, "app.name-address"),
    Kind.COUNTRY: _how(FieldName.COUNTRY_OF_ORIGIN, _other_country, "app.origin-code"),
    Kind.APPELLATION_LETTER: _how(FieldName.APPELLATION, _letter, "app.appellation"),
    Kind.APPELLATION_OTHER: _how(FieldName.APPELLATION, _other_area, "app.appellation"),
    Kind.VINTAGE: _how(FieldName.VINTAGE, _other_year, "app.vintage"),
    Kind.ORIGIN: _How(None, lambda *_: None, frozenset({"app.source"})),
}
