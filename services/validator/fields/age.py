"""Ages that a label or an application states: `Aged 8 years`, `18 months old` (27 CFR 5.74)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from services.validator.fields.model import Statement
from services.validator.fields.passages import LabelText
from services.validator.fields.text import n2
from services.validator.fields.wording import find_wording

_WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_IN_A_YEAR = {"y": Decimal(1), "m": Decimal(12), "d": Decimal(365)}
_OLDEST = 60
"""Years from which a number tells of history rather than of the spirits."""

_SPAN = (
    rf"(?P<{{}}>\d{{{{1,3}}}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})\s*[-·•]?\s*"
    r"(?P<{}>y(?:ea)?rs?\b|y\.?o\b|months?|mos?\b|days?\b)"
)
_OTHER_TIMES = ("be", "least", "finished", "finished for", "rested", "rested for", "additional", "another", "extra")
"""Words before a time that is not the age: what buyers must be, and how long it was finished in other casks."""

_AGE = re.compile(
    r"(?:(?<![a-z])(?:aged|matured|stored))[·:\s]*"
    r"(?:(?:in|for|at least|a minimum of|minimum|a|not less than|more than|over|american|french|new|charred|white|used)"
    r"\s*|(?:oak|oaf)\s*|(?:barrels?|casks?|cooperage)\s*)*"
    + _SPAN.format("n1", "u1")
    + r"|\b(?=[\defnost])(?<!\.)"
    + "".join(f"(?<!{words} )" for words in _OTHER_TIMES)
    + _SPAN.format("n2", "u2")
    + r"\s*[-·•]?\s*(?:(?:of\s*)?age\b|old\b(?!\s*(?:or\s*older|to\s|and\s*over|trees?|vines?))"
    r"|(?:stored\s*|aged\s*|matured\s*)?in\s*(?:\w+\s*){0,2}(?:oak|barrels?|casks?|wood)\b|aged\b|y\.?o\b)"
)
_TIME = re.compile(r"\d\W*(?:y(?:ea)?rs?|months?|mos|days?)\b")
_DECLARED = re.compile(r"^\W*" + _SPAN.format("n1", "u1"))


@dataclass(frozen=True, slots=True)
class Age:
    """An age in years; of several spirits that of the youngest."""

    years: Decimal


def parse_age(text: str) -> Age | None:
    """The age that an application gives, such as `18 months`; None when the text is none."""
    match = _DECLARED.match(n2(text))
    return _age(match["n1"], match["u1"]) if match else None


def read_ages(text: LabelText) -> tuple[Statement[Age], ...]:
    """Ages that qualify the product; no history (`for 120 years`), no stories, no legal age of buyers."""
    found: list[Statement[Age]] = []
    for statement in find_wording(text, _AGE, outside_prose=True):
        match = _AGE.search(statement.value)
        if match is None:
            continue
        age = _age(match["n1"] or match["n2"], match["u1"] or match["u2"])
        if 0 < age.years < _OLDEST:
            found.append(Statement(age, statement.text, statement.confidence, statement.evidence, statement.alike))
    return tuple(found)


def may_tell_age(text: LabelText) -> bool:
    """Whether the label shows any time in years, months or days: an age may have been read badly."""
    return _TIME.search(text.running) is not None


def _age(number: str, unit: str) -> Age:
    amount = int(number) if number.isdigit() else _WORDS.index(number) + 1
    return Age(Decimal(amount) / _IN_A_YEAR[unit[0]])
