"""Fits the weights of `services.validator.fields.trust` to values whose truth is known. Pure.

Labels are few and wrong values fewer, so each weight is drawn towards a round guess (L2) and may not take the sign that
would make better evidence count less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from services.validator.fields.model import FieldName
from services.validator.fields.trust import HELPING, TERMS, Clue, Doubt, Grounds, terms

Weights = Mapping[Clue | Doubt, float]

_GUESSES: Weights = {
    **dict.fromkeys(Doubt, -2.0),
    Clue.BASE: 3.0,
    Clue.CONFIRMED: 1.0,
    Clue.ALIKE: 0.5,
    Clue.CHOICE: 0.5,
    Clue.BLUR: -2.0,
}
STRENGTH = 1.0
"""How much of a value's information a guess is worth."""

_SWEEPS = 200
_SETTLED = 1e-6


@dataclass(frozen=True, slots=True)
class Example:
    """A value of a label: what it was told from, and whether it is right."""

    label_id: str
    field: FieldName
    grounds: Grounds
    right: bool


def fit(examples: Sequence[Example]) -> Weights:
    """The weights of the largest posterior, by Newton's steps in one weight at a time."""
    rows = [(terms(each.grounds), each.right) for each in examples]
    weights = dict(_GUESSES)
    sums = [math.fsum(weights[term] * sizes[term] for term in TERMS) for sizes, _ in rows]
    for _ in range(_SWEEPS):
        moved = 0.0
        for term in TERMS:
            slope, curvature = STRENGTH * (_GUESSES[term] - weights[term]), STRENGTH
            for (sizes, right), total in zip(rows, sums, strict=True):
                if size := sizes[term]:
                    chance = 1 / (1 + math.exp(-total))
                    slope += size * (right - chance)
                    curvature += size * size * chance * (1 - chance)
            step = _allowed(term, weights[term] + slope / curvature) - weights[term]
            weights[term] += step
            moved = max(moved, abs(step))
            sums = [total + step * sizes[term] for (sizes, _), total in zip(rows, sums, strict=True)]
        if moved < _SETTLED:
            break
    return weights


def _allowed(term: Clue | Doubt, weight: float) -> float:
    if term is Clue.BASE:
        return weight
    return max(0.0, weight) if term in HELPING else min(0.0, weight)


def fold_of(label_id: str, folds: int) -> int:
    """Which part of a cross-validation a label belongs to: all its values belong to one."""
    return int(sha256(label_id.encode()).hexdigest(), 16) % folds
