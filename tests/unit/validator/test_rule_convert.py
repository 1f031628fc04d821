"""The rules as REST shows them, and what an id that is no rule is answered."""

from __future__ import annotations

import pytest
from ttb.validator.v1 import validator_pb2 as pb

from services.common.errors import Reason, TtbError
from services.validator.rule_convert import rule, rule_with_examples
from services.validator.rule_examples import examples
from services.validator.rules.model import REGISTRY


def test_a_list_of_rules_is_light() -> None:
    listed = rule(REGISTRY["health-warning.wording"])
    assert (listed.rule_id, listed.citation) == ("health-warning.wording", "27 CFR 16.21")
    assert list(listed.applies_to) == [1, 2, 3]
    assert not listed.examples


def test_one_rule_shows_each_of_its_examples() -> None:
    shown = rule_with_examples("app.vintage")
    violation = next(each for each in shown.examples if each.answer == pb.RuleAnswer.violation)
    assert violation.text == "STONE'S THROW\n\n2020\nMERLOT"
    assert violation.application == pb.Application(vintage="2021")
    assert violation.product_type == pb.ProductType.wine


@pytest.mark.parametrize("rule_id", REGISTRY)
def test_every_example_can_be_shown(rule_id: str) -> None:
    shown = rule_with_examples(rule_id)
    assert len(shown.examples) == sum(each.rule == rule_id for each in examples())
    assert all(each.answer for each in shown.examples)


@pytest.mark.parametrize(
    ("rule_id", "hint"),
    [
        ("health-warning.wordng", "Did you mean `health-warning.wording`"),
        ("app.vint", "Did you mean `app.vintage`?"),
        ("zzz", "There is no rule `zzz`. GET /rules lists all."),
    ],
)
def test_an_id_that_is_no_rule_is_not_found(rule_id: str, hint: str) -> None:
    with pytest.raises(TtbError, match="GET /rules") as caught:
        rule_with_examples(rule_id)
    assert caught.value.reason is Reason.NO_SUCH_RULE
    assert hint in caught.value.message
