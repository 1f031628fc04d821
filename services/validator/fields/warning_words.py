"""From letters to words: what stands in the place of each word of the statement, and what stands between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

from services.common.page import Line, Polygon, bounds, rectangle
from services.validator.fields.layout import lay_flat
from services.validator.fields.warning_align import WORD_OF, align
from services.validator.fields.warning_stream import Letter, Source, Stream, polygon_of
from services.validator.fields.warning_text import CANONICAL_WORDS, letters, reads_confusably, reads_right

_COUNT = len(CANONICAL_WORDS)
_SIZES = [WORD_OF.count(index) for index in range(_COUNT)]
_HALF = 0.5
_LEAST_ROOM = 0.8
_UNREAD_LETTERS = 25
"""More letters than this left out in one place are a part that was not read; a misprint loses less."""


class WordState(StrEnum):
    """What stands where a word of the statement belongs."""

    MATCHED = "matched"
    """The word, letter by letter."""
    NOISE = "noise"
    """The word but for characters that OCR takes for each other (rulebook 2.1, item 1)."""
    DIFFERENT = "different"
    """Something else; whether misread or misprinted, the rules judge."""
    MISSING = "missing"
    """Nothing, between neighbours that were read."""
    UNREAD = "unread"
    """Not known: before or after what was read, or in a gap too wide for a misprint."""


RIGHT = frozenset({WordState.MATCHED, WordState.NOISE})


@dataclass(frozen=True, slots=True)
class ReadWord:
    """One word of the statement as one reading has it.

    `text` is what was read (N0, marks included), `confidence` that of its least sure token; of a missing word, that of
    its less sure neighbour, or 0 where there is room for it to stand unread. `mark` is what stands between this word
    and the next, None when either was not read.
    """

    state: WordState
    text: str = ""
    confidence: float = 0.0
    polygon: Polygon = ()
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class ExtraWord:
    """Words inside the statement that do not belong to it, standing before the word with index `before`.

    `inline` is False when they stand on lines of their own, as a neighbouring text does that reading order mixed in.
    """

    text: str
    before: int
    confidence: float
    polygon: Polygon
    inline: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The statement as one source has it in one reading order: 43 words, and what stands between them."""

    source: Source
    text: str
    words: tuple[ReadWord, ...]
    extra: tuple[ExtraWord, ...]
    lines: tuple[Line, ...]

    @property
    def matched(self) -> int:
        """How many words read exactly right."""
        return sum(word.state is WordState.MATCHED for word in self.words)

    @property
    def right(self) -> int:
        """How many words are in place, confusable characters allowed."""
        return sum(word.state in RIGHT for word in self.words)

    @property
    def whole(self) -> bool:
        """Every word exactly right and nothing between them: proof of the wording (facts: no misprint ever read so)."""
        return self.matched == _COUNT and not self.extra

    @property
    def polygon(self) -> Polygon:
        """The rectangle round all lines."""
        return around_all(line.polygon for line in self.lines)

    def joined(self, index: int) -> bool:
        """Whether word `index` and the next read right with nothing between them."""
        pair = self.words[index : index + 2]
        return all(word.state is WordState.MATCHED for word in pair) and all(e.before != index + 1 for e in self.extra)


def around_all(polygons: Iterable[Polygon]) -> Polygon:
    """The upright rectangle that holds all polygons that have corners; empty when none has."""
    boxes = [bounds(polygon) for polygon in polygons if polygon]
    if not boxes:
        return ()
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return rectangle(min(lefts), min(tops), max(rights), max(bottoms))


def read_words(stream: Stream) -> Reading | None:
    """The statement as the stream has it, or None when the stream has none of it."""
    pairs = align(stream)
    if not pairs:
        return None
    owner = _owners(stream, pairs)
    spans: list[list[int]] = [[] for _ in range(_COUNT)]
    for at in sorted(owner):
        spans[owner[at]].append(at)
    _give_up_poor_ends(spans, pairs)
    placed = [at for span in spans for at in span]
    if not placed:
        return None
    first, last = min(placed), max(placed)
    belonging = {at for span in spans for at in span}
    loose = [at for at in range(first, last + 1) if at not in belonging]
    extra = _replacements_and_extras(stream, spans, loose)
    words = _states(stream, spans, extra)
    used = {id(stream.tokens[stream.letters[at].token].line) for span in spans for at in span}
    lines = tuple(line for line, _ in groupby(token.line for token in stream.tokens) if id(line) in used)
    return Reading(stream.source, _printed(stream, first, last), words, extra, lines)


def _owners(stream: Stream, pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """The word that each letter of the stream belongs to; letters between take the word whose token they share."""
    owner = {read: WORD_OF[right] for right, read in pairs}
    token_of = [letter.token for letter in stream.letters]
    ordered = sorted(owner)
    for left, right in pairwise(ordered):
        for at in range(left + 1, right):
            if owner[left] == owner[right] or token_of[at] == token_of[left]:
                owner[at] = owner[left]
            elif token_of[at] == token_of[right]:
                owner[at] = owner[right]
    if ordered:
        for at in range(ordered[0] - 1, -1, -1):
            if token_of[at] != token_of[ordered[0]]:
                break
            owner[at] = owner[ordered[0]]
        for at in range(ordered[-1] + 1, len(token_of)):
            if token_of[at] != token_of[ordered[-1]]:
                break
            owner[at] = owner[ordered[-1]]
    return owner


def _give_up_poor_ends(spans: list[list[int]], pairs: Sequence[tuple[int, int]]) -> None:
    """Words at either end of which less than half was found are not read: the letters there are of other text."""
    found = [0] * _COUNT
    exact = {right for right, _ in pairs}
    for right in exact:
        found[WORD_OF[right]] += 1
    for order in (range(_COUNT), range(_COUNT - 1, -1, -1)):
        for index in order:
            if len(spans[index]) and found[index] >= _HALF * _SIZES[index]:
                break
            spans[index] = []


def _runs_of(positions: Iterable[int]) -> list[list[int]]:
    return [[at for _, at in group] for _, group in groupby(enumerate(positions), key=lambda pair: pair[1] - pair[0])]


def _replacements_and_extras(stream: Stream, spans: list[list[int]], loose: Sequence[int]) -> tuple[ExtraWord, ...]:
    """Loose letters where a word is missing stand in its place; all others are extra words."""
    extra: list[ExtraWord] = []
    for run in _runs_of(loose):
        after = next(index for index, span in enumerate(spans) if span and min(span) > run[-1])
        before = max(index for index, span in enumerate(spans) if span and max(span) < run[0])
        gap = range(before + 1, after)
        if len(gap) == 1 and not spans[gap[0]]:
            spans[gap[0]] = run
            continue
        found = [stream.letters[at] for at in run]
        polygon = around_all(polygon_of(stream.tokens[letter.token]) for letter in found)
        own = {id(stream.tokens[stream.letters[at].token].line) for span in spans for at in span}
        inline = any(id(stream.tokens[letter.token].line) in own for letter in found)
        extra.append(ExtraWord(_printed(stream, run[0], run[-1]), after, _least(stream, found), polygon, inline))
    return tuple(extra)


def _states(stream: Stream, spans: Sequence[Sequence[int]], extra: Sequence[ExtraWord]) -> tuple[ReadWord, ...]:
    places = [index for index, span in enumerate(spans) if span]
    words: list[ReadWord] = []
    for index, span in enumerate(spans):
        if not span:
            words.append(_absent(stream, spans, extra, index, places))
            continue
        found = [stream.letters[at] for at in span]
        text = _printed(stream, span[0], span[-1])
        state = WordState.DIFFERENT
        if reads_right(index, text):
            state = WordState.MATCHED
        elif reads_confusably(index, text):
            state = WordState.NOISE
        following = spans[index + 1] if index + 1 < len(spans) else ()
        last = index + 1 == len(spans)
        mark = _between_marks(stream, span[-1], following[0] if following else None) if following or last else None
        polygon = around_all(polygon_of(stream.tokens[token]) for token in {letter.token for letter in found})
        words.append(ReadWord(state, text, _least(stream, found), polygon, mark))
    return tuple(words)


def _absent(
    stream: Stream, spans: Sequence[Sequence[int]], extra: Sequence[ExtraWord], index: int, places: Sequence[int]
) -> ReadWord:
    before = max((place for place in places if place < index), default=None)
    after = min((place for place in places if place > index), default=None)
    if before is None or after is None:
        return ReadWord(WordState.UNREAD)
    lost = sum(len(letters(CANONICAL_WORDS[at])) for at in range(before + 1, after))
    if lost > _UNREAD_LETTERS:
        return ReadWord(WordState.UNREAD)
    neighbours = [stream.letters[spans[before][-1]], stream.letters[spans[after][0]]]
    polygon = around_all(polygon_of(stream.tokens[letter.token]) for letter in neighbours)
    lines = [stream.tokens[stream.letters[at].token].line for span in spans for at in span]
    between = any(before < word.before <= after for word in extra)
    sure = not between and _no_room(stream, neighbours, lost, lines)
    return ReadWord(WordState.MISSING, "", _least(stream, neighbours) if sure else 0.0, polygon)


def _no_room(stream: Stream, neighbours: Sequence[Letter], lost: int, lines: Sequence[Line]) -> bool:
    """Whether `lost` letters cannot stand unread between the neighbours: within a line, or at the end of one."""
    left, right = (stream.tokens[letter.token] for letter in neighbours)
    if left.line is right.line:
        return left is not right
    before, after = lay_flat(left.line), lay_flat(right.line)
    needed = _LEAST_ROOM * lost * before.width / max(1, len(left.line.text))
    if before.turn != after.turn or after.top - before.bottom > before.height:
        return False
    if after.top < (before.top + before.bottom) / 2:
        return after.left - before.right < needed
    flat = [lay_flat(line) for line in lines]
    ends = max(line.right for line in flat) - before.right, after.left - min(line.left for line in flat)
    return max(ends) < needed


def _least(stream: Stream, found: Iterable[Letter]) -> float:
    return min(stream.tokens[letter.token].word.confidence for letter in found)


def _printed(stream: Stream, first: int, last: int) -> str:
    """The stream's text from letter `first` to letter `last`, with the marks that cling to it."""
    start, end = stream.letters[first], stream.letters[last]
    parts: list[str] = []
    for index in range(start.token, end.token + 1):
        token = stream.tokens[index]
        text = token.word.text
        low = _clinging_start(stream, first) if index == start.token else 0
        high = _clinging_end(stream, last) if index == end.token else len(text)
        if index > start.token:
            parts.append(" " if token.row == stream.tokens[index - 1].row else "\n")
        parts.append(text[low:high])
    return "".join(parts)


def _clinging_start(stream: Stream, at: int) -> int:
    """Where the text of the letter begins: opening brackets before it are its own."""
    letter = stream.letters[at]
    text, low = stream.tokens[letter.token].word.text, letter.offset
    while low and text[low - 1] in "([{":
        low -= 1
    return low


def _clinging_end(stream: Stream, at: int) -> int:
    letter = stream.letters[at]
    text, high = stream.tokens[letter.token].word.text, letter.offset + 1
    while high < len(text) and not text[high].isalnum() and text[high] not in "([{|":
        high += 1
    return high


def _between_marks(stream: Stream, left: int, right: int | None) -> str:
    """Marks between two letters that follow one another, or after the last one in its token."""
    start = stream.letters[left]
    parts = [stream.tokens[start.token].word.text[start.offset + 1 :]]
    if right is None:
        return "".join(char for char in parts[0] if not char.isalnum() and not char.isspace())
    end = stream.letters[right]
    if end.token == start.token:
        parts = [stream.tokens[start.token].word.text[start.offset + 1 : end.offset]]
    else:
        parts += [stream.tokens[token].word.text for token in range(start.token + 1, end.token)]
        parts.append(stream.tokens[end.token].word.text[: end.offset])
    return "".join(char for part in parts for char in part if not char.isalnum() and not char.isspace())
