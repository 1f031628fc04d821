"""Alcohol content on the label against what a laboratory measured, and the size of its letters.

The tolerances of 27 CFR 4.36, 5.65(c) and 7.65(c) are between label and liquid; none of them excuses a difference
between label and application.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from services.validator.fields.alcohol import AlcoholStatement
from services.validator.fields.model import Statement
from services.validator.fields.numbers import plain
from services.validator.fields.text import n2
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.malt_strength import ALCOHOL_FREE, LOW_ALCOHOL, NON_ALCOHOLIC
from services.validator.rules.measures import type_size, weight
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, Finding, Result, Severity, all_of, rule
from services.validator.submission import ProductType

_CLASS_LIMIT = 14
_WINE_LIMITS = (14, 16, 21, 24)
"""Percent: class (4.21), tax (26 U.S.C. 5041(b)) and the end of wine; each is the highest of the lower side."""

_SPIRITS_AND_MALT = Decimal("0.3")
_TABLE_OR_LIGHT = re.compile(r"\b(?:table|light)\b")
_MALT_PROMISES = (
    (LOW_ALCOHOL, Decimal("2.5"), "7.65(d)"),
    (NON_ALCOHOLIC, Decimal("0.5"), "7.65(e)"),
    (ALCOHOL_FREE, Decimal(0), "7.65(f)"),
)
"""Wordings, the percentage that the liquid must stay below (0: none at all), and the section that says so."""

_FIVE_LITRES = Decimal(5000)
_FORTY_OUNCES = Decimal("1182.94")


@rule(
    "wine.abv.tolerance",
    title="Measured alcohol content of wine is within tolerance",
    citation="27 CFR 4.36(b)-(c)",
    severity=Severity.VIOLATION,
    applies_to=(ProductType.WINE,),
)
def wine_abv_tolerance(label: Label) -> Result:
    """Measured strength is within 1.5 points up to 14 % and 1 point above, on the same side of each limit."""
    measured, chosen = label.submission.lab_abv, label.alcohol.chosen
    if measured is None:
        return NOT_APPLICABLE
    if chosen is None or chosen.value.low is None or chosen.value.high is None:
        return NOT_CHECKABLE
    return all_of(_wine_findings(label, chosen, chosen.value.low, chosen.value.high, measured))


def _wine_findings(
    label: Label, chosen: Statement[AlcoholStatement], low: Decimal, high: Decimal, measured: Decimal
) -> Iterator[Finding]:
    tolerance = Decimal(0) if low != high else Decimal("1.5") if measured <= _CLASS_LIMIT else Decimal("1.0")
    if not low - tolerance <= measured <= high + tolerance:
        yield _outside(chosen, measured, tolerance, "27 CFR 4.36(b)", weight(chosen))
    crossed = next((limit for limit in _WINE_LIMITS if (high <= limit) != (measured <= limit)), None)
    if low == high and crossed is not None:
        designation = label.names.class_type
        limited = designation is not None and _TABLE_OR_LIGHT.search(n2(designation.text)) is not None
        yield Finding(
            weight(chosen) if crossed != _CLASS_LIMIT or limited else Severity.REVIEW,
            f"The label states {plain(high)} % and {plain(measured)} % was measured, on the other side of {crossed} %; "
            "27 CFR 4.36(c) keeps label and wine on one side of a limit of class or tax.",
            expected=f"on the same side of {crossed} %",
            found=f"{plain(measured)} % measured",
            evidence=chosen.evidence,
        )


@rule(
    "spirits.abv.tolerance",
    title="Measured alcohol content of spirits is within tolerance",
    citation="27 CFR 5.65(c)",
    severity=Severity.VIOLATION,
    applies_to=(ProductType.DISTILLED_SPIRITS,),
)
def spirits_abv_tolerance(label: Label) -> Result:
    """Measured strength is within 0.3 points of the label's, in both directions."""
    measured, chosen = label.submission.lab_abv, label.alcohol.chosen
    if measured is None:
        return NOT_APPLICABLE
    if chosen is None or chosen.value.percent is None:
        return NOT_CHECKABLE
    return all_of(_within(chosen, chosen.value.percent, measured, "27 CFR 5.65(c)"))


@rule(
    "malt.abv.tolerance",
    title="Measured alcohol content of malt beverages is within tolerance",
    citation="27 CFR 7.65(c)-(f)",
    severity=Severity.VIOLATION,
    applies_to=(ProductType.MALT_BEVERAGE,),
)
def malt_abv_tolerance(label: Label) -> Result:
    """Measured strength is within 0.3 points of the label's and keeps what words such as low alcohol promise."""
    measured, chosen = label.submission.lab_abv, label.alcohol.chosen
    if measured is None:
        return NOT_APPLICABLE
    findings = list(_promises(label, measured))
    percent = chosen.value.percent if chosen is not None else None
    if chosen is not None and percent is not None:
        findings.extend(_within(chosen, percent, measured, "27 CFR 7.65(c)"))
        if percent >= Decimal("0.5") > measured:
            findings.append(_outside(chosen, measured, Decimal(0), "27 CFR 7.65(c)", weight(chosen)))
    elif not findings:
        return NOT_CHECKABLE
    return all_of(findings)


def _within(
    chosen: Statement[AlcoholStatement], percent: Decimal, measured: Decimal, citation: str
) -> Iterator[Finding]:
    if abs(percent - measured) > _SPIRITS_AND_MALT:
        yield _outside(chosen, measured, _SPIRITS_AND_MALT, citation, weight(chosen))


def _outside(
    chosen: Statement[AlcoholStatement], measured: Decimal, tolerance: Decimal, citation: str, severity: Severity
) -> Finding:
    allowed = f"allows {plain(tolerance)} points" if tolerance else "allows no such difference"
    return Finding(
        severity,
        f"The label states “{chosen.text}” and {plain(measured)} % was measured; {citation} {allowed}.",
        expected=chosen.text,
        found=f"{plain(measured)} % measured",
        evidence=chosen.evidence,
    )


def _promises(label: Label, measured: Decimal) -> Iterator[Finding]:
    for pattern, limit, section in _MALT_PROMISES:
        promise = next(iter(find_wording(label.text, pattern)), None)
        if promise is not None and (measured >= limit if limit else measured > 0):
            required = f"less than {plain(limit)} %" if limit else "0 %"
            yield Finding(
                weight(promise),
                f"The label says “{promise.text}” and {plain(measured)} % was measured; "
                f"27 CFR {section} requires {required}.",
                expected=required,
                found=f"{plain(measured)} % measured",
                evidence=promise.evidence,
            )


@rule(
    "wine.abv.type-size",
    title="Type size of a wine's alcohol statement",
    citation="27 CFR 4.38(b)(3)",
    severity=Severity.REVIEW,
    applies_to=(ProductType.WINE,),
)
def wine_abv_type_size(label: Label) -> Result:
    """Up to 5 litres the alcohol statement is 1 to 3 mm high."""
    container = _container(label)
    if container is not None and container > _FIVE_LITRES:
        return NOT_APPLICABLE
    return _type_size(label, container, Decimal(1), Decimal(3), "27 CFR 4.38(b)(3)")


@rule(
    "malt.abv.type-size",
    title="Type size of a malt beverage's alcohol statement",
    citation="27 CFR 7.53",
    severity=Severity.REVIEW,
    applies_to=(ProductType.MALT_BEVERAGE,),
)
def malt_abv_type_size(label: Label) -> Result:
    """The alcohol statement is at most 3 mm high up to 40 fl oz, above that at most 4 mm."""
    container = _container(label)
    most = Decimal(3) if container is None or container <= _FORTY_OUNCES else Decimal(4)
    return _type_size(label, container, Decimal(0), most, "27 CFR 7.53")


def _container(label: Label) -> Decimal | None:
    return label.submission.container_ml or label.net_contents.millilitres


def _type_size(label: Label, container: Decimal | None, least: Decimal, most: Decimal, citation: str) -> Result:
    chosen = label.alcohol.chosen
    if chosen is None:
        return NOT_APPLICABLE
    if container is None:
        return NOT_CHECKABLE
    return type_size(label, chosen, chosen.value.glyph_height_px, least=least, most=most, citation=citation)
