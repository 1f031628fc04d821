"""Whether a value that was read is the one that is printed: the leniency of every number in the report.

Numbers count by value and net contents by volume. Names count as a whole, with case, accents, punctuation, spaces and
the usual abbreviations free (N4 of the rulebook). What contains the truth as whole words, or is contained in it, is
`partial`: shown apart, and not right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from rapidfuzz import fuzz

from evals.answer import FieldRead
from services.validator.fields.model import FieldName, FieldState
from services.validator.fields.net_grammar import parse_volumes
from services.validator.fields.places import BUSINESS_WORDS, STATES, country_named
from services.validator.fields.text import n3, n4
from services.validator.fields.units import Volume, same_volume

ADDRESS_ALIKE = 90
"""Likeness of a name and address from which it counts, 0 to 100: the truth itself has an occasional slip there."""

ADDRESS_PART_ALIKE = 95

_FUNCTION = re.compile(
    r"^(?:(?:proudly|estate|produced|brewed|canned|kegged|packaged|prepared|manufactured|vinted|cellared|blended|"
    r"distilled|made|packed|bottled|imported|and|&)"
    r"\s+)*(?:by|for|at)\b[\s:]*",
    re.IGNORECASE,
)
_CODES = {n3(name): code.casefold() for code, name in STATES.items()}
_STATE = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _CODES), key=len, reverse=True)) + r")\b")
_ZIP = re.compile(r"\b\d{5}(?:-\d{4})?\b")


class Match(StrEnum):
    """What became of one field whose truth is known."""

    RIGHT = "right"
    PARTIAL = "partial"
    WRONG = "wrong"
    ABSENT = "absent"


def match_field(truth: str, read: FieldRead) -> Match:
    """Compare one field with what is printed. A field without a value is absent, whatever text was seen."""
    if not read.value or read.state in (FieldState.NOT_ON_IMAGES, FieldState.UNREADABLE):
        return Match.ABSENT
    return _COMPARISONS.get(read.name, _same_name)(truth, read.value)


def _same_name(truth: str, value: str) -> Match:
    return _words(n4(truth), n4(value))


def _same_brand(truth: str, value: str) -> Match:
    """As a name; business words (`Winery`, `Cellars`) at its ends are free, as the comparison rule has it."""
    plain = _words(n4(truth), n4(value))
    if plain is Match.RIGHT:
        return plain
    left, right = _without_business(n3(truth)), _without_business(n3(value))
    return Match.RIGHT if left and left == right else plain


def _without_business(text: str) -> str:
    return "".join(word for word in text.split() if word not in BUSINESS_WORDS)


def _words(truth: str, value: str) -> Match:
    if truth.replace(" ", "") == value.replace(" ", ""):
        return Match.RIGHT
    shorter, longer = sorted((truth, value), key=len)
    return Match.PARTIAL if shorter and f" {shorter} " in f" {longer} " else Match.WRONG


def _same_number(truth: str, value: str) -> Match:
    try:
        return Match.RIGHT if Decimal(value) == Decimal(truth) else Match.WRONG
    except InvalidOperation:
        return Match.PARTIAL if truth in value.split("-") else Match.WRONG


def _same_volume(truth: str, value: str) -> Match:
    wanted = _volume(truth)
    read = [_volume(part) for part in value.split(" or ")]
    if wanted is None:
        raise ValueError(f"the manifest's net contents are no volume: {truth}")
    same = [one is not None and same_volume(one, wanted) for one in read]
    return Match.RIGHT if all(same) else Match.PARTIAL if any(same) else Match.WRONG


def _volume(text: str) -> Volume | None:
    return next((found.volume for found in parse_volumes(text)), None)


def _same_country(truth: str, value: str) -> Match:
    wanted, read = country_named(truth), country_named(value)
    if wanted is not None and read is not None:
        return Match.RIGHT if wanted.same(read) else Match.WRONG
    return _same_name(truth, value)


def _same_address(truth: str, value: str) -> Match:
    wanted, read = _address(truth), _address(value)
    if fuzz.ratio(wanted.replace(" ", ""), read.replace(" ", "")) >= ADDRESS_ALIKE:
        return Match.RIGHT
    return Match.PARTIAL if fuzz.token_set_ratio(wanted, read) >= ADDRESS_PART_ALIKE else Match.WRONG


def _address(text: str) -> str:
    """Name and place without the function (`bottled by`), ZIP code and the spelling of a State."""
    plain = n4(_ZIP.sub("", _FUNCTION.sub("", text)))
    return _STATE.sub(lambda state: _CODES[state[0]], plain)


_COMPARISONS: Mapping[FieldName, Callable[[str, str], Match]] = {
    FieldName.BRAND_NAME: _same_brand,
    FieldName.ALCOHOL_CONTENT: _same_number,
    FieldName.VINTAGE: _same_number,
    FieldName.NET_CONTENTS: _same_volume,
    FieldName.COUNTRY_OF_ORIGIN: _same_country,
    FieldName.NAME_AND_ADDRESS: _same_address,
}
