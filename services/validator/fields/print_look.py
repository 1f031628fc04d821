"""What a look by the engine for print adds to a first reading by networks: only what they did not see.

The engine for print reads letters into pictures and confuses art fonts, so that it neither disputes nor confirms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.common.page import Line, Polygon, Word, bounds

_SEEN_SHARE = 0.3
_LEAST_CONFIDENCE = 0.6
_LEAST_CHARACTERS = 3


def unseen(main: Sequence[Line], other: Iterable[Line]) -> tuple[Line, ...]:
    """Those of `other` that stand where `main` read nothing and look like text.

    They must be fairly sure and at least a short word.
    """
    boxes = [bounds(line.polygon) for line in main if line.polygon]
    return tuple(line for line in other if _is_text(line) and not _is_seen(line, boxes))


def _is_text(line: Line) -> bool:
    return line.confidence >= _LEAST_CONFIDENCE and sum(char.isalnum() for char in line.text) >= _LEAST_CHARACTERS


def _is_seen(line: Line, boxes: Sequence[tuple[int, int, int, int]]) -> bool:
    """Whether half of the line's letters stand where others were read; its box alone may hold a wide empty gap."""
    words: Sequence[Word | Line] = [word for word in line.words if word.polygon] or [line]
    seen = sum(len(word.text) for word in words if _seen_share(word.polygon, boxes) >= _SEEN_SHARE)
    return 2 * seen >= sum(len(word.text) for word in words)


def _seen_share(polygon: Polygon, boxes: Iterable[tuple[int, int, int, int]]) -> float:
    """How much of the polygon's box the other boxes cover, 0 to 1 (overlapping boxes count twice)."""
    left, top, right, bottom = bounds(polygon)
    covered = sum(
        max(0, min(right, other[2]) - max(left, other[0])) * max(0, min(bottom, other[3]) - max(top, other[1]))
        for other in boxes
    )
    return covered / max(1, (right - left) * (bottom - top))
