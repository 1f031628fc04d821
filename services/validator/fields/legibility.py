"""Whether the images were read well enough that what was not found is not printed on them."""

from __future__ import annotations

from statistics import median

from services.common.page import Line, bounds
from services.validator.fields.layout import lay_flat
from services.validator.fields.model import SURE_CONFIDENCE, LabelPanel

UNREAD_CONFIDENCE = 0.80
"""Below this a line counts as not read until a later look reads it surely."""

FEWEST_LETTERS = 3
"""Shorter ones are ornaments, logos and tick boxes."""

FEWEST_CHARACTERS = 40
"""An image with less text was not read, or is no label."""


def legible(panels: tuple[LabelPanel, ...]) -> bool:
    """Whether every panel holds text, and no line big enough for a statement stayed unread (rulebook 0.1).

    Big enough is half the usual height of the panel's lines; what is smaller is texture.
    """
    return bool(panels) and all(_panel_legible(panel) for panel in panels)


def _panel_legible(panel: LabelPanel) -> bool:
    first = [line for line in panel.page.lines if line.look == 0 and line.polygon]
    if sum(len(line.text) for line in first) < FEWEST_CHARACTERS:
        return False
    usual = median(lay_flat(line).height for line in first)
    unread = (
        line
        for line in first
        if line.confidence < UNREAD_CONFIDENCE
        and sum(character.isalnum() for character in line.text) >= FEWEST_LETTERS
        and lay_flat(line).height >= usual / 2
    )
    return all(_read_later(line, panel.page.lines) for line in unread)


def _read_later(line: Line, lines: tuple[Line, ...]) -> bool:
    left, top, right, bottom = bounds(line.polygon)
    x, y = (left + right) / 2, (top + bottom) / 2
    for other in lines:
        if other.look and other.confidence >= SURE_CONFIDENCE and other.polygon:
            box = bounds(other.polygon)
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                return True
    return False
