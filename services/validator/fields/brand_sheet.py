"""One image of a label as the measure of its names: the tallest, the first, and what stands beside each of them.

The registry prints all labels of a product on one sheet, each under a line of its form. So a sheet is cut at those
lines: a name that is the first of its part is displayed like the first of an image.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence

from services.validator.fields.brand_names import Name
from services.validator.fields.brand_words import FORM_TEXT
from services.validator.fields.layout import FlatLine
from services.validator.fields.lettering import Row
from services.validator.fields.model import LabelPanel

_FIRST_HEIGHT = 0.3
_NEAR = 1.5


class Sheet:
    """What one image holds, as the measure of its names."""

    def __init__(self, panel: LabelPanel, names: Sequence[Name], everything: Sequence[Row]) -> None:
        self.panel = panel
        self.names = [name for name in names if name.first.image == panel.index and name.displayed]
        self.rows = [row for row in everything if row.image == panel.index]
        self._neighbours: dict[tuple[FlatLine, ...], list[Row]] = {}
        self._of_turn: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows:
            self._of_turn[row.turn].append(row)
        self.tallest = max((name.height for name in self.names), default=1.0)
        lines = sorted(row.box[3] for row in self.rows if row.turn == 0 and FORM_TEXT.search(row.key))
        self._cuts = (0.0, *lines, float(max(1, panel.page.height)))
        upright = [n for n in self.names if n.first.turn == 0 and n.height >= _FIRST_HEIGHT * self.tallest]
        self._first_tops = [
            min((name.first.box[1] for name in upright if self._part(name.first) == part), default=0.0)
            for part in range(len(self._cuts) - 1)
        ]

    def is_first(self, row: Row) -> bool:
        """Whether an upright row holds the first name of its part of the sheet."""
        return row.box[1] <= self._first_tops[self._part(row)] + 0.5 * row.height

    def level(self, top: float, bottom: float) -> float:
        """How high what stands between two heights is in its part of the sheet: 0 at the foot to 1."""
        middle = (top + bottom) / 2
        part = self._part_at(middle)
        over, under = self._cuts[part], self._cuts[part + 1]
        return 1 - (middle - over) / max(1.0, under - over)

    def _part(self, row: Row) -> int:
        return self._part_at((row.box[1] + row.box[3]) / 2)

    def _part_at(self, height: float) -> int:
        return min(len(self._cuts) - 2, max(0, bisect(self._cuts, height) - 1))

    def above(self, row: Row) -> Row | None:
        """The row right over one."""
        top, height = row.box[1], row.box[3] - row.box[1]
        near = [
            each
            for each in self._beside(row)
            if (each.box[1] + each.box[3]) / 2 < top + 0.1 * height
            and top - each.box[3] <= _NEAR * max(height, each.box[3] - each.box[1])
        ]
        return max(near, key=lambda each: each.box[3], default=None)

    def below(self, row: Row) -> Row | None:
        """The row right under one."""
        bottom, height = row.box[3], row.box[3] - row.box[1]
        near = [
            each
            for each in self._beside(row)
            if (each.box[1] + each.box[3]) / 2 > bottom - 0.1 * height and each.box[1] - bottom <= _NEAR * height
        ]
        return min(near, key=lambda each: each.box[1], default=None)

    def _beside(self, row: Row) -> list[Row]:
        found = self._neighbours.get(row.flats)
        if found is None:
            left, _, right, _ = row.box
            near = (each for each in self._of_turn[row.turn] if min(right, each.box[2]) > max(left, each.box[0]))
            found = self._neighbours[row.flats] = [each for each in near if each.flats != row.flats]
        return found
