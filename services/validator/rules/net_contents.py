"""Net contents: whether they are stated, and in which units and form.

27 CFR 4.37 for wine, 5.70 for distilled spirits, 7.70 for malt beverages; rulebook sections 4 to 6.
Sizes: `standards_of_fill`; agreement of units and with the application: `net_contents_agreement`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from services.validator.fields.model import Statement
from services.validator.fields.net_contents import NetContents
from services.validator.fields.numbers import plain
from services.validator.fields.units import System, Unit, Volume
from services.validator.label import Label
from services.validator.rules.container import net_contents_on_container
from services.validator.rules.measures import (
    evidence_of,
    missing,
    same_field_of_vision,
    weight,
    wrong_form,
)
from services.validator.rules.model import (
    NOT_APPLICABLE,
    PASS,
    Finding,
    Result,
    Severity,
    all_of,
    fail,
    rule,
)
from services.validator.submission import ProductType

_WINE = (ProductType.WINE,)
_SPIRITS = (ProductType.DISTILLED_SPIRITS,)
_MALT = (ProductType.MALT_BEVERAGE,)

_PINT, _QUART, _GALLON = Decimal(16), Decimal(32), Decimal(128)

Net = Statement[NetContents]


@rule(
    "wine.net.statement",
    title="Net contents of wine are stated in metric units",
    citation="27 CFR 4.37(a), (c)",
    severity=Severity.VIOLATION,
    applies_to=_WINE,
)
def wine_net_statement(label: Label) -> Result:
    """Wine states its net contents in litres or millilitres as the standard of fill is written."""
    result = _metric_statement(label, "27 CFR 4.37")
    if result is not PASS:
        return result
    return all_of(finding for one in _litres_and_millilitres(label)[:1] for finding in _wine_form(one))


def _wine_form(statement: Net) -> Iterator[Finding]:
    millilitres, unit = statement.value.millilitres, statement.value.volume.parts[0].unit
    if unit is Unit.MILLILITRE and millilitres >= 1000:
        wanted = f"{plain(millilitres / 1000)} liters" if millilitres > 1000 else "1 liter"
    elif unit is Unit.LITRE and millilitres < 1000:
        wanted = f"{plain(millilitres)} mL"
    elif statement.value.decimal_comma:
        wanted = str(statement.value.volume)
    else:
        return
    yield Finding(
        Severity.REVIEW,
        f"The net contents are stated as “{statement.text}”; 27 CFR 4.37 and 4.72 write this size as {wanted}.",
        expected=wanted,
        found=statement.text,
        evidence=statement.evidence,
    )


@rule(
    "spirits.net.statement",
    title="Net contents of spirits are stated in metric units",
    citation="27 CFR 5.63(b)(2), 5.70(a)",
    severity=Severity.VIOLATION,
    applies_to=_SPIRITS,
)
def spirits_net_statement(label: Label) -> Result:
    """Spirits state their net contents in litres or millilitres; other units stand only beside these."""
    result = _metric_statement(label, "27 CFR 5.70(a)")
    if result is not PASS:
        return result
    metric = _litres_and_millilitres(label)
    apart = [
        one
        for one in label.net_contents.statements
        if one not in metric and not any(same_field_of_vision(label, one, other) for other in metric)
    ]
    return all_of(
        Finding(
            Severity.REVIEW,
            f"“{one.text}” stands apart from the metric net contents; 27 CFR 5.70(a) wants both together.",
            expected="beside the metric statement",
            found=one.text,
            evidence=one.evidence,
        )
        for one in apart
    )


def _litres_and_millilitres(label: Label) -> tuple[Net, ...]:
    metric = label.net_contents.of(System.METRIC)
    return tuple(one for one in metric if one.value.volume.parts[0].unit is not Unit.CENTILITRE)


def _metric_statement(label: Label, citation: str) -> Result:
    reading = label.net_contents
    if _litres_and_millilitres(label):
        return PASS
    if reading.statements:
        texts = " and ".join(dict.fromkeys(f"“{one.text}”" for one in reading.statements))
        return fail(
            wrong_form(label, reading.statements),
            f"The net contents are stated only as {texts}; {citation} requires liters or milliliters.",
            expected="liters or milliliters",
            found=texts,
            evidence=evidence_of(reading.statements),
        )
    return _not_stated(label, citation, "750 mL")


def _not_stated(label: Label, citation: str, example: str) -> Result:
    if net_contents_on_container(label):
        return PASS
    bare = label.net_contents.without_unit
    if bare:
        return fail(
            Severity.REVIEW,
            f"“{bare[0].text}” was read without a unit; {citation} requires one.",
            expected=f"a statement such as “{example}”",
            found=bare[0].text,
            evidence=evidence_of(bare),
        )
    return fail(
        missing(label, label.net_contents.unreadable),
        f"No net contents were read on the label; {citation} requires them, on a label or blown into the container.",
        expected=f"a statement such as “{example}”",
        evidence=evidence_of(label.net_contents.unreadable),
    )


@rule(
    "malt.net.us-measure",
    title="Net contents of malt beverages are stated in U.S. units",
    citation="27 CFR 7.70(a)",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_net_us_measure(label: Label) -> Result:
    """Malt beverages state net contents in the U.S. units that 7.70(a) sets for their volume."""
    reading = label.net_contents
    stated = reading.of(System.US)
    if not stated:
        if not reading.statements:
            return _not_stated(label, "27 CFR 7.70(a)", "12 FL OZ")
        return fail(
            wrong_form(label, reading.statements),
            f"The net contents are stated only as “{reading.statements[0].text}”; 27 CFR 7.70(a) requires U.S. units.",
            expected="U.S. units such as fluid ounces, pints or gallons",
            found=reading.statements[0].text,
            evidence=evidence_of(reading.statements),
        )
    if reading.choices or any(_right_us_form(one.value.volume) for one in stated):
        return PASS
    first = next((one for one in stated if one is reading.chosen), stated[0])
    required = _required_us_form(first.value.volume.total)
    ounces_alone = all(part.unit in {Unit.FLUID_OUNCE, Unit.OUNCE} for part in first.value.volume.parts)
    return fail(
        wrong_form(label, stated) if ounces_alone else Severity.REVIEW,
        f"The net contents are stated as “{first.text}”; 27 CFR 7.70(a) requires {required}.",
        expected=required,
        at=first,
    )


def _required_us_form(ounces: Decimal) -> str:
    whole = {_PINT: "1 pint", _QUART: "1 quart", _GALLON: "1 gallon"}
    if ounces in whole:
        return f"“{whole[ounces]}”"
    if ounces < _PINT:
        return "fluid ounces or a fraction of a pint"
    if ounces < _QUART:
        return "a fraction of a quart, or pints and fluid ounces"
    if ounces < _GALLON:
        return "a fraction of a gallon, or quarts, pints and fluid ounces"
    return "gallons and fractions of a gallon"


def _right_us_form(volume: Volume) -> bool:
    ounces = volume.total
    units = [part.unit for part in volume.parts]
    whole = all(not part.denominator and part.amount == part.amount.to_integral_value() for part in volume.parts[:1])
    if Unit.OUNCE in units:
        return False
    if ounces < _PINT:
        return units in ([Unit.FLUID_OUNCE], [Unit.PINT])
    if ounces in {_PINT, _QUART, _GALLON}:
        return units == [{_PINT: Unit.PINT, _QUART: Unit.QUART, _GALLON: Unit.GALLON}[ounces]]
    if ounces < _QUART:
        return units == [Unit.QUART] or (units == [Unit.PINT, Unit.FLUID_OUNCE] and whole)
    if ounces < _GALLON:
        return units == [Unit.GALLON] or (units[0] is Unit.QUART and whole)
    return units == [Unit.GALLON]


@rule(
    "malt.net.lowest-terms",
    title="Fractions of malt beverage measures are in lowest terms",
    citation="27 CFR 7.70(b)",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_net_lowest_terms(label: Label) -> Result:
    """Fractions are expressed in their lowest terms."""
    fractions = [
        (one, part) for one in label.net_contents.of(System.US) for part in one.value.volume.parts if part.denominator
    ]
    if not fractions:
        return NOT_APPLICABLE
    findings: list[Finding] = []
    for one, part in fractions:
        common = math.gcd(part.numerator, part.denominator)
        if common > 1:
            lowest = f"{part.numerator // common}/{part.denominator // common}"
            findings.append(
                Finding(
                    weight(one),
                    f"“{one.text}” is not in lowest terms; 27 CFR 7.70(b) requires {lowest}.",
                    expected=lowest,
                    found=one.text,
                    evidence=one.evidence,
                )
            )
    return all_of(findings)


@rule(
    "malt.net.metric-extra",
    title="Metric net contents of malt beverages only accompany the U.S. ones",
    citation="27 CFR 7.70(c)",
    severity=Severity.REVIEW,
    applies_to=_MALT,
)
def malt_net_metric_extra(label: Label) -> Result:
    """Metric net contents stand beside the U.S. statement, which is not a mere parenthesis after them."""
    metric, us = label.net_contents.of(System.METRIC), label.net_contents.of(System.US)
    if not metric or not us:
        return NOT_APPLICABLE
    if not any(same_field_of_vision(label, one, other) for one in metric for other in us):
        problem = "stand on different panels; 27 CFR 7.70(c) wants both in one field of vision"
    elif all(one.value.parenthesised for one in us):
        problem = "give the U.S. measure in parentheses; 27 CFR 7.70(c) allows metric measure only in addition to it"
    else:
        return PASS
    return fail(
        Severity.REVIEW,
        f"“{metric[0].text}” and “{us[0].text}” {problem}.",
        expected="the U.S. measure, and beside it the metric one",
        found=f"{metric[0].text} {us[0].text}",
        evidence=evidence_of((metric[0], us[0])),
    )
