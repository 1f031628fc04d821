"""How probable it is that a field's value is what the label prints, from all that speaks for it and against it.

An engine's certainty tells how clear the letters are, not whether they are the brand name. So the evidence is weighed
by a logistic model of a few weights, fitted by `python -m evals.calibrate` to labels with known truth. No weight may
make better evidence count less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from services.validator.fields.wordlists import load

_DATA = "trust.toml"
_MOST_BLUR = 0.5
_CHOICE_OF_THE_SURE = 0.95
_LEAST_CHOICE = 0.01


class Doubt(StrEnum):
    """Why a value may not be the field's."""

    FAINT = "faint"
    """Read at a low certainty only."""
    DISPUTED = "disputed"
    """Another look reads something else there."""
    REPAIRED = "repaired"
    """A mark that was lost in reading was put back."""
    RIVALS = "rivals"
    """Another print has as good a claim to be the field."""
    UNCLEAR = "unclear"
    """Nothing but its place and size tells that the print is the field, or it may be a part of it."""
    INCOMPLETE = "incomplete"
    """A part of the statement was not read with it."""
    DIFFERS = "differs"
    """It is only like what the application gives, or a part of it."""


_OF_THE_LETTERS = frozenset({Doubt.FAINT, Doubt.DISPUTED, Doubt.REPAIRED})
"""Doubts that another look may settle; which print is meant it can't tell."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What speaks for a value and against it.

    `confidence` is the engine's for the least sure word, 0 to 1; `alike` how many looks or engines read it so;
    `choice` the probability, 0 to 1, that this print is the one that the field means, where several were weighed;
    `confirmed` whether what is known beforehand says the same: the application, or the law's text of the warning.
    """

    confidence: float
    alike: int = 1
    doubts: frozenset[Doubt] = frozenset()
    choice: float = 1.0
    confirmed: bool = False


class Clue(StrEnum):
    """The terms of the sum, in natural logarithms of odds; each doubt is one too."""

    BASE = "base"
    """Read once, with nothing against it."""
    CONFIRMED = "confirmed"
    """What is known beforehand says the same."""
    ALIKE = "alike"
    """Two looks or engines have the same letters, and only those were in doubt."""
    CHOICE = "choice"
    """How much less sure the choice is than one that nobody would ask about."""
    BLUR = "blur"
    """What the engine's certainty lacks, in halves of the whole."""


HELPING = frozenset({Clue.CONFIRMED, Clue.ALIKE, Clue.CHOICE})
"""Clues that are larger the better the evidence: their weight is at least 0. BASE is free, all others at most 0."""

TERMS: tuple[Clue | Doubt, ...] = (*Clue, *Doubt)


def terms(grounds: Grounds) -> Mapping[Clue | Doubt, float]:
    """The size of every term."""
    choice = min(max(grounds.choice, _LEAST_CHOICE), _CHOICE_OF_THE_SURE)
    sizes: dict[Clue | Doubt, float] = {doubt: float(doubt in grounds.doubts) for doubt in Doubt}
    return sizes | {
        Clue.BASE: 1.0,
        Clue.CONFIRMED: float(grounds.confirmed),
        Clue.ALIKE: float(grounds.alike > 1 and grounds.doubts <= _OF_THE_LETTERS),
        Clue.CHOICE: 0.0 if grounds.confirmed else _log_odds(choice) - _log_odds(_CHOICE_OF_THE_SURE),
        Clue.BLUR: min(1 - grounds.confidence, _MOST_BLUR) / _MOST_BLUR,
    }


def probability(grounds: Grounds, weights: Mapping[Clue | Doubt, float] | None = None) -> float:
    """How probable it is that the value is right, 0 to 1; by the fitted weights unless others are given."""
    used = _fitted() if weights is None else weights
    return 1 / (1 + math.exp(-sum(used[term] * size for term, size in terms(grounds).items())))


@cache
def _fitted() -> Mapping[Clue | Doubt, float]:
    weights = load(_DATA)["weights"]
    return {term: float(weights[term.value]) for term in TERMS}


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))
