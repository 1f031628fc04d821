"""Whether stated confidence means what it says: of the values given at 0.9, nine in ten ought to be right."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evals.rates import Rate

EDGES = (0.0, 0.5, 0.7, 0.9, 0.97, 1.0)
"""Where bins begin and end; finer where most values lie. A value of 1 belongs to the last bin."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A value's stated confidence, 0 to 1, and whether the value is right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Values of a confidence from `low` to before `high`: the mean stated, and how many were right."""

    low: float
    high: float
    mean: float
    right: Rate

    @property
    def kept(self) -> bool:
        """Whether the mean stated lies in the interval of the share right."""
        interval = self.right.interval
        return interval is not None and interval[0] <= self.mean <= interval[1]


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins that hold values, the lowest first; the Brier score (mean squared error) and the mean stated."""

    bins: tuple[Bin, ...]
    brier: float
    mean: float
    right: Rate


def reliability(values: Iterable[Stated]) -> Reliability | None:
    """The table of these values; None of nothing."""
    every = tuple(values)
    if not every:
        return None
    return Reliability(
        tuple(_bins(every)),
        statistics.fmean((each.confidence - each.right) ** 2 for each in every),
        statistics.fmean(each.confidence for each in every),
        Rate.of(each.right for each in every),
    )


def _bins(values: Sequence[Stated]) -> Iterable[Bin]:
    for low, high in pairwise(EDGES):
        inside = [each for each in values if low <= each.confidence < high or (high == each.confidence == EDGES[-1])]
        if inside:
            mean = statistics.fmean(each.confidence for each in inside)
            yield Bin(low, high, mean, Rate.of(each.right for each in inside))
