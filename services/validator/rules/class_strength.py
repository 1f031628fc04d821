"""Whether the alcohol content fits the class: 27 CFR 4.21 and 4.36(c), and the minimums of 5.142 to 5.152."""

from __future__ import annotations

from decimal import Decimal

from services.validator.fields.class_type import Designation
from services.validator.fields.model import Statement
from services.validator.fields.wordlists import words
from services.validator.label import Label
from services.validator.rules.class_type import of_product
from services.validator.rules.model import (
    NOT_APPLICABLE,
    NOT_CHECKABLE,
    PASS,
    Result,
    Severity,
    fail,
    rule,
    violation_if,
)
from services.validator.rules.spirits_classes import own_class
from services.validator.submission import Origin, ProductType

_FLAVOURS = words("flavours")
_FLAVOUR_IS_THE_CLASS = frozenset(
    {"brandy", "cordial or liqueur", "flavored spirits", "base spirit liqueur", "imitation spirits"}
)


def _certain(label: Label, statement: Statement[Designation]) -> Severity:
    confirmed = label.names.class_match is not None and label.names.class_match.found
    return violation_if(confirmed or statement.sure)


@rule(
    "spirits.class.min-abv",
    title="Minimum bottling strength",
    citation="27 CFR 5.142 to 5.152",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.DISTILLED_SPIRITS],
)
def spirits_class_min_abv(label: Label) -> Result:
    """The alcohol content is not below the minimum of the class: 40 % for most, 30 % flavored, 24 % rock and rye."""
    classes = of_product(label, ProductType.DISTILLED_SPIRITS)
    percents = label.alcohol.percents()
    if not classes or not percents:
        return NOT_CHECKABLE
    statement = own_class(label)
    if statement is None:
        return NOT_APPLICABLE
    family, strength = statement.value.family, max(percents)
    minimum = family.minimum_abv
    if minimum is None:
        return NOT_APPLICABLE
    if strength >= minimum:
        return PASS
    flavoured = family.name not in _FLAVOUR_IS_THE_CLASS and statement.value.words & _FLAVOURS
    return fail(
        Severity.REVIEW if flavoured else _certain(label, statement),
        f"{statement.value.phrase} is bottled at {strength} % alcohol by volume; {family.citation} requires at least "
        f"{minimum} %.",
        expected=f"at least {minimum} % alcohol by volume",
        found=f"{strength} %",
        evidence=statement.evidence,
    )


@rule(
    "wine.class.abv-consistent",
    title="Designation and alcohol content agree",
    citation="27 CFR 4.21(a)(5)-(6), (g), (i), 4.36(c)",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.WINE],
)
def wine_class_abv_consistent(label: Label) -> Result:
    """Table and light wine have at most 14 %, dessert wine more; sherry, port and aperitif keep their bands."""
    classes = [statement for statement in of_product(label, ProductType.WINE) if not statement.value.composition]
    limited = [(statement, limits) for statement in classes if (limits := _limits(statement.value)) is not None]
    if not limited:
        return NOT_APPLICABLE
    percents = label.alcohol.percents()
    if not percents:
        return NOT_CHECKABLE
    for statement, (low, high, required) in limited:
        outside = [percent for percent in percents if not low <= percent <= high]
        if len(outside) == len(percents):
            domestic = label.origin is Origin.DOMESTIC
            return fail(
                _certain(label, statement) if domestic else Severity.REVIEW,
                f"{statement.value.phrase} is stated with {outside[0]} % alcohol by volume; 27 CFR 4.21 requires "
                f"{required}.",
                expected=required,
                found=f"{outside[0]} %",
                evidence=statement.evidence,
            )
    return PASS


_ABOVE_14, _BELOW_17, _BELOW_18 = Decimal("14.01"), Decimal("16.99"), Decimal("17.99")
_TOP, _ZERO = Decimal(24), Decimal(0)


def _limits(designation: Designation) -> tuple[Decimal, Decimal, str] | None:
    """Lowest and highest percent for a designation with a limited word, and how to say it."""
    words = designation.words
    light = "light" in words
    if "sherry" in words:
        return (
            (_ABOVE_14, _BELOW_17, "more than 14 % and less than 17 %")
            if light
            else (Decimal(17), _TOP, "17 % to 24 %")
        )
    if words & {"angelica", "madeira", "muscatel", "port"}:
        return (
            (_ABOVE_14, _BELOW_18, "more than 14 % and less than 18 %")
            if light
            else (Decimal(18), _TOP, "18 % to 24 %")
        )
    if "dessert" in words:
        return _ABOVE_14, _TOP, "more than 14 %, up to 24 %"
    if "table" in words or (light and "wine" in words):
        return _ZERO, Decimal(14), "at most 14 %"
    if "aperitif" in words:
        return Decimal(15), _TOP, "at least 15 %"
    if "retsina" in words:
        return _ZERO, Decimal(14), "at most 14 %"
    return None
