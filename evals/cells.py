"""Pieces of Markdown: tables, and how rates and texts stand in their cells."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from evals.rates import Rate

SMALL = 200
"""Totals up to this many get an interval."""

_LONGEST = 90


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; columns after the first are left as they are."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def rate(value: Rate) -> str:
    """`31 of 40, 78 % (62 to 88)`: count, share, and Wilson's 95 % interval where the total is small."""
    if value.share is None or value.interval is None:
        return "none"
    low, high = value.interval
    interval = f" ({100 * low:.0f} to {100 * high:.0f})" if value.total <= SMALL else ""
    return f"{value.hits} of {value.total}, {100 * value.share:.0f} %{interval}"


def text(value: str, longest: int = _LONGEST) -> str:
    """Text for a cell: one line, cut, nothing that ends the cell."""
    one_line = " ".join(value.split())
    cut = textwrap.shorten(one_line, longest, placeholder=" …") if " " in one_line else one_line[:longest]
    return cut.replace("|", "\\|")


def seconds(value: float) -> str:
    """Seconds with two decimals."""
    return f"{value:.2f} s"
