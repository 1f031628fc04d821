"""Age of spirits: 27 CFR 5.74, and the ages that standards of identity require (5.143, 5.145)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from services.common.page import bounds
from services.validator.fields.age import Age, may_tell_age, parse_age, read_ages
from services.validator.fields.class_type import Designation
from services.validator.fields.model import Statement, images_of
from services.validator.fields.numbers import plain
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.model import (
    NOT_APPLICABLE,
    PASS,
    Finding,
    Result,
    Severity,
    all_of,
    fail,
    rule,
    violation_if,
)
from services.validator.rules.spirits_classes import (
    AGAVE,
    BRANDY,
    NEUTRAL,
    RUM,
    SPIRITS,
    WHISKY,
    first_wording,
    not_shown,
    own_class,
    wrong,
)

_STRAIGHT, _BRANDY_AGE, _OPTIONAL_FROM = Decimal(2), Decimal(2), Decimal(4)
_PLAIN_BRANDY = frozenset({"brandy", "grape brandy"})
_BONDED = re.compile(r"(?:bottled|aged)\s*in\s*bond|\bbonded\b")
_LIKE_AN_AGE = re.compile(
    r"(?:extra|well|long|fully|finely|patiently|perfectly)[\s-]*(?:aged|matured)|aged\s*to\s*perfection"
    r"|(?:extra|very)\s*old\b(?!\s*(?:no\b|family|recipe|world|school|fashioned|tradition|style|vine))"
)
_WITH_A_DATE = re.compile(r"aged\s[\w\s,]{0,30}since\s*\d{4}")
_DISTILLATION_DATE = re.compile(
    r"distilled\s*(?:in|on)?\s*(?:(?:spring|summer|fall|autumn|winter|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
    r"\.?\s*)?(?:\d{1,2},?\s*)?(?:19|20)\d\d\b|distillation\s*date"
)


def _years(age: Age) -> str:
    if age.years < _STRAIGHT and age.years != 1:
        return f"{plain(round(age.years * 12, 1))} months"
    return f"{plain(round(age.years, 1))} year{'' if age.years == 1 else 's'}"


@rule(
    "spirits.age.whisky-under-4",
    title="Age of whisky under four years",
    citation="27 CFR 5.74(b)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_age_whisky_under_4(label: Label) -> Result:
    """Whisky younger than 4 years states the age of its youngest part, unless it is bottled in bond."""
    whisky = own_class(label, WHISKY)
    if whisky is None or first_wording(label, _BONDED) is not None:
        return NOT_APPLICABLE
    declared = parse_age(label.submission.application.age)
    if read_ages(label.text) or (declared is not None and declared.years >= _OPTIONAL_FROM):
        return PASS
    if declared is None:
        return fail(
            Severity.INFORMATION,
            "No age is stated, so the whisky must be at least 4 years old (27 CFR 5.74(b)); whether it is does not "
            "stand on the label.",
            at=whisky,
        )
    return not_shown(
        label,
        f"The application gives an age of {_years(declared)} and no statement of age was found; 27 CFR 5.74(b) "
        "requires one on whisky under 4 years.",
        f"such as Aged {_years(declared)}",
        whisky,
        certain=not may_tell_age(label.text),
    )


@rule(
    "spirits.age.consistency",
    title="Stated age agrees with class and application",
    citation="27 CFR 5.74(a)(2), (e)(2), 5.143, 5.145",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_age_consistency(label: Label) -> Result:
    """A stated age is no more than the true age, no less than the class requires, and never stands on vodka."""
    designated = own_class(label)
    ages = read_ages(label.text)
    if designated is None or not ages:
        return NOT_APPLICABLE
    declared = parse_age(label.submission.application.age)
    # Of several, the shorter ones may tell how long it was finished in other casks.
    oldest = max(ages, key=lambda each: each.value.years)
    return all_of(_about(oldest, designated, declared))


def _about(age: Statement[Age], designated: Statement[Designation], declared: Age | None) -> Iterable[Finding]:
    certain = violation_if(age.sure and designated.sure)
    family, stated = designated.value.family.name, _years(age.value)
    if family == NEUTRAL and "grain" not in designated.value.words:
        yield _finding(
            certain,
            age,
            f"{designated.text} carries an age; 27 CFR 5.74(e)(2) forbids any on neutral spirits.",
            "no age",
        )
    if family == WHISKY and "straight" in designated.value.words and age.value.years < _STRAIGHT:
        yield _finding(
            certain,
            age,
            f"The label states {stated} on a straight whisky; 27 CFR 5.143 requires at least 2 years.",
            "at least 2 years",
        )
    if designated.value.name in _PLAIN_BRANDY and _plain_brandy(designated) and age.value.years < _BRANDY_AGE:
        # 5.74(c) wants the age of such brandy told, 5.145 wants it called immature.
        yield _finding(
            Severity.REVIEW,
            age,
            f"The label states {stated} on brandy; under 2 years 27 CFR 5.145 asks for the word immature.",
            "at least 2 years, or immature",
        )
    if declared is not None and age.value.years > declared.years:
        yield _finding(
            violation_if(age.sure),
            age,
            f"The label states {stated}, the application {_years(declared)}; 27 CFR 5.74(a)(2) forbids overstating "
            "the age.",
            f"at most {_years(declared)}",
        )


def _finding(severity: Severity, age: Statement[Age], message: str, expected: str) -> Finding:
    return Finding(severity, message, expected, age.text, age.evidence)


def _plain_brandy(designated: Statement[Designation]) -> bool:
    """Whether it is grape brandy; the fruit brandies, and what is called immature, need no age."""
    return designated.value.words <= {"brandy", "grape", "american", "old", "reserve", "premium"}


@rule(
    "spirits.age.brandy",
    title="Age of brandy under two years",
    citation="27 CFR 5.74(c)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_age_brandy(label: Label) -> Result:
    """Brandy stored in oak for less than 2 years states its age; fruit, pomace and immature brandies need not."""
    brandy = own_class(label, BRANDY)
    if brandy is None or not _plain_brandy(brandy):
        return NOT_APPLICABLE
    if read_ages(label.text):
        return PASS
    declared = parse_age(label.submission.application.age)
    if declared is None or declared.years >= _BRANDY_AGE:
        return NOT_APPLICABLE
    return not_shown(
        label,
        f"The application gives an age of {_years(declared)} and no statement of age was found; 27 CFR 5.74(c) "
        "requires one on brandy under 2 years.",
        f"such as {_years(declared)} old",
        brandy,
        certain=not may_tell_age(label.text),
    )


@rule(
    "spirits.age.representation",
    title="Words like an age, and distillation dates",
    citation="27 CFR 5.74(f)",
    severity=Severity.REVIEW,
    applies_to=SPIRITS,
)
def spirits_age_representation(label: Label) -> Result:
    """A date of distillation, or conspicuous words that suggest age, stand on one label with a statement of age."""
    dates = (*find_wording(label.text, _DISTILLATION_DATE), *find_wording(label.text, _WITH_A_DATE))
    shown = [each for each in find_wording(label.text, _LIKE_AN_AGE, outside_prose=True) if not _in_brand(label, each)]
    if not dates and not shown:
        return NOT_APPLICABLE
    with_age = images_of(place for age in read_ages(label.text) for place in age.evidence)
    conspicuous = [each for each in shown if not _may_be_inconspicuous(label) or _is_large(label, each)]
    alone = [each for each in (*dates, *conspicuous) if not images_of(each.evidence) <= with_age]
    if not alone:
        return PASS
    return wrong(
        alone[0],
        f"{alone[0].text} suggests an age; 27 CFR 5.74(f) requires a statement of age on the same label.",
        "such as 8 years old",
    )


def _in_brand(label: Label, statement: Statement[str]) -> bool:
    brand = label.names.brand
    return brand is not None and statement.value in brand.text.casefold()


def _may_be_inconspicuous(label: Label) -> bool:
    """Whether general words are free when they are small: aged spirits without a duty to state their age."""
    return own_class(label, WHISKY, BRANDY, RUM, AGAVE) is not None


def _is_large(label: Label, statement: Statement[str]) -> bool:
    """Whether the words are at least as high as the designation."""
    designated = own_class(label)
    place = statement.evidence[0].polygon
    if designated is None or not designated.evidence[0].polygon or not place:
        return True
    _, top, _, bottom = bounds(place)
    _, class_top, _, class_bottom = bounds(designated.evidence[0].polygon)
    return bottom - top >= class_bottom - class_top
