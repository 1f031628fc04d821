"""Alcohol content: whether it is stated, and in what form.

27 CFR 4.36 for wine, 5.65 for distilled spirits, 7.63(a)(3) and 7.65 for malt beverages; rulebook sections 0.6, 3 to 7.
Whether all
statements and the application agree: `alcohol_agreement`; measured strength and type size: `alcohol_tolerance`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from services.validator.fields.alcohol import AlcoholForm, AlcoholStatement
from services.validator.fields.model import Statement, images_of
from services.validator.fields.numbers import plain
from services.validator.fields.text import n2
from services.validator.label import Label
from services.validator.rules.measures import (
    alcohol_claim,
    evidence_of,
    missing,
    percent_text,
    same_field_of_vision,
    text_of,
    weight,
    wrong_form,
)
from services.validator.rules.model import (
    NOT_APPLICABLE,
    NOT_CHECKABLE,
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

TABLE_WINE_LIMIT = Decimal(14)

_FORMS = "“Alc. 13.5% by Vol.”, “13.5% Alc/Vol” or “Alc/Vol 13.5%”"
_TABLE_OR_LIGHT = re.compile(
    r"\b(?:table|light)\b(?:\s\w+)?\s\w*wine\b|\b(?:table|light)\s(?:red|white|pink|rose|rosé)\b"
)
_ALWAYS_REVIEW = frozenset(
    {
        AlcoholForm.ALC_ONLY,
        AlcoholForm.NO_SEPARATOR,
        AlcoholForm.NO_PERCENT_SIGN,
        AlcoholForm.OTHER_PHRASE,
        AlcoholForm.BLANK,
    }
)
"""Forms that are never a violation (rulebook 0.6): OCR loses thin slashes and signs."""

Alcohol = Statement[AlcoholStatement]


@rule(
    "wine.abv.required",
    title="Alcohol content of wine is stated",
    citation="27 CFR 4.36(a)",
    severity=Severity.VIOLATION,
    applies_to=_WINE,
)
def wine_abv_required(label: Label) -> Result:
    """Wine states its alcohol content; up to 14 % the designation “table wine” or “light wine” stands for it."""
    reading = label.alcohol
    if reading.statements or reading.by_weight or reading.proofs:
        return PASS
    if reading.blanks:
        return NOT_CHECKABLE
    stronger = _known_stronger(label)
    designation = label.names.class_type
    if designation is None or not _TABLE_OR_LIGHT.search(n2(designation.text)) or stronger:
        known = f"The wine has {plain(stronger)} % alcohol by volume and the label" if stronger else "The label"
        return fail(
            missing(label, reading.unreadable),
            f"{known} shows no alcohol content that could be read; 27 CFR 4.36 requires it"
            + (" above 14 %." if stronger else " unless the designation is “table wine” or “light wine”."),
            expected="a statement such as “Alc. 13.5% by Vol.”",
            evidence=evidence_of(reading.unreadable),
        )
    brand = label.names.brand
    if brand is None:
        return NOT_CHECKABLE
    if images_of(brand.evidence).isdisjoint(images_of(designation.evidence)):
        return fail(
            Severity.REVIEW,
            f"“{designation.text}” stands for the alcohol content only on the brand label; it was read elsewhere.",
            expected="“table wine” or “light wine” on the brand label, or a statement of alcohol content",
            at=designation,
        )
    return PASS


def _known_stronger(label: Label) -> Decimal | None:
    claim = alcohol_claim(label)
    known = [label.submission.lab_abv, claim.high if claim is not None and not claim.by_weight else None]
    return next((one for one in known if one is not None and one > TABLE_WINE_LIMIT), None)


@rule(
    "wine.abv.format",
    title="Form of a wine's alcohol statement",
    citation="27 CFR 4.36(b)",
    severity=Severity.VIOLATION,
    applies_to=_WINE,
)
def wine_abv_format(label: Label) -> Result:
    """Alcohol content is percent by volume in one of the forms of 4.36 or a similar phrase."""
    return _format(label, "27 CFR 4.36(b)", wine=True)


@rule(
    "spirits.abv.required-format",
    title="Alcohol content of spirits is stated in the form required",
    citation="27 CFR 5.63(a)(3), 5.65(a)-(b)",
    severity=Severity.VIOLATION,
    applies_to=_SPIRITS,
)
def spirits_abv_required_format(label: Label) -> Result:
    """Spirits state percent alcohol by volume in a form of 5.65; proof may stand beside it, not in its place."""
    reading = label.alcohol
    if not (reading.statements or reading.by_weight or reading.proofs or reading.blanks):
        return fail(
            missing(label, reading.unreadable),
            "The label states no alcohol content that could be read; 27 CFR 5.63(a)(3) requires it.",
            expected="a statement such as “40% Alc/Vol”",
            evidence=evidence_of(reading.unreadable),
        )
    return _format(label, "27 CFR 5.65", wine=False)


@rule(
    "malt.abv.required",
    title="Alcohol content of flavored malt beverages is stated",
    citation="27 CFR 7.63(a)(3), 7.65(a)",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_abv_required(label: Label) -> Result:
    """A malt beverage states its alcohol content when alcohol comes from added flavors; otherwise it may."""
    declared = re.search(r"\bflavou?red\b", n2(label.submission.application.class_type)) is not None
    if not declared and not re.search(r"\bwith (?:\w+ )?natural flavou?rs?\b", text_of(label)):
        return NOT_APPLICABLE
    if label.alcohol.statements:
        return PASS
    return fail(
        missing(label, label.alcohol.unreadable) if declared else Severity.REVIEW,
        "The label states no alcohol content by volume that could be read; 27 CFR 7.63(a)(3) requires it when alcohol "
        "comes from added flavors.",
        expected="a statement such as “5% Alc/Vol”",
        evidence=evidence_of((*label.alcohol.proofs, *label.alcohol.unreadable)),
    )


@rule(
    "malt.abv.format",
    title="Form of a malt beverage's alcohol statement",
    citation="27 CFR 7.65(a)-(b)",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_abv_format(label: Label) -> Result:
    """Alcohol content is percent by volume in a form of 7.65; “ABV” is no authorised abbreviation."""
    return _format(label, "27 CFR 7.65(b)", wine=False)


def _format(label: Label, citation: str, *, wine: bool) -> Result:
    reading = label.alcohol
    stated: tuple[Alcohol, ...] = (*reading.statements, *reading.by_weight, *reading.blanks)
    conforming = [one for one in reading.statements if one.value.conforming]
    if conforming:
        return all_of((*_misread(conforming), *_beside(label, conforming, citation, wine=wine)))
    if not stated and not reading.proofs:
        return NOT_APPLICABLE
    if reading.blanks and not reading.statements:
        return fail(
            Severity.REVIEW,
            f"The percentage of the alcohol statement is left blank; {citation} requires a number.",
            expected="a number",
            found=reading.blanks[0].text,
            evidence=evidence_of(reading.blanks),
        )
    only: tuple[Statement[object], ...] = stated or reading.proofs
    texts = " and ".join(dict.fromkeys(f"“{one.text}”" for one in only))
    severity = _wrong(label, only, reading.statements, wine=wine)
    return fail(
        severity,
        f"The label states alcohol only as {texts}; {citation} requires percent by volume in a form such as {_FORMS}.",
        expected=_FORMS,
        found=texts,
        evidence=evidence_of(only),
    )


def _wrong(
    label: Label, only: tuple[Statement[object], ...], by_volume: tuple[Alcohol, ...], *, wine: bool
) -> Severity:
    forms = {one.value.form for one in by_volume}
    if wine and forms == {AlcoholForm.NO_ALC}:
        # It says percent by volume: a similar appropriate phrase (27 CFR 4.36(b)(1)), as on approved imports.
        return Severity.INFORMATION
    if by_volume and (wine or forms & _ALWAYS_REVIEW):
        return Severity.REVIEW
    return wrong_form(label, only)


def _misread(conforming: list[Alcohol]) -> Iterator[Finding]:
    if all(one.value.reread for one in conforming):
        one = conforming[0]
        yield Finding(
            Severity.REVIEW,
            f"“{one.text}” was read without a decimal point and is taken for {percent_text(one.value)}.",
            found=one.text,
            evidence=one.evidence,
        )
    if all(one.value.decimal_comma for one in conforming):
        one = conforming[0]
        yield Finding(
            Severity.INFORMATION,
            f"“{one.text}” is printed with a decimal comma.",
            expected="a decimal point",
            found=one.text,
            evidence=one.evidence,
        )


def _beside(label: Label, conforming: list[Alcohol], citation: str, *, wine: bool) -> Iterator[Finding]:
    values = {(one.value.low, one.value.high) for one in conforming}
    for one in label.alcohol.statements:
        if not one.value.conforming and (one.value.low, one.value.high) in values:
            yield Finding(
                Severity.INFORMATION,
                f"“{one.text}” repeats the alcohol content in another form than {citation} shows.",
                found=one.text,
                evidence=one.evidence,
            )
    for one in label.alcohol.by_weight:
        if not wine and not any(same_field_of_vision(label, one, other) for other in conforming):
            yield Finding(
                Severity.REVIEW,
                f"“{one.text}” stands apart from the alcohol content by volume; {citation} wants them together.",
                found=one.text,
                evidence=one.evidence,
            )


@rule(
    "wine.abv.range",
    title="Range of a wine's alcohol content",
    citation="27 CFR 4.36(b)(2), (c)",
    severity=Severity.VIOLATION,
    applies_to=_WINE,
)
def wine_abv_range(label: Label) -> Result:
    """A range spans at most 3 points up to 14 % and 2 points above, and crosses no limit of class or tax."""
    ranges = [one for one in label.alcohol.statements if one.value.percent is None]
    if not ranges:
        return NOT_APPLICABLE
    return all_of(finding for one in ranges for finding in _range_findings(one))


def _range_findings(statement: Alcohol) -> Iterator[Finding]:
    low, high = statement.value.low, statement.value.high
    if low is None or high is None:
        return
    shown = percent_text(statement.value)
    widest = 3 if high <= TABLE_WINE_LIMIT else 2
    if high - low > widest:
        yield Finding(
            weight(statement),
            f"The range {shown} spans {plain(high - low)} points; 27 CFR 4.36(b)(2) allows {widest}.",
            expected=f"at most {widest} points",
            found=statement.text,
            evidence=statement.evidence,
        )
    crossed = [limit for limit in (14, 21, 24, 16) if low <= limit < high]
    if crossed:
        yield Finding(
            Severity.REVIEW if crossed == [16] else weight(statement),
            f"The range {shown} crosses {crossed[0]} %, a limit of class or tax; 27 CFR 4.36(c) does not allow that.",
            expected=f"a range on one side of {crossed[0]} %",
            found=statement.text,
            evidence=statement.evidence,
        )


@rule(
    "malt.abv.precision",
    title="Decimals of a malt beverage's alcohol content",
    citation="27 CFR 7.65(b)(2)",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_abv_precision(label: Label) -> Result:
    """From 0.5 % alcohol content has at most one decimal, below that at most two; there are no ranges."""
    if not label.alcohol.statements:
        return NOT_APPLICABLE
    return all_of(finding for one in label.alcohol.statements for finding in _precision_findings(one))


def _precision_findings(statement: Alcohol) -> Iterator[Finding]:
    value = statement.value
    low = value.low or Decimal(0)
    if value.percent is None:
        problem = "is a range; 27 CFR 7.65(b)(2) requires one number"
    elif value.less_than and low > Decimal("0.5"):
        problem = "states a limit; 27 CFR 7.65(b)(2) requires the number itself"
    elif low >= Decimal("0.5") and value.decimals > 1:
        problem = "has two decimals; 27 CFR 7.65(b)(2) allows one from 0.5 %"
    else:
        return
    yield Finding(
        weight(statement),
        f"The alcohol content “{statement.text}” {problem}.",
        expected="a number with at most one decimal",
        found=statement.text,
        evidence=statement.evidence,
    )
