"""Text that is searched for measures, each character tied to its place on the image.

A measure is small and often broken up: the number in one box and its unit in the next, or words in columns. So every
page is read in several orders (rows across the page, blocks, and each line with the lines below it), separately for
each look and engine, which are readings of their own. What is found in any order is found; `agreement` sees to it
that no print is used twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.common.page import Line, Page, Point, Polygon, Word, bounds
from services.validator.fields.layout import FlatLine, blocks, lay_flat, page_rows
from services.validator.fields.text import n1

_COLUMN_GAP = 4.0
"""Text further apart than this many heights does not read as one row."""

_LINE_GAP = 1.5
_CHAIN = 3
_HEIGHT_RATIO = 0.3
_TURNS = (0, 90, 180, 270)
_VULGAR_FRACTIONS = str.maketrans(
    {"½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4", "⅝": " 5/8", "⁄": "/"}
)

Atom = tuple[int, int]
"""A printed character: number of its line on the page, and of the character in the line."""


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of a page: by which engine, in which look."""

    number: int
    engine: str


@dataclass(frozen=True, slots=True)
class Located:
    """A stretch of text and where it stands: one polygon for each line, `confidence` of its least sure word.

    `glyph_height_px` is the least of its lines, None when one was not measured.
    """

    text: str
    confidence: float
    polygons: tuple[Polygon, ...]
    atoms: frozenset[Atom]
    lines: int
    glyph_height_px: float | None
    angle_degrees: float

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of all polygons; zeros when the engine gave none."""
        points = tuple(point for polygon in self.polygons for point in polygon)
        return bounds(points) if points else (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    line_number: int
    offset: int
    line: Line
    word: Word


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one reading order at N1; rows are separated by line breaks, words by single spaces."""

    text: str
    pieces: tuple[_Piece, ...]

    def located(self, start: int, end: int) -> Located:
        """The stretch from `start` to before `end`, which must touch at least one word."""
        touched = [piece for piece in self.pieces if piece.start < end and piece.end > start]
        by_line: dict[int, list[_Piece]] = {}
        for piece in touched:
            by_line.setdefault(piece.line_number, []).append(piece)
        heights = [pieces[0].line.glyph_height_px for pieces in by_line.values()]
        return Located(
            " ".join(self.text[start:end].split()),
            min(piece.word.confidence for piece in touched),
            tuple(polygon for pieces in by_line.values() if (polygon := _polygon(pieces, start, end))),
            frozenset(
                (piece.line_number, piece.offset + at - piece.start)
                for piece in touched
                for at in range(max(start, piece.start), min(end, piece.end))
            ),
            len(by_line),
            None if None in heights else min(height for height in heights if height is not None),
            touched[0].line.angle_degrees,
        )


def _polygon(pieces: Sequence[_Piece], start: int, end: int) -> Polygon:
    first, last = pieces[0], pieces[-1]
    if len(first.word.polygon) != 4 or len(last.word.polygon) != 4:
        return first.line.polygon
    top_left, bottom_left = _edge(first, max(start, first.start))
    top_right, bottom_right = _edge(last, min(end, last.end))
    return (top_left, top_right, bottom_right, bottom_left)


def _edge(piece: _Piece, at: int) -> tuple[Point, Point]:
    share = (at - piece.start) / (piece.end - piece.start)
    top_left, top_right, bottom_right, bottom_left = piece.word.polygon
    return _between(top_left, top_right, share), _between(bottom_left, bottom_right, share)


def _between(one: Point, other: Point, share: float) -> Point:
    return Point(round(one.x + (other.x - one.x) * share), round(one.y + (other.y - one.y) * share))


def runs_by_look(page: Page) -> tuple[tuple[Look, tuple[Run, ...]], ...]:
    """All reading orders of the page for each look and engine, the first look first."""
    found = sorted({(line.look, line.engine) for line in page.lines})
    return tuple((Look(number, engine), _runs(_only(page, number, engine))) for number, engine in found)


@lru_cache(maxsize=256)
def _runs(page: Page) -> tuple[Run, ...]:
    """All reading orders of one look; the lines of a look stay as they are when further looks are taken."""
    return tuple(_orders(page))


def _only(page: Page, look: int, engine: str) -> Page:
    return Page(page.width, page.height, tuple(x for x in page.lines if x.look == look and x.engine == engine))


def _orders(page: Page) -> Iterator[Run]:
    numbers = {id(line): number for number, line in enumerate(page.lines)}
    seen: set[str] = set()
    for order in _orders_of_rows(page):
        run = _run(order, numbers)
        key = f"{run.text}{[piece.line_number for piece in run.pieces]}"
        if run.text and key not in seen:
            seen.add(key)
            yield run


def _orders_of_rows(page: Page) -> Iterator[Sequence[Sequence[FlatLine]]]:
    for turn in _TURNS:
        for row in page_rows(page, turn, None):
            yield from ([part] for part in _split(row))
    for block in blocks(page, None):
        if len(block.rows) > 1:
            yield block.rows
    flat = [lay_flat(line) for line in page.lines if line.text.strip()]
    for line in flat:
        chain = [line]
        while len(chain) < _CHAIN and (below := _below(chain[-1], flat)) is not None:
            chain.append(below)
            yield [[link] for link in chain]


def _split(row: Sequence[FlatLine]) -> Iterator[list[FlatLine]]:
    part = [row[0]]
    for line in row[1:]:
        if line.left - part[-1].right > _COLUMN_GAP * min(line.height, part[-1].height):
            yield part
            part = []
        part.append(line)
    yield part


def _below(line: FlatLine, others: Iterable[FlatLine]) -> FlatLine | None:
    near = [other for other in others if _stands_below(line, other)]
    return min(near, key=lambda other: (other.top, other.left), default=None)


def _stands_below(line: FlatLine, other: FlatLine) -> bool:
    smaller, larger = sorted((line.height, other.height))
    gap = other.top - line.bottom
    across = min(line.right, other.right) - max(line.left, other.left)
    return (
        other.turn == line.turn
        and other.top > line.top
        and smaller >= _HEIGHT_RATIO * larger
        and -0.5 * smaller <= gap <= _LINE_GAP * smaller
        and across >= 0.5 * min(line.width, other.width)
    )


def _run(order: Sequence[Sequence[FlatLine]], numbers: dict[int, int]) -> Run:
    text = ""
    pieces: list[_Piece] = []
    for row in order:
        if text:
            text += "\n"
        for flat in row:
            offset = 0
            for word in flat.line.words or (Word(flat.line.text, flat.line.confidence, flat.line.polygon),):
                plain = n1(word.text.translate(_VULGAR_FRACTIONS))
                if not plain:
                    continue
                if text and not text.endswith("\n"):
                    text += " "
                end = len(text) + len(plain)
                pieces.append(_Piece(len(text), end, numbers[id(flat.line)], offset, flat.line, word))
                text += plain
                offset += len(plain)
    return Run(text, tuple(pieces))
