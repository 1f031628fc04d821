"""Where another look would settle the health warning: at the statement, at doubtful words, or at turned pages."""

from __future__ import annotations

from collections.abc import Iterable

from services.validator.fields.layout import lay_flat
from services.validator.fields.model import SURE_LOOKS, LabelPanel
from services.validator.fields.second_look import STANDING, Place, around, whole
from services.validator.fields.warning_reading import WarningReading
from services.validator.fields.warning_text import HEADING
from services.validator.fields.warning_words import WordState

MOST_PLACES = 6
"""Places asked for in one round; a look at a whole page takes about a second, at a crop a third of one."""

_ROUNDS = 3
_POOR = 25
_MOST_CLOSE_UPS = 4
_SMALL_LETTERS = 2
_MARKS_MISSING = 2
_SMALL_PAGE = 400
_SMALL_SCALE = 3.0
_CLOSE_SCALE = 4.0
_DOUBTFUL = frozenset({WordState.DIFFERENT, WordState.MISSING})


def warning_second_looks(
    panels: tuple[LabelPanel, ...], reading: WarningReading, round_number: int
) -> tuple[Place, ...]:
    """Places to read again in round 1, 2 or 3, at most six; none when nothing is in doubt or nothing would help.

    A statement that is not confirmed is looked at again as a whole (as it is, and twice enlarged), then its doubtful
    words four times enlarged. One that was not found is looked for in turned pages. One whose wording is confirmed but
    that seems to lack marks is looked at once more, enlarged.
    """
    if round_number > _ROUNDS:
        return ()
    if not reading.found:
        return _turned_pages(panels, round_number)[:MOST_PLACES]
    if not reading.polygon:
        return ()
    panel = next(panel for panel in panels if panel.index == reading.image)
    if reading.confirmed:
        return _heading(panel, reading) or _marks(panel, reading, round_number)
    if round_number == 1 or not (reading.in_first_look or reading.crops):
        return _statement(panel, reading)
    return _close_ups(panel, reading, round_number) if not reading.close_ups else ()


def _turned_pages(panels: tuple[LabelPanel, ...], round_number: int) -> tuple[Place, ...]:
    """Both standing turns first; then text on its head, and small images enlarged."""
    standing = sorted(panels, key=lambda panel: -sum(lay_flat(line).turn % 180 for line in panel.page.lines))
    read = [panel for panel in standing if panel.page.lines]
    if round_number == 1:
        return tuple(whole(panel.index, panel.page, turn) for panel in read for turn in STANDING)
    if round_number == _ROUNDS:
        return ()
    small = [panel for panel in read if min(panel.page.width, panel.page.height) < _SMALL_PAGE]
    return (
        *(whole(panel.index, panel.page, 0, _SMALL_SCALE) for panel in small),
        *(whole(panel.index, panel.page, 180) for panel in read),
    )


def _line_height(reading: WarningReading) -> float:
    heights = sorted(lay_flat(line).height for line in reading.lines)
    return heights[len(heights) // 2]


def _statement(panel: LabelPanel, reading: WarningReading) -> tuple[Place, ...]:
    height = _line_height(reading)
    unread = sum(word.state is WordState.UNREAD for word in reading.words)
    lines_unread = unread / max(1, reading.right) * len(reading.lines)
    margin = height * (2 + 1.5 * min(12, lines_unread))
    polygons = [reading.polygon]
    places = [
        around(panel.index, panel.page, polygons, margin=margin, angle=reading.turn, scale=scale)
        for scale in (1.0, 2.0)
    ]
    if reading.right < _POOR:
        turns = (reading.turn,) if reading.turn else STANDING
        places += [whole(panel.index, panel.page, turn) for turn in turns]
    return tuple(places)


def _close_ups(panel: LabelPanel, reading: WarningReading, context: int) -> tuple[Place, ...]:
    """The doubtful words with `context` words on either side, so that the alignment can tell where they belong."""
    doubtful = [word.index for word in reading.words if word.state in _DOUBTFUL]
    doubtful += [extra.before for extra in reading.extra]
    height = _line_height(reading)
    places = []
    for first, last in _stretches(sorted(doubtful), context):
        polygons = [
            word.polygon for word in reading.words[max(0, first - context) : last + context + 1] if word.polygon
        ]
        if polygons:
            places.append(
                around(panel.index, panel.page, polygons, margin=height, angle=reading.turn, scale=_CLOSE_SCALE)
            )
    return tuple(places[:_MOST_CLOSE_UPS])


def _stretches(indexes: Iterable[int], reach: int) -> list[tuple[int, int]]:
    """Indexes no further than `reach` apart, as first and last of each stretch."""
    found: list[tuple[int, int]] = []
    for index in indexes:
        if found and index - found[-1][1] <= reach:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found


def _heading(panel: LabelPanel, reading: WarningReading) -> tuple[Place, ...]:
    """The heading, when only one look shows it in small letters."""
    small = sum(heading.unlike_capitals >= _SMALL_LETTERS for heading in reading.headings)
    polygons = [reading.words[index].polygon for index in HEADING if reading.words[index].polygon]
    if not 0 < small < SURE_LOOKS or reading.close_ups or reading.crops or not polygons:
        return ()
    height = _line_height(reading)
    return (around(panel.index, panel.page, polygons, margin=height, angle=reading.turn, scale=2.0),)


def _marks(panel: LabelPanel, reading: WarningReading, round_number: int) -> tuple[Place, ...]:
    """The statement, when marks are missing that one look may have lost; a single one is not worth a look."""
    missing = sum(word.mark_missing for word in reading.words)
    if missing < _MARKS_MISSING or round_number > 1 or reading.crops:
        return ()
    margin = 2 * _line_height(reading)
    return (around(panel.index, panel.page, [reading.polygon], margin=margin, angle=reading.turn, scale=2.0),)
