"""Terms that the law reserves on labels of spirits: 27 CFR 5.87 to 5.91."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from services.validator.fields.age import read_ages
from services.validator.fields.model import Statement
from services.validator.fields.passages import key_of
from services.validator.fields.places import COUNTRIES
from services.validator.fields.text import n2
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.measures import percent_text
from services.validator.rules.model import NOT_APPLICABLE, PASS, Finding, Result, Severity, all_of, rule, violation_if
from services.validator.rules.spirits_classes import SPIRITS, designations, first_wording
from services.validator.rules.tables import any_of, load
from services.validator.submission import Origin

_BOND = re.compile(
    r"(?:bottled|aged)\s*(?:-\s*)?in\s*(?:-\s*)?bond\b(?P<country>[^.;|]{0,40})"
    r"|\bbonded\b(?!\s*(?:warehouse|winery|premises|store|cellar|by\b|and\b|&))"
)
_BOND_WORDS = frozenset({"bond", "bonded"})
_PLANT = re.compile(r"\bd\.?s\.?p\.?[\s:#.-]*[a-z]{2}[\s:#.-]*\d+|distilled\s*spirits\s*plant")
_PLANT_LIKE = re.compile(r"\bd\.?s\.?p|plant\b")
"""What may be such a number, badly read."""

_BONDED_STRENGTH, _BONDED_AGE = Decimal(50), Decimal(4)


@rule(
    "spirits.bottled-in-bond",
    title="Bottled in bond",
    citation="27 CFR 5.88",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_bottled_in_bond(label: Label) -> Result:
    """Bonded spirits have exactly 50 % alcohol by volume and 4 years, and name their distilled spirits plants.

    Imported ones name the country right after the words instead.
    """
    bonded = _bonded(label)
    if bonded is None:
        return NOT_APPLICABLE
    return all_of(
        (*_strength(label, bonded), *_age(label, bonded), *_who(label, bonded)),
    )


def _bonded(label: Label) -> Statement[str] | None:
    """The words in the designation, the brand or a line of their own."""
    told = first_wording(label, _BOND, outside_prose=True)
    if told is not None:
        return told
    designated = next((each for each in designations(label) if each.value.words & _BOND_WORDS), None)
    if designated is None:
        return None
    return Statement("bonded", designated.text, designated.confidence, designated.evidence, designated.alike)


def _strength(label: Label, bonded: Statement[str]) -> Iterable[Finding]:
    other = next((one for one in label.alcohol.statements if one.value.low != _BONDED_STRENGTH), None)
    if other is not None and _BONDED_STRENGTH not in label.alcohol.percents():
        yield Finding(
            violation_if(bonded.sure and other.sure),
            f"{bonded.text} is stated with {percent_text(other.value)} alcohol by volume; 27 CFR 5.88(a)(6) requires "
            "50 %.",
            "50 % alcohol by volume",
            other.text,
            other.evidence,
        )


def _age(label: Label, bonded: Statement[str]) -> Iterable[Finding]:
    ages = read_ages(label.text)
    for age in ages:
        if max(each.value.years for each in ages) < _BONDED_AGE:
            yield Finding(
                violation_if(bonded.sure and age.sure),
                f"{bonded.text} is stated with {age.text}; 27 CFR 5.88(a)(3) requires at least 4 years.",
                "at least 4 years",
                age.text,
                age.evidence,
            )


def _who(label: Label, bonded: Statement[str]) -> Iterable[Finding]:
    """The plant numbers of domestic spirits, the country of imported ones."""
    if label.origin is Origin.DOMESTIC and first_wording(label, _PLANT) is None:
        yield Finding(
            violation_if(label.shows_everything and bonded.sure and first_wording(label, _PLANT_LIKE) is None),
            f"{bonded.text} stands without the number of a distilled spirits plant; 27 CFR 5.88(c) requires those of "
            "distillery and bottler.",
            "such as DSP-KY-12",
            bonded.text,
            bonded.evidence,
        )
    if label.origin is Origin.IMPORTED and not _names_country(bonded.value):
        yield Finding(
            Severity.REVIEW,
            f"No country follows {bonded.text}; on imports 27 CFR 5.88(b) requires it right after, in the same type.",
            "the country under whose laws it was bottled",
            bonded.text,
            bonded.evidence,
        )


def _names_country(words: str) -> bool:
    parts = re.split(r"[\s,-]+", words)
    return any(
        key_of(" ".join(parts[start:end])) in COUNTRIES for start in range(len(parts)) for end in (start + 1, start + 2)
    )


_MAY_BE_PURE = any_of(load("spirits_words.toml")["may_be_pure"])
_FROM_THE_BARREL = re.compile(r"(?:barrel|cask|entry|original)\s*proof\b|(?:cask|barrel)\s*strength")
_TIMES_DISTILLED = re.compile(
    r"(?:double|twice|triple|thrice|quadruple|\d+\s*(?:x|times))\s*-?\s*distilled|distilled\s*(?:\w+|\d+)\s*times"
)
_PURE = re.compile(rf"(?<![a-z])(?:pure(?:st)?\b(?!\s*(?:\w+\s*)?\b(?:{_MAY_BE_PURE})\b)|purity\b)")
_PURE_SPIRITS = re.compile(
    r"(?<![a-z])pure(?:st)?\s*(?:vodka|gin|rum|tequila|mezcal|whisk|bourbon|brandy|spirit|liqueur|alcohol|moonshine)"
)


@rule(
    "spirits.terms",
    title="Barrel proof, multiple distillation, pure",
    citation="27 CFR 5.87, 5.89, 5.91",
    severity=Severity.REVIEW,
    applies_to=SPIRITS,
)
def spirits_terms(label: Label) -> Result:
    """`Pure` is said of an ingredient only; barrel proof and a count of distillations must be true."""
    findings = [
        *_term(label, _FROM_THE_BARREL, "27 CFR 5.87 defines the term; whether it is met does not stand on the label."),
        *_term(label, _TIMES_DISTILLED, "27 CFR 5.89 requires the count to be true, which the label can't show."),
    ]
    pure = _pure(label)
    if pure is not None:
        findings.append(
            Finding(
                Severity.REVIEW,
                f"The label says {pure.text}; 27 CFR 5.91 allows pure only of an ingredient or in the bottler's name.",
                "pure only of an ingredient",
                pure.text,
                pure.evidence,
            )
        )
    if findings:
        return all_of(findings)
    return PASS if "pure" in label.text.running else NOT_APPLICABLE


def _term(label: Label, pattern: re.Pattern[str], message: str) -> Iterable[Finding]:
    told = first_wording(label, pattern, outside_prose=True)
    if told is not None:
        yield Finding(Severity.INFORMATION, f"{told.text}: {message}", "", told.text, told.evidence)


def _pure(label: Label) -> Statement[str] | None:
    """Where the product is called pure: in a claim, or as a spirit in running text; not in a company's name."""
    names = " ".join(n2(each.value.name) for each in label.names.addresses)
    if re.search(r"\bpur(?:e|ity)\b", names):
        return None
    claims = find_wording(label.text, _PURE, outside_prose=True)
    return claims[0] if claims else first_wording(label, _PURE_SPIRITS)
