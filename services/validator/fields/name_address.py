"""Name and address: who made, bottled or imported the product, and where (27 CFR 4.35, 5.66-5.68, 7.66-7.68).

Labels print a function phrase, a name, and a place, over one line or several, in any of the forms of rulebook 0.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.validator.fields.model import Evidence, Statement
from services.validator.fields.phrases import LabelText, Passage, is_prose, is_warning, key_of
from services.validator.fields.places import COUNTRIES, NATIVE_COUNTRIES, Country, UnitedStatesPlace, places_in
from services.validator.fields.text import n1, n4

_VERBS = (
    "produced|made|blended|cellared|vinted|prepared|bottled?|boffled|bott1ed|b0ttled|bottlfd|packed|"
    "packaged|canned|kegged|brewed|filled|"
    "distilled|manufactured|imported|distributed|shipped|fermented|aged|crushed|grown|finished|"
    "crafted|handcrafted|selected|rectified"
)
_PHRASE = re.compile(
    rf"(?<![a-z])(?P<phrase>(?:(?:proudly|estate|hand|exclusively|solely|and|&|was|is|sole|u\.?s\.?)[\s]*)*"
    rf"(?:{_VERBS})(?:\s*(?:,|/|&|\+|and|then)*\s*(?:estate\s*)?(?:{_VERBS}))*"
    r"(?P<in_us>\s*(?:by\s*)?(?:and\s*)?(?:bottled\s*|canned\s*|packed\s*)?in\s*the\s*united\s*states)?"
    r"\s*(?:exclusively\s*|solely\s*|on\s+the\s+property\s*|in\s+[a-z]+\s+)?(?P<link>by|for|"
    r"at)(?:\s*/\s*for)?(?![a-z]{1,2}\b)"
    r"(?:\s*and\s*bottled\s*in\s*the\s*united\s*states\s*(?:by|for))?)\s*[:.]?\s*",
    re.IGNORECASE,
)
_IMPORTER = re.compile(
    r"(?P<phrase>(?:sole\s+)?(?:u\.?s\.?a?\.?\s+)?(?:sole\s+)?(?:agent\s+and\s+)?importer)s?\s*:\s*", re.IGNORECASE
)
_BARE_VERBS = re.compile(
    rf"(?<![a-z])(?P<phrase>(?:{_VERBS})(?:\s*(?:,|/|&|and)\s*(?:{_VERBS}))*)\s+(?=[A-Z0-9])", re.IGNORECASE
)
_STOP = re.compile(
    r"government\s*warn|gover\w*\s*warn|contains?\b|product\s+of|produce\s+of|alc\b|alcohol|\d\s*%|"
    r"\bnet\b|\b\d+\s*ml\b|www\.|\.com|http|"
    r"please\s|\bcrv\b|visit\s|\bphone\b|surgeon|\(1\)|estate\s+grown|\bserve\b|\bfl\.?\s*oz|\bingredients",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?:^|[,\n]|\s)\s*(?:p\.?\s?o\.?\s*box\s*\d+|\d+\s+(?:[nsew]\.?\s+)?[^,\n]*?\b(?:st|street|ave|"
    r"avenue|rd|road|blvd|boulevard|dr|drive|"
    r"ln|lane|hwy|highway|way|pkwy|ct|pl)\b\.?(?:\s+(?:north|south|east|west|[nsew])\b)?|(?:ste|"
    r"suite|unit)\b\.?\s*\w+|#\s*\d+)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"[\s,]+(?:inc|llc|l\.l\.c|ltd|limited|co|corp|corporation|company|incorporated|lp|llp)\.?$", re.IGNORECASE
)
_MAX_NAME = 70
_MAX_PLAIN_WORDS = 12


@dataclass(frozen=True, slots=True)
class NameAndAddress:
    """One statement. `function` is its phrase at N4 (`produced and bottled by`), empty for a name without one.

    `name` is empty when it could not be read (a logo); `city` and `state` (full name) are empty when no U.S. place
    follows, `country` is the foreign country of the address, or None.
    """

    function: str
    name: str
    city: str = ""
    state: str = ""
    country: Country | None = None
    letters: str = field(default="", compare=False)
    """Name and city as one key, for texts that do not separate the two."""

    @property
    def importer(self) -> bool:
        """Whether it names the importer."""
        return "import" in self.function

    @property
    def in_the_united_states(self) -> bool:
        """Whether it gives a U.S. city and State."""
        return bool(self.city and self.state)

    @property
    def complete(self) -> bool:
        """Whether name, city and State were read."""
        return bool(self.name) and self.in_the_united_states

    def same_place(self, other: NameAndAddress) -> bool:
        """Whether both give one city and State, even where a text does not separate the name from the city."""
        if self.state != other.state or not other.city:
            return False
        return key_of(self.city) == key_of(other.city) or (bool(other.letters) and self.letters == other.letters)

    def does(self, *verbs: str) -> bool:
        """Whether the phrase has one of the verbs and `by` or `at` (`bottled for` names somebody else)."""
        return bool(self.verbs & set(verbs)) and self.function.endswith((" by", " at"))

    @property
    def verbs(self) -> frozenset[str]:
        """What the phrase says that was done."""
        squeezed = self.function.replace("bottle by", "bottled by")
        return frozenset(verb for verb in _VERB_NAMES if re.search(rf"\b{verb}", squeezed))

    @property
    def shown(self) -> str:
        """The statement as one line of text."""
        address = ", ".join(
            part for part in (self.city, self.state or (self.country.name if self.country else "")) if part
        )
        return " ".join(part for part in (self.function, ", ".join(p for p in (self.name, address) if p)) if part)


_VERB_NAMES = (
    "produced", "made", "blended", "cellared", "vinted", "prepared",
    "bottled", "packed", "packaged", "canned", "kegged", "brewed",
    "filled", "distilled", "manufactured", "import", "distributed", "shipped",
)  # fmt: skip


def without_suffix(name: str) -> str:
    """A trade name at N4 without its corporate suffix and a leading article."""
    previous = None
    while previous != name:
        previous, name = name, _SUFFIX.sub("", name.strip())
    return re.sub(r"^the ", "", n4(name))


def parse_name_and_address(text: str) -> NameAndAddress:
    """A statement as an application writes it: with or without function phrase, street and ZIP code."""
    match = _first_phrase(text)
    function, rest = (_function(match), text[match.end() :]) if match else ("", text)
    places = places_in(rest)
    if not places:
        return NameAndAddress(function, _name(rest), country=_country(rest))
    place = places[-1]
    return NameAndAddress(function, _name(rest[: place.start]), place.city, place.state, letters=_letters(rest, place))


def read_names_and_addresses(text: LabelText) -> tuple[Statement[NameAndAddress], ...]:
    """Every statement, importers and bottlers, in order of place; statements without a function phrase last."""
    found = [each for passage in text.passages if not is_warning(passage) for each in _in_passage(passage)]
    read = _merged(found)
    if not any(statement.value.complete for statement in read):
        read += _merged(
            [each for passage in text.passages if not is_warning(passage) for each in _without_function(passage)]
        )
    return tuple(read)


@dataclass(frozen=True, slots=True)
class _Found:
    passage: Passage
    value: NameAndAddress
    text: str
    row_count: int


def _in_passage(passage: Passage) -> Iterator[_Found]:
    if is_prose(passage) and not re.search(r"\bby\b", passage.row_text(0), re.IGNORECASE):
        return
    text = passage.text
    first = len(passage.row_text(0))
    for match in [*_PHRASE.finditer(text), *_IMPORTER.finditer(text)] or [*_BARE_VERBS.finditer(text)]:
        if match.start() >= first or (match.re is _BARE_VERBS and not _stands_alone(text, match)):
            continue
        tail = text[match.end() :]
        stop = _end_of_statement(tail)
        tail = tail[:stop]
        place = next(iter(places_in(tail)), None)
        value = _value(_function(match), tail, place)
        end = match.end() + (place.end if place else len(tail))
        shown = text[match.start() : end].strip()
        yield _Found(passage, value, shown, text[:end].rstrip("\n").count("\n") + 1)


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """A verb without `by`: only in capitals at the start of a line that ends in a place (an approved form)."""
    row = text[match.start() :].split("\n", maxsplit=1)[0]
    return (match.start() == 0 or text[match.start() - 1] == "\n") and bool(places_in(row))


def _end_of_statement(tail: str) -> int:
    ends = [m.start() for m in _STOP.finditer(tail)]
    ends += [m.start() for m in _PHRASE.finditer(tail) if m.start() > 0]
    ends += [m.start() for m in _IMPORTER.finditer(tail) if m.start() > 0]
    rows = tail.split("\n")
    ends.append(len("\n".join(rows[:5])))
    return min(ends)


def _value(function: str, tail: str, place: UnitedStatesPlace | None) -> NameAndAddress:
    if place is not None:
        name = _name(tail[: place.start])
        foreign = _country(tail[: place.start])
        if foreign is None or "import" in function:
            return NameAndAddress(function, name, place.city, place.state, letters=_letters(tail, place))
    country = _country(tail)
    return NameAndAddress(
        function,
        _name(tail.split("\n", maxsplit=1)[0] if tail[:1] != "\n" else tail.strip().split("\n")[0]),
        country=country,
    )


def _letters(text: str, place: UnitedStatesPlace) -> str:
    until = text.casefold().find(place.city.casefold(), place.start)
    return key_of(_STREET.sub(" ", text[: until + len(place.city)]))


def _country(text: str) -> Country | None:
    words = re.split(r"[\s,./|·()-]+", text)
    for start in range(len(words)):
        for end in range(min(len(words), start + 4), start, -1):
            key = key_of(" ".join(words[start:end]))
            found = COUNTRIES.get(key) or NATIVE_COUNTRIES.get(key)
            if found is not None and len(key) > 3 and found.name not in {"United States", "Georgia"}:
                return found
    return None


def _first_phrase(text: str) -> re.Match[str] | None:
    return _PHRASE.search(text) or _IMPORTER.search(text)


def _function(match: re.Match[str]) -> str:
    phrase = (
        n1(match["phrase"]).casefold().replace("&", " and ").replace("boffled", "bottled").replace("b0ttled", "bottled")
    )
    phrase = re.sub(r"(?<=[a-z])(by|for|at|and)$", r" \1", phrase)
    phrase = re.sub(rf"({_VERBS})(and)", r"\1 \2 ", phrase)
    phrase = re.sub(r"\band(?=[a-z])", "and ", phrase)
    words = re.sub(r"\s+", " ", phrase).strip()
    return re.sub(r"\b(by|for|at) (by|for|at)$", r"\1", re.sub(r"(?<=[a-z]d)(by|for|at)$", r" \1", words))


def _name(text: str) -> str:
    text = _STREET.sub(" ", text)
    text = re.sub(
        r"\bfor\b.*|\bin\s*$|\bin\s*\n.*|\d{3}[-. ]\d{3}[-. ]\d{4}", "", text, flags=re.IGNORECASE | re.DOTALL
    )
    name = re.sub(r"\s+", " ", text).strip(" ,.-|:\n·@")
    return (
        name
        if len(name) <= _MAX_NAME and sum(char.isalpha() for char in name) >= 2
        else name[:_MAX_NAME].rsplit(" ", 1)[0]
    )


def _without_function(passage: Passage) -> Iterator[_Found]:
    """A name with city and State and no phrase: enough for malt beverages (27 CFR 7.66)."""
    text = passage.text
    first = len(passage.row_text(0))
    for place in places_in(text)[:1]:
        if is_prose(passage) or _STOP.search(text[: place.end]) or place.end > first + 120:
            continue
        words = text[: place.start].split()
        if len(words) > _MAX_PLAIN_WORDS or any(word in {"is", "an", "the", "our", "from", "to"} for word in words):
            continue
        value = NameAndAddress("", _name(text[: place.start]), place.city, place.state, letters=_letters(text, place))
        yield _Found(passage, value, text[: place.end], text[: place.end].count("\n") + 1)


def _merged(found: list[_Found]) -> list[Statement[NameAndAddress]]:
    """One statement for each value; the readings of different looks and engines count as alike.

    Statements of one function whose text begins alike are one: that which was read furthest stands for all.
    """
    groups: dict[tuple[int, str, str], list[_Found]] = {}
    for each in found:
        value = each.value
        key = (each.passage.image, value.function, n4(value.name) + "|" + n4(value.city) + "|" + value.state)
        groups.setdefault(key, []).append(each)
    read: list[Statement[NameAndAddress]] = []
    for (image, _, _), group in groups.items():
        sources = {
            (each.passage.look, each.passage.engine): each.passage.confidence_of(each.row_count) for each in group
        }
        surest = sorted(sources.values(), reverse=True)
        first = group[0]
        place = Evidence(image, first.passage.polygon_of(first.row_count))
        read.append(Statement(first.value, first.text, surest[min(1, len(surest) - 1)], (place,), len(sources)))
    return sorted(read, key=lambda statement: (not statement.value.complete, not statement.value.function))
