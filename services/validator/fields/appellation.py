"""Appellations of origin on wine (27 CFR 4.25): States, counties, viticultural areas, and protected foreign names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from services.common.page import bounds
from services.validator.fields.known_names import NameMatch
from services.validator.fields.model import Evidence, Statement
from services.validator.fields.name_address import address_rows
from services.validator.fields.passages import LabelText, Passage, Token, key_of
from services.validator.fields.phrases import Lexicon, Sighting, in_paragraph, is_warning, statements
from services.validator.fields.places import (
    COUNTRIES,
    STATES,
    UNITED_STATES,
    VITICULTURAL_AREAS,
    Country,
    country_named,
    places_in,
)
from services.validator.fields.wordlists import load, words

_PROTECTED = re.compile(
    r"appellation(?!d)|denominaci|denominaz|indicazionegeografica|indicationgeograph|controllata|"
    r"protetta|proteg|qualitatswein|controlee"
)
_MARK = re.compile(r"^(?:igp|igt|doc|docg|aoc|aop|dop|do|dopca|vdp|pgi|pdo|qba)$")
_LEAD = re.compile(
    r"(?:denominaciond(?:e)?origen(?:calificada|protegida)?|denominaciodorigen|denominacaodeorigem(?:controlada|protegida)?|"
    r"vinodelatierra|vindepays|appellationdorigine|appellation|wineoforigin|vinhoregional|"
    r"indicazionegeografica(?:tipica|protetta)|indicaciongeograficaprotegida|indicationgeographiqueprotegee|"
    r"denominazionediorigine(?:controllata|protetta)(?:egarantita)?)$"
)
_PARTICLES = frozenset({"de", "del", "della", "des", "di", "do", "du", "la"})
_ADDRESS = re.compile(
    r"bottled|produced|imported|distributed|vinted|cellared|shipped|winery|vineyards|wines|llc|\binc\b|\d{5}"
)
_LEAST_LETTERS = 4
_OF_WINE = frozenset({"appellation", "blend", "produce", "product", "wine", "wines"})


APPELLATION_WORDS = words("appellation")
"""Words that may stand beside an appellation without belonging to its name."""


class AppellationKind(StrEnum):
    """What kind of area the name is."""

    AMERICAN = "american"
    STATE = "state"
    COUNTY = "county"
    VITICULTURAL_AREA = "viticultural_area"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Appellation:
    """An area by its name.

    `states` are the U.S. States it lies in, empty for foreign and unknown ones; `country` is that of a known foreign
    one. `protected` tells that the words of a protected designation stand beside the name, or that it is known.
    """

    name: str
    kind: AppellationKind
    states: tuple[str, ...] = ()
    country: Country | None = field(default=None, compare=False)
    protected: bool = field(default=True, compare=False)


KNOWN: Lexicon[Appellation] = Lexicon.of(
    [
        *(
            (name, Appellation(name, AppellationKind.VITICULTURAL_AREA, states))
            for name, states in VITICULTURAL_AREAS.items()
        ),
        *((name, Appellation(name, AppellationKind.STATE, (name,))) for name in STATES.values()),
        *(
            (name, Appellation("American", AppellationKind.AMERICAN, tuple(STATES.values())))
            for name in ("American", "United States")
        ),
    ]
)


REGIONS: Lexicon[Appellation] = Lexicon.of(
    (name, Appellation(name, AppellationKind.FOREIGN, country=country_named(country)))
    for country, names in load("regions.toml")["regions"].items()
    for name in names
)
"""Known wine regions of other countries."""


def appellation_named(text: str) -> Appellation | None:
    """The American appellation that a text is, added State and the word Appellation left out, else None."""
    parts = [part.strip() for part in re.split(r"[,|]| - ", text) if part.strip()]
    first = re.sub(r"\s+(?:appellation|ava)$", "", parts[0] if parts else "", flags=re.IGNORECASE)
    county = re.fullmatch(r"(.+?)\s+county", first, re.IGNORECASE)
    if county:
        return Appellation(
            first, AppellationKind.COUNTY, tuple(s for s in STATES.values() if key_of(s) in map(key_of, parts[1:]))
        )
    return KNOWN.get(key_of(first))


def read_appellations(text: LabelText) -> tuple[Statement[Appellation], ...]:
    """Areas named outside prose and addresses, the surest and most prominent first."""
    addresses = address_rows(text)
    found = [
        pair
        for passage in text.passages
        if not is_warning(passage)
        for pair in _in_passage(passage)
        if not _stands_in(pair[0], addresses)
    ]
    height: dict[Appellation, float] = {}
    for sighting, area in found:
        height[area] = max(height.get(area, 0.0), sighting.passage.height)
    return tuple(
        sorted(statements(found), key=lambda s: (_ORDER[s.value.kind], not s.value.protected, -height[s.value]))
    )


_ORDER = {
    AppellationKind.FOREIGN: 0,
    AppellationKind.VITICULTURAL_AREA: 1,
    AppellationKind.COUNTY: 2,
    AppellationKind.STATE: 3,
    AppellationKind.AMERICAN: 4,
}


def chosen_appellation(
    appellations: tuple[Statement[Appellation], ...], match: NameMatch | None
) -> Statement[Appellation] | None:
    """The appellation to show: the application's when the label prints it, else the likeliest."""
    if match is None or not match.found or match.statement is None:
        return appellations[0] if appellations else None
    same = next((area for area in appellations if key_of(area.value.name) == key_of(match.wanted)), None)
    if same is not None:
        return same
    known = appellation_named(match.wanted) or REGIONS.get(key_of(match.wanted))
    printed = match.statement
    value = known or Appellation(printed.value, AppellationKind.FOREIGN)
    return Statement(value, printed.text, printed.confidence, printed.evidence, printed.alike)


def _stands_in(sighting: Sighting, places: tuple[Evidence, ...]) -> bool:
    left, top, right, bottom = bounds(sighting.polygon) if sighting.polygon else (0, 0, 0, 0)
    x, y = (left + right) / 2, (top + bottom) / 2
    boxes = (bounds(place.polygon) for place in places if place.image == sighting.passage.image and place.polygon)
    return any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in boxes)


def _in_passage(passage: Passage) -> Iterator[tuple[Sighting, Appellation]]:
    row = passage.first_row
    if in_paragraph(passage) or _ADDRESS.search("".join(token.key for token in row)):
        return
    if len(row) <= 7 and not _is_address(passage.row_text(0)):
        for sighting, area in KNOWN.find(passage):
            if area.kind is AppellationKind.STATE and _is_part_of_a_name(sighting):
                continue
            if sighting.key not in {"washington", "madera"}:
                yield sighting, area
        for at, token in enumerate(row):
            if token.key == "county" and 0 < at <= 3:
                sighting = Sighting(passage, 0, at + 1)
                yield sighting, Appellation(sighting.text, AppellationKind.COUNTY)
        yield from _foreign(passage)


def _is_part_of_a_name(sighting: Sighting) -> bool:
    """Whether a State ends an address (`Reno, Nevada`) or another name (`The University of Nevada`)."""
    before = [token for token in sighting.passage.tokens[: sighting.start] if token.row == 0]
    if not before:
        return False
    of_name = before[-1].key == "of" and len(before) > 1 and before[-2].key not in _OF_WINE
    return before[-1].closes or of_name


def _is_address(line: str) -> bool:
    """`Reno, NV` is an address, `Napa Valley, California` is none."""
    return any(
        place.city and key_of(place.city) not in KNOWN and "county" not in place.city.casefold()
        for place in places_in(line)
    )


def _foreign(passage: Passage) -> Iterator[tuple[Sighting, Appellation]]:
    """Known regions; names right above the words of a protected designation, after them, or in one line with its mark.

    `Terre Verdi IGP`, `Vino de la Tierra de Olmo`, `Valle Verde - Chile`. A known region in such a name is the name.
    """
    known = [(sighting, area) for sighting, area in REGIONS.find(passage) if _is_item(sighting)]
    yield from known
    if known:
        return
    row = passage.first_row
    for begin, end, protected in _named_places(passage, row):
        start = next((at for at in range(begin, end) if passage.tokens[at].key not in _PARTICLES), end)
        tokens = passage.tokens[start:end]
        if _may_be_area(tokens):
            sighting = Sighting(passage, start, end)
            yield sighting, Appellation(sighting.text, AppellationKind.FOREIGN, protected=protected)
            return


def _named_places(passage: Passage, row: tuple[Token, ...]) -> Iterator[tuple[int, int, bool]]:
    """Where an unknown area may stand, begin and end, and whether words of protection tell so."""
    first = "".join(token.key for token in row)
    second = "".join(token.key for token in passage.tokens if token.row == 1)
    if _PROTECTED.search(second) and not _PROTECTED.search(first) and len(row) <= 5:
        yield 0, len(row), True
    read = ""
    for at, token in enumerate(row[:-1]):
        read += token.key
        if _LEAD.search(read) and not _PROTECTED.search("".join(each.key for each in row[at + 1 :])):
            yield at + 1, len(row), True
        elif _LEAD.search(read) and _PROTECTED.match(row[-1].key):
            yield at + 1, len(row) - 1, True
    if len(row) > 6:
        return
    for at, token in enumerate(row):
        if _MARK.match(token.key):
            yield (0, at, True) if at > 0 else (1, len(row), True)
            return
    last = COUNTRIES.get(row[-1].key) if row else None
    dashed = len(row) > 1 and (row[-1].opens or row[-2].closes)
    if last is not None and last.name != UNITED_STATES and dashed and row[0].key != "product":
        yield 0, len(row) - 1, False


def _is_item(sighting: Sighting) -> bool:
    """Whether a known region stands by itself, not in a longer name: alone, between separators, or after `of`."""
    row = sighting.passage.first_row
    others = len(row) - len([token for token in sighting.tokens if token.row == 0])
    before = row[sighting.start - 1] if sighting.start else sighting.passage.before
    parted = before is None or before.closes or sighting.tokens[0].opens or before.key in {"of", "di", "de"}
    return others <= 3 or (parted and sighting.tokens[-1].closes)


def _may_be_area(tokens: tuple[Token, ...]) -> bool:
    letters = sum(len(token.key) for token in tokens)
    plain = all(token.key.isalpha() and (len(token.key) > 1 or token.text.endswith("'")) for token in tokens)
    return plain and letters >= _LEAST_LETTERS
