"""Name and address: who made, bottled or imported the product, and where (27 CFR 4.35, 5.66-5.68, 7.66-7.68).

Labels print a function phrase, a name, and a place, over one line or several, in any of the forms of rulebook 0.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.common.page import bounds
from services.validator.fields.model import Evidence, Statement
from services.validator.fields.phrases import LabelText, Passage, in_paragraph, is_prose, is_warning, key_of
from services.validator.fields.places import (
    BUSINESS_WORDS,
    COUNTRIES,
    NATIVE_COUNTRIES,
    Country,
    UnitedStatesPlace,
    places_in,
)
from services.validator.fields.text import n1, n4

_VERBS = (
    r"produced|made|blended|cellared|vinted|prepared|bottled|bottle(?=\s*by)|boffled|bott1ed|b0ttled|bottlfd|packed|"
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
    r"please\s|\bcrv\b|visit\s|\bphone\b|surgeon|\(1\)|estate\s+grown|\bserve\b|\bfl\.?\s*oz|\bingredients|"
    r"(?<![a-z])(?:pint|quart|gallon)s?\b",
    re.IGNORECASE,
)
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
_ABROAD = re.compile(
    r"mis[e]?\s*en\s*bouteille|imbottigliat|prodotto\s*(?:e|da)|embotellad|elaborad[oa]\s*[ye]|engarrafad|produzid[oa]\s*e|"
    r"abf(?:ü|u|ue)ller|gutsabf|erzeugerabf|weinkellerei|vigneron|exploitant",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"[\s,]+(?:inc|llc|l\.l\.c|ltd|limited|co|corp|corporation|company|incorporated|lp|llp)\.?$", re.IGNORECASE
)
_MAX_NAME = 70
_ADDRESS_ROWS = 5
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
    return _at(function, rest, places[-1])


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
        tail = tail[: _end_of_statement(tail)]
        place = next(iter(places_in(_first_rows(tail))), None)
        value = _value(_function(match), tail, place)
        end = match.end() + (place.end if place else _foreign_end(tail))
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
    return min(ends, default=len(tail))


def _first_rows(tail: str) -> str:
    return "\n".join(tail.split("\n")[:_ADDRESS_ROWS])


def _value(function: str, tail: str, place: UnitedStatesPlace | None) -> NameAndAddress:
    if place is not None:
        foreign = _country(tail[: place.start])
        if foreign is None or "import" in function:
            return _at(function, tail, place)
    country = _country(_first_rows(tail))
    return NameAndAddress(
        function,
        _name(tail.split("\n", maxsplit=1)[0] if tail[:1] != "\n" else tail.strip().split("\n")[0]),
        country=country,
    )


def _at(function: str, text: str, place: UnitedStatesPlace) -> NameAndAddress:
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


def _is_handle(name: str, text: str) -> bool:
    """Whether the name is one word that a web address on the label repeats (`elmbrewing`, elmbrewing.com)."""
    addresses = [each[0] for each in _HANDLE.finditer(text)]
    return " " not in name and any(
        key_of(name) in (key_of(address), key_of(address.rsplit(".", 1)[0])) for address in addresses
    )


def _foreign_end(tail: str) -> int:
    """Where a statement without a U.S. place ends: after the row that names a country, else with the text."""
    end = 0
    for row in _first_rows(tail).split("\n"):
        end += len(row) + 1
        if _country(row) is not None:
            break
    return min(end, len(tail))


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


def _without_function(passage: Passage) -> Iterator[_Found]:
    """A name with city and State and no phrase: enough for malt beverages (27 CFR 7.66)."""
    text = passage.text
    first = len(passage.row_text(0))
    for place in places_in(text)[:1]:
        if in_paragraph(passage) or _STOP.search(text[: place.end]) or place.end > first + 120:
            continue
        words = text[: place.start].split()
        if len(words) > _MAX_PLAIN_WORDS or any(word in {"is", "an", "the", "our", "from", "to"} for word in words):
            continue
        if words and all(word.islower() for word in words):
            continue
        value = _at("", text, place)
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
    whole = [one for one in read if not any(_is_part(one, other) for other in read)]
    return sorted(whole, key=_order)


def _is_part(one: Statement[NameAndAddress], other: Statement[NameAndAddress]) -> bool:
    """Whether `one` is the end of `other`: the same place, and a phrase that the other one has too (`bottled by`)."""
    if one is other or one.evidence[0].image != other.evidence[0].image or not one.value.same_place(other.value):
        return False
    inner, outer = one.value.function, other.value.function
    left, top, right, bottom = bounds(one.evidence[0].polygon)
    other_left, other_top, other_right, other_bottom = bounds(other.evidence[0].polygon)
    inside = left >= other_left and top >= other_top and right <= other_right and bottom <= other_bottom
    return inside and len(inner) < len(outer) and outer.endswith(inner) and bool(inner)


def _order(statement: Statement[NameAndAddress]) -> tuple[bool, bool, int]:
    """Complete ones first, then those with a phrase; of the others a business's name first, then bare streets."""
    value = statement.value
    words = {key_of(word) for word in value.name.split()}
    plain = 0 if words & BUSINESS_WORDS else 1 if value.street and not value.name else 2
    bare = bool(value.street) and value.in_the_united_states
    return not (value.complete or bare), not value.function, plain


def address_rows(text: LabelText) -> tuple[Evidence, ...]:
    """Where producers and importers give their addresses, in any language: places named there are no appellations."""
    known = [
        Evidence(each.passage.image, each.passage.polygon_of(each.row_count))
        for passage in text.passages
        if not is_warning(passage)
        for each in _in_passage(passage)
        if each.value.in_the_united_states or each.value.country is not None
    ]
    abroad = [
        Evidence(passage.image, passage.polygon_of(_rows_abroad(passage)))
        for passage in text.passages
        if _ABROAD.search(passage.row_text(0)) and not is_prose(passage)
    ]
    return (*known, *abroad)


def _rows_abroad(passage: Passage) -> int:
    """Rows up to the one that names a country or a postal code, at most three."""
    for row in range(min(3, len(passage.rows))):
        line = passage.row_text(row)
        if _country(line) is not None or re.search(r"\b\d{4,5}\b", line):
            return row + 1
    return 1


def chosen_address(
    addresses: tuple[Statement[NameAndAddress], ...], claimed: NameAndAddress | None
) -> Statement[NameAndAddress] | None:
    """The statement to show: the claimed one when it is printed, else the importer's, the bottler's, the first."""

    def rank(statement: Statement[NameAndAddress]) -> tuple[int, bool, bool, bool]:
        value = statement.value
        return (
            -_agreement(value, claimed),
            not value.complete,
            not value.importer,
            not value.does("bottled", "packed", "canned"),
        )

    return min(addresses, key=rank, default=None)


def _agreement(printed: NameAndAddress, claimed: NameAndAddress | None) -> int:
    """How much of the claimed name and place is printed: 2 both, 1 the place, 0 neither."""
    if claimed is None or not printed.same_place(claimed):
        return 0
    same = without_suffix(printed.name) == without_suffix(claimed.name)
    return 2 if same or (bool(claimed.letters) and printed.letters == claimed.letters) else 1


def is_doubtful(chosen: NameAndAddress, addresses: Iterable[Statement[NameAndAddress]]) -> bool:
    """Whether a part of it may be missing.

    A street with city and State is whole without a name (27 CFR 7.66). A name without a phrase may belong to one that
    stands apart (`Imported by`, a logo, and the city below it).
    """
    if not chosen.complete:
        return not (chosen.street and chosen.in_the_united_states and not chosen.function)
    apart = any(each.value.function and not each.value.complete and each.value.country is None for each in addresses)
    return not chosen.function and apart
