"""Stated confidence: never more for less evidence, and what nobody doubts is nearly certain."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.validator.fields.trust import HELPING, TERMS, Clue, Doubt, Grounds, probability

GROUNDS = st.builds(
    Grounds,
    confidence=st.floats(0, 1),
    alike=st.integers(1, 6),
    doubts=st.frozensets(st.sampled_from(Doubt)),
    choice=st.floats(0, 1),
    confirmed=st.booleans(),
)


@given(grounds=GROUNDS, doubt=st.sampled_from(Doubt), less=st.floats(0, 1))
def test_less_evidence_never_counts_more(grounds: Grounds, doubt: Doubt, less: float) -> None:
    stated = probability(grounds)
    assert 0 < stated < 1
    for weaker in (
        replace(grounds, doubts=grounds.doubts | {doubt}),
        replace(grounds, confidence=grounds.confidence * less),
        replace(grounds, choice=grounds.choice * less),
        replace(grounds, alike=1),
        replace(grounds, confirmed=False),
    ):
        assert probability(weaker) <= stated


def test_what_nobody_doubts_is_nearly_certain_and_what_is_doubted_is_not() -> None:
    assert probability(Grounds(0.99)) > 0.97
    assert all(probability(Grounds(0.99, doubts=frozenset({doubt}))) < 0.95 for doubt in Doubt)


def test_a_choice_that_nobody_would_ask_about_is_as_good_as_none() -> None:
    assert probability(Grounds(0.99, choice=0.96)) == probability(Grounds(0.99))
    assert probability(Grounds(0.99, choice=0.01, confirmed=True)) == probability(Grounds(0.99, confirmed=True))


def test_another_look_settles_letters_and_not_what_is_meant() -> None:
    weights = dict.fromkeys(TERMS, 0.0) | {Clue.ALIKE: 1.0}
    letters, meaning = (Grounds(0.8, 2, frozenset({doubt})) for doubt in (Doubt.FAINT, Doubt.RIVALS))
    assert probability(letters, weights) > probability(meaning, weights) == pytest.approx(0.5)


def test_every_clue_that_helps_is_a_term() -> None:
    assert set(TERMS) >= HELPING
