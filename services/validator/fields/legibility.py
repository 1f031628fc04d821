"""Whether the images were read well enough that what was not found is not printed on them."""

from __future__ import annotations

from services.common.page import Line, bounds
from services.validator.fields.model import LabelPanel

UNREAD_CONFIDENCE = 0.60
"""Below this a line counts as not read."""

SMALLEST_STATEMENT = 6
"""Characters: no mandatory statement is shorter (`750 mL`)."""

SHARE_OF_UNREAD_CHARACTERS = 0.10
FEWEST_CHARACTERS = 40


def legible(panels: tuple[LabelPanel, ...]) -> bool:
    """Whether every panel holds text and hardly any of it stayed unread after all looks (rulebook 0.1)."""
    return bool(panels) and all(_panel_legible(panel) for panel in panels)


def _panel_legible(panel: LabelPanel) -> bool:
    first = [line for line in panel.page.lines if line.look == 0]
    characters = sum(len(line.text) for line in first)
    unread = [
        line
        for line in first
        if line.confidence < UNREAD_CONFIDENCE
        and len(line.text) >= SMALLEST_STATEMENT
        and not _read_later(line, panel.page.lines)
    ]
    few = sum(len(line.text) for line in unread) <= SHARE_OF_UNREAD_CHARACTERS * characters
    return characters >= FEWEST_CHARACTERS and few


def _read_later(line: Line, lines: tuple[Line, ...]) -> bool:
    if not line.polygon:
        return False
    left, top, right, bottom = bounds(line.polygon)
    x, y = (left + right) / 2, (top + bottom) / 2
    for other in lines:
        if other.look and other.confidence >= UNREAD_CONFIDENCE and other.polygon:
            box = bounds(other.polygon)
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                return True
    return False
