"""What speaks for and against a name being the brand, each clue a number of about 0 to 1."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from services.validator.fields.brand_names import Name, may_be_in_name
from services.validator.fields.brand_sheet import Sheet
from services.validator.fields.brand_spelling import site_names
from services.validator.fields.brand_words import (
    AMPERSANDS,
    ARTICLES,
    MAKERS,
    PARTICLES,
    PREPOSITIONS,
    SENTENCE,
    TRADERS,
    items,
    plain_words,
)
from services.validator.fields.lettering import Row, dangles, follows, gap, is_address, other_weight, overlap, unlike
from services.validator.fields.model import LabelPanel
from services.validator.fields.places import BUSINESS_WORDS
from services.validator.submission import Panel

_SMALLEST = -3.0
_STANDING_TOP = 0.3
_SMALL_AMID_CAPITALS = re.compile(r"[A-Z]{2}[a-z][A-Z]{2}")
_ROUND = "o"
_LONG_KEY = 6
_USUAL_WORDS = 4
_SHORT_KEY = 4
_LIKE = 0.5
_CLOSE = 0.6
_WORDS_TO_GO_ON = 3
_NAMES_BEGIN = frozenset({"da", "de", "di", "du"})


class Clue(Enum):
    """What is looked at. Of display: the first eight; of the words; of other places; of how surely it was read."""

    SIZE = auto()
    """Binary logarithm of its height, the tallest name of the image being 0."""
    TOP = auto()
    """How high it stands, 0 at the foot of the image, or of its part of a sheet, to 1."""
    FIRST = auto()
    """It is the first name from the top, there."""
    STANDING = auto()
    """It reads upwards or downwards."""
    STACKED = auto()
    """It is set in several rows."""
    UNEVEN = auto()
    """How much the lettering of its rows differs."""
    CUT = auto()
    """The row above or below looks like more of it."""
    FRONT = auto()
    """The image is said to be the front."""
    BACK = auto()
    """The image is said to be the back or a strip."""

    MAKER = auto()
    """It has a word such as Winery."""
    IMPORTER = auto()
    """It has a word such as Imports, or such a row is under it."""
    HOUSE = auto()
    """A row under it says only `Brewing Company` or the like."""
    ITEM = auto()
    """The share of classes, grapes and places in its letters."""
    SENTENCE = auto()
    """It has words or marks of a sentence."""
    WORDY = auto()
    """It has more words than names have."""
    SHORT = auto()
    """It has three letters."""
    GARBLED = auto()
    """It mixes capitals and small letters as no print does."""
    DANGLING = auto()
    """It begins or ends with a word that joins."""

    REPEATED = auto()
    """It stands at another place too."""
    IN_ADDRESS = auto()
    """It stands in a name and address too, not the importer's."""
    IN_IMPORTER_ADDRESS = auto()
    """It stands in the importer's name and address too."""
    ONLY_ADDRESS = auto()
    """It stands in a name and address here."""
    SITE = auto()
    """It is displayed, and names a website or an account."""
    OF_SITE = auto()
    """It is not displayed, and names a website or an account."""
    OF_NOTE = auto()
    """It is not displayed, and a note on the label is about it."""
    APPELLATION = auto()
    """The label calls it an appellation, or speaks of wine of that name."""
    PART = auto()
    """All other places have it as a part of a longer name."""
    TORN = auto()
    """One of its rows stands elsewhere, the whole does not."""

    TRIMMED = auto()
    """Other words stand in its rows."""
    EXTENDED = auto()
    """A part of it was read at other places only."""
    RESPELLED = auto()
    """Other places spell it so, the display does not."""
    DOUBT = auto()
    """1 less the confidence of the reading."""
    DISPUTED = auto()
    """How unlike another look reads the place."""
    CONFIRMED = auto()
    """Another look reads the place alike."""
    LESS = auto()
    """Another look reads more letters there, in as many rows."""
    ORNAMENT = auto()
    """Another look reads all of it but a round letter at an end, which an ornament looks like."""


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """Where else a name stands."""

    repeated: bool = False
    address: bool = False
    importer: bool = False


def clues_of(
    names: Sequence[Name], everything: Sequence[Row], panels: Iterable[LabelPanel]
) -> list[Mapping[Clue, float]]:
    """The clues of each name, among `everything` that is printed."""
    sheets = {panel.index: Sheet(panel, names, everything) for panel in panels}
    sites = site_names(everything)
    parts = frozenset("".join(row.key for row in name.rows) for name in names if name.extended)
    return [
        {**_display(name, sheets[name.first.image]), **_wording(name, sheets[name.first.image])}
        | _places(name, sheets[name.first.image], everything, sites, parts)
        | _reading(name, sheets[name.first.image])
        for name in names
    ]


def _display(name: Name, sheet: Sheet) -> dict[Clue, float]:
    first, last = name.first, name.rows[-1]
    _, top, _, bottom = name.place
    above, below = sheet.above(first), sheet.below(last)
    goes_on = (above is not None and _is_more(above, above, first)) or (
        below is not None and _is_more(below, last, below)
    )
    upright = first.turn == 0
    return {
        Clue.SIZE: max(_SMALLEST, math.log2(name.height / sheet.tallest)),
        Clue.TOP: sheet.level(top, bottom) if upright else _STANDING_TOP,
        Clue.FIRST: float(upright and sheet.is_first(first)),
        Clue.STANDING: float(not upright),
        Clue.STACKED: float(len(name.rows) > 1),
        Clue.UNEVEN: max((unlike(one, other) for one, other in pairwise(name.rows)), default=0.0),
        Clue.CUT: float(goes_on and name.displayed),
        Clue.FRONT: float(sheet.panel.panel is Panel.FRONT),
        Clue.BACK: float(sheet.panel.panel in (Panel.BACK, Panel.STRIP)),
    }


def _is_more(other: Row, upper: Row, lower: Row) -> bool:
    """Whether a row beside a name, the upper or the lower of the two, looks like more of it."""
    if not follows(upper, lower) or not may_be_in_name(other):
        return False
    alike = (
        unlike(upper, lower) < _LIKE
        and not other_weight(upper, lower)
        and gap(upper, lower) <= _CLOSE * max(upper.height, lower.height)
    )
    return dangles(upper, lower) or (alike and other.key not in items() and len(other.words) <= _WORDS_TO_GO_ON)


def _wording(name: Name, sheet: Sheet) -> dict[Clue, float]:
    words, below = name.words, sheet.below(name.rows[-1])
    sentence = sum(word in SENTENCE for word in words)
    joins = (PARTICLES | PREPOSITIONS) - ARTICLES - _NAMES_BEGIN
    dangling = words[0] in joins or words[-1] in PARTICLES or name.text[-1] in AMPERSANDS
    trader = any(word in TRADERS for word in words) or (below is not None and _is_business(below, TRADERS))
    return {
        Clue.MAKER: float(any(word in MAKERS for word in words)),
        Clue.IMPORTER: float(trader),
        Clue.HOUSE: float(below is not None and _is_business(below, MAKERS - TRADERS)),
        Clue.ITEM: sum(len(word) for word in words if word in plain_words()) / len(name.key),
        Clue.SENTENCE: min(2, sentence) / 2 + ("!" in name.text or "?" in name.text),
        Clue.WORDY: max(0, len(words) - _USUAL_WORDS) / 2,
        Clue.SHORT: float(len(name.key) < _SHORT_KEY),
        Clue.GARBLED: float(any(_is_garbled(word) for word in name.text.split())),
        Clue.DANGLING: float(dangling),
    }


def _is_garbled(word: str) -> bool:
    """`UrarTIt`: small letters turn into capitals amid the word more than once, or a single one stands amid them."""
    turns = [(one.islower(), other.isupper()) for one, other in pairwise(filter(str.isalpha, word))]
    return turns.count((True, True)) > 1 or bool(_SMALL_AMID_CAPITALS.search(word))


def _is_business(row: Row, kind: frozenset[str]) -> bool:
    """Whether a row holds nothing but business words, one of them of this kind."""
    keys = [key for key in row.keys if key not in ("and", "wine")]
    return any(key in kind for key in keys) and all(key in BUSINESS_WORDS | kind for key in keys)


def _places(
    name: Name, sheet: Sheet, everything: Sequence[Row], sites: frozenset[str], parts: frozenset[str]
) -> dict[Clue, float]:
    over = sheet.above(name.first)
    over_that = sheet.above(over) if over is not None else None
    others = _elsewhere(name, everything)
    torn = len(name.rows) > 1 and not others.repeated and _stands_alone(name, everything)
    named = name.key in sites or name.key.removeprefix("the") in sites
    return {
        Clue.REPEATED: float(others.repeated),
        Clue.IN_ADDRESS: float(others.address),
        Clue.IN_IMPORTER_ADDRESS: float(others.importer),
        Clue.ONLY_ADDRESS: float(is_address(name.first, [row for row in (over, over_that) if row is not None])),
        Clue.SITE: float(named and not name.of_site),
        Clue.OF_SITE: float(name.of_site),
        Clue.OF_NOTE: float(name.of_note),
        Clue.APPELLATION: float(_is_appellation(name, sheet)),
        Clue.PART: float(not name.extended and name.key in parts),
        Clue.TORN: float(torn),
    }


def _elsewhere(name: Name, everything: Sequence[Row]) -> _Elsewhere:
    rows = list(name.elsewhere(everything))
    repeated = address = importer = False
    for at, row in enumerate(rows):
        if row.has(name.key) or (len(name.key) >= _LONG_KEY and name.key in row.key):
            repeated = True
            above = [each for each in rows[max(0, at - 2) : at] if each.image == row.image]
            if is_address(row, above):
                imports = any("import" in each.key for each in (row, *above))
                importer, address = importer or imports, address or not imports
    return _Elsewhere(repeated, address, importer)


def _stands_alone(name: Name, everything: Sequence[Row]) -> bool:
    """Whether one row of the name stands elsewhere."""
    rows = list(name.elsewhere(everything))
    return any(len(own.key) >= _SHORT_KEY and any(row.has(own.key) for row in rows) for own in name.rows)


def _is_appellation(name: Name, sheet: Sheet) -> bool:
    below = sheet.below(name.rows[-1])
    if below is not None and below.is_protected and len(name.rows) == 1:
        return True
    key = name.key
    return any(
        (row.is_protected and key in row.key and row.key != key) or f"wineof{key}" in row.key for row in sheet.rows
    )


def _reading(name: Name, sheet: Sheet) -> dict[Clue, float]:
    look, place, key = name.first.look, name.place, name.key
    there = [
        other
        for other in sheet.names
        if other.first.look != look and overlap(place, other.place) and _alike(name.height, other.height)
    ]
    others = {other.key for other in there}
    less = any(key in other.key and key != other.key and len(other.rows) == len(name.rows) for other in there)
    ornament = bool({key.removeprefix(_ROUND), key.removesuffix(_ROUND)} & (others - {key}))
    unlike_it = [1 - Levenshtein.normalized_similarity(other, key) for other in others if not _within(other, key)]
    confirmed = key in others
    return {
        Clue.TRIMMED: float(name.trimmed and name.displayed),
        Clue.EXTENDED: float(name.extended),
        Clue.RESPELLED: float(name.respelled),
        Clue.DOUBT: 1 - name.confidence,
        Clue.DISPUTED: 0.0 if confirmed else max(unlike_it, default=0.0),
        Clue.CONFIRMED: float(confirmed),
        Clue.LESS: float(less and not any(_ROUND + key == other or key + _ROUND == other for other in others)),
        Clue.ORNAMENT: float(ornament),
    }


def _alike(one: float, other: float) -> bool:
    return min(one, other) >= _LIKE * max(one, other)


def _within(one: str, other: str) -> bool:
    return one in other or other in one
