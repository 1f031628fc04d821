"""Every example of the tables is judged as the table says, through the same way as a label that was read."""

from collections import Counter

import pytest

from services.validator.assembly import build_label
from services.validator.rule_examples import Example, examples
from services.validator.rules.evaluation import applies
from services.validator.rules.model import REGISTRY, Outcome
from services.validator.submission import Submission
from tests.common.labels import panels, printed_page


def said(example: Example) -> str:
    submission = Submission(
        example.as_of,
        example.application,
        example.product,
        example.origin,
        example.application_type,
        example.for_export,
        example.mode,
        example.complete,
        example.scale_mm_per_px,
        example.container_ml,
        example.lab_abv,
        example.lab_so2_ppm,
        example.lab_solids,
    )
    pages = [
        printed_page(
            part.strip("\n").split("\n"),
            example.heights,
            confidence=example.confidence,
            looks=example.looks,
            contrasts=example.contrasts,
            strokes=example.strokes,
        )
        for part in example.text.split("\n---\n")
    ]
    label = build_label(submission, panels(*pages, kinds=example.panels))
    rule = REGISTRY[example.rule]
    if not applies(rule, label):
        return Outcome.NOT_APPLICABLE
    result = rule.check(label)
    return result.findings[0].severity if result.outcome is Outcome.FAIL else result.outcome


@pytest.mark.parametrize("example", examples(), ids=lambda each: f"{each.rule}: {each.shows}")
def test_the_rule_says_what_the_example_says(example):
    assert said(example) == example.verdict


def test_no_example_stands_twice():
    counted = Counter((each.rule, each.shows, each.product, each.origin) for each in examples())

    assert [each for each, count in counted.items() if count > 1] == []
