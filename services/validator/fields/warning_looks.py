"""Where another look would settle the health warning: at the statement, at doubtful words, or at turned pages."""

from __future__ import annotations

from collections.abc import Iterable

from services.validator.fields.layout import lay_flat
from services.validator.fields.model import SURE_LOOKS, LabelPanel
from services.validator.fields.second_look import STANDING, Place, Purpose, around, looked_at_for, whole
from services.validator.fields.warning_reading import WarningReading
from services.validator.fields.warning_text import HEADING
from services.validator.fields.warning_words import WordState

MOST_PLACES = 6
"""Places asked for in one round; a look at a whole page takes about a second, at a crop a third of one."""

_ROUNDS = 2
_POOR = 25
_MOST_CLOSE_UPS = 4
_SMALL_LETTERS = 2
_MARKS_MISSING = 2
_CLOSE_SCALE = 4.0
_DOUBTFUL = frozenset({WordState.DIFFERENT, WordState.MISSING})


def warning_second_looks(
    panels: tuple[LabelPanel, ...], reading: WarningReading, round_number: int
) -> tuple[Place, ...]:
    """Places to read again in round 1 or 2, at most six; none when nothing is in doubt or nothing would help.

    A statement that is not confirmed is looked at again as a whole (as it is, and twice enlarged), then its doubtful
    words four times enlarged. One that was not found is looked for in turned pages that show standing text. One whose
    wording is confirmed but that seems to lack marks is looked at once more, enlarged.
    """
    if round_number > _ROUNDS:
        return ()
    if not reading.found:
        pages = _turned_pages(panels)[:MOST_PLACES] if round_number == 1 else ()
        return looked_at_for(Purpose.WARNING_SEARCH, pages)
    if not reading.polygon:
        return ()
    panel = next(panel for panel in panels if panel.index == reading.image)
    if reading.confirmed:
        details = _heading(panel, reading) or _marks(panel, reading, round_number)
        return looked_at_for(Purpose.WARNING_WORDS, details)
    if round_number == 1 or not (reading.in_first_look or reading.crops):
        return _statement(panel, reading)
    if reading.close_ups:
        return ()
    return looked_at_for(Purpose.WARNING_WORDS, _close_ups(panel, reading, round_number))


def _turned_pages(panels: tuple[LabelPanel, ...]) -> tuple[Place, ...]:
    """Pages that show standing text, the most first, in both standing directions."""
    standing = {panel.index: sum(lay_flat(line).turn % 180 for line in panel.page.lines) for panel in panels}
    shown = sorted((panel for panel in panels if standing[panel.index]), key=lambda panel: -standing[panel.index])
    return tuple(whole(panel.index, panel.page, turn) for panel in shown for turn in STANDING)


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
    found = looked_at_for(Purpose.WARNING_STATEMENT, places)
    if reading.right >= _POOR:
        return found
    turns = (reading.turn,) if reading.turn else STANDING
    pages = [whole(panel.index, panel.page, turn) for turn in turns]
    return (*found, *looked_at_for(Purpose.WARNING_SEARCH, pages))


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
