"""What a stage gains and costs, told from answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.answer import Answer, Look
from evals.stages import Cost, Stage, StagesReport, cost_of, markdown, worth_of
from services.validator.decision import Verdict
from services.validator.fields.second_look import Purpose
from tests.unit.evals.labels import label

PASSED = Answer(Verdict.PASSED)
LOOKED = replace(PASSED, looks=(Look(Purpose.NAMES, 0.25), Look(Purpose.NAMES, 0.5), Look(Purpose.ALCOHOL, 9.0)))


def test_a_stage_costs_what_is_read_for_it() -> None:
    assert cost_of([LOOKED, PASSED], Purpose.NAMES) == Cost(0.5, 2, 0.75)
    assert cost_of([LOOKED, PASSED], Purpose.STANDING_TEXT) is None


@pytest.mark.parametrize(("verdict", "passed", "false_fails"), [(Verdict.PASSED, 1, 0), (Verdict.FAILED, 0, 1)])
def test_a_stage_is_worth_what_the_labels_become(verdict: Verdict, passed: int, false_fails: int) -> None:
    worth = worth_of([(label(), Answer(verdict))])
    assert (worth.passed, worth.false_fails, worth.false_passes) == (passed, false_fails, 0)


def test_the_report_shows_what_is_lost_without_a_stage() -> None:
    full = worth_of([(label(), PASSED)])
    less = worth_of([(label(), Answer(Verdict.NEEDS_REVIEW))])
    stages = (Stage("(all stages)", full), Stage(Purpose.NAMES, less, Cost(0.5, 2, 0.75)))
    text = markdown(StagesReport("2026-11-22", "abc", False, "a machine", 1, stages))
    assert "| names | 50 % | 2.0 | 0.75 s | 0 (-1) |" in text
