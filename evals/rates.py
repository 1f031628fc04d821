"""Shares and times as the report shows them: a count beside every rate, an interval where the count is small."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

_Z = 1.959964
"""Normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `total`."""

    hits: int
    total: int

    @classmethod
    def of(cls, outcomes: Iterable[bool]) -> Self:
        """The share of true outcomes."""
        listed = list(outcomes)
        return cls(sum(listed), len(listed))

    @property
    def share(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval; None of nothing. Good at the ends, where most rates of an evaluation lie."""
        if not self.total:
            return None
        n, p = self.total, self.hits / self.total
        middle = p + _Z**2 / (2 * n)
        reach = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of `count` requests: median, mean, and the 95th percentile (nearest rank)."""

    count: int
    median: float
    mean: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Self | None:
        """None of nothing."""
        if not seconds:
            return None
        ranked = sorted(seconds)
        nearest = math.ceil(0.95 * len(ranked)) - 1
        return cls(len(ranked), statistics.median(ranked), statistics.fmean(ranked), ranked[nearest])
