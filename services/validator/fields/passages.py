"""Running text of a label: each line with what can be read on from it.

Names and statements run over line breaks, in every direction, and beside other columns. So each line opens a `Passage`:
its own words, then those of the lines below it in the same column. What is looked for in passages is in
`services.validator.fields.phrases`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from services.common.page import Line, Polygon, bounds, rectangle
from services.validator.fields.layout import FlatLine, lay_flat, quarter_turn, rows
from services.validator.fields.model import LabelPanel
from services.validator.fields.text import n1, n4, without_diacritics

_MAX_ROWS = 9
_ROWS_OF_WORDING = 3
_NEIGHBOUR_GAP = 1.0
_NEIGHBOUR_HEIGHT = 0.5
_ROW_GAP = 1.2
_SAME_ROW = 0.5
_SPLIT = re.compile(r"[^,;:|·•/()]+[,;:|·•/()]*|[,;:|·•/()]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a passage. `key` is its N4 without spaces; `opens` and `closes` tell of a separator at its edge."""

    text: str
    key: str
    confidence: float
    polygon: Polygon
    row: int
    opens: bool
    closes: bool


@dataclass(frozen=True)
class Passage:
    """A line (`rows[0]`, with what continues it to the right) and the lines below it in its column.

    Without slots, so that what every field asks of it is computed once.
    `before` is the word that directly precedes the first one in its row, if any; `above` the line over it.
    """

    image: int
    look: int
    engine: str
    turn: int
    rows: tuple[tuple[FlatLine, ...], ...]
    tokens: tuple[Token, ...]
    before: Token | None
    above: FlatLine | None

    @property
    def height(self) -> float:
        """Height of the first line in pixels."""
        return self.rows[0][0].height

    @cached_property
    def first_row(self) -> tuple[Token, ...]:
        """The words of the first row."""
        return tuple(token for token in self.tokens if token.row == 0)

    @cached_property
    def _row_texts(self) -> tuple[str, ...]:
        return tuple(n1(" ".join(flat.line.text for flat in row)) for row in self.rows)

    def row_text(self, row: int) -> str:
        """The text of one row at N1."""
        return self._row_texts[row]

    @cached_property
    def text(self) -> str:
        """All rows at N1, a line break between rows."""
        return "\n".join(self._row_texts)

    @property
    def start_of_text(self) -> str:
        """The words of the first three rows in lower case, a space between words."""
        return " ".join(token.text for token in self.tokens if token.row < _ROWS_OF_WORDING).casefold()

    def polygon_of(self, row_count: int) -> Polygon:
        """The place of the first `row_count` rows."""
        return around_polygons(flat.line.polygon for row in self.rows[:row_count] for flat in row)

    def confidence_of(self, row_count: int) -> float:
        """The least sure line of the first `row_count` rows."""
        return min(flat.line.confidence for row in self.rows[:row_count] for flat in row)


@dataclass(frozen=True)
class LabelText:
    """Everything that was read, as passages."""

    panels: tuple[LabelPanel, ...]
    passages: tuple[Passage, ...]

    @cached_property
    def running(self) -> str:
        """The first rows of every passage in lower case, a line each: tells fast that a wording stands nowhere."""
        return "\n".join(passage.start_of_text for passage in self.passages)


@lru_cache(maxsize=16384)
def key_of(text: str) -> str:
    """N4 without spaces and what is neither letter nor digit; `whiskey` in run-together words is `whisky`."""
    squeezed = re.sub(r"[^0-9a-z]", "", without_diacritics(n4(text)).casefold())
    return squeezed.replace("whiskey", "whisky").replace("whiskies", "whisky")


def label_text(panels: tuple[LabelPanel, ...]) -> LabelText:
    """The passages of all looks of all panels."""
    found: list[Passage] = []
    for panel in panels:
        sources: dict[tuple[int, int, str], list[Line]] = defaultdict(list)
        for line in panel.page.lines:
            if line.text.strip():
                sources[line.look, quarter_turn(line.angle_degrees), line.engine].append(line)
        for source in sorted(sources):
            found.extend(_passages_of(panel.index, tuple(sources[source])))
    return LabelText(panels, tuple(found))


@lru_cache(maxsize=256)
def _passages_of(image: int, lines: tuple[Line, ...]) -> tuple[Passage, ...]:
    """The passages of one direction of one look of one engine; they stay as they are when further looks are taken."""
    return tuple(_passages(image, lines[0].look, lines[0].engine, [lay_flat(line) for line in lines]))


def _passages(image: int, look: int, engine: str, flats: list[FlatLine]) -> Iterator[Passage]:
    runs = [run for row in rows(flats) for run in _runs(row)]
    run_of = {id(flat): run for run in runs for flat in run}
    for run in runs:
        for at, flat in enumerate(run):
            stack: list[tuple[FlatLine, ...]] = [tuple(run[at:])]
            while len(stack) < _MAX_ROWS:
                below = _below(stack[-1], flats)
                if below is None:
                    break
                below_run = run_of[id(below)]
                stack.append(tuple(below_run[below_run.index(below) :]))
            before = tuple(_tokens((run[at - 1],), 0))[-1:] if at else ()
            tokens = tuple(token for number, row in enumerate(stack) for token in _tokens(row, number))
            if tokens:
                above = _above(flat, flats)
                yield Passage(
                    image, look, engine, flat.turn, tuple(stack), tokens, before[0] if before else None, above
                )


def _runs(row: Sequence[FlatLine]) -> list[list[FlatLine]]:
    """A row cut where a gap or a change of height shows that another column begins."""
    found: list[list[FlatLine]] = []
    for flat in row:
        last = found[-1][-1] if found else None
        if last is not None:
            smaller, larger = sorted((last.height, flat.height))
            if -smaller <= flat.left - last.right <= _NEIGHBOUR_GAP * smaller and smaller >= _NEIGHBOUR_HEIGHT * larger:
                found[-1].append(flat)
                continue
        found.append([flat])
    return found


def _below(row: Sequence[FlatLine], flats: Iterable[FlatLine]) -> FlatLine | None:
    left, right = min(f.left for f in row), max(f.right for f in row)
    bottom, height = max(f.bottom for f in row), max(f.height for f in row)
    near = [
        flat
        for flat in flats
        if (flat.top + flat.bottom) / 2 > bottom - 0.1 * height
        and flat.top - bottom <= _ROW_GAP * max(height, flat.height)
        and min(right, flat.right) - max(left, flat.left) > 0.2 * min(right - left, flat.width)
        and flat not in row
    ]
    if not near:
        return None
    nearest = min(near, key=lambda flat: flat.top + flat.bottom)
    return min((flat for flat in near if _level(flat, nearest)), key=lambda flat: flat.left)


def _level(one: FlatLine, other: FlatLine) -> bool:
    """Whether both stand in one row."""
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap >= _SAME_ROW * min(one.height, other.height)


def _above(line: FlatLine, flats: Iterable[FlatLine]) -> FlatLine | None:
    near = [
        flat
        for flat in flats
        if flat is not line
        and (flat.top + flat.bottom) / 2 < line.top + 0.1 * line.height
        and line.top - flat.bottom <= _ROW_GAP * line.height
        and min(line.right, flat.right) - max(line.left, flat.left) > 0.2 * min(line.width, flat.width)
    ]
    return max(near, key=lambda flat: flat.bottom, default=None)


def _tokens(row: Sequence[FlatLine], number: int) -> Iterator[Token]:
    closed = True
    for flat in row:
        words = flat.line.words
        parts = [(w.text, w.confidence, w.polygon) for w in words] or [
            (word, flat.line.confidence, flat.line.polygon) for word in flat.line.text.split()
        ]
        for text, confidence, polygon in parts:
            for piece in _SPLIT.findall(n1(text)):
                key = key_of(piece)
                if not key:
                    closed = True
                    continue
                opens, closes = piece[:1] in '-("', piece[-1:] in ',;:|·•/)(-"®™'
                yield Token(piece, key, confidence, polygon, number, opens or closed, closes)
                closed = closes


def around_polygons(polygons: Iterable[Polygon]) -> Polygon:
    """The rectangle that holds them all, empty when there are none."""
    boxes = [bounds(polygon) for polygon in polygons if polygon]
    if not boxes:
        return ()
    return rectangle(
        min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    )
