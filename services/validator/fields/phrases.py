"""Running text of a label, and where known phrases stand in it.

Names are looked for as whole phrases (rulebook 0.3), in every direction, over line breaks, and with the spaces that OCR
lost. So each line opens a `Passage`: its own words, then those of the lines below it in the same column. A phrase that
is found in several looks at the same place is one `Statement`, read alike as often as it was found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from services.common.page import Polygon, bounds, rectangle
from services.validator.fields.layout import FlatLine, lay_flat, looks, rows
from services.validator.fields.model import Evidence, LabelPanel, Statement
from services.validator.fields.text import n1, n4, without_diacritics
from services.validator.fields.wordlists import words

_MAX_ROWS = 9
_NEIGHBOUR_GAP = 1.0
_NEIGHBOUR_HEIGHT = 0.5
_ROW_GAP = 1.2
_SAME_PRINT = 0.7
_SAME_ROW = 0.5
_LOOSE = 0.5
_SPLIT = re.compile(r"[^,;:|·•/()]+[,;:|·•/()]*|[,;:|·•/()]+")
_SEPARATOR = re.compile(r"^[-–—,;:|·•/()®™]+|[,;:|·•/()®™\-–—]+$")
_PROSE_WORDS = 7
_WARNING = re.compile(
    r"surgeongeneral|alcoholi?c?beverage|womenshould|birthdefect|operatemachinery|healthproblem|"
    r"drinkalcohol|govern?mentwarning"
    r"|pregnancy|impairsyour|driveacar|accordingto"
)

Value = TypeVar("Value", bound=Hashable)


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


@dataclass(frozen=True, slots=True)
class Passage:
    """A line (`rows[0]`, with what continues it to the right) and the lines below it in its column.

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

    @property
    def first_row(self) -> tuple[Token, ...]:
        """The words of the first row."""
        return tuple(token for token in self.tokens if token.row == 0)

    def row_text(self, row: int) -> str:
        """The text of one row at N1."""
        return n1(" ".join(flat.line.text for flat in self.rows[row]))

    @property
    def text(self) -> str:
        """All rows at N1, a line break between rows."""
        return "\n".join(self.row_text(row) for row in range(len(self.rows)))

    def polygon_of(self, row_count: int) -> Polygon:
        """The place of the first `row_count` rows."""
        return _around(flat.line.polygon for row in self.rows[:row_count] for flat in row)

    def confidence_of(self, row_count: int) -> float:
        """The least sure line of the first `row_count` rows."""
        return min(flat.line.confidence for row in self.rows[:row_count] for flat in row)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Words `start` to `end` (exclusive) of a passage."""

    passage: Passage
    start: int
    end: int

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The words."""
        return self.passage.tokens[self.start : self.end]

    @property
    def text(self) -> str:
        """As read, separators at the edges dropped."""
        return _SEPARATOR.sub("", " ".join(token.text for token in self.tokens)).strip(" .")

    @property
    def height(self) -> float:
        """Height of its first line in pixels."""
        return self.passage.rows[self.tokens[0].row][0].height

    @property
    def key(self) -> str:
        """N4 without spaces."""
        return "".join(token.key for token in self.tokens)

    @property
    def confidence(self) -> float:
        """The least sure word."""
        return min(token.confidence for token in self.tokens)

    @property
    def polygon(self) -> Polygon:
        """The place of the words."""
        return _around(token.polygon for token in self.tokens)

    @property
    def last_row(self) -> int:
        """The row in which it ends."""
        return self.passage.tokens[self.end - 1].row

    def whole_rows(self) -> bool:
        """Whether the words fill all the rows that they stand in."""
        ends_row = self.end == len(self.passage.tokens) or self.passage.tokens[self.end].row != self.last_row
        return self.start == 0 and self.passage.before is None and ends_row


@dataclass(frozen=True, slots=True)
class LabelText:
    """Everything that was read, as passages."""

    panels: tuple[LabelPanel, ...]
    passages: tuple[Passage, ...]


@lru_cache(maxsize=16384)
def key_of(text: str) -> str:
    """N4 without spaces and what is neither letter nor digit; `whiskey` in run-together words is `whisky`."""
    squeezed = re.sub(r"[^0-9a-z]", "", without_diacritics(n4(text)).casefold())
    return squeezed.replace("whiskey", "whisky").replace("whiskies", "whisky")


def is_warning(passage: Passage) -> bool:
    """Whether the first line belongs to the health warning."""
    return _is_warning_text(passage.row_text(0))


def _is_warning_text(line: str) -> bool:
    return bool(_WARNING.search(re.sub(r"[^a-z]", "", line.casefold())))


def is_prose(passage: Passage) -> bool:
    """Whether the first line is running prose: many words, most in small letters or such as only sentences have."""
    words = [token.text for token in passage.first_row if token.key.isalpha()]
    if len(words) < _PROSE_WORDS:
        return False
    small = sum(1 for word in words if word[:1].islower())
    capitals = all(word.isupper() for word in words)
    return small * 2 >= len(words) or (capitals and sum(word.lower() in _SMALL_WORDS for word in words) >= 3)


_SMALL_WORDS = words("small")
_LINE_WORDS = 4


def in_paragraph(passage: Passage) -> bool:
    """Whether the first line is running prose, or a line of it: short lines of a narrow column are prose too."""
    if is_prose(passage):
        return True
    first, above = passage.rows[0][0], passage.above
    over = above if above is not None and _same_print(above, first) else None
    under = passage.rows[1][0] if len(passage.rows) > 1 and _same_print(passage.rows[1][0], first) else None
    own = _runs_on(passage.row_text(0))
    before = over is not None and _runs_on(over.line.text)
    after = under is not None and _runs_on(under.line.text)
    if (own and (before or after)) or (before and passage.tokens[0].text[:1].islower()):
        return True
    return over is not None and _ends_capitals(over, first)


def _ends_capitals(above: FlatLine, line: FlatLine) -> bool:
    """Whether the line goes on a paragraph in capitals: flush with its last line, close below it, amid a sentence."""
    text = above.line.text.strip()
    words = text.split()
    prose = len(words) >= _PROSE_WORDS and sum(word.lower() in _SMALL_WORDS for word in words) >= 3 and text.isupper()
    flush = abs(above.left - line.left) <= _LOOSE * line.height and line.top - above.bottom <= _LOOSE * line.height
    return prose and flush and text[-1] not in ".!?:" and not _is_warning_text(text)


def _same_print(one: FlatLine, other: FlatLine) -> bool:
    return min(one.height, other.height) >= _SAME_PRINT * max(one.height, other.height)


def _runs_on(line: str) -> bool:
    words = [word for word in line.split() if word[:1].isalpha()]
    return len(words) >= _LINE_WORDS and sum(word[:1].islower() for word in words) * 2 >= len(words)


def label_text(panels: tuple[LabelPanel, ...]) -> LabelText:
    """The passages of all looks of all panels."""
    found: list[Passage] = []
    for panel in panels:
        flats = [lay_flat(line) for line in panel.page.lines if line.text.strip()]
        for look in looks(panel.page):
            for turn in (0, 90, 180, 270):
                of_look = [flat for flat in flats if flat.turn == turn and flat.line.look == look]
                for engine in sorted({flat.line.engine for flat in of_look}):
                    found.extend(_passages(panel.index, look, engine, [f for f in of_look if f.line.engine == engine]))
    return LabelText(panels, tuple(found))


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
        if flat not in row
        and (flat.top + flat.bottom) / 2 > bottom - 0.1 * height
        and flat.top - bottom <= _ROW_GAP * max(height, flat.height)
        and min(right, flat.right) - max(left, flat.left) > 0.2 * min(right - left, flat.width)
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


def find(passage: Passage, key: str) -> Iterator[Sighting]:
    """Where the phrase with that key begins in the first row, as whole words."""
    for start, token in enumerate(passage.tokens):
        if token.row > 0:
            return
        if not key.startswith(token.key):
            continue
        read = ""
        for end in range(start, len(passage.tokens)):
            read += passage.tokens[end].key
            if read == key:
                yield Sighting(passage, start, end + 1)
            if not key.startswith(read):
                break


class Lexicon(dict[str, Value]):
    """Phrases by key, each with what it stands for."""

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Value]]) -> Lexicon[Value]:
        """A lexicon of phrases; the first entry of a phrase counts."""
        lexicon: Lexicon[Value] = cls()
        for phrase, value in entries:
            lexicon.setdefault(key_of(phrase), value)
        return lexicon

    def find(self, passage: Passage, rows_over: int = 2) -> Iterator[tuple[Sighting, Value]]:
        """The longest known phrases that begin in the first row and end within `rows_over` rows, not overlapping."""
        return self._find(passage, 0, 0, rows_over)

    def find_from(self, passage: Passage, start: int, rows_over: int) -> Iterator[tuple[Sighting, Value]]:
        """The longest known phrase that begins with word number `start`, whatever its row; else nothing."""
        found = next(self._find(passage, start, passage.tokens[start].row, rows_over), None)
        if found is not None and found[0].start == start:
            yield found

    def _find(self, passage: Passage, start: int, row: int, rows_over: int) -> Iterator[tuple[Sighting, Value]]:
        tokens = passage.tokens
        while start < len(tokens) and tokens[start].row == row:
            best: int | None = None
            read = ""
            for end in range(start, min(start + 9, len(tokens))):
                if tokens[end].row >= rows_over:
                    break
                read += tokens[end].key
                if read in self:
                    best = end + 1
                if tokens[end].closes and tokens[end].text[-1] != "-":
                    break
            if best is None:
                start += 1
            else:
                sighting = Sighting(passage, start, best)
                yield sighting, self[sighting.key]
                start = best


def statements(
    sightings: Iterable[tuple[Sighting, Value]], text: Callable[[Sighting], str] | None = None
) -> tuple[Statement[Value], ...]:
    """Sightings of the same value at the same place as one statement each, in order of first sight.

    `alike` counts the looks and engines; the confidence is that of the second surest of them, when there are two.
    """
    placed: dict[tuple[int, Value], list[list[tuple[Sighting, tuple[int, int, int, int]]]]] = defaultdict(list)
    for sighting, value in sightings:
        box = bounds(sighting.polygon) if sighting.polygon else (0, 0, 0, 0)
        groups = placed[(sighting.passage.image, value)]
        group = next((g for g in groups if _overlap(g[0][1], box)), None)
        if group is None:
            groups.append([(sighting, box)])
        else:
            group.append((sighting, box))
    found: list[Statement[Value]] = []
    for (image, value), groups in placed.items():
        for group in groups:
            readings: dict[tuple[int, str], float] = {}
            for sighting, _ in group:
                source = (sighting.passage.look, sighting.passage.engine)
                readings[source] = max(readings.get(source, 0.0), sighting.confidence)
            surest = sorted(readings.values(), reverse=True)
            first = group[0][0]
            shown = text(first) if text else first.text
            found.append(
                Statement(value, shown, surest[min(1, len(surest) - 1)], (Evidence(image, first.polygon),), len(surest))
            )
    return tuple(found)


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1]))
    return width > 0 and height > 0 and width * height >= 0.3 * smaller


def _around(polygons: Iterable[Polygon]) -> Polygon:
    boxes = [bounds(polygon) for polygon in polygons if polygon]
    if not boxes:
        return ()
    return rectangle(
        min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    )
