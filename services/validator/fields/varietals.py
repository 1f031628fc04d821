"""Grape variety names (27 CFR 4.23, 4.28, 4.91, 4.92)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from services.validator.fields.model import Statement
from services.validator.fields.passages import LabelText, Passage, key_of
from services.validator.fields.phrases import Lexicon, Sighting, in_paragraph, is_warning, statements
from services.validator.fields.wordlists import load, words

_DATA = load("grapes.toml")
_GROUPS: list[tuple[str, ...]] = [(entry["name"], *entry["synonyms"]) for entry in _DATA["approved"]]
GRAPES: Lexicon[str] = Lexicon.of(
    [
        *((name, group[0]) for group in _GROUPS for name in group[:1]),
        *((name, group[0]) for group in _GROUPS for name in group[1:]),
        *((name, name) for name in (*_DATA["types"], *_DATA["imported"])),
        *((entry["name"], entry["name"]) for entry in (*_DATA["former"], *_DATA["shortened"])),
    ]
)
"""Names by key; each stands for itself, a synonym that has no entry of its own for the variety."""

_SYNONYMS: dict[str, frozenset[str]] = {}
for _group in _GROUPS:
    _keys = frozenset(key_of(name) for name in _group)
    for _name in _keys:
        _SYNONYMS[_name] = _SYNONYMS.get(_name, frozenset()) | _keys
for _entry in (*_DATA["former"], *_DATA["shortened"]):
    _SYNONYMS[key_of(_entry["name"])] = frozenset(key_of(_entry[of]) for of in ("name", "approved"))
APPROVED = frozenset(key_of(name) for group in _GROUPS for name in group)
"""Keys of the names of 27 CFR 4.91."""

TYPES = frozenset(key_of(name) for name in _DATA["types"])
"""Keys of the types of varietal significance of 27 CFR 4.28."""

FORMER: dict[str, date] = {key_of(entry["name"]): entry["bottled_before"] for entry in _DATA["former"]}
"""Keys of names for American wine bottled before a date only: 27 CFR 4.92 and 4.28(e)(3)."""

SHORTENED: dict[str, str] = {key_of(entry["name"]): entry["approved"] for entry in _DATA["shortened"]}
"""Approved names by the keys of their short forms."""

LABRUSCA = frozenset(key_of(name) for name in _DATA["labrusca"])
"""Keys of Vitis labrusca varieties, for which 27 CFR 4.23(c) has a rule of its own."""

_COLOURS = {key_of(name): colour for colour in ("red", "white") for name in _DATA[f"{colour}_wine"]}
# Common words that are grape names too: only as a whole line or with another grape.
ORDINARY_WORDS = words("ordinary_grapes")


def grape_named(text: str) -> str | None:
    """The listed name for a text that is a grape's name as a whole, else None."""
    return GRAPES.get(key_of(text))


def colour_of(name: str) -> str:
    """`red` or `white` for grapes whose wine is nearly always of that colour, else empty."""
    return _COLOURS.get(key_of(name), "")


def same_grape(one: str, other: str) -> bool:
    """Whether two names are one variety: equal at N4, or synonyms in 4.91."""
    first, second = key_of(one), key_of(other)
    return first == second or bool(
        _SYNONYMS.get(first, frozenset({first})) & _SYNONYMS.get(second, frozenset({second}))
    )


def split_grapes(text: str) -> tuple[str, ...]:
    """The names of a list as applications write it: `Merlot, Syrah`, `60% Merlot / 40% Syrah`."""
    parts = re.split(r"[,;/+]|\band\b|&|\d+(?:\.\d+)?\s*%", text)
    return tuple(part.strip(" .-") for part in parts if part.strip(" .-"))


def read_grapes(text: LabelText) -> tuple[Statement[str], ...]:
    """Every grape name outside prose and the health warning, in order of place."""
    found = [pair for passage in text.passages if not is_warning(passage) for pair in grapes_in(passage)]
    return statements(found)


def grapes_in(passage: Passage) -> Iterator[tuple[Sighting, str]]:
    """Grape names that begin in the first row, unless it is prose or an address."""
    squeezed = "".join(token.key for token in passage.first_row)
    if in_paragraph(passage) or re.search(r"bottled|produced|imported|distributed|winery|vineyard|street", squeezed):
        return
    sightings = list(GRAPES.find(passage))
    for sighting, name in sightings:
        alone = sighting.whole_rows() or any(key_of(other) not in ORDINARY_WORDS for _, other in sightings)
        percent = any("%" in token.text for token in passage.first_row)
        if sighting.key in ORDINARY_WORDS and not (alone or percent):
            continue
        if len(passage.first_row) - len(sighting.tokens) > 7 and not percent:
            continue
        yield sighting, name
