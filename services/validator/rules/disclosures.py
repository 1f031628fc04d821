"""Ingredients that the law wants told: 27 CFR 4.32(c)-(e), 5.63(c)(5)-(8), 7.63(b).

What is in the product is not on the label: a rule applies when the application declares the ingredient, a laboratory
measured it, or the label itself speaks of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from services.validator.fields.model import Statement
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.declared import declares
from services.validator.rules.measures import missing, weight
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail, rule, violation_if
from services.validator.submission import ProductType

_SO2_LIMIT = Decimal(10)


@rule(
    "common.sulfites",
    title="Sulfite declaration",
    citation="27 CFR 4.32(e), 5.63(c)(7), 7.63(b)(3)",
    severity=Severity.VIOLATION,
)
def common_sulfites(label: Label) -> Result:
    """A product with 10 parts per million or more of sulfur dioxide declares sulfites or a sulfiting agent."""
    ppm = label.submission.lab_so2_ppm
    if ppm is not None and ppm < _SO2_LIMIT:
        return NOT_APPLICABLE
    declared: Iterable[Statement[str]] = (s for s in label.names.sulfites if s.value == "declared")
    if any(True for _ in declared):
        return PASS
    if ppm is None and label.product_type is not ProductType.WINE:
        return NOT_APPLICABLE
    other = label.names.sulfites[0] if label.names.sulfites else None
    known = ppm is not None and (label.complete or (other is not None and other.sure))
    amount = f"{ppm} ppm of sulfur dioxide was measured" if ppm is not None else "nearly all wine holds 10 ppm or more"
    return fail(
        violation_if(known),
        f"No sulfite declaration was found, and {amount}; the law requires Contains Sulfites or the like from 10 ppm.",
        expected="Contains Sulfites",
        at=other,
    )


_YELLOW_5 = re.compile(r"\byellow\s?(?:no\.?|number|#)?\s?(?:#\s?)?5\b|\btartrazine\b|(?<!lot )(?<!\bl )\be\s?102\b")
_YELLOW_5_TOLD = re.compile(r"\bfd\s?&\s?c yellow\s?(?:no\.?|number|#)?\s?(?:#\s?)?5\b")


@rule(
    "common.fdc-yellow-5",
    title="FD&C Yellow No. 5",
    citation="27 CFR 4.32(c), 5.63(c)(5), 7.63(b)(1)",
    severity=Severity.VIOLATION,
)
def common_fdc_yellow_5(label: Label) -> Result:
    """A product that contains FD&C Yellow No. 5 says so by that name; certified color does not replace it."""
    return _told(
        label, _YELLOW_5, _YELLOW_5_TOLD, "Contains FD&C Yellow No. 5", "27 CFR 4.32(c), 5.63(c)(5), 7.63(b)(1)"
    )


_COCHINEAL = re.compile(
    r"\bcochineal\b|(?<!lot )(?<!\bl )\be\s?120\b|\bnatural red\s?(?:no\.?|#)?\s?4\b|"
    r"\b(?:colou?r\w*|contains?|made) (?:with )?carmine\b"
)
_COCHINEAL_DECLARED = re.compile(r"\bcarmine\b|\bcochineal\b|\be\s?120\b|\bnatural red\s?(?:no\.?|#)?\s?4\b")
_COCHINEAL_TOLD = re.compile(r"\bcontains?\b[^.]{0,40}\b(?:cochineal extract|carmine)\b")


@rule(
    "common.cochineal-carmine",
    title="Cochineal extract and carmine",
    citation="27 CFR 4.32(d), 5.63(c)(6), 7.63(b)(2)",
    severity=Severity.VIOLATION,
)
def common_cochineal_carmine(label: Label) -> Result:
    """A product that contains cochineal extract or carmine says so by that name, such as Contains Carmine."""
    return _told(
        label,
        _COCHINEAL,
        _COCHINEAL_TOLD,
        "Contains Cochineal Extract or Contains Carmine",
        "27 CFR 4.32(d), 5.63(c)(6), 7.63(b)(2)",
        _COCHINEAL_DECLARED,
    )


def _told(
    label: Label,
    spoken_of: re.Pattern[str],
    told: re.Pattern[str],
    expected: str,
    citation: str,
    declared_as: re.Pattern[str] | None = None,
) -> Result:
    """PASS when the label has the disclosure; a violation when the application declares what it lacks."""
    declared = declares(label, declared_as or spoken_of)
    mentions = find_wording(label.text, spoken_of)
    if find_wording(label.text, told):
        return PASS
    if not declared and not mentions:
        return NOT_APPLICABLE
    why = "The application declares it" if declared else f"The label speaks of “{mentions[0].text}”"
    return fail(
        missing(label) if declared else Severity.REVIEW,
        f"{why}, but “{expected}” was not found; {citation} requires that name.",
        expected=expected,
        at=next(iter(mentions), None),
    )


_ASPARTAME = re.compile(r"\baspartame\b|\be\s?951\b")
_PHENYLALANINE = re.compile(r"\bphenylketonurics?\W{0,3}contains? phenylalanine\b")
_WARNING = "PHENYLKETONURICS: CONTAINS PHENYLALANINE."


@rule(
    "common.aspartame",
    title="Phenylketonurics statement",
    citation="27 CFR 5.63(c)(8), 7.63(b)(4)",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.DISTILLED_SPIRITS, ProductType.MALT_BEVERAGE],
)
def common_aspartame(label: Label) -> Result:
    """A product with aspartame says PHENYLKETONURICS: CONTAINS PHENYLALANINE in capital letters."""
    declared = declares(label, _ASPARTAME)
    mentions = find_wording(label.text, _ASPARTAME)
    stated = find_wording(label.text, _PHENYLALANINE)
    if any(one.text.isupper() for one in stated):
        return PASS
    if stated:
        return fail(
            weight(stated[0]),
            f"“{stated[0].text}” is not in capital letters, as 27 CFR 5.63(c)(8) and 7.63(b)(4) require.",
            expected=_WARNING,
            at=stated[0],
        )
    if not declared and not mentions:
        return NOT_APPLICABLE
    return fail(
        missing(label) if declared or any(one.sure for one in mentions) else Severity.REVIEW,
        f"“{_WARNING}” was not found; 27 CFR 5.63(c)(8) and 7.63(b)(4) require it of a product with aspartame.",
        expected=_WARNING,
        at=next(iter(mentions), None),
    )
