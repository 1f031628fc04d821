"""Evaluates every rule that applies to a label."""

from __future__ import annotations

from dataclasses import dataclass

from services.validator.label import Label
from services.validator.rules.model import ALL_PRODUCTS, REGISTRY, Finding, Outcome, Rule, Severity

ALSO_FOR_EXPORT = ("app.", "scope.export-exempt")
"""Beginnings of the ids of rules that a label for export is judged by."""

_WEIGHT = {Severity.VIOLATION: 0, Severity.REVIEW: 1, Severity.INFORMATION: 2}


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """A finding with the rule that made it."""

    rule: Rule
    finding: Finding


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What all rules said: findings with the weightiest first, and ids of rules not checkable or switched off."""

    findings: tuple[RuleFinding, ...]
    not_checkable: tuple[str, ...]
    disabled: tuple[str, ...]


def applies(rule: Rule, label: Label) -> bool:
    """Whether the rule's product types and edition include the label.

    A label whose product type is not known is judged by the rules that all products share; one for export only by the
    comparison with its application (27 CFR 4.80, 5.8, 7.8 and 16.31).
    """
    if label.submission.for_export and not rule.rule_id.startswith(ALSO_FOR_EXPORT):
        return False
    if rule.effective_from is not None and label.submission.as_of < rule.effective_from:
        return False
    if label.product_type is None:
        return rule.applies_to == ALL_PRODUCTS
    return label.product_type in rule.applies_to


def evaluate(label: Label) -> Evaluation:
    """Evaluate the registered rules."""
    findings: list[RuleFinding] = []
    not_checkable: list[str] = []
    disabled = label.submission.disabled_rules
    for rule in REGISTRY.values():
        listed_only = rule.by_person or rule.same_as
        if listed_only or rule.rule_id in disabled or not applies(rule, label):
            continue
        result = rule.check(label)
        findings.extend(RuleFinding(rule, finding) for finding in result.findings)
        if result.outcome is Outcome.NOT_CHECKABLE:
            not_checkable.append(rule.rule_id)
    findings.sort(key=lambda each: _WEIGHT[each.finding.severity])
    return Evaluation(
        tuple(findings), tuple(not_checkable), tuple(rule_id for rule_id in REGISTRY if rule_id in disabled)
    )
