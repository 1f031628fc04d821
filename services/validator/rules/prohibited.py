"""Prohibited practices (27 CFR 4.39, 5.121 to 5.130, 7.121 to 7.130), as far as words tell: rulebook section 8.

Whether a claim misleads no list of words can say: a hit asks for a person. The lists are `data/prohibited.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.validator.fields.model import Statement
from services.validator.fields.text import n2
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.measures import stands_in
from services.validator.rules.model import (
    NOT_APPLICABLE,
    NOT_CHECKABLE,
    PASS,
    REGISTRY,
    Check,
    Finding,
    Result,
    Severity,
    all_of,
    rule,
)
from services.validator.rules.tables import load
from services.validator.submission import Origin, ProductType


@dataclass(frozen=True, slots=True)
class Practice:
    """One prohibited practice: wordings that ask for a person, those that don't, and those that are only told.

    `families` are the classes on which the words count, all when empty; `unless_from` names countries whose products
    may bear them.
    """

    rule_id: str
    title: str
    citation: str
    states: str
    words: re.Pattern[str]
    allowed: re.Pattern[str] | None
    informs: re.Pattern[str] | None
    inform: str
    products: frozenset[ProductType]
    families: frozenset[str]
    unless_from: frozenset[str]


def _wordings(patterns: list[str]) -> re.Pattern[str]:
    """Any of the wordings, as whole words."""
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


def _load() -> tuple[Practice, ...]:
    return tuple(
        Practice(
            entry["id"],
            entry["title"],
            entry["citation"],
            entry["states"],
            _wordings(entry["words"]),
            _wordings(entry["allowed"]) if "allowed" in entry else None,
            _wordings(entry["informs"]) if "informs" in entry else None,
            entry.get("inform", ""),
            frozenset(ProductType(product) for product in entry.get("products", ProductType)),
            frozenset(entry.get("families", [])),
            frozenset(entry.get("unless_from", [])),
        )
        for entry in load("prohibited.toml")["practice"]
    )


PRACTICES = _load()


def judge(label: Label, practice: Practice) -> Result:
    """One finding for each wording; not applicable when none stands there, pass when all that do are allowed."""
    found = find_wording(label.text, practice.words)
    told = _distinct(find_wording(label.text, practice.informs)) if practice.informs else ()
    families = {one.value.family.name for one in label.names.designations}
    if (not found and not told) or (practice.families and not practice.families & families):
        return NOT_APPLICABLE
    allowed = find_wording(label.text, practice.allowed) if found and practice.allowed else ()
    hits = _distinct(one for one in found if not _excused(label, one, allowed))
    if hits and practice.unless_from and label.origin is not Origin.DOMESTIC:
        read = [each.value.country for each in label.names.origins if each.value.country is not None]
        countries = {name for country in read for name in (country.name, country.within)}
        if not countries:
            return NOT_CHECKABLE
        if countries & practice.unless_from:
            return PASS
    return all_of((*(_asked(label, practice, one) for one in hits), *(_told(practice, one) for one in told)))


def _distinct(found: Iterable[Statement[str]]) -> tuple[Statement[str], ...]:
    """The first statement of each wording."""
    first: dict[str, Statement[str]] = {}
    for one in found:
        first.setdefault(one.value, one)
    return tuple(first.values())


def _excused(label: Label, hit: Statement[str], allowed: Iterable[Statement[str]]) -> bool:
    """Whether the hit is a part of a wording that is allowed, or of a name and address."""
    return any(hit.value in each.value and stands_in(hit, each) for each in allowed) or any(
        stands_in(hit, each) for each in label.names.addresses
    )


def _asked(label: Label, practice: Practice, hit: Statement[str]) -> Finding:
    return Finding(
        Severity.INFORMATION if _is_the_company(label, hit) else Severity.REVIEW,
        f"The label says “{hit.text}”. Judge whether {practice.citation} allows it: "
        f"{practice.states[0].lower()}{practice.states[1:]}",
        expected=practice.states,
        found=hit.text,
        evidence=hit.evidence,
    )


def _is_the_company(label: Label, hit: Statement[str]) -> bool:
    """Whether the words are of a name on the permit, or of a brand that is the name of who made it."""
    names = [label.submission.application.permit_names]
    if label.names.brand is not None and _names(label.names.brand.value, hit):
        names.extend(each.value.name for each in label.names.addresses)
    return any(_names(name, hit) for name in names)


def _names(name: str, hit: Statement[str]) -> bool:
    return re.search(rf"\b{re.escape(hit.value)}\b", n2(name)) is not None


def _told(practice: Practice, statement: Statement[str]) -> Finding:
    return Finding(
        Severity.INFORMATION,
        f"The label says “{statement.text}”; {practice.inform}.",
        found=statement.text,
        evidence=statement.evidence,
    )


def _check_of(practice: Practice) -> Check:
    def check(label: Label) -> Result:
        return judge(label, practice)

    check.__doc__ = practice.states
    return check


for _practice in PRACTICES:
    rule(
        _practice.rule_id,
        title=_practice.title,
        citation=_practice.citation,
        severity=Severity.REVIEW,
        applies_to=_practice.products,
    )(_check_of(_practice))


@rule(
    "prohibited.foreign-grape-terms",
    title="Foreign terms for ripeness or quality",
    citation="27 CFR 4.39(l)",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.WINE],
    same_as="wine.foreign-terms",
)
def prohibited_foreign_grape_terms(label: Label) -> Result:
    """American wine bears no foreign term for ripeness or quality; `wine.foreign-terms` tells of it."""
    return REGISTRY["wine.foreign-terms"].check(label)


@rule(
    "prohibited.obscene",
    title="Obscene or indecent statements and images",
    citation="27 CFR 4.39(a)(3), 5.103, 7.103",
    severity=Severity.REVIEW,
    by_person=True,
)
def prohibited_obscene(label: Label) -> Result:  # noqa: ARG001 - every rule takes the label
    """The label bears nothing obscene or indecent; only a person can judge images and language."""
    return NOT_CHECKABLE
