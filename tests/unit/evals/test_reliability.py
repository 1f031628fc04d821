"""Confidence is measured by what it promised; the fit finds weights that keep what they promise."""

from __future__ import annotations

import pytest

from evals.logistic import Example, fit, fold_of
from evals.rates import Rate
from evals.reliability import Stated, reliability
from services.validator.fields.model import FieldName
from services.validator.fields.trust import HELPING, Clue, Doubt, Grounds, probability


def test_values_are_binned_by_what_was_stated() -> None:
    table = reliability([Stated(0.6, True), Stated(0.6, False), Stated(0.97, True), Stated(1.0, True)])
    assert table is not None
    assert [(each.low, each.high, each.mean, each.right) for each in table.bins] == [
        (0.5, 0.7, pytest.approx(0.6), Rate(1, 2)),
        (0.97, 1.0, pytest.approx(0.985), Rate(2, 2)),
    ]
    assert table.brier == pytest.approx((0.16 + 0.36 + 0.0009) / 4)
    assert table.bins[0].kept


def test_what_is_right_less_often_than_stated_is_seen() -> None:
    table = reliability([Stated(0.99, number < 50) for number in range(100)])
    assert table is not None
    assert not table.bins[0].kept


def test_nothing_makes_no_table() -> None:
    assert reliability([]) is None


def values(count: int, grounds: Grounds, right: float) -> list[Example]:
    return [Example(str(n), FieldName.BRAND_NAME, grounds, n < right * count) for n in range(count)]


def test_the_fit_states_the_shares_that_it_saw() -> None:
    doubted, sure = Grounds(1.0, doubts=frozenset({Doubt.UNCLEAR})), Grounds(1.0)
    weights = fit([*values(2000, doubted, 0.6), *values(2000, sure, 0.98)])
    assert probability(doubted, weights) == pytest.approx(0.6, abs=0.03)
    assert probability(sure, weights) == pytest.approx(0.98, abs=0.01)


def test_no_accident_of_the_sample_makes_evidence_count_the_wrong_way() -> None:
    weights = fit([*values(200, Grounds(1.0, confirmed=True), 0.5), *values(200, Grounds(0.5), 0.9)])
    assert all(weights[term] >= 0 for term in HELPING)
    assert weights[Clue.BLUR] <= 0


def test_without_examples_the_guesses_stand() -> None:
    assert 0.9 < probability(Grounds(1.0), fit([])) < 0.99


def test_all_values_of_a_label_are_in_one_fold() -> None:
    folds = [fold_of(f"label-{number}", 5) for number in range(200)]
    assert set(folds) == set(range(5))
    assert folds == [fold_of(f"label-{number}", 5) for number in range(200)]
