"""What a rule is and what it may answer.

A rule is a small pure function from the label to a `Result`, registered by the `rule` decorator with its id, title,
citation, severity, product types and first day of application. Its docstring states the rule and is shown to users.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.validator.fields.model import Evidence, Statement
from services.validator.label import Label
from services.validator.submission import ProductType

ALL_PRODUCTS = frozenset(ProductType)


class Severity(StrEnum):
    """How much a finding weighs: fails the label, asks for a person, or only informs."""

    VIOLATION = "violation"
    REVIEW = "review"
    INFORMATION = "information"


class Outcome(StrEnum):
    """What a rule returns. Never PASS for something that was not measured."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found: what is wrong, what is required (`expected`), what was read (`found`), and where."""

    severity: Severity
    message: str
    expected: str = ""
    found: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A rule's answer; findings only with FAIL."""

    outcome: Outcome
    findings: tuple[Finding, ...] = ()


PASS = Result(Outcome.PASS)
NOT_APPLICABLE = Result(Outcome.NOT_APPLICABLE)
NOT_CHECKABLE = Result(Outcome.NOT_CHECKABLE)


def violation_if(certain: bool) -> Severity:
    """Violation when it is certain, else review."""
    return Severity.VIOLATION if certain else Severity.REVIEW


def fail(
    severity: Severity,
    message: str,
    *,
    expected: str = "",
    at: Statement[Any] | None = None,
    found: str = "",
    evidence: Iterable[Evidence] = (),
) -> Result:
    """A result with one finding: `at` a statement, whose text and places it shows, or with `found` and `evidence`."""
    if at is not None:
        found, evidence = at.text, at.evidence
    return Result(Outcome.FAIL, (Finding(severity, message, expected, found, tuple(evidence)),))


def all_of(findings: Iterable[Finding]) -> Result:
    """FAIL with the findings, or PASS when there are none."""
    found = tuple(findings)
    return Result(Outcome.FAIL, found) if found else PASS


Check = Callable[[Label], Result]


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule. `severity` is the most it can weigh; `effective_from` None means every edition known here.

    Two kinds of rules are listed but not evaluated for an answer: those that only a person can judge (`by_person`),
    which would stand in every answer, and those whose findings the rule `same_as` makes.
    """

    rule_id: str
    title: str
    citation: str
    severity: Severity
    applies_to: frozenset[ProductType]
    description: str
    check: Check
    effective_from: date | None = None
    by_person: bool = False
    same_as: str = ""


REGISTRY: dict[str, Rule] = {}
"""Every rule by id, in order of registration; `services.validator.rules` imports the modules that fill it."""


def rule(
    rule_id: str,
    *,
    title: str,
    citation: str,
    severity: Severity,
    applies_to: Iterable[ProductType] = ALL_PRODUCTS,
    effective_from: date | None = None,
    by_person: bool = False,
    same_as: str = "",
) -> Callable[[Check], Check]:
    """Register the decorated function under `rule_id`; its docstring becomes the rule's description."""

    def register(check: Check) -> Check:
        if rule_id in REGISTRY:
            raise ValueError(f"rule {rule_id} is registered twice")
        description = inspect.cleandoc(check.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        if not description:
            raise ValueError(f"rule {rule_id} has no docstring")
        REGISTRY[rule_id] = Rule(
            rule_id,
            title,
            citation,
            severity,
            frozenset(applies_to),
            description,
            check,
            effective_from,
            by_person,
            same_as,
        )
        return check

    return register
