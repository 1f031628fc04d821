"""One image of a label as the measure of its names: the tallest, the first, and what stands beside each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from services.validator.fields.brand_names import Name
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
        upright = [n for n in self.names if n.first.turn == 0 and n.height >= _FIRST_HEIGHT * self.tallest]
        self.first_top = min((name.first.box[1] for name in upright), default=0.0)

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
