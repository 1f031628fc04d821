"""What a vision model adds to a reading: it only confirms, because it may invent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.common.page import Line


def confirmed(lines: Sequence[Line], claims: Iterable[Line]) -> tuple[Line, ...]:
    """Those of `lines` that a vision model wrote too, letter for letter, as a look of its own at the same place.

    What the model alone claims is dropped, however sure it is.
    """
    claimed = {line.text: line.engine for line in claims}
    return tuple(replace(line, engine=claimed[line.text], look=1) for line in lines if line.text in claimed)
