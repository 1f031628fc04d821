"""Alcohol content: every statement on the label, and the one value it comes to (27 CFR 4.36, 5.65, 7.65).

A label may hold many percentages. Only those beside ALC, VOL, ABV or proof state alcohol (rulebook 0.6); of several,
the statement in a form that the regulations know is the label's alcohol content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from services.validator.fields.agreement import Finding, places_to_read_again, statements
from services.validator.fields.alcohol_grammar import (
    HIGHEST_PERCENT,
    AlcoholForm,
    AlcoholStatement,
    Parsed,
    parse_alcohol,
    without_number,
)
from services.validator.fields.model import SURE_LOOKS, FieldName, LabelField, LabelPanel, Statement
from services.validator.fields.numbers import plain, printed_number
from services.validator.fields.runs import Run
from services.validator.fields.second_look import Place
from services.validator.fields.shown import Hesitation, shown, unreadable
from services.validator.fields.text import n2
from services.validator.fields.trust import Doubt

__all__ = [
    "AlcoholClaim",
    "AlcoholForm",
    "AlcoholReading",
    "AlcoholStatement",
    "ProofStatement",
    "alcohol_field",
    "alcohol_second_looks",
    "parse_alcohol_application",
    "read_alcohol",
]

_MOST_PLACES = 4
_SCALE = 2.0
_EMPTY = frozenset({"", "n/a", "na", "none"})


@dataclass(frozen=True, slots=True)
class ProofStatement:
    """Degrees of proof: twice the percentage by volume (27 CFR 5.1)."""

    proof: Decimal


@dataclass(frozen=True, slots=True)
class AlcoholReading:
    """All that the label says of its alcohol content.

    `statements` are by volume, `by_weight` and `blanks` (to be filled in by hand) are kept apart. `chosen` is the
    statement that stands for the label, None when there is none by volume. `unreadable` are places whose words tell of
    alcohol content while no number was read there; looked for only when nothing else was found.
    """

    statements: tuple[Statement[AlcoholStatement], ...] = ()
    by_weight: tuple[Statement[AlcoholStatement], ...] = ()
    blanks: tuple[Statement[AlcoholStatement], ...] = ()
    proofs: tuple[Statement[ProofStatement], ...] = ()
    chosen: Statement[AlcoholStatement] | None = None
    unreadable: tuple[Statement[str], ...] = ()

    def percents(self) -> tuple[Decimal, ...]:
        """Distinct values of all statements by volume, the chosen first; both ends of a range."""
        ordered = sorted(self.statements, key=lambda one: one is not self.chosen)
        ends = (end for one in ordered for end in (one.value.low, one.value.high) if end is not None)
        return tuple(dict.fromkeys(end.normalize() for end in ends))

    def below(self, limit: Decimal) -> bool:
        """Whether alcohol is stated by volume and every statement is below `limit` percent (`less than 0.5%` is)."""
        return bool(self.statements) and all(
            one.value.high is not None and (one.value.high < limit or (one.value.less_than and one.value.high == limit))
            for one in self.statements
        )


@dataclass(frozen=True, slots=True)
class AlcoholClaim:
    """Alcohol content as the application gives it.

    `low` and `high` are percent by volume (differing in a range), or by weight when `by_weight` is set; None when the
    application gives a wording such as `table` instead. Empty when it gives nothing (`N/A`).
    """

    low: Decimal | None = None
    high: Decimal | None = None
    by_weight: bool = False
    wording: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to compare."""
        return self.low is None and not self.wording


def read_alcohol(panels: tuple[LabelPanel, ...]) -> AlcoholReading:
    """Every alcohol statement on the panels, in all looks, and the chosen one."""
    found = statements(panels, _find_alcohol, _alike)
    by_volume = tuple(one for one in found if one.value.by_volume)
    proofs = statements(panels, _find_proof, lambda one, other: one == other)
    nothing = not found and not proofs
    return AlcoholReading(
        by_volume,
        tuple(one for one in found if one.value.form is AlcoholForm.BY_WEIGHT),
        tuple(one for one in found if one.value.form is AlcoholForm.BLANK),
        proofs,
        _choose(by_volume),
        statements(panels, _find_without_number, lambda _one, _other: True) if nothing else (),
    )


def _find_alcohol(run: Run) -> Iterator[Finding[AlcoholStatement]]:
    for parsed in parse_alcohol(run.text):
        if parsed.alcohol is not None:
            located = run.located(parsed.start, parsed.end)
            value = replace(parsed.alcohol, glyph_height_px=located.glyph_height_px)
            yield Finding(value, located, parsed.rank, value.reread)


def _find_proof(run: Run) -> Iterator[Finding[ProofStatement]]:
    for parsed in parse_alcohol(run.text):
        if parsed.proof is not None:
            yield Finding(ProofStatement(parsed.proof), run.located(parsed.start, parsed.end), parsed.rank)


def _find_without_number(run: Run) -> Iterator[Finding[str]]:
    for start, end in without_number(run.text):
        located = run.located(start, end)
        yield Finding(located.text, located, 0)


def _alike(one: AlcoholStatement, other: AlcoholStatement) -> bool:
    """The same values; a form that does not conform must be read twice too, as OCR loses words and slashes."""
    same = (one.low, one.high, one.by_volume) == (other.low, other.high, other.by_volume)
    return same and (one.conforming or other.conforming or one.form is other.form)


def _choose(found: tuple[Statement[AlcoholStatement], ...]) -> Statement[AlcoholStatement] | None:
    times = {(one.value.low, one.value.high): 0 for one in found}
    for one in found:
        times[one.value.low, one.value.high] += 1
    return max(
        found,
        key=lambda one: (
            one.value.conforming,
            not one.value.reread,
            one.value.form is not AlcoholForm.NO_PERCENT_SIGN,
            times[one.value.low, one.value.high],
            min(one.alike, SURE_LOOKS),
            one.confidence,
        ),
        default=None,
    )


def alcohol_field(reading: AlcoholReading) -> LabelField:
    """The field of the answer: `13.5`, for a range `11-13`; from proof alone the value is empty and unsure."""
    name = FieldName.ALCOHOL_CONTENT
    chosen = reading.chosen
    if chosen is None or chosen.value.low is None or chosen.value.high is None:
        return _without_percentage(name, reading)
    value = plain(chosen.value.low)
    if chosen.value.low != chosen.value.high:
        value = f"{value}-{plain(chosen.value.high)}"
    repaired = (Hesitation(Doubt.REPAIRED, f"A decimal point seems to be lost in it: it may say {value} %."),)
    return shown(name, value, chosen, *(repaired if chosen.value.reread else ()), twice_is_sure=True)


def _without_percentage(name: FieldName, reading: AlcoholReading) -> LabelField:
    """Percent by volume was not read: the field tells what was, or where it stands."""
    for others, reason in (
        (reading.by_weight, "Only a percentage by weight was read, and none by volume."),
        (reading.proofs, "Only the proof was read, and no percentage by volume."),
    ):
        if others:
            return shown(name, "", others[0], Hesitation(Doubt.INCOMPLETE, reason))
    if reading.blanks:
        return unreadable(name, reading.blanks[0], "The place of the number is blank.")
    if reading.unreadable:
        place = reading.unreadable[0]
        return unreadable(name, place, f"“{place.text}” stands here, but no number could be read with it.")
    return LabelField(name)


def alcohol_second_looks(
    panels: tuple[LabelPanel, ...], reading: AlcoholReading, round_number: int
) -> tuple[Place, ...]:
    """Round 1: enlarged crops of the statements that were read in one look only, the chosen first. Later rounds: none.

    What was not found is not looked for here: turned whole pages are asked for by the health warning.
    """
    if round_number != 1:
        return ()
    ordered = sorted(reading.statements, key=lambda one: one is not reading.chosen)
    stated: tuple[Statement[object], ...] = (*ordered, *reading.by_weight, *reading.proofs, *reading.unreadable)
    wanted = [one for one in stated if one.alike < SURE_LOOKS]
    return places_to_read_again(panels, wanted, scale=_SCALE, most=_MOST_PLACES)


_BARE = re.compile(r"(?P<low>[\d.,]+)\s*%?\s*(?:(?:-|to)\s*(?P<high>[\d.,]+)\s*%?)?\s*(?:percent|pct)?\.?")
_BY_WEIGHT = re.compile(r"(?P<low>[\d.,]+)\s*(?:%|percent)?\s*(?:(?:alc\S*)?\s*(?:by|/)?\s*(?:weight|wt\.?)|abw)")
_WORDING = re.compile(r"(?P<word>table|light)(?:\s+(?:\w+\s+)?wine)?")
_HELP = "give percent by volume such as 13.5, a range such as 11-13, a proof such as 90 proof, or table"


def parse_alcohol_application(text: str) -> AlcoholClaim:
    """What the application's text claims: `45`, `45%`, `90 proof`, `13.5% ALC/VOL`, `3.2/wt`, `table`.

    `N/A`, `NA`, `NONE` and empty text are an empty claim. Raises ValueError, saying what to give instead, for text
    that is no alcohol content.
    """
    wanted = n2(text)
    if wanted in _EMPTY:
        return AlcoholClaim()
    if match := _WORDING.fullmatch(wanted):
        return AlcoholClaim(wording=match["word"])
    if match := _BARE.fullmatch(wanted):
        return _claim(text, match["low"], match["high"])
    if match := _BY_WEIGHT.fullmatch(wanted):
        return _claim(text, match["low"], None, by_weight=True)
    return _parsed_claim(text)


def _claim(text: str, low: str, high: str | None, *, by_weight: bool = False) -> AlcoholClaim:
    first = printed_number(low)
    last = printed_number(high) if high else first
    if first is None or last is None or not 0 <= first.value <= last.value <= HIGHEST_PERCENT:
        raise ValueError(f"{text!r} is no alcohol content between 0 and {HIGHEST_PERCENT} percent: {_HELP}")
    return AlcoholClaim(first.value, last.value, by_weight)


def _parsed_claim(text: str) -> AlcoholClaim:
    parsed: list[Parsed] = []
    for one in sorted(parse_alcohol(text), key=lambda one: one.rank):
        if all(one.end <= other.start or other.end <= one.start for other in parsed):
            parsed.append(one)
    stated = [one.alcohol for one in parsed if one.alcohol is not None and one.alcohol.low is not None]
    if stated:
        best = stated[0]
        if {(one.low, one.high) for one in stated if one.by_volume == best.by_volume} != {(best.low, best.high)}:
            raise ValueError(f"{text!r} gives more than one alcohol content: {_HELP}")
        if not best.reread:
            return AlcoholClaim(best.low, best.high, best.form is AlcoholForm.BY_WEIGHT)
    proofs = {one.proof for one in parsed if one.proof is not None}
    if len(proofs) == 1 and not stated:
        percent = next(iter(proofs)) / 2
        return AlcoholClaim(percent, percent)
    raise ValueError(f"{text!r} is no alcohol content: {_HELP}")
