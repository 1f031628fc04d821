"""Every rule that is specified is there, and shows by examples what it lets pass and what it does not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from services.validator.rule_examples import Answer, examples
from services.validator.rules.model import REGISTRY

SPECIFIED = (Path(__file__).parents[3] / "data" / "rule_ids.txt").read_text("utf-8").split()
"""Ids of the 147 rules, in the order of the specification."""

FINE = frozenset({Answer.PASS, Answer.NOT_APPLICABLE, Answer.INFORMATION})
OBJECTION = frozenset({Answer.VIOLATION, Answer.REVIEW, Answer.INFORMATION})
"""What is only told shows either side."""
FEWER = {
    "prohibited.foreign-grape-terms": "wine.foreign-terms tells of them",
    "prohibited.obscene": "only a person can judge it",
}
"""Rules with less than two examples of either kind, and why more cannot be."""


def test_every_rule_that_is_specified_is_registered() -> None:
    assert len(set(SPECIFIED)) == 147
    assert [rule_id for rule_id in SPECIFIED if rule_id not in REGISTRY] == []


@pytest.mark.parametrize("rule_id", REGISTRY)
def test_a_rule_shows_both_sides_twice(rule_id: str) -> None:
    answers = Counter(each.verdict for each in examples() if each.rule == rule_id)
    enough = all(sum(answers[each] for each in side) >= 2 for side in (FINE, OBJECTION))
    assert enough != (rule_id in FEWER), dict(answers)


def test_every_example_is_of_a_rule() -> None:
    assert {each.rule for each in examples()} <= REGISTRY.keys()
