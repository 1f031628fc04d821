"""What stands in the passages of a label: known phrases, running prose, the health warning.

Names are looked for as whole phrases (rulebook 0.3), over line breaks, and with the spaces that OCR lost. A phrase that
is found in several looks at the same place is one `Statement`, read alike as often as it was found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from services.common.page import Polygon, bounds
from services.validator.fields.layout import FlatLine
from services.validator.fields.model import Evidence, Statement
from services.validator.fields.passages import Passage, Token, around_polygons, key_of
from services.validator.fields.wordlists import words

_SAME_PRINT = 0.7
_LOOSE = 0.5
_SEPARATOR = re.compile(r"^[-–—,;:|·•/()®™]+|[,;:|·•/()®™\-–—]+$")
_PROSE_WORDS = 7
_LINE_WORDS = 4
_SMALL_WORDS = words("small")
_WARNING = re.compile(
    r"surgeongeneral|alcoholi?c?beverage|womenshould|birthdefect|operatemachinery|healthproblem|"
    r"drinkalcohol|govern?mentwarning"
    r"|pregnancy|impairsyour|driveacar|accordingto"
)
Value = TypeVar("Value", bound=Hashable)


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
        return around_polygons(token.polygon for token in self.tokens)

    @property
    def last_row(self) -> int:
        """The row in which it ends."""
        return self.passage.tokens[self.end - 1].row

    def whole_rows(self) -> bool:
        """Whether the words fill all the rows that they stand in."""
        ends_row = self.end == len(self.passage.tokens) or self.passage.tokens[self.end].row != self.last_row
        return self.start == 0 and self.passage.before is None and ends_row


def is_warning(passage: Passage) -> bool:
    """Whether the first line belongs to the health warning."""
    return _is_warning_text(passage.row_text(0))


@lru_cache(maxsize=4096)
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
    if (own and (before or after)) or (before and (after or passage.tokens[0].text[:1].islower())):
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
