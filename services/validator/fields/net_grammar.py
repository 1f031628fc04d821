"""The grammar of net contents: from text to volumes, as the regulations and OCR write them.

Units follow rulebook 0.5, shapes of misread numbers and units its section 0.6. A volume in U.S. units may have several
parts, each less than one of the unit before (`1 QUART 1 PINT 12 FL OZ`); what is not less begins a new statement
(`1 PINT 16 FL OZ` says one volume twice).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from services.validator.fields.numbers import DIGIT, NUMBER_WORDS, printed_number, same_length_ascii
from services.validator.fields.units import Measure, System, Unit, Volume


@dataclass(frozen=True, slots=True)
class ParsedVolume:
    """A volume in a text from `start` to before `end`; `parenthesised` when it stands in parentheses."""

    start: int
    end: int
    volume: Volume
    parenthesised: bool = False


_UNITS = {
    Unit.MILLILITRE: r"(?:m|rn)(?:[l1|!]s?|i)(?:\s?e(?![A-Za-z]))?|mill?il[il]t(?:er|re)s?",
    Unit.CENTILITRE: r"c[l1i|!](?:\s?e(?![A-Za-z]))?|centilit(?:er|re)s?",
    Unit.LITRE: r"l[il1|]t(?:er|re)s?|ltrs?|lts?|l(?:\s?e(?![A-Za-z]))?",
    Unit.FLUID_OUNCE: r"f[l1i|!][.,]?\s*[o0][z2]s?|f[l1i|!](?:uid|[.,])?\s*oun?ces?|fluid\s*[o0][z2]s?",
    Unit.OUNCE: r"[o0]zs?|ounces?",
    Unit.PINT: r"p[il1|]nts?|pts?",
    Unit.QUART: r"quarts?|qts?",
    Unit.GALLON: r"(?:u\.?\s?s\.?\s*)?gal(?:lon)?s?",
    Unit.BARREL: r"bbls?|barrels?",
}
_GROUP = {unit: unit.name.lower() for unit in Unit}
_UNIT = "|".join(rf"(?P<{_GROUP[unit]}>{pattern})" for unit, pattern in _UNITS.items())
_END = r"(?![A-Za-z])|(?=alc|contain|content|net(?![a-z])|prod|wine|white|red(?![a-z])|by(?![a-z])|vol)"
_WORD = "|".join((*NUMBER_WORDS, "half", "one[ -]half"))
_MEASURE = re.compile(
    rf"""
    (?:
        (?:(?<![A-Za-z0-9.,/])(?P<whole>\d{{1,2}})[ -])?(?<![0-9.,/])(?P<numerator>\d{{1,2}})/(?P<denominator>\d{{1,2}})
      | (?<![0-9])(?<![0-9][.,/])
        (?P<number>(?:(?=[0-9])|(?<![A-Za-z])){DIGIT}{{1,4}}(?:[.,]{DIGIT}{{1,3}})?|(?<![A-Za-z])[.,][0-9]{DIGIT}{{0,2}})
      | (?<![A-Za-z])(?P<word>{_WORD})
    )
    [\s-]?\s*
    (?:{_UNIT})(?:{_END})
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN_PARTS = re.compile(r"[\s.,]*(?:(?:and|&|\+)\s*)?", re.IGNORECASE)
_NOT_A_STATEMENT_BEFORE = re.compile(
    r"(?:\bper|\bserving(?:\s+size)?:?|\bsize:?|\bin|\bevery|\beach|\bunder|\bover|\badd|\d\s?[x×])\s*\(?\s*$",
    re.IGNORECASE,
)
_NOT_A_STATEMENT_AFTER = re.compile(
    r"[\s.,)-]*(?:of\b|servings?\b|(?:\w+\s)?juice|barrel|cask|oak|tank|per\b|[(%\s]*cups?\b|kegs?\s+only|tbsp|tsp|glass\b)",
    re.IGNORECASE,
)
_LOT_NUMBER = re.compile(r"\s?[-.:/]?\s?\d")
_LARGEST_LITRES = Decimal(60)


@lru_cache(maxsize=1024)
def parse_volumes(text: str) -> tuple[ParsedVolume, ...]:
    """Every volume that `text` states, in order; recipes, servings and casks are no statements."""
    return tuple(_volumes(text))


def _volumes(text: str) -> Iterator[ParsedVolume]:
    plain = same_length_ascii(text)
    pending: list[tuple[Measure, int, int]] = []
    for match in _MEASURE.finditer(plain):
        measure = _measure(match)
        if measure is None or not _is_statement(plain, match, measure):
            continue
        if pending and not _continues(pending, measure, plain[pending[-1][2] : match.start()]):
            yield _volume(plain, pending)
            pending = []
        pending.append((measure, match.start(), match.end()))
    if pending:
        yield _volume(plain, pending)


_WITHOUT_NUMBER = re.compile(
    r"^\W*(?:net\W*cont(?:ents?)?|net\W*vol(?:ume)?)(?![a-z])[^\w\n]*$"
    r"|^\W*(?:net\W*(?:cont(?:ents?)?)?\W*)?(?:ml|cl|fl\.?\s*oz|fluid\s*ounces?|lit(?:er|re)s?|u\.?s\.?\s*gallons?)\W*$",
    re.IGNORECASE | re.MULTILINE,
)


def without_number(text: str) -> Iterator[tuple[int, int]]:
    """Rows that name net contents or a unit of theirs and nothing else, from start to before end."""
    for match in _WITHOUT_NUMBER.finditer(same_length_ascii(text)):
        yield match.start(), match.end()


def _is_statement(text: str, match: re.Match[str], measure: Measure) -> bool:
    if _NOT_A_STATEMENT_BEFORE.search(text, max(0, match.start() - 20), match.start()):
        return False
    if _NOT_A_STATEMENT_AFTER.match(text, match.end()):
        return False
    if measure.unit is not Unit.LITRE or match["litre"].lower().startswith(("li", "lt")):
        return (
            measure.unit.system is System.US
            or Decimal(10) <= measure.amount * measure.unit.size <= _LARGEST_LITRES * 1000
        )
    lot = _LOT_NUMBER.match(text, match.end())
    glued = (
        match.start() > 0
        and text[match.start() - 1].isalpha()
        and not text[: match.start()].lower().endswith(("t", "s"))
    )
    return not lot and not glued and measure.amount <= _LARGEST_LITRES


def _measure(match: re.Match[str]) -> Measure | None:
    unit = next(unit for unit, group in _GROUP.items() if match[group] is not None)
    if match["denominator"]:
        numerator, denominator = int(match["numerator"]), int(match["denominator"])
        if not 0 < numerator < denominator:
            return None
        return Measure(Decimal(match["whole"] or 0) + Decimal(numerator) / denominator, unit, numerator, denominator)
    if match["word"]:
        word = match["word"].lower()
        half = word.endswith("half")
        return Measure(Decimal("0.5"), unit, 1, 2) if half else Measure(Decimal(NUMBER_WORDS[word]), unit)
    printed = printed_number(match["number"])
    if printed is None or printed.value <= 0:
        return None
    return Measure(printed.value, unit, decimal_comma=printed.decimal_comma)


def _continues(pending: list[tuple[Measure, int, int]], measure: Measure, between: str) -> bool:
    last = pending[-1][0]
    return (
        measure.unit.system is System.US
        and last.unit.system is System.US
        and measure.unit.size < last.unit.size
        and measure.amount * measure.unit.size < last.unit.size
        and not last.denominator
        and last.amount == last.amount.to_integral_value()
        and _BETWEEN_PARTS.fullmatch(between) is not None
    )


def _volume(text: str, parts: list[tuple[Measure, int, int]]) -> ParsedVolume:
    start, end = parts[0][1], parts[-1][2]
    opening = text[:start].rstrip()
    parenthesised = opening.endswith(("(", "[")) and bool(re.match(r"[\s.]*[)\]]?", text[end:]))
    return ParsedVolume(start, end, Volume(tuple(part[0] for part in parts)), parenthesised)
