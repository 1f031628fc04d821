"""Reading order: which lines belong together, and in what order a person reads them.

OCR engines return lines in any order, and a label reads in several directions. Lines are first sorted by the direction
they read in (quarter turns), laid flat in a frame of their own, put into rows, and joined into blocks by gap, overlap
and height, so that columns and panels that stand side by side are not interleaved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.common.page import Line, Page, bounds

_SAME_ROW_OVERLAP = 0.5
_ROW_GAP = 1.5
_BESIDE = 0.3
_LINE_GAP = 1.0
_HEIGHT_RATIO = 0.5


@dataclass(frozen=True, slots=True)
class FlatLine:
    """A line laid flat: `left`, `top`, `right`, `bottom` in a frame in which its text reads left to right."""

    line: Line
    turn: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Pixels from top to bottom, at least 1."""
        return max(1.0, self.bottom - self.top)

    @property
    def width(self) -> float:
        """Pixels from left to right, at least 1."""
        return max(1.0, self.right - self.left)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that read as one text, in reading order. `turn` is the direction of reading: 0, 90, 180 or 270 degrees."""

    turn: int
    rows: tuple[tuple[FlatLine, ...], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in reading order."""
        return tuple(flat.line for row in self.rows for flat in row)

    @property
    def text(self) -> str:
        """Rows separated by line breaks, lines of one row by a space."""
        return "\n".join(" ".join(flat.line.text for flat in row) for row in self.rows)


def quarter_turn(angle_degrees: float) -> int:
    """The nearest of 0, 90, 180 and 270."""
    return round(angle_degrees / 90) % 4 * 90


def lay_flat(line: Line) -> FlatLine:
    """The line's box in a frame turned so that the line reads left to right."""
    turn = quarter_turn(line.angle_degrees)
    left, top, right, bottom = bounds(line.polygon) if line.polygon else (0, 0, 0, 0)
    if turn == 90:
        left, top, right, bottom = top, -right, bottom, -left
    elif turn == 180:
        left, top, right, bottom = -right, -bottom, -left, -top
    elif turn == 270:
        left, top, right, bottom = -bottom, left, -top, right
    return FlatLine(line, turn, left, top, right, bottom)


def rows(lines: Iterable[FlatLine]) -> list[list[FlatLine]]:
    """Lines of one turn in rows from top to bottom, each row from left to right."""
    found: list[list[FlatLine]] = []
    for line in sorted(lines, key=lambda flat: (flat.top + flat.bottom) / 2):
        row = next((row for row in reversed(found[-3:]) if _fits(row, line)), None)
        if row is None:
            found.append([line])
        else:
            row.append(line)
    for row in found:
        row.sort(key=lambda flat: flat.left)
    return found


def _fits(row: Sequence[FlatLine], line: FlatLine) -> bool:
    """Whether the line stands beside every line of the row.

    Else a neighbouring text that stands half a line lower would tie two rows together.
    """
    beside = all(
        min(line.right, other.right) - max(line.left, other.left) <= _BESIDE * min(line.width, other.width)
        for other in row
    )
    return beside and any(_same_row(other, line) for other in row)


def _same_row(one: FlatLine, other: FlatLine) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap >= _SAME_ROW_OVERLAP * min(one.height, other.height)


def _joined(one: FlatLine, other: FlatLine) -> bool:
    smaller, larger = sorted((one.height, other.height))
    if smaller < _HEIGHT_RATIO * larger:
        return False
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    if _same_row(one, other):
        return -across <= _ROW_GAP * smaller
    return across > 0 and -down <= _LINE_GAP * larger


def _components(lines: Sequence[FlatLine]) -> list[list[FlatLine]]:
    parent = list(range(len(lines)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, line in enumerate(lines):
        for other in range(index):
            if _joined(line, lines[other]):
                parent[root(index)] = root(other)
    groups: dict[int, list[FlatLine]] = defaultdict(list)
    for index, line in enumerate(lines):
        groups[root(index)].append(line)
    return list(groups.values())


def blocks(page: Page, look: int | None = 0) -> tuple[Block, ...]:
    """The page's blocks from top to bottom; only lines of that `look`, or of every look when it is None."""
    wanted = [lay_flat(line) for line in page.lines if line.text.strip() and (look is None or line.look == look)]
    found: list[Block] = []
    for turn in (0, 90, 270, 180):
        of_turn = [flat for flat in wanted if flat.turn == turn]
        groups = sorted(_components(of_turn), key=lambda group: (min(f.top for f in group), min(f.left for f in group)))
        found.extend(Block(turn, tuple(tuple(row) for row in rows(group))) for group in groups)
    return tuple(found)


def page_rows(page: Page, turn: int = 0, look: int | None = 0) -> list[list[FlatLine]]:
    """All lines that read in direction `turn`, in rows across the whole page whatever block they belong to."""
    wanted = (lay_flat(line) for line in page.lines if line.text.strip() and (look is None or line.look == look))
    return rows(flat for flat in wanted if flat.turn == turn)


def looks(page: Page) -> tuple[int, ...]:
    """The looks that the page holds, ascending."""
    return tuple(sorted({line.look for line in page.lines}))
