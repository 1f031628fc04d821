"""The brand name without an application's help: the most prominent name on the label (rulebook `wine.brand`).

Logos are drawn to be seen, so height counts most; a name that other places repeat (the name and address, another panel)
is the likelier. When two names compete, the reading is not sure, and a person or the application has to tell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from services.validator.fields.appellation import KNOWN as KNOWN_APPELLATIONS
from services.validator.fields.class_type import class_names, class_words
from services.validator.fields.layout import FlatLine
from services.validator.fields.model import Statement
from services.validator.fields.phrases import (
    LabelText,
    Passage,
    Sighting,
    Token,
    find,
    is_prose,
    is_warning,
    key_of,
    statements,
)
from services.validator.fields.places import COUNTRIES, STATES
from services.validator.fields.varietals import GRAPES, ORDINARY_WORDS
from services.validator.fields.wordlists import words
from services.validator.submission import Panel

_FRONT = {Panel.FRONT: 1.5, Panel.BACK: 0.7, Panel.STRIP: 0.7}
_COMPETES = 0.7
_MAX_WORDS = 6
_NOT_A_BRAND = re.compile(
    r"%|\bml\b|\d\s*(?:fl|oz|cl|l)\b|alc|proof|contains|sulfite|sulphite|warning|www|\.com|@|http|"
    r"bottled|produced|imported|distributed|brewed|"
    r"vinted|net\b|product of|actual dimensions|image type|inches|crv|refund|deposit|since|estab|"
    r"batch|vintage|denominaz|appellation|"
    r"indicaz|controll|protetta|mis en|origin|taste of|recycl|drink|enjoy|limited|handcrafted|"
    r"distilled|attention|scan|vegan|gluten|organic|"
    r"natural flavor|artificial|\buse\b|ingredient|certified|kosher|^lot|serv|release|gallon|pint|liter|notes",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class BrandCandidate:
    """A name that may be the brand, how prominent it is (pixels of height, weighted), and whether it stands twice."""

    statement: Statement[str]
    prominence: float
    competes: bool
    repeated: bool


@cache
def separate_items() -> frozenset[str]:
    """Keys of whole phrases that are items of their own: classes, grapes, States, countries, appellations."""
    places = {key_of(name) for name in STATES.values()} | set(COUNTRIES) | set(KNOWN_APPELLATIONS)
    return frozenset(places) | (frozenset(GRAPES) - ORDINARY_WORDS) | class_names()


@cache
def generic_words() -> frozenset[str]:
    """Keys of words that are no brand by themselves: classes, grapes, States, countries."""
    places = {key_of(name) for name in STATES.values()} | set(COUNTRIES) | set(KNOWN_APPELLATIONS)
    return class_words() | frozenset(GRAPES) | frozenset(places) | words("foreign_class_words")


def read_brand_candidates(text: LabelText) -> tuple[BrandCandidate, ...]:
    """Names on the label, the most prominent first."""
    generic = generic_words()
    kinds = {panel.index: panel.panel for panel in text.panels}
    places: dict[str, list[tuple[Sighting, str]]] = defaultdict(list)
    prominence: dict[str, float] = {}
    for passage in text.passages:
        sighting = _name_at(passage, generic)
        if sighting is None:
            continue
        kind = kinds[passage.image]
        weight = _FRONT.get(kind, 1.0) if kind else 1.0
        places[sighting.key].append((sighting, sighting.key))
        prominence[sighting.key] = max(prominence.get(sighting.key, 0.0), _height(sighting) * weight)
    repeats = {key: _repeats(text, key, places[key]) for key in prominence}
    for key, count in repeats.items():
        prominence[key] *= 1.0 + 0.4 * min(2, count)
    ranked = sorted(prominence, key=lambda key: -prominence[key])
    found: list[BrandCandidate] = []
    for at, key in enumerate(ranked[:6]):
        best = max(statements(places[key]), key=lambda statement: (statement.alike, statement.confidence))
        other = prominence[ranked[1 if at == 0 else 0]] if len(ranked) > 1 else 0.0
        shown = Statement(best.text, best.text, best.confidence, best.evidence, best.alike)
        found.append(
            BrandCandidate(shown, prominence[key], at > 0 or other >= _COMPETES * prominence[key], repeats[key] > 0)
        )
    return tuple(found)


def _name_at(passage: Passage, generic: frozenset[str]) -> Sighting | None:
    """The whole lines of like lettering that open the passage, when they may be a name."""
    if passage.before is not None or is_warning(passage) or is_prose(passage):
        return None
    if not _may_be_brand([*passage.first_row], passage.rows[0][0], generic):
        return None
    above, first = passage.above, passage.rows[0][0]
    if above is not None and _continues(above.height, first.height, first.top - above.bottom):
        tokens = [
            Token(w, key_of(w), above.line.confidence, (), 0, False, False)
            for w in above.line.text.split()
            if key_of(w)
        ]
        if tokens and _may_be_brand(tokens, above, generic):
            return None
    end_row = 1
    while end_row < min(len(passage.rows), 3):
        last, following = passage.rows[end_row - 1][-1], passage.rows[end_row][0]
        row = [token for token in passage.tokens if token.row == end_row]
        continues = _continues(last.height, following.height, following.top - last.bottom)
        if not continues or not row or not _may_be_brand(row, following, generic):
            break
        end_row += 1
    return Sighting(passage, 0, sum(1 for token in passage.tokens if token.row < end_row))


def _continues(one: float, other: float, gap: float) -> bool:
    smaller, larger = sorted((one, other))
    return smaller >= 0.75 * larger and gap <= 0.6 * larger


def _may_be_brand(tokens: list[Token], line: FlatLine, generic: frozenset[str]) -> bool:
    """Whether one row may be a name or a part of it."""
    key = "".join(token.key for token in tokens)
    letters = sum(char.isalpha() for char in key)
    if letters < 3 or letters * 2 < len(key) or len(tokens) > _MAX_WORDS or min(t.confidence for t in tokens) < 0.5:
        return False
    if line.width < 0.8 * line.height or _NOT_A_BRAND.search(" ".join(token.text for token in tokens)):
        return False
    return key not in generic and not all(token.key in generic or token.key.isdigit() for token in tokens)


def _height(sighting: Sighting) -> float:
    """Height of the lettering; a single line is trusted to be one line only up to half of its width."""
    flats = [flat for row in sighting.passage.rows[: sighting.last_row + 1] for flat in row]
    return max(flat.line.glyph_height_px or min(flat.height, flat.width / 2) for flat in flats)


def _repeats(text: LabelText, key: str, places: list[tuple[Sighting, str]]) -> int:
    """In how many other places the name stands."""
    own = {id(sighting.passage.rows[0][0].line) for sighting, _ in places[:1]}
    look = places[0][0].passage.look
    lines = {
        id(passage.rows[0][0].line) for passage in text.passages if passage.look == look for _ in find(passage, key)
    }
    return len(lines - own)
