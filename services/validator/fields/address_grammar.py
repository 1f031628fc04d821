"""The grammar of names and addresses (rulebook 0.5): from a text to function phrase, name, street, city and State.

Applications write such statements and labels print them, so both are read by one grammar. Where they stand on a label
is found in `services.validator.fields.name_address`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from services.validator.fields.passages import key_of
from services.validator.fields.places import COUNTRIES, NATIVE_COUNTRIES, Country, UnitedStatesPlace, places_in
from services.validator.fields.text import n1, n4

_VERBS = (
    r"produced|made|blended|cellared|vinted|prepared|bottled|bottle(?=\s*by)|boffled|bott1ed|b0ttled|bottlfd|packed|"
    "packaged|canned|kegged|brewed|filled|"
    "distilled|manufactured|imported|distributed|shipped|fermented|aged|crushed|grown|finished|"
    "crafted|handcrafted|selected|rectified"
)
FUNCTION_PHRASE = re.compile(
    rf"(?<![a-z])(?P<phrase>(?:(?:proudly|estate|hand|exclusively|solely|and|&|was|is|sole|u\.?s\.?)[\s]*)*"
    rf"(?:{_VERBS})(?:\s*(?:,|/|&|\+|and|then)*\s*(?:estate\s*)?(?:{_VERBS}))*"
    r"(?P<in_us>\s*(?:by\s*)?(?:and\s*)?(?:bottled\s*|canned\s*|packed\s*)?in\s*the\s*united\s*states)?"
    r"\s*(?:exclusively\s*|solely\s*|on\s+the\s+property\s*|in\s+[a-z]+\s+)?(?P<link>by|for|"
    r"at)(?:\s*/\s*for)?(?![a-z]{1,2}\b)"
    r"(?:\s*and\s*bottled\s*in\s*the\s*united\s*states\s*(?:by|for))?)\s*[:.]?\s*",
    re.IGNORECASE,
)
"""`Produced and bottled by`, as OCR may have read it; the group `phrase` is the phrase itself."""

IMPORTER = re.compile(
    r"(?P<phrase>(?:sole\s+)?(?:u\.?s\.?a?\.?\s+)?(?:sole\s+)?(?:agent\s+and\s+)?importer)s?\s*:\s*", re.IGNORECASE
)
"""`Sole U.S. importer:`"""

BARE_VERBS = re.compile(
    rf"(?<![a-z])(?P<phrase>(?:{_VERBS})(?:\s*(?:,|/|&|and)\s*(?:{_VERBS}))*)\s+(?=[A-Z0-9])", re.IGNORECASE
)
"""Verbs without `by`."""

_STREET = re.compile(
    r"(?:^|[,\n]|\s)\s*(?:p\.?\s?o\.?\s*box\s*\d+|\d+\s+(?:[nsew]\.?\s+)?[^,\n]*?\b(?:st|street|ave|"
    r"avenue|rd|road|blvd|boulevard|dr|drive|"
    r"ln|lane|hwy|highway|way|pkwy|parkway|ct|court|pl|place|plaza|trail|circle|square|pike|route|rt)\b\.?"
    r"(?:\s+(?:north|south|east|west|[nsew])\b|\s+\d+\b(?!\s*\d))?|(?:ste|"
    r"suite|unit)\b\.?\s*\w+|#\s*\d+)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"@\w+|\b[\w-]+\.(?:com|net|org|beer|wine|works|vin|bar|us|co)\b", re.IGNORECASE)
_BEHALF = re.compile(
    r"(?:[\s,.-]*\d{5}(?:-\d{4})?)?(?:[\s,.]*\bu\.?s\.?a?\.?)?[\s,.]*\b(?:specially\s+|exclusively\s+)?for:?\s+"
    r"(?!sale|more|the|questions|info|a\b|your|\d)(?P<whom>[^\n]+(?:\n[^\n]+)?)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"[\s,]+(?:inc|llc|l\.l\.c|ltd|limited|co|corp|corporation|company|incorporated|lp|llp)\.?$", re.IGNORECASE
)
_MAX_NAME = 70
_ADDRESS_ROWS = 5
_VERB_NAMES = (
    "produced", "made", "blended", "cellared", "vinted", "prepared",
    "bottled", "packed", "packaged", "canned", "kegged", "brewed",
    "filled", "distilled", "manufactured", "import", "distributed", "shipped",
)  # fmt: skip


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

    street: str = field(default="", compare=False)
    """Street or box, when one is printed."""

    on_behalf_of: str = field(default="", compare=False)
    """Whom it was done for: `bottled by A, Reno, Nevada for B`."""

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
        area = self.state or (self.country.name if self.country else "")
        said = ", ".join(part for part in (self.name, self.street, self.city, area) if part)
        return " ".join(
            part for part in (self.function, said, self.on_behalf_of and f"for {self.on_behalf_of}") if part
        )


def without_suffix(name: str) -> str:
    """A trade name at N4 without its corporate suffix and a leading article."""
    previous = None
    while previous != name:
        previous, name = name, _SUFFIX.sub("", name.strip())
    return re.sub(r"^the ", "", n4(name))


def parse_name_and_address(text: str) -> NameAndAddress:
    """A statement as an application writes it: with or without function phrase, street and ZIP code."""
    match = _first_phrase(text)
    function, rest = (function_of(match), text[match.end() :]) if match else ("", text)
    places = places_in(rest)
    if not places:
        return NameAndAddress(function, _name(rest), country=country_in(rest))
    return statement_at(function, rest, places[-1])


def statement_in(function: str, tail: str, place: UnitedStatesPlace | None) -> NameAndAddress:
    """The statement of the text after a function phrase; `place` is the first U.S. place in it."""
    if place is not None:
        foreign = country_in(tail[: place.start])
        if foreign is None or "import" in function:
            return statement_at(function, tail, place)
    country = country_in(first_rows(tail))
    return NameAndAddress(
        function,
        _name(tail.split("\n", maxsplit=1)[0] if tail[:1] != "\n" else tail.strip().split("\n")[0]),
        country=country,
    )


def statement_at(function: str, text: str, place: UnitedStatesPlace) -> NameAndAddress:
    """The statement of a text whose address ends in a U.S. place."""
    behalf = _BEHALF.match(text, place.end) if " by" in function else None
    whom = re.sub(r"\s+", " ", behalf["whom"]).strip(" ,.") if behalf else ""
    streets = (each[0].strip(" ,\n") for each in _STREET.finditer(text[: place.start]))
    name = _name(text[: place.start])
    return NameAndAddress(
        function,
        "" if not function and _is_handle(name, text) else name,
        place.city,
        place.state,
        letters=_letters(text, place),
        street=", ".join(re.sub(r"\s+", " ", each) for each in streets if each),
        on_behalf_of=whom if len(whom) <= _MAX_NAME else "",
    )


def first_rows(tail: str) -> str:
    """As much of a text as one statement may fill."""
    return "\n".join(tail.split("\n")[:_ADDRESS_ROWS])


def country_in(text: str) -> Country | None:
    """The first foreign country that the text names, in English or its own language; Georgia is taken for the State."""
    words = re.split(r"[\s,./|·()-]+", text)
    for start in range(len(words)):
        for end in range(min(len(words), start + 4), start, -1):
            key = key_of(" ".join(words[start:end]))
            found = COUNTRIES.get(key) or NATIVE_COUNTRIES.get(key)
            if found is not None and len(key) > 3 and found.name not in {"United States", "Georgia"}:
                return found
    return None


def _is_handle(name: str, text: str) -> bool:
    """Whether the name is one word that a web address on the label repeats (`elmbrewing`, elmbrewing.com)."""
    addresses = [each[0] for each in _HANDLE.finditer(text)]
    return " " not in name and any(
        key_of(name) in (key_of(address), key_of(address.rsplit(".", 1)[0])) for address in addresses
    )


def _letters(text: str, place: UnitedStatesPlace) -> str:
    until = text.casefold().find(place.city.casefold(), place.start)
    return key_of(_STREET.sub(" ", text[: until + len(place.city)]))


def _first_phrase(text: str) -> re.Match[str] | None:
    return FUNCTION_PHRASE.search(text) or IMPORTER.search(text)


def function_of(match: re.Match[str]) -> str:
    """The phrase that a match of the patterns above read, in small letters, its words apart."""
    phrase = (
        n1(match["phrase"]).casefold().replace("&", " and ").replace("boffled", "bottled").replace("b0ttled", "bottled")
    )
    phrase = re.sub(r"(?<=[a-z])(by|for|at|and)$", r" \1", phrase)
    phrase = re.sub(rf"({_VERBS})(and)", r"\1 \2 ", phrase)
    phrase = re.sub(r"\band(?=[a-z])", "and ", phrase)
    words = re.sub(r"\s+", " ", phrase).strip()
    return re.sub(r"\b(by|for|at) (by|for|at)$", r"\1", re.sub(r"(?<=[a-z]d)(by|for|at)$", r" \1", words))


def _name(text: str) -> str:
    text = _HANDLE.sub(" ", _STREET.sub(" ", text))
    text = re.sub(
        r"\bfor\b.*|\bin\s*$|\bin\s*\n.*|\d{3}[-. ]\d{3}[-. ]\d{4}", "", text, flags=re.IGNORECASE | re.DOTALL
    )
    name = re.sub(r"\s+", " ", text).strip(" ,.-|:\n·@")
    return (
        name
        if len(name) <= _MAX_NAME and sum(char.isalpha() for char in name) >= 2
        else name[:_MAX_NAME].rsplit(" ", 1)[0]
    )
