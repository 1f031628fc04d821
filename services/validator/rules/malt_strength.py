"""Words about the strength of malt beverages: low alcohol, non-alcoholic, alcohol free (27 CFR 7.65(d)-(f))."""

from __future__ import annotations

import re
from decimal import Decimal

from services.validator.fields.alcohol import AlcoholStatement
from services.validator.fields.model import Statement
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.measures import evidence_of, missing, same_field_of_vision, weight
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail, rule
from services.validator.submission import ProductType

_MALT = (ProductType.MALT_BEVERAGE,)
_LOW_LIMIT, _HALF = Decimal("2.5"), Decimal("0.5")

LOW_ALCOHOL = re.compile(r"\b(?:low|reduced)[- ]alcohol\b")
NON_ALCOHOLIC = re.compile(r"\bnon\s?-?\s?alcoholic\b")
_ALCOHOL_REMOVED = re.compile(r"\bn/?\s?a (?:beer|brew)\b|\balcohol[- ]removed\b|\bde-?alcoholi[sz]ed\b")
ALCOHOL_FREE = re.compile(r"\balcohol[- ]?free\b")
NO_ALCOHOL_FIGURE = re.compile(r"(?<![\d.,])0[.,]0{1,2}\s?%")
_LESS_THAN_HALF = re.compile(r"\bcontains less than 0?\s?\.5\s?(?:%|percent) (?:of )?alc(?:ohol|\.)? ?(?:by |/ ?)vol")
_STATEMENT = "contains less than 0.5% alcohol by volume"


def _contradicting(label: Label, limit: Decimal) -> Statement[AlcoholStatement] | None:
    """The first statement of at least `limit` percent."""
    return next(
        (one for one in label.alcohol.statements if one.value.high is not None and one.value.high >= limit), None
    )


def _with_alcohol(label: Label) -> bool:
    """Whether the label states 0.5 % or more: then words and figures of no alcohol may speak of something else."""
    return bool(label.alcohol.statements) and not label.alcohol.below(_HALF)


@rule(
    "malt.low-alcohol",
    title="Low alcohol and reduced alcohol",
    citation="27 CFR 7.65(d)",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_low_alcohol(label: Label) -> Result:
    """Only a malt beverage below 2.5 % alcohol by volume is called low alcohol or reduced alcohol."""
    claims = find_wording(label.text, LOW_ALCOHOL)
    if not claims:
        return NOT_APPLICABLE
    claim, stated = claims[0], _contradicting(label, _LOW_LIMIT)
    if stated is not None:
        return fail(
            weight(claim, stated),
            f"The label says “{claim.text}” and “{stated.text}”; 27 CFR 7.65(d) allows the words below 2.5 % only.",
            expected="less than 2.5 % alcohol by volume",
            found=stated.text,
            evidence=evidence_of((claim, stated)),
        )
    if label.alcohol.statements:
        return PASS
    return fail(
        Severity.REVIEW,
        f"The label says “{claim.text}” and no alcohol content was read; 27 CFR 7.65(d) allows the words below 2.5 % "
        "only.",
        expected="less than 2.5 % alcohol by volume",
        at=claim,
    )


@rule(
    "malt.non-alcoholic",
    title="Non-alcoholic",
    citation="27 CFR 7.65(e)",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_non_alcoholic(label: Label) -> Result:
    """The words non-alcoholic stand with `contains less than 0.5% alcohol by volume` immediately beside them."""
    claims = find_wording(label.text, NON_ALCOHOLIC)
    removed = find_wording(label.text, _ALCOHOL_REMOVED)
    if not claims and not removed:
        return NOT_APPLICABLE
    claim = (*claims, *removed)[0]
    stated = find_wording(label.text, _LESS_THAN_HALF)
    if not stated:
        return fail(
            missing(label) if claims and claim.sure and not _with_alcohol(label) else Severity.REVIEW,
            f"The label says “{claim.text}” without “{_STATEMENT}”, which 27 CFR 7.65(e) requires beside it.",
            expected=_STATEMENT,
            at=claim,
        )
    if not claims:
        return fail(
            Severity.REVIEW,
            f"“{claim.text}” is not the wording of 27 CFR 7.65(e), which is non-alcoholic.",
            expected=f"non-alcoholic, {_STATEMENT}",
            at=claim,
        )
    if any(same_field_of_vision(label, one, other) for one in claims for other in stated):
        return PASS
    return fail(
        Severity.REVIEW,
        f"“{stated[0].text}” stands apart from “{claim.text}”; 27 CFR 7.65(e) wants it immediately adjacent.",
        expected="both together",
        found=stated[0].text,
        evidence=evidence_of((claim, stated[0])),
    )


@rule(
    "malt.alcohol-free",
    title="Alcohol free and 0.0 %",
    citation="27 CFR 7.65(e)-(f)",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_alcohol_free(label: Label) -> Result:
    """An alcohol free malt beverage states no alcohol but 0.0 %, and 0.0 % stands only with the words alcohol free."""
    claims = find_wording(label.text, ALCOHOL_FREE)
    figures = find_wording(label.text, NO_ALCOHOL_FIGURE)
    if not claims and (not figures or _with_alcohol(label)):
        return NOT_APPLICABLE
    if not claims:
        return fail(
            missing(label) if figures[0].sure else Severity.REVIEW,
            f"The label says “{figures[0].text}” without the words alcohol free, which 27 CFR 7.65(e)-(f) requires.",
            expected="alcohol free",
            at=figures[0],
        )
    stated = next((one for one in label.alcohol.statements if one.value.high), None)
    if stated is None:
        return PASS
    return fail(
        Severity.REVIEW if _with_alcohol(label) else weight(claims[0], stated),
        f"The label says “{claims[0].text}” and “{stated.text}”; 27 CFR 7.65(f) allows the words without any alcohol "
        "only.",
        expected="no alcohol content but 0.0 %",
        found=stated.text,
        evidence=evidence_of((claims[0], stated)),
    )
