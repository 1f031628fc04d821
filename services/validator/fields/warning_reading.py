"""The health warning statement: found in any look and direction, and verified against 27 CFR 16.21.

Each look of each engine is a reading of its own. Readings of one place on one image are copies of one statement; what
they have alike is sure. A statement is confirmed when one reading is exact, or when every word and every pair of
neighbours is exact in some reading: misprints are never read as the right words, so exactness proves the wording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from services.common.page import Line, Page, Polygon, bounds
from services.validator.fields.layout import quarter_turn
from services.validator.fields.model import SURE_LOOKS, Evidence, LabelPanel
from services.validator.fields.warning_align import STATEMENT
from services.validator.fields.warning_stream import Source, Stream, by_source, streams
from services.validator.fields.warning_text import (
    ANCHORS,
    CANONICAL_LETTERS,
    CANONICAL_WORDS,
    HEADING,
    NUMBERS,
    letters,
    same_shapes,
)
from services.validator.fields.warning_words import (
    RIGHT,
    ExtraWord,
    Reading,
    ReadWord,
    WordState,
    around_all,
    read_words,
)

_VOTING_WORDS = 12
_FOUND_WORDS = 8
_HEADING_EDITS = 3
_MOST_COPIES = 3
_SAME_PLACE = 0.3
_WHOLE_PAGE = 0.6
_CLOSE_UP = 0.5
_PARTLY_READ = 0.7
_SWAPPED = {",": ".", ".": ","}
_TWO_SHAPES = frozenset("abdefghjmnqrt")


@dataclass(frozen=True, slots=True)
class WarningWord:
    """One word of the statement as the best reading has it, and how many readings have it alike.

    `required` is the token of 27 CFR 16.21; `marks` are what stands between this word and the next, the best reading
    first; `close` is True when an enlarged look at this very place agrees.
    """

    index: int
    required: str
    state: WordState
    text: str
    confidence: float
    polygon: Polygon
    marks: tuple[str, ...]
    alike: int
    close: bool

    @property
    def right(self) -> bool:
        """Whether the right word stands here."""
        return self.state in RIGHT

    @property
    def required_mark(self) -> str:
        """The colon, comma or period that follows in 27 CFR 16.21; empty where none does, and for the numbers."""
        return self.required[-1] if self.index not in NUMBERS and not self.required[-1].isalnum() else ""

    @property
    def mark_missing(self) -> bool:
        """Whether what follows was read, and no reading has the mark; engines confuse comma and period."""
        wanted = {self.required_mark, _SWAPPED.get(self.required_mark, self.required_mark)}
        return bool(self.required_mark and self.marks) and not any(wanted & set(mark) for mark in self.marks)


@dataclass(frozen=True, slots=True)
class ExtraWords:
    """Words inside the statement that do not belong to it, before word `before`, and how many readings have them.

    `inline`: on a line of the statement. Else `within` tells whether their lines stand inside its column.
    """

    text: str
    before: int
    confidence: float
    polygon: Polygon
    inline: bool
    within: bool
    alike: int


@dataclass(frozen=True, slots=True)
class Heading:
    """GOVERNMENT WARNING as one reading has it.

    `small_letters` counts lower-case letters, `unlike_capitals` those whose shape differs from their capital's.
    """

    text: str
    confidence: float
    small_letters: int
    unlike_capitals: int


@dataclass(frozen=True, slots=True)
class WarningReading:
    """All that was read of the health warning.

    Nothing else has a meaning when it was not `found`. `text` is the best reading (N0, line breaks kept), `words` its
    43 words, `extra` what stands between them, `headings` one per reading, `lines` the lines it stands on, `turn` their
    direction of reading. `in_first_look` tells whether the first look at the image showed it already; `crops` and
    `close_ups` count later looks at the whole statement and at parts of it.
    """

    found: bool = False
    image: int | None = None
    text: str = ""
    words: tuple[WarningWord, ...] = ()
    extra: tuple[ExtraWords, ...] = ()
    headings: tuple[Heading, ...] = ()
    lines: tuple[Line, ...] = ()
    turn: int = 0
    evidence: tuple[Evidence, ...] = ()
    confirmed: bool = False
    copies: tuple[int, ...] = ()
    """Index of the image of each copy of the statement."""
    in_first_look: bool = False
    crops: int = 0
    close_ups: int = 0

    @property
    def right(self) -> int:
        """How many of the 43 words are in place."""
        return sum(word.right for word in self.words)

    @property
    def confidence(self) -> float:
        """The least sure word that was read; 0 when nothing was."""
        return min((word.confidence for word in self.words if word.text), default=0.0)

    @property
    def well_read(self) -> bool:
        """Every word in place and nothing between them, in one reading; confusable characters allowed (2.1, item 1)."""
        return self.found and all(word.right for word in self.words) and not self.extra

    @property
    def partly_unreadable(self) -> bool:
        """At least 70 % in place and the rest not read, rather than read differently (rulebook 2.1, item 3)."""
        rest = [word for word in self.words if not word.right]
        unread = bool(rest) and all(word.state is WordState.UNREAD for word in rest)
        return unread and not self.extra and self.right >= _PARTLY_READ * len(self.words)

    @property
    def polygon(self) -> Polygon:
        """The upright rectangle round the statement; empty when it was not found."""
        return around_all(line.polygon for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Copy:
    """The readings of one statement at one place of one image."""

    panel: LabelPanel
    readings: tuple[Reading, ...]

    @property
    def best(self) -> Reading:
        return max(self.readings, key=_rank)


def _rank(reading: Reading) -> tuple[bool, int, int, int, float]:
    sureness = sum(word.confidence for word in reading.words)
    return reading.whole, reading.right, reading.matched, -len(reading.extra), sureness


def read_warning(panels: tuple[LabelPanel, ...]) -> WarningReading:
    """The health warning as read from all looks at all images; of several copies the best one."""
    copies = [copy for panel in panels for copy in _copies(panel)]
    found = [copy for copy in copies if any(_is_warning(reading) for reading in copy.readings)]
    if not found:
        return WarningReading()
    best = max(found, key=lambda copy: (_confirmed(copy.readings), *_rank(copy.best)))
    return _as_read(best, tuple(copy.panel.index for copy in found))


def _copies(panel: LabelPanel) -> list[_Copy]:
    groups: list[list[Reading]] = []
    for reading in sorted(_readings(panel.page), key=_rank, reverse=True):
        group = next((group for group in groups if _same_place(group[0].polygon, reading.polygon)), None)
        if group is None:
            groups.append([reading])
        else:
            group.append(reading)
    return [_Copy(panel, tuple(group)) for group in groups]


def _readings(page: Page) -> list[Reading]:
    """The best reading of each source, and of what it leaves when its lines are taken away: further copies."""
    return [reading for source, seen in by_source(page) for reading in _readings_of(source, seen)]


@lru_cache(maxsize=256)
def _readings_of(source: Source, rest: Page) -> tuple[Reading, ...]:
    """The readings of one source; they stay as they are when further looks are taken."""
    found: list[Reading] = []
    for _ in range(_MOST_COPIES):
        best = _best_reading(tuple(streams(source, rest)))
        if best is None:
            break
        found.append(best)
        used = {id(line) for line in best.lines}
        rest = Page(rest.width, rest.height, tuple(line for line in rest.lines if id(line) not in used))
    return tuple(found)


def _best_reading(orders: Sequence[Stream]) -> Reading | None:
    """The best of several reading orders; only one that has the letters of the statement in one piece can be whole."""
    for tried in ([stream for stream in orders if STATEMENT in stream.text], orders):
        read = [reading for stream in tried if (reading := read_words(stream)) is not None]
        best = max(read, key=_rank, default=None)
        if best is not None and best.whole:
            break
    return best


def _same_place(one: Polygon, other: Polygon) -> bool:
    if not one or not other:
        return one == other
    return _shared(one, other) >= _SAME_PLACE * min(_area(one), _area(other))


def _area(polygon: Polygon) -> int:
    if not polygon:
        return 0
    left, top, right, bottom = bounds(polygon)
    return max(1, right - left) * max(1, bottom - top)


def _shared(one: Polygon, other: Polygon) -> int:
    if not one or not other:
        return 0
    left, top, right, bottom = (
        *map(max, bounds(one)[:2], bounds(other)[:2]),
        *map(min, bounds(one)[2:], bounds(other)[2:]),
    )
    return max(0, right - left) * max(0, bottom - top)


def _is_warning(reading: Reading) -> bool:
    """The heading within three edits, any two anchors, or a good part of the words (rulebook, present)."""
    heading = "".join(letters(reading.words[index].text) for index in HEADING)
    wanted = "".join(CANONICAL_LETTERS[index] for index in HEADING)
    if Levenshtein.distance(same_shapes(heading), same_shapes(wanted)) <= _HEADING_EDITS:
        return True
    read = same_shapes("".join(letters(word.text) for word in reading.words if word.state in RIGHT))
    anchors = sum(same_shapes(letters(anchor)) in read for anchor in ANCHORS)
    return anchors >= 2 or reading.right >= _FOUND_WORDS


def _confirmed(readings: Sequence[Reading]) -> bool:
    if any(reading.whole for reading in readings):
        return True
    voters = [reading for reading in readings if reading.matched >= _VOTING_WORDS]
    added = [letters(word.text) for reading in voters for word in reading.extra]
    if any(added.count(text) >= SURE_LOOKS for text in added):
        return False
    pairs = range(len(CANONICAL_WORDS) - 1)
    return all(any(reading.joined(index) for reading in voters) for index in pairs)


def _as_read(copy: _Copy, copies: tuple[int, ...]) -> WarningReading:
    best, page = copy.best, copy.panel.page
    extents = {source: around_all(line.polygon for line in seen.lines) for source, seen in by_source(page)}
    whole = around_all(line.polygon for line in page.lines if line.look == 0)
    close = [
        reading
        for reading in copy.readings
        if reading.source.look and _area(extents[reading.source]) < _CLOSE_UP * _area(best.polygon)
    ]
    crops = [
        reading
        for reading in copy.readings
        if reading.source.look
        and reading not in close
        and (not whole or _shared(extents[reading.source], whole) < _WHOLE_PAGE * _area(whole))
    ]
    return WarningReading(
        found=True,
        image=copy.panel.index,
        text=best.text,
        words=tuple(_word(index, best, copy.readings, close) for index in range(len(CANONICAL_WORDS))),
        extra=tuple(_extra(word, best, copy.readings) for word in best.extra),
        headings=tuple(heading for reading in copy.readings if (heading := _heading(reading)) is not None),
        lines=best.lines,
        turn=quarter_turn(best.lines[0].angle_degrees),
        evidence=(Evidence(copy.panel.index, best.polygon),),
        confirmed=_confirmed(copy.readings),
        copies=copies,
        in_first_look=any(reading.source.look == 0 and _is_warning(reading) for reading in copy.readings),
        crops=len(crops),
        close_ups=len(close),
    )


def _word(index: int, best: Reading, readings: Sequence[Reading], close: Sequence[Reading]) -> WarningWord:
    word = best.words[index]

    def agrees(other: ReadWord) -> bool:
        same = other.state is word.state and _told_apart(index, other.text) == _told_apart(index, word.text)
        return same and (word.state is not WordState.MISSING or other.confidence > 0)

    return WarningWord(
        index,
        CANONICAL_WORDS[index],
        word.state,
        word.text,
        word.confidence,
        word.polygon,
        tuple(mark for reading in (best, *readings) if (mark := reading.words[index].mark) is not None),
        alike=len({reading.source for reading in readings if agrees(reading.words[index])}),
        close=any(agrees(reading.words[index]) for reading in close),
    )


def _told_apart(index: int, text: str) -> str:
    """What two readings of a word must have alike: its letters, and the brackets of a number."""
    return same_shapes(letters(text)) + "".join(char for char in text if index in NUMBERS and not char.isalnum())


def _extra(word: ExtraWord, best: Reading, readings: Sequence[Reading]) -> ExtraWords:
    same = (letters(word.text), word.before)
    alike = {r.source for r in readings if any((letters(e.text), e.before) == same for e in r.extra)}
    within = bool(word.polygon) and _shared(word.polygon, best.polygon) >= _SAME_PLACE * _area(word.polygon)
    return ExtraWords(word.text, word.before, word.confidence, word.polygon, word.inline, within, len(alike))


def _heading(reading: Reading) -> Heading | None:
    words = [reading.words[index] for index in HEADING]
    if not all(word.text for word in words):
        return None
    text = " ".join(word.text for word in words)
    small = [char for char in text if char.islower() and char != "l"]
    return Heading(text, min(word.confidence for word in words), len(small), sum(char in _TWO_SHAPES for char in small))
