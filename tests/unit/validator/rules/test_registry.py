"""Every rule that is specified is there, and shows by examples what it lets pass and what it does not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from services.validator.rule_examples import Answer, examples
from services.validator.rules.model import REGISTRY

SPECIFIED = (Path(__file__).parents[3] / "data" / "rule_ids.txt").read_text("utf-8").split()
"""Ids of the 147 rules, in the order of the specification."""

NOT_BUILT = frozenset(
    {
        "scope.part-selection",
        "scope.under-7-wine",
        "scope.export-exempt",
        "scope.malt-state-law",
        "scope.exemption-statement",
        "common.english",
        "common.legible",
        "common.separate-mandatory",
        "common.type-size",
        "common.fdc-yellow-5",
        "common.cochineal-carmine",
        "common.aspartame",
        "common.allergens",
        "common.organic",
        "wine.brand.misleading-geographic",
        "wine.class.champagne-method",
        "wine.class.words-together",
        "wine.class.sweetness-statement",
        "wine.foreign-wine-percentage",
        "wine.varietal",
        "wine.varietal.multi",
        "wine.appellation.required",
        "wine.appellation.form",
        "wine.vintage",
        "wine.dates-explained",
        "wine.estate-bottled",
        "wine.semi-generic",
        "wine.foreign-terms",
        "wine.importer-word",
        "wine.spirits-impression",
        "wine.age-claims",
        "wine.varietal-on-other-class",
        "wine.vineyard-name",
        "wine.ingredient-representation",
        "malt.class.under-half-percent",
        "malt.class.composition",
        "malt.class.special",
        "malt.class.spirits-impression",
        "malt.low-alcohol",
        "malt.non-alcoholic",
        "malt.alcohol-free",
        "prohibited.health",
        "prohibited.health-directional",
        "prohibited.intoxicating",
        "prohibited.government",
        "prohibited.armed-forces-flags",
        "prohibited.guarantee",
        "prohibited.tests",
        "prohibited.disparaging",
        "prohibited.endorsement",
        "prohibited.spirits-in-wine-or-malt",
        "prohibited.pure",
        "prohibited.scotland-words",
        "prohibited.foreign-grape-terms",
        "prohibited.obscene",
    }
)
"""Specified rules that are not built."""

WITHOUT_EXAMPLES = ("scope.", "health-warning.", "common.", "wine.", "malt.", "prohibited.")
"""Rules whose examples are not written down yet, by the beginning of their ids."""

FINE = frozenset({Answer.PASS, Answer.NOT_APPLICABLE, Answer.INFORMATION})
OBJECTION = frozenset({Answer.VIOLATION, Answer.REVIEW, Answer.INFORMATION})
"""What is only told shows either side."""
FEWER: dict[str, str] = {}
"""Rules with less than two examples of either kind, and why more cannot be."""


def test_every_rule_that_is_specified_is_registered() -> None:
    assert len(set(SPECIFIED)) == 147
    assert [rule_id for rule_id in SPECIFIED if rule_id not in REGISTRY.keys() | NOT_BUILT] == []


@pytest.mark.parametrize("rule_id", [each for each in REGISTRY if not each.startswith(WITHOUT_EXAMPLES)])
def test_a_rule_shows_both_sides_twice(rule_id: str) -> None:
    answers = Counter(each.verdict for each in examples() if each.rule == rule_id)
    enough = all(sum(answers[each] for each in side) >= 2 for side in (FINE, OBJECTION))
    assert enough != (rule_id in FEWER), dict(answers)


def test_every_example_is_of_a_rule() -> None:
    assert {each.rule for each in examples()} <= REGISTRY.keys()
