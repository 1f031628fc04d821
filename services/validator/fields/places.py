"""States, countries and wine growing areas as labels print them (rulebook 0.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.validator.fields.passages import key_of
from services.validator.fields.phrases import Lexicon
from services.validator.fields.wordlists import load, words

_DATA = load("places.toml")

STATES: dict[str, str] = _DATA["states"]
"""Full names by postal code."""

VITICULTURAL_AREAS: dict[str, tuple[str, ...]] = {
    name: tuple(STATES[code] for code in codes) for name, codes in _DATA["viticultural_areas"].items()
}
"""American viticultural areas known here with the full names of their States."""

UNITED_STATES = "United States"

_STATE_BY_KEY = {key_of(name): name for name in STATES.values()} | {
    code.casefold(): name for code, name in STATES.items()
}
# Common words, corporate suffixes and foreign particles: a State only right after a comma, or before a ZIP code.
_AMBIGUOUS = frozenset({"CO", "IN", "OR", "ME", "OK", "DE", "LA", "HI", "AL", "MA", "ID", "PR"})


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its English name; `within` is the state it is a part of (Scotland: United Kingdom)."""

    name: str
    within: str = ""

    def same(self, other: Country) -> bool:
        """Whether both name one country, or one contains the other."""
        return self.name == other.name or self.name == other.within or other.name == self.within


_COUNTRIES = [(Country(entry["names"][0], entry.get("within", "")), entry) for entry in _DATA["countries"]]
COUNTRIES: Lexicon[Country] = Lexicon.of((name, country) for country, entry in _COUNTRIES for name in entry["names"])
NATIVE_COUNTRIES: Lexicon[Country] = Lexicon.of(
    (name, country) for country, entry in _COUNTRIES for name in entry.get("native", [])
)
COUNTRY_ADJECTIVES: Lexicon[Country] = Lexicon.of(
    (name, country) for country, entry in _COUNTRIES for name in entry["adjectives"]
)

BUSINESS_WORDS = words("business")
"""Words of a trade name that an application may add or leave out (rulebook `app.brand-name`)."""

_SUFFIX = re.compile(
    r"\b(?:inc|llc|l\.l\.c|ltd|limited|co|corp|corporation|company|s\.?a|srl|gmbh|winery|wineries|"
    r"vineyards?|cellars?|wines|imports?|"
    r"selections|merchants?|distillery|distilling|brewing|brewery|brew works|spirits|distributors|"
    r"estates?|vintners|wine)\b\.?",
    re.IGNORECASE,
)
_NAMES = "|".join(sorted((re.escape(name).replace(r"\ ", r"\s+") for name in STATES.values()), key=len, reverse=True))
_CODES = "|".join(rf"{code[0]}\.?\s?{code[1]}" for code in STATES)
_PLACE = re.compile(
    rf"(?P<gap>\s*[,|(\n]\s*\(?|\s*\.\s+|\s+-+\s*|\s*-\s*|\s+)(?P<state>(?i:{_NAMES})|(?i:{_CODES})(?![a-zA-Z]|\.?\s*(?i:agr)))\.?\)?"
    r"(?P<zip>[\s,-]*\d{5}(?:-\d{4})?)?(?=\W|$)"
)
_CITY_OF_THAT_NAME = re.compile(rf"\s+(?i:city)\b|[ ,]+(?:(?i:{_NAMES})|{_CODES}|D\.?C\.?)\b")
_CITY_BEGINS = re.compile(
    r"[,\n|:;]|\s-+\s|\b(?i:in|at)\s|\S*\d\S*\s|\.\s|"
    r"\b(?i:street|st|avenue|ave|road|rd|blvd|boulevard|drive|lane|highway|hwy)\b\.?(?:\s+(?i:north|"
    r"south|east|west|[nsew])\b\.?)?\s"
)
_DEPOSIT = re.compile(r"^\W*(?:CRV|CASH|REFUND|DEP|\d+\s*[¢c])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnitedStatesPlace:
    """A city and State found at `start` to `end` of a text; `name_end` is where the text before the city ends."""

    city: str
    state: str
    start: int
    end: int
    exact_form: bool


def state_named(text: str) -> str | None:
    """The State's full name for a full name or postal code, else None."""
    return _STATE_BY_KEY.get(key_of(text))


def country_named(text: str) -> Country | None:
    """The country for a name in English or its own language, else None."""
    key = key_of(text)
    return COUNTRIES.get(key) or NATIVE_COUNTRIES.get(key)


def places_in(text: str) -> tuple[UnitedStatesPlace, ...]:
    """Every `City, State` in a text whose rows are separated by line breaks."""
    found: list[UnitedStatesPlace] = []
    begin = 0
    for match in _PLACE.finditer(text):
        code = re.sub(r"[.\s]", "", match["state"]).upper()
        if code in STATES and not _may_be_state(match, code, text):
            continue
        city, start = _city_before(text[begin : match.start()])
        rest = text[match.end() :]
        if not city or _DEPOSIT.match(rest) or _CITY_OF_THAT_NAME.match(rest):
            continue
        state = STATES.get(code) or state_named(match["state"])
        if state:
            found.append(UnitedStatesPlace(city, state, begin + start, match.end(), "." not in match["state"]))
            begin = match.end()
    return tuple(found)


def _may_be_state(match: re.Match[str], code: str, text: str) -> bool:
    printed = re.sub(r"[.\s]", "", match["state"])
    if " " in match["state"] or "\n" in match["state"]:
        return False
    if match["zip"]:
        return True
    comma = "," in match["gap"] or "(" in match["gap"] or "|" in match["gap"]
    if code in _AMBIGUOUS:
        return printed.isupper() and comma
    if printed.isupper():
        return True
    ends = match.end() == len(text) or text[match.end()] in "\n,"
    return comma and ends


def _city_before(text: str) -> tuple[str, int]:
    """The city that ends the text, and where it begins; empty when there is none."""
    end = len(text.rstrip(" ,-|(\n."))
    text = text[:end]
    begin = max((m.end() for m in _CITY_BEGINS.finditer(text)), default=0)
    if text[:begin].rstrip()[-3:].casefold() in {"mt.", "st.", "ft."}:
        begin = len(text[:begin].rstrip()) - 3
    suffix = max((m.end() for m in _SUFFIX.finditer(text, begin)), default=begin)
    if suffix < len(text):
        begin = suffix
    words = text[begin:].split()
    if not words or any(char.isdigit() for word in words for char in word):
        return "", end
    if len(words) > 3:
        begin = text.rindex(" ".join(words[-2:])) if " ".join(words[-2:]) in text else begin
    city = text[begin:].strip(" ,.-")
    letters = sum(char.isalpha() for char in city)
    if re.search(r"\b(?:by|of|for|made|product)\b", city, re.IGNORECASE) or key_of(words[-1]) in BUSINESS_WORDS:
        return "", end
    return (city, begin) if letters >= 3 else ("", end)
