"""False applications: false in one field only, the same in every run, and judged by the right rule."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal

import pytest

from evals.falsified import falsified_outcomes, kind_scores
from evals.falsify import Case, Kind, cases, sample
from evals.rates import Rate
from services.validator.decision import Verdict
from services.validator.fields.places import places_in
from services.validator.fields.text import folded
from services.validator.rules.model import Severity
from services.validator.submission import Origin
from tests.unit.evals.labels import answer, label

LABELS = (
    label(),
    label("oak", brand_name="Oak Hill", country_of_origin="Italy", origin="imported", alcohol_content="40"),
    label("keg", product_type="malt_beverage", net_contents="15.5 U.S. Gallons", appellation=None, vintage=None),
)
CASES = cases(LABELS)


def by_kind(kind: Kind) -> list[Case]:
    found = [case for case in CASES if case.kind is kind]
    assert found, f"no case of {kind}"
    return found


def test_every_kind_occurs_and_every_case_differs_in_one_field_only() -> None:
    assert {case.kind for case in CASES} == set(Kind)
    truth = {each.id: asdict(each.application) for each in LABELS}
    for case in CASES:
        changed = {name for name, value in asdict(case.application).items() if value != truth[case.label_id][name]}
        assert len(changed) == (0 if case.kind is Kind.ORIGIN else 1), case


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.value.endswith(("one letter", "letter of the name"))])
def test_one_letter_is_one_letter_that_ocr_does_not_confuse(kind: Kind) -> None:
    for case in by_kind(kind):
        assert len(case.true) == len(case.false)
        assert sum(one != other for one, other in zip(case.true, case.false, strict=True)) == 1
        assert folded(case.true) != folded(case.false)


def test_numbers_and_sizes() -> None:
    tenths = {abs(Decimal(case.true) - Decimal(case.false)) for case in by_kind(Kind.ALCOHOL_TENTH)}
    assert tenths == {Decimal("0.1")}
    near = {case.label_id: case.false for case in by_kind(Kind.NET_NEAR)}
    assert near == {"elm": "700 mL", "oak": "700 mL", "keg": "992 FL OZ"}
    double = {case.label_id: case.false for case in by_kind(Kind.NET_DOUBLE)}
    assert double == {"elm": "1500 mL", "oak": "1500 mL", "keg": "3968 FL OZ"}


def test_another_state_keeps_the_city_and_another_city_the_state() -> None:
    (state, *_), (city, *_) = by_kind(Kind.ADDRESS_STATE), by_kind(Kind.ADDRESS_CITY)
    assert places_in(state.false)[-1].city == "Springfield"
    assert places_in(state.false)[-1].state != "Oregon"
    assert places_in(city.false)[-1].state == "Oregon"
    assert places_in(city.false)[-1].city != "Springfield"


def test_a_name_before_a_street_is_left_alone() -> None:
    kinds = {case.kind for case in cases([label(name_and_address="Elm Cellars, 12 Mill St, Salem, OR 97301")])}
    assert Kind.ADDRESS_STATE in kinds
    assert not kinds & {Kind.ADDRESS_NAME, Kind.ADDRESS_LETTER}


def test_the_origin_is_turned_in_the_request() -> None:
    assert {case.label_id: case.origin for case in by_kind(Kind.ORIGIN)} == {
        "elm": Origin.IMPORTED,
        "oak": Origin.DOMESTIC,
        "keg": Origin.IMPORTED,
    }


def test_only_good_real_labels_are_falsified() -> None:
    assert cases([label(source="synthetic: drawn"), label(government_warning="defective")]) == ()


def test_the_same_seed_asks_the_same_whatever_else_is_asked() -> None:
    assert cases(LABELS) == CASES
    assert cases(LABELS[:1]) == tuple(case for case in CASES if case.label_id == "elm")
    assert cases(LABELS, seed=28) != CASES


def test_a_sample_is_spread_over_the_kinds() -> None:
    chosen = sample(CASES, len(Kind))
    assert {case.kind for case in chosen} == set(Kind)
    assert sample(CASES, len(Kind)) == chosen
    assert set(sample(CASES, 10_000)) == set(CASES)


def test_a_case_is_noticed_when_the_right_rule_objects() -> None:
    tenth = by_kind(Kind.ALCOHOL_TENTH)
    right = {"app.alcohol-content": Severity.VIOLATION}
    replies = [
        answer(Verdict.FAILED, rules=right),
        answer(Verdict.NEEDS_REVIEW, rules={"app.brand-name": Severity.REVIEW}),
        answer(Verdict.FAILED, rules=right),
    ]
    truths = {"elm": answer(), "oak": answer(), "keg": answer(rules=right)}
    (score,) = kind_scores(falsified_outcomes(zip(tenth, replies, strict=True), truths))
    assert (score.cases, score.passed, score.needs_review, score.failed) == (3, 0, 1, 2)
    assert (score.noticed, score.failed_by_rule) == (Rate(1, 2), Rate(1, 2))
