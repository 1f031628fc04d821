"""Name and address: who made, bottled or imported the product, and where (27 CFR 4.35, 5.66-5.68, 7.66-7.68).

Labels print a function phrase, a name, and a place, over one line or several. Here they are found in a label's
passages, the readings of one statement are merged, and one is chosen; what they say is read by
`services.validator.fields.address_grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.common.page import bounds
from services.validator.fields.address_grammar import (
    BARE_VERBS,
    FUNCTION_PHRASE,
    IMPORTER,
    NameAndAddress,
    country_in,
    first_rows,
    function_of,
    statement_at,
    statement_in,
    without_suffix,
)
from services.validator.fields.model import Evidence, Statement
from services.validator.fields.passages import LabelText, Passage, key_of
from services.validator.fields.phrases import in_paragraph, is_prose, is_warning
from services.validator.fields.places import BUSINESS_WORDS, places_in
from services.validator.fields.text import n4

_STOP = re.compile(
    r"government\s*warn|gover\w*\s*warn|contains?\b|product\s+of|produce\s+of|alc\b|alcohol|\d\s*%|"
    r"\bnet\b|\b\d+\s*ml\b|www\.|\.com|http|"
    r"please\s|\bcrv\b|visit\s|\bphone\b|surgeon|\(1\)|estate\s+grown|\bserve\b|\bfl\.?\s*oz|\bingredients|"
    r"(?<![a-z])(?:pint|quart|gallon)s?\b",
    re.IGNORECASE,
)
_ABROAD = re.compile(
    r"mis[e]?\s*en\s*bouteille|imbottigliat|prodotto\s*(?:e|da)|embotellad|elaborad[oa]\s*[ye]|engarrafad|produzid[oa]\s*e|"
    r"abf(?:ü|u|ue)ller|gutsabf|erzeugerabf|weinkellerei|vigneron|exploitant",
    re.IGNORECASE,
)
_MAX_PLAIN_WORDS = 12


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
    for match in [*FUNCTION_PHRASE.finditer(text), *IMPORTER.finditer(text)] or [*BARE_VERBS.finditer(text)]:
        if match.start() >= first or (match.re is BARE_VERBS and not _stands_alone(text, match)):
            continue
        tail = text[match.end() :]
        tail = tail[: _end_of_statement(tail)]
        place = next(iter(places_in(first_rows(tail))), None)
        value = statement_in(function_of(match), tail, place)
        end = match.end() + (place.end if place else _foreign_end(tail))
        shown = text[match.start() : end].strip()
        yield _Found(passage, value, shown, text[:end].rstrip("\n").count("\n") + 1)


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """A verb without `by`: only in capitals at the start of a line that ends in a place (an approved form)."""
    row = text[match.start() :].split("\n", maxsplit=1)[0]
    return (match.start() == 0 or text[match.start() - 1] == "\n") and bool(places_in(row))


def _end_of_statement(tail: str) -> int:
    ends = [m.start() for m in _STOP.finditer(tail)]
    ends += [m.start() for m in FUNCTION_PHRASE.finditer(tail) if m.start() > 0]
    ends += [m.start() for m in IMPORTER.finditer(tail) if m.start() > 0]
    return min(ends, default=len(tail))


def _foreign_end(tail: str) -> int:
    """Where a statement without a U.S. place ends: after the row that names a country, else with the text."""
    end = 0
    for row in first_rows(tail).split("\n"):
        end += len(row) + 1
        if country_in(row) is not None:
            break
    return min(end, len(tail))


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
        value = statement_at("", text, place)
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
        if country_in(line) is not None or re.search(r"\b\d{4,5}\b", line):
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


def says_the_same(printed: NameAndAddress, claimed: NameAndAddress) -> bool:
    """Whether the claimed name and place are printed."""
    return bool(claimed.name) and _agreement(printed, claimed) == 2


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
