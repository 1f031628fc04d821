"""Reading orders in which the warning may stand: what one look of one engine read, as streams of letters.

A look is a reading of its own, and so is each engine in it: mixing them would repeat or interleave lines. Within one,
the order of lines is uncertain (columns, bar codes, strips), so several orders are tried; the alignment tells which of
them reads as the statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import fuzz

from services.common.page import Line, Page, Polygon, Word
from services.validator.fields.layout import FlatLine, blocks, page_rows
from services.validator.fields.warning_text import CANONICAL_LETTERS, letters, same_shapes

_STATEMENT = same_shapes("".join(CANONICAL_LETTERS))
_LIKE_STATEMENT = 80
_SHORTEST_HIT = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Which look of which engine read something; two sources are two readings."""

    look: int
    engine: str


@dataclass(frozen=True, slots=True)
class Token:
    """One word as the engine parted it; `row` counts the lines of the stream."""

    word: Word
    line: Line
    row: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter or digit of a stream, folded, with the token and the position in its text that it came from."""

    char: str
    token: int
    offset: int


@dataclass(frozen=True)
class Stream:
    """Tokens in one reading order of one source, and their letters without spaces and marks."""

    source: Source
    tokens: tuple[Token, ...]

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        """Every letter that counts; digits of bar codes and lone debris do not."""
        return tuple(
            Letter(char, index, offset)
            for index, token in enumerate(self.tokens)
            for char, offset in _letters_of(token.word.text)
        )

    @cached_property
    def text(self) -> str:
        """The letters as one string."""
        return "".join(letter.char for letter in self.letters)


@lru_cache(maxsize=4096)
def _letters_of(text: str) -> tuple[tuple[str, int], ...]:
    """The letters of a word that count, folded, with their positions."""
    if _is_debris(text):
        return ()
    return tuple(
        (same_shapes(char), offset)
        for offset, raw in enumerate(text)
        for char in (letters(raw) or ("l" if raw == "|" else ""))
    )


def _is_debris(text: str) -> bool:
    bare = letters(text)
    digits = sum(char.isdigit() for char in bare)
    return len(bare) >= 2 and digits > len(bare) / 2


def words_of(line: Line) -> tuple[Word, ...]:
    """The line's words; where the engine gave none, its text parted at spaces, each with the line's polygon."""
    return line.words or tuple(Word(text, line.confidence, line.polygon) for text in line.text.split())


def resembles(line: Line) -> bool:
    """Whether the line's letters are like some part of the statement."""
    return _resembles(line.text)


@lru_cache(maxsize=4096)
def _resembles(text: str) -> bool:
    bare = same_shapes(letters(text))
    return len(bare) >= _SHORTEST_HIT and fuzz.partial_ratio(bare, _STATEMENT) >= _LIKE_STATEMENT


def by_source(page: Page) -> Iterator[tuple[Source, Page]]:
    """The page as each look of each engine read it."""
    for source in sorted({Source(line.look, line.engine) for line in page.lines}, key=lambda s: (s.look, s.engine)):
        lines = tuple(line for line in page.lines if (line.look, line.engine) == (source.look, source.engine))
        yield source, Page(page.width, page.height, lines)


def streams(source: Source, page: Page) -> Iterator[Stream]:
    """The reading orders of one source's page, each once."""
    seen: set[tuple[int, ...]] = set()
    for order in _orders(page):
        key = tuple(id(flat.line) for flat in order)
        if key and key not in seen:
            seen.add(key)
            yield Stream(source, _tokens(order))


def _orders(page: Page) -> Iterator[list[FlatLine]]:
    found = blocks(page, None)
    for turn in sorted({block.turn for block in found}):
        texts = [block for block in found if block.turn == turn]
        yield _flat(row for block in texts for row in block.rows)
        across = page_rows(page, turn, None)
        yield _flat(across)
        telling = [block for block in texts if any(resembles(line) for line in block.lines)]
        yield _flat(row for block in telling for row in _column(block.rows))
        yield _flat(row for block in sorted(telling, key=lambda b: b.rows[0][0].left) for row in _column(block.rows))
        yield _flat(_column(across))


def _flat(rows: Iterable[Sequence[FlatLine]]) -> list[FlatLine]:
    return [flat for row in rows for flat in row]


def _column(rows: Sequence[Sequence[FlatLine]]) -> list[list[FlatLine]]:
    """The rows without what stands wholly beside the statement's own lines; nothing between them is dropped."""
    own = [flat for row in rows for flat in row if resembles(flat.line)]
    if not own:
        return [list(row) for row in rows]
    left, right = min(flat.left for flat in own), max(flat.right for flat in own)
    keep = {id(flat) for flat in own}
    return [[flat for flat in row if id(flat) in keep or left < (flat.left + flat.right) / 2 < right] for row in rows]


def _tokens(order: Sequence[FlatLine]) -> tuple[Token, ...]:
    return tuple(Token(word, flat.line, row) for row, flat in enumerate(order) for word in words_of(flat.line))


def polygon_of(token: Token) -> Polygon:
    """The word's own place, or its line's."""
    return token.word.polygon or token.line.polygon
