"""The grammar of alcohol statements (rulebook 0.6): from text to percentages by volume, by weight, and proof.

A lexer that knows what OCR does to these words turns text into a string of kinds (`ALC. 13.5% BY VOL.` is `ambv`);
each form of statement is a pattern over kinds. Anything else is a barrier, so that a grape's percentage or a quantity
never reaches across a word to ALC or VOL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from services.validator.fields.numbers import DIGIT, END_OF_NUMBER, Printed, printed_number, same_length_ascii

HIGHEST_PERCENT = Decimal(95)
"""Rulebook 9.2: no label states more."""


class AlcoholForm(StrEnum):
    """How a statement is put together. The first three are those that 27 CFR 4.36, 5.65 and 7.65 know."""

    ALC_NUMBER_BY_VOL = "Alc. 13.5% by Vol."
    NUMBER_ALC_BY_VOL = "13.5% Alc/Vol"
    ALC_BY_VOL_NUMBER = "Alc/Vol 13.5%"
    OTHER_PHRASE = "another phrase"
    NO_SEPARATOR = "13.5% Alc Vol"
    NO_PERCENT_SIGN = "Alc. 13.5 by Vol."
    ABV = "13.5% ABV"
    NO_ALC = "13.5% by volume"
    VOL_ONLY = "13.5% vol"
    ALC_ONLY = "13.5% Alc"
    BY_WEIGHT = "13.5% by weight"
    BLANK = "__% Alc/Vol"


CONFORMING = frozenset({AlcoholForm.ALC_NUMBER_BY_VOL, AlcoholForm.NUMBER_ALC_BY_VOL, AlcoholForm.ALC_BY_VOL_NUMBER})

_RANK = {
    **dict.fromkeys(CONFORMING, 0),
    AlcoholForm.BLANK: 1,
    AlcoholForm.OTHER_PHRASE: 2,
    AlcoholForm.BY_WEIGHT: 3,
    AlcoholForm.NO_SEPARATOR: 3,
    AlcoholForm.ABV: 3,
    AlcoholForm.NO_ALC: 4,
    AlcoholForm.NO_PERCENT_SIGN: 5,
    AlcoholForm.VOL_ONLY: 6,
    AlcoholForm.ALC_ONLY: 7,
}
PROOF_RANK = 2


@dataclass(frozen=True, slots=True)
class AlcoholStatement:
    """A percentage of alcohol: by volume, but for the form BY_WEIGHT.

    `low` and `high` differ in a range and are None in a blank to be filled in. `decimals` counts printed digits after
    the point. `reread` marks a value whose lost decimal point was put back (`135%` and `13 5%` as 13.5).
    """

    form: AlcoholForm
    low: Decimal | None
    high: Decimal | None
    decimals: int = 0
    decimal_comma: bool = False
    less_than: bool = False
    reread: bool = False
    glyph_height_px: float | None = None

    @property
    def percent(self) -> Decimal | None:
        """The one value, None for a range or a blank."""
        return self.low if self.low == self.high else None

    @property
    def by_volume(self) -> bool:
        """Whether it states percent by volume."""
        return self.form is not AlcoholForm.BY_WEIGHT and self.low is not None

    @property
    def conforming(self) -> bool:
        """Whether the form is one that the regulations show."""
        return self.form in CONFORMING


@dataclass(frozen=True, slots=True)
class Parsed:
    """A statement in a text, from `start` to before `end`; `proof` instead of `alcohol` for a statement of proof."""

    start: int
    end: int
    rank: int
    alcohol: AlcoholStatement | None = None
    proof: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    start: int
    end: int
    low: Printed | None = None
    high: Printed | None = None
    split: bool = False


_NUMBER = rf"(?:{DIGIT}{{1,3}}(?:\s?[.,]{DIGIT}{{1,2}}|[.,]\s{DIGIT})?|(?<![A-Za-z0-9])[.,][0-9]{DIGIT}?(?![.,]?[0-9]))"
_PERCENT = r"(?:%[oO0](?![A-Za-z0-9])|%|[°oO0]\s?/\s?[oO0](?![A-Za-z0-9])|per\s?cent(?![a-z])|pct(?![a-z]))"
_ALC = "a[l1i|!]c(?:[o0]h[o0][l1i|!])?"
_VOL = "v[o0][l1i|!](?:u[mn]es?)?"
_KEYWORD = rf"(?:{_ALC}|{_VOL}|by|8y|weight|wt|pr[o0][o0]f)"
_END = rf"(?![A-Za-z])|(?={_KEYWORD})|(?=[lIO][0-9][0-9.,%])"
_UNIT = r"(?:m[l1i]|c[l1]|f[l1i]|[o0]z|l(?:iter|itre)?s?|pints?|pts?|qts?|gal|cal|kcal|g|mg|kg|years?|months?|days?|¢)"

_LEXER = re.compile(
    "|".join(
        (
            rf"(?P<range>(?P<low>{_NUMBER})\s?{_PERCENT}?\s?(?:-|to)\s?(?P<high>{_NUMBER})\s?{_PERCENT})",
            rf"(?P<blank>_[_\s]*{_PERCENT})",
            rf"(?P<split>(?<![0-9])(?P<whole>[1-9][0-9]?) (?P<tenth>[0-9])\s?{_PERCENT})",
            rf"(?P<percentage>(?P<percent>{_NUMBER})\s?{_PERCENT})",
            rf"(?P<quantity>{_NUMBER}{END_OF_NUMBER}?\s?{_UNIT}(?![A-Za-z]))",
            rf"(?P<number>{_NUMBER}{END_OF_NUMBER})",
            rf"(?P<merged>{_ALC}[.,]?[Il1|]{_VOL}(?![A-Za-z])|a[l1i|]cn[o0][l1i|](?![A-Za-z]))",
            rf"(?P<a>{_ALC}(?:{_END}))",
            r"(?P<c>contents?(?![A-Za-z]))",
            rf"(?P<v>{_VOL}(?:{_END})\.?)",
            rf"(?P<b>(?:by|8y)(?:{_END}))",
            r"(?P<s>[/\\])",
            r"(?P<h>a\.?b\.?w(?![A-Za-z])\.?)",
            r"(?P<w>a\.?\s?b\.?\s?v(?![A-Za-z])\.?)",
            rf"(?P<p>pr[o0][o0]f(?:{_END}))",
            rf"(?P<g>(?:weight|wt)(?:{_END}))",
            r"(?P<l>less\s+than(?![A-Za-z])|under(?![A-Za-z]))",
            rf"(?P<percent_sign>{_PERCENT})",
            r"(?P<skipped>[\s.,:;()\[\]{}*•·|\"'<>~=-]+)",
            r"(?P<x>[A-Za-z]+|\d+(?:[.,]\d+)*|.)",
        )
    ),
    re.IGNORECASE,
)
_TELLING = re.compile(r"a[l1i|!]c|v[o0][l1i|!]|a\.?\s?b\.?\s?[vw]|pr[o0][o0]f|weight|wt", re.IGNORECASE)
"""One of these stands in every statement."""

_RELAXED_VOL = re.compile(_VOL, re.IGNORECASE)

_FORMS: tuple[tuple[AlcoholForm, re.Pattern[str]], ...] = (
    (AlcoholForm.ALC_NUMBER_BY_VOL, re.compile("a(?P<n>m)[bs]v")),
    (AlcoholForm.NUMBER_ALC_BY_VOL, re.compile("(?P<n>m)a[bs]v")),
    (AlcoholForm.ALC_BY_VOL_NUMBER, re.compile("a[bs]v(?:p(?=mn))?(?P<n>m)")),
    (AlcoholForm.BLANK, re.compile("(?P<n>k)a[bs]?v|a(?P<n2>k)[bs]?v|a[bs]?v(?P<n3>k)|(?P<n4>k)w")),
    (
        AlcoholForm.OTHER_PHRASE,
        re.compile("ac(?P<n>m)[bs]v|ac[bs]v(?P<n2>m)|a%[bs]v(?P<n3>n)|%a[bs]v(?P<n4>n)|(?P<n5>m)ac[bs]v"),
    ),
    (
        AlcoholForm.BY_WEIGHT,
        re.compile("(?P<n>m)a?[bs]?g|a(?P<n2>m)[bs]?g|a[bs]g(?P<n3>m)|(?P<n4>n)[bs]g|(?P<n5>[mn])h"),
    ),
    (AlcoholForm.NO_SEPARATOR, re.compile("(?P<n>m)av|a(?P<n2>m)v|av(?P<n3>m)")),
    (AlcoholForm.ABV, re.compile("(?P<n>[mn])w|w(?P<n2>m)")),
    (AlcoholForm.NO_ALC, re.compile("(?P<n>m)[bs]v|[bs]v(?P<n2>m)")),
    (AlcoholForm.NO_PERCENT_SIGN, re.compile("a(?P<n>n)[bs]v|(?<!p)(?P<n2>n)a[bs]v|a[bs]v(?P<n3>n)(?!p)")),
    (AlcoholForm.VOL_ONLY, re.compile("(?P<n>m)v|v(?P<n2>m)")),
    (AlcoholForm.ALC_ONLY, re.compile("(?P<n>m)a|a(?P<n2>m)")),
)
_PROOF = re.compile("(?P<n>[nm])p|p(?P<n2>n)(?!p)|(?<=p)m(?P<n3>n)")


@lru_cache(maxsize=1024)
def parse_alcohol(text: str) -> tuple[Parsed, ...]:
    """Every statement of alcohol or proof that `text` can be read as; they may overlap, the lowest rank is best."""
    return tuple(_parse(text))


def _parse(text: str) -> Iterator[Parsed]:
    text = same_length_ascii(text)
    if not _TELLING.search(text):
        return
    tokens = list(_tokens(text))
    kinds = "".join(token.kind for token in tokens)
    for form, pattern in _FORMS:
        for match in pattern.finditer(kinds):
            token = tokens[_number_at(match)]
            if (alcohol := _statement(form, token)) is not None:
                start = match.start()
                less_than = start > 0 and kinds[start - 1] == "l"
                alcohol = alcohol if not less_than else _with_less_than(alcohol)
                yield Parsed(tokens[start].start, tokens[match.end() - 1].end, _RANK[form], alcohol)
    for match in _PROOF.finditer(kinds):
        token = tokens[_number_at(match)]
        if token.low is not None and token.low == token.high and 0 < token.low.value <= 2 * HIGHEST_PERCENT:
            first = tokens[_number_at(match)] if match.group()[0] != "p" else tokens[match.start()]
            yield Parsed(first.start, tokens[match.end() - 1].end, PROOF_RANK, proof=token.low.value)


_WITHOUT_NUMBER = re.compile(r"a[^abmvw]{0,3}[bs]v|%[bs]v|%w|w%")
"""The words of a statement with nothing but litter where its number belongs."""


def without_number(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of an alcohol statement stand without a number, from start to before end."""
    tokens = list(_tokens(same_length_ascii(text)))
    for match in _WITHOUT_NUMBER.finditer("".join(token.kind for token in tokens)):
        yield tokens[match.start()].start, tokens[match.end() - 1].end


def _number_at(match: re.Match[str]) -> int:
    return next(match.start(name) for name, found in match.groupdict().items() if found is not None)


def _with_less_than(alcohol: AlcoholStatement) -> AlcoholStatement:
    return AlcoholStatement(
        alcohol.form, alcohol.low, alcohol.high, alcohol.decimals, alcohol.decimal_comma, True, alcohol.reread
    )


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    after_keyword = False
    while at < len(text):
        match = _LEXER.match(text, at)
        if match is None:
            at += 1
            continue
        kind = match.lastgroup or "x"
        relaxed = _RELAXED_VOL.match(text, at) if kind == "x" and after_keyword else None
        at = relaxed.end() if relaxed is not None else match.end()
        if relaxed is not None:
            yield _Token("v", match.start(), at)
        elif kind == "merged":
            yield from (_Token(part, match.start(), at) for part in "asv")
        elif kind != "skipped":
            yield _token(kind, match)
        after_keyword = kind in {"a", "b", "s"}


_KINDS = {
    "range": "m",
    "split": "m",
    "blank": "k",
    "percentage": "m",
    "quantity": "q",
    "number": "n",
    "percent_sign": "%",
}


def _token(kind: str, match: re.Match[str]) -> _Token:
    low = high = None
    letter = _KINDS.get(kind, kind)
    if kind == "range":
        low, high = printed_number(match["low"]), printed_number(match["high"])
    elif kind == "split":
        low = high = printed_number(f"{match['whole']}.{match['tenth']}")
    elif kind in {"percentage", "number"}:
        low = high = printed_number(match["percent"] or match["number"])
    if letter in "mn" and (low is None or high is None):
        letter = "x"
    return _Token(letter, match.start(), match.end(), low, high, kind == "split")


def _statement(form: AlcoholForm, token: _Token) -> AlcoholStatement | None:
    if form is AlcoholForm.BLANK:
        return AlcoholStatement(form, None, None)
    if token.low is None or token.high is None:
        return None
    low, high, reread = token.low.value, token.high.value, token.split
    if low > high:
        low = high
    if low == high and 100 < low < 1000 and not token.low.decimals:
        low = high = low / 10
        reread = True
    if not low <= high <= HIGHEST_PERCENT or (high == 0 and not token.high.decimals):
        return None
    decimals = 1 if reread else max(token.low.decimals, token.high.decimals)
    comma = token.low.decimal_comma or token.high.decimal_comma
    return AlcoholStatement(form, low, high, decimals, comma, reread=reread)
