"""Rules that are switched off for every request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from ttb.validator.v1 import validator_pb2 as pb

from services.validator.convert import submission
from services.validator.rules.evaluation import evaluate
from services.validator.settings import ValidatorSettings
from tests.common.named_labels import label


def test_rules_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALIDATOR_DISABLED_RULES", "wine.brand, app.vintage,")
    assert ValidatorSettings().disabled_rules == {"wine.brand", "app.vintage"}


def test_a_rule_that_does_not_exist_ends_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALIDATOR_DISABLED_RULES", "wine.brand,wine.cork")
    with pytest.raises(ValueError, match=r"wine\.cork is no rule"):
        ValidatorSettings()


def test_the_request_switches_off_more() -> None:
    request = pb.CheckTextRequest(disabled_rules=["app.vintage"])
    submitted = submission(request, date(2026, 11, 22), frozenset({"wine.brand"}))
    assert submitted.disabled_rules == {"wine.brand", "app.vintage"}


def test_a_rule_that_is_off_finds_nothing_and_is_named() -> None:
    subject = label("750 mL")
    assert "wine.brand" in {each.rule.rule_id for each in evaluate(subject).findings}
    off = replace(subject, submission=replace(subject.submission, disabled_rules=frozenset({"wine.brand"})))
    evaluation = evaluate(off)
    assert "wine.brand" not in {each.rule.rule_id for each in evaluation.findings}
    assert evaluation.disabled == ("wine.brand",)
