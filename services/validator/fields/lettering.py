"""Print as it stands on the label: rows of one lettering, how they look, and which stand under each other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from services.common.page import Line, Polygon, bounds, rectangle
from services.validator.fields.brand_words import ADDRESS, AMPERSANDS, ARTICLES, PARTICLES, PREPOSITIONS, PROTECTED
from services.validator.fields.layout import FlatLine, lay_flat, rows
from services.validator.fields.passages import LabelText, key_of
from services.validator.fields.text import n1

_SAME_PLACE = 0.3
_BESIDE_GAP = 0.7
_BESIDE_HEIGHT = 0.75
_STACK_GAP = 1.2
_DANGLING_GAP = 1.8
_STACK_HEIGHT = 0.5
_CENTRED = 0.2
_LIKE_HEIGHT = 0.85
_OTHER_WEIGHT = 0.25

_JOINS = PARTICLES | PREPOSITIONS
_JOINS_BEFORE = _JOINS - ARTICLES

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Row:
    """Print that stands in one row: a line, or lines beside each other in one lettering.

    Without slots, so that what is asked of each row hundreds of times is computed once.
    """

    image: int
    look: int
    flats: tuple[FlatLine, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, image: int, look: int, flats: tuple[FlatLine, ...]) -> Row:
        """The row of these lines."""
        return cls(image, look, flats, tuple(word for flat in flats for word in n1(flat.line.text).split()))

    @cached_property
    def text(self) -> str:
        """As read, at N1."""
        return " ".join(self.words)

    @cached_property
    def word_keys(self) -> tuple[str, ...]:
        """Each word at N4; empty for marks."""
        return tuple(key_of(word) for word in self.words)

    @property
    def keys(self) -> tuple[str, ...]:
        """The words at N4, none empty."""
        return tuple(key for key in self.word_keys if key)

    @cached_property
    def key(self) -> str:
        """N4 without spaces."""
        return "".join(self.keys)

    @cached_property
    def height(self) -> float:
        """Height of the lettering in pixels; where it was not measured, that of the box up to half of its width."""
        return max(flat.line.glyph_height_px or 0.7 * min(flat.height, flat.width / 2) for flat in self.flats)

    @property
    def capitals(self) -> bool:
        """Whether all letters are capitals."""
        return self.text.upper() == self.text

    @property
    def weight(self) -> float | None:
        """Stroke width for each pixel of height: bold print has more than light print. None when not measured."""
        line = self.flats[0].line
        return line.stroke_width_px / line.glyph_height_px if line.glyph_height_px and line.stroke_width_px else None

    @cached_property
    def box(self) -> Box:
        """Left, top, right, bottom in the frame in which it reads left to right."""
        return (
            min(flat.left for flat in self.flats),
            min(flat.top for flat in self.flats),
            max(flat.right for flat in self.flats),
            max(flat.bottom for flat in self.flats),
        )

    @property
    def turn(self) -> int:
        """Direction of reading."""
        return self.flats[0].turn

    @property
    def confidence(self) -> float:
        """The least sure line."""
        return min(flat.line.confidence for flat in self.flats)

    @cached_property
    def polygon(self) -> Polygon:
        """The place in the image."""
        return around(self.flats)

    @cached_property
    def place(self) -> Box:
        """Left, top, right, bottom in the image."""
        return bounds(self.polygon)

    @cached_property
    def is_sentence(self) -> bool:
        """Whether it is a part of running text."""
        return len(self.words) >= 5 and sum(word[:1].islower() for word in self.words) * 2 >= len(self.words)

    @cached_property
    def is_protected(self) -> bool:
        """Whether it speaks of a protected appellation."""
        return bool(PROTECTED.search(self.key))

    def runs_of(self, key: str) -> Iterator[tuple[int, int]]:
        """Where whole words read as the key: the first word, and the one after the last."""
        keys = self.word_keys
        for start, first in enumerate(keys):
            read = ""
            for end in range(start, len(keys)):
                read += keys[end]
                if first and keys[end] and read == key:
                    yield start, end + 1
                if not key.startswith(read):
                    break

    def has(self, key: str) -> bool:
        """Whether whole words read as the key."""
        return key in self.key and next(self.runs_of(key), None) is not None


def around(flats: Iterable[FlatLine]) -> Polygon:
    """The place of lines in the image."""
    boxes = [bounds(flat.line.polygon) for flat in flats if flat.line.polygon]
    if not boxes:
        return ()
    return rectangle(
        min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    )


def overlap(one: Box, other: Box) -> bool:
    """Whether two places of an image are the same, as far as looks agree on places."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return False
    smaller = min((one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1]))
    return width * height >= _SAME_PLACE * smaller


@lru_cache(maxsize=2048)
def _row_of(image: int, line: Line) -> Row:
    """The row of one line; kept with all that was asked of it, as each round of looks brings it again."""
    return Row.of(image, line.look, (lay_flat(line),))


def printed(text: LabelText) -> tuple[Row, ...]:
    """Every line of the label once: what a later look reads again is left out."""
    kept: list[Row] = []
    for panel in text.panels:
        own: list[Row] = []
        for line in sorted(panel.page.lines, key=lambda line: line.look):
            if line.text.strip() and line.polygon:
                row = _row_of(panel.index, line)
                if line.look == 0 or not any(overlap(row.place, each.place) for each in own):
                    own.append(row)
        kept.extend(own)
    return tuple(kept)


def rows_of(image: int, look: int, flats: Sequence[FlatLine]) -> Iterator[Row]:
    """Each line, and the lines that stand beside each other in one lettering."""
    for group in rows(flats):
        run: list[FlatLine] = []
        for flat in group:
            yield Row.of(image, look, (flat,))
            if run and not _beside(run[-1], flat):
                if len(run) > 1:
                    yield Row.of(image, look, tuple(run))
                run = []
            run.append(flat)
        if len(run) > 1:
            yield Row.of(image, look, tuple(run))


def _beside(one: FlatLine, other: FlatLine) -> bool:
    smaller, larger = sorted((one.height, other.height))
    return smaller >= _BESIDE_HEIGHT * larger and other.left - one.right <= _BESIDE_GAP * larger


def gap(row: Row, below: Row) -> float:
    """Pixels between two rows; negative when their boxes overlap, as those of script do."""
    return below.box[1] - row.box[3]


def follows(row: Row, below: Row) -> bool:
    """Whether one row stands under another, centred or flush, close, in letters of like height."""
    (left, top, right, bottom), (other_left, other_top, other_right, other_bottom) = row.box, below.box
    smaller, larger = sorted((row.height, below.height))
    if (other_top + other_bottom) / 2 < bottom - 0.35 * (bottom - top) or smaller < _STACK_HEIGHT * larger:
        return False
    width = max(right - left, other_right - other_left)
    across = min(right, other_right) - max(left, other_left)
    aligned = min(abs(left + right - other_left - other_right) / 2, abs(left - other_left), abs(right - other_right))
    reach = (_DANGLING_GAP if dangles(row, below) else _STACK_GAP) * larger
    return gap(row, below) <= reach and across > 0 and aligned <= _CENTRED * width


def dangles(row: Row, below: Row) -> bool:
    """Whether the first row ends, or the second begins, with a word that joins two parts of a name."""
    if not row.words or not below.words:
        return False
    last = row.words[-1]
    return last in AMPERSANDS or key_of(last) in _JOINS or key_of(below.words[0]) in _JOINS_BEFORE


def unlike(row: Row, other: Row) -> float:
    """How much the lettering of two rows differs, from 0 for the same to 1: height, capitals, weight."""
    smaller, larger = sorted((row.height, other.height))
    heights = min(1.0, 2 * (1 - smaller / larger))
    weights = 0.0
    if row.weight is not None and other.weight is not None:
        weights = min(1.0, 1.5 * abs(math.log(row.weight / other.weight)))
    return max(heights, weights, 0.6 * (row.capitals != other.capitals))


def other_weight(row: Row, other: Row) -> bool:
    """Whether two rows of one size and case are set in different weights: two texts, however close they stand."""
    if row.weight is None or other.weight is None or row.capitals != other.capitals:
        return False
    smaller, larger = sorted((row.height, other.height))
    return smaller >= _LIKE_HEIGHT * larger and abs(math.log(row.weight / other.weight)) >= _OTHER_WEIGHT


def is_address(row: Row, above: Iterable[Row]) -> bool:
    """Whether the row, or one of those right above it, holds the phrase of a name and address."""
    return any(ADDRESS.search(re.sub(r"[^a-z:&]", "", each.text.casefold())) for each in (row, *above))
