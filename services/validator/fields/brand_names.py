"""What on a label is displayed as a name: a line, a part of one, or lines under each other in one lettering.

What is plainly something else is left out here; what remains is weighed in `services.validator.fields.brand`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from services.common.page import Line, Polygon, bounds
from services.validator.fields.appellation import APPELLATION_WORDS
from services.validator.fields.brand_words import (
    AMPERSANDS,
    EDGES,
    MAKERS,
    NO_NAMES,
    NOT_A_NAME,
    PARTICLES,
    PARTS,
    SITE,
    TOWN,
    WARNING,
    YEAR,
    is_native,
    is_warning_text,
    items,
    plain_words,
)
from services.validator.fields.layout import FlatLine, lay_flat, looks
from services.validator.fields.lettering import Box, Row, around, dangles, follows, gap, other_weight, overlap, rows_of
from services.validator.fields.model import LabelPanel
from services.validator.fields.passages import key_of
from services.validator.fields.places import BUSINESS_WORDS

_MAX_WORDS = 6
_MAX_WORDS_OF_ROW = 9
_MAX_ROWS = 4
_LEAST_CONFIDENCE = 0.5
_LEAST_LETTERS = 3
_TRADE = frozenset({"wine", "beer", "spirits", "vino", "vin"})


@dataclass(frozen=True)
class Name:
    """Print that may be a name: its `text`, and the `rows` on which it is displayed.

    `trimmed`: words in the rows do not belong to it. `extended`, `respelled`: its text is that of another place of the
    label. `of_site`: it names a website. `of_note`: a note on the label is about it.
    """

    text: str
    rows: tuple[Row, ...]
    trimmed: bool = False
    extended: bool = False
    respelled: bool = False
    of_site: bool = False
    of_note: bool = False

    @cached_property
    def key(self) -> str:
        """N4 without spaces."""
        return key_of(self.text)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words at N4."""
        return tuple(key for word in self.text.split() if (key := key_of(word)))

    @property
    def first(self) -> Row:
        """The row in which it begins."""
        return self.rows[0]

    @property
    def displayed(self) -> bool:
        """Whether it is set as a name, not taken from running text."""
        return not self.of_site and not self.of_note

    @cached_property
    def height(self) -> float:
        """Height of the largest lettering in pixels."""
        return max(row.height for row in self.rows)

    @cached_property
    def flats(self) -> tuple[FlatLine, ...]:
        """The lines on which it stands."""
        return tuple(flat for row in self.rows for flat in row.flats)

    @cached_property
    def polygon(self) -> Polygon:
        """The place in the image."""
        return around(self.flats)

    @cached_property
    def place(self) -> Box:
        """Left, top, right, bottom in the image."""
        return bounds(self.polygon)

    @property
    def confidence(self) -> float:
        """The least sure line."""
        return min(row.confidence for row in self.rows)

    def elsewhere(self, everything: Iterable[Row]) -> Iterator[Row]:
        """The rows on which it is not displayed."""
        own, image = self.place, self.first.image
        for row in everything:
            if row.image != image or not overlap(row.place, own):
                yield row


def displayed_names(panels: Iterable[LabelPanel]) -> Iterator[Name]:
    """Names as the lines show them, by image, look and direction of reading."""
    for panel in panels:
        for look in looks(panel.page):
            lines = (line for line in panel.page.lines if line.look == look and line.text.strip() and line.polygon)
            yield from _names_of_look(panel.index, look, tuple(lines))


@lru_cache(maxsize=256)
def _names_of_look(image: int, look: int, lines: tuple[Line, ...]) -> tuple[Name, ...]:
    """The names that one look shows; they stay as they are when further looks are taken."""
    found: list[Name] = []
    flats = [lay_flat(line) for line in lines]
    for turn, engine in sorted({(flat.turn, flat.line.engine) for flat in flats}):
        own = [flat for flat in flats if (flat.turn, flat.line.engine) == (turn, engine)]
        rows = list(rows_of(image, look, own))
        found += [name for row in rows for stack in _stacks(row, rows) for name in _names_in(stack)]
    return tuple(found)


def _stacks(row: Row, rows: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    """The row, and the row with one, two or three rows of like lettering under it."""
    if not may_be_in_name(row):
        return
    stack: tuple[Row, ...] = (row,)
    yield stack
    while len(stack) < _MAX_ROWS:
        below = _under(stack[-1], rows)
        if below is None or _is_item(stack[-1], below) or other_weight(stack[-1], below) or not may_be_in_name(below):
            return
        stack = (*stack, below)
        if sum(len(each.words) for each in stack) > _MAX_WORDS:
            return
        yield stack


def _under(row: Row, rows: Iterable[Row]) -> Row | None:
    """The row right below that looks like more of the same text."""
    near = [each for each in rows if follows(row, each)]
    return max(near, key=lambda each: (-round(gap(row, each) / row.height), len(each.flats)), default=None)


def _is_item(row: Row, below: Row) -> bool:
    """Whether one of two rows is an item of its own: a class, a grape or a place, or what begins with a year."""
    if dangles(row, below):
        return False
    plain = all(key in plain_words() or key in PARTICLES or is_native(key) for key in below.keys)
    return (
        any(key in items() or key in NO_NAMES for key in (row.key, below.key))
        or (plain and below.key not in BUSINESS_WORDS)
        or bool(YEAR.match(below.words[0]))
    )


def may_be_in_name(row: Row) -> bool:
    """Whether a row may be a name or hold one."""
    text, key = row.text, row.key
    letters = sum(char.isalpha() for char in key)
    return (
        letters >= 2
        and letters * 2 >= len(key)
        and len(row.words) <= _MAX_WORDS_OF_ROW
        and row.confidence >= _LEAST_CONFIDENCE
        and not NOT_A_NAME.search(text)
        and not WARNING.search(key)
        and not is_warning_text(row.keys)
        and not SITE.search(text.casefold())
        and not TOWN.search(text)
        and not _of_items(row)
    )


def _of_items(row: Row) -> bool:
    """`Elm Valley, California`: nothing but places, classes and grapes with separators between them."""
    parts = [part for part in PARTS.split(row.text) if part.strip()]
    return len(parts) > 1 and all(key_of(part) in items() for part in parts)


def _names_in(stack: tuple[Row, ...]) -> Iterator[Name]:
    text = " ".join(row.text for row in stack)
    parts = [part for part in PARTS.split(text) if part.strip()]
    wanted = [*parts, text] if len(stack) == 1 and len(parts) > 1 else [text]
    for part in dict.fromkeys(wanted):
        tidy = _tidy(part)
        if tidy:
            name = Name(tidy, stack, trimmed=part != text)
            yield from (each for each in (name, *_without_items(name)) if is_name(each))


def _tidy(text: str) -> str:
    """Without what surrounds a name: decoration, marks, years."""
    own = [word for part in text.split() if (word := part if part in AMPERSANDS else EDGES.sub("", part))]
    while own and YEAR.fullmatch(own[-1]):
        own.pop()
    while own and YEAR.fullmatch(own[0]):
        own.pop(0)
    return " ".join(own).strip(" &+")


def _without_items(name: Name) -> Iterator[Name]:
    """The name without the class, grape or place that follows it in the same lettering."""
    own = name.text.split()
    for count in range(1, len(own)):
        if key_of(" ".join(own[count:])) in items() and key_of(own[count - 1]) not in PARTICLES:
            yield replace(name, text=" ".join(own[:count]), trimmed=True)


def is_name(name: Name) -> bool:
    """Whether the words are more than classes, grapes, places and forms of business.

    A generic word and a maker's word together are a name: `Dry Creek Cellars`, `Old Winery`.
    """
    key, words = name.key, name.words
    if sum(char.isalpha() for char in key) < _LEAST_LETTERS or len(words) > _MAX_WORDS or key in items():
        return False
    plain = plain_words() | PARTICLES | APPELLATION_WORDS
    own = [word for word in words if word not in plain and not is_native(word) and not word.isdigit()]
    if words[-1] not in MAKERS:
        own = [word for word in own if word not in BUSINESS_WORDS]
    only_business = all(word in BUSINESS_WORDS | PARTICLES | _TRADE for word in words)
    return bool(own) and not only_business and key not in NO_NAMES
