"""Appellations of origin on wine (27 CFR 4.25): States, counties, viticultural areas, and protected foreign names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.validator.fields.model import Statement
from services.validator.fields.phrases import (
    LabelText,
    Lexicon,
    Passage,
    Sighting,
    is_prose,
    is_warning,
    key_of,
    statements,
)
from services.validator.fields.places import COUNTRIES, STATES, UNITED_STATES, VITICULTURAL_AREAS, places_in
from services.validator.fields.wordlists import words

_PROTECTED = re.compile(
    r"appellation(?!d)|denominaci|denominaz|indicazionegeografica|indicationgeograph|controllata|"
    r"protetta|proteg|qualitatswein|controlee"
)
_MARK = re.compile(r"^(?:igp|igt|doc|docg|aoc|aop|dop|do|dopca|vdp|pgi|pdo|qba)$")
_ADDRESS = re.compile(
    r"bottled|produced|imported|distributed|vinted|cellared|shipped|winery|vineyards|wines|llc|\binc\b|\d{5}"
)


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
    """An area by its name; `states` are the U.S. States it lies in, empty for foreign and unknown ones."""

    name: str
    kind: AppellationKind
    states: tuple[str, ...] = ()


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
    """Areas named outside prose and addresses, the most specific and most prominent first."""
    found = [pair for passage in text.passages if not is_warning(passage) for pair in _in_passage(passage)]
    height: dict[Appellation, float] = {}
    for sighting, area in found:
        height[area] = max(height.get(area, 0.0), sighting.passage.height)
    order = list(AppellationKind)
    return tuple(sorted(statements(found), key=lambda s: (-order.index(s.value.kind), -height[s.value])))


def _in_passage(passage: Passage) -> Iterator[tuple[Sighting, Appellation]]:
    squeezed = "".join(token.key for token in passage.first_row)
    if is_prose(passage) or _ADDRESS.search(squeezed):
        return
    row = passage.first_row
    if len(row) <= 7 and not _is_address(passage.row_text(0)):
        for sighting, area in KNOWN.find(passage):
            city_before = sighting.start > 0 and row[sighting.start - 1].closes and area.kind is AppellationKind.STATE
            if not city_before and sighting.key not in {"washington", "madera"}:
                yield sighting, area
        for at, token in enumerate(row):
            if token.key == "county" and 0 < at <= 3:
                sighting = Sighting(passage, 0, at + 1)
                yield sighting, Appellation(sighting.text, AppellationKind.COUNTY)
        yield from _foreign(passage)


def _is_address(line: str) -> bool:
    """`Reno, NV` is an address, `Napa Valley, California` is none."""
    return any(
        place.city and key_of(place.city) not in KNOWN and "county" not in place.city.casefold()
        for place in places_in(line)
    )


def _foreign(passage: Passage) -> Iterator[tuple[Sighting, Appellation]]:
    """A name right above the words of a protected designation, or in one line with its mark (`Terre Verdi IGP`)."""
    row = passage.first_row
    second = "".join(token.key for token in passage.tokens if token.row == 1)
    first = "".join(token.key for token in row)
    if (
        _PROTECTED.search(second)
        and not _PROTECTED.search(first)
        and len(row) <= 5
        and not any(t.key.isdigit() for t in row)
    ):
        yield Sighting(passage, 0, len(row)), Appellation(Sighting(passage, 0, len(row)).text, AppellationKind.FOREIGN)
        return
    last = COUNTRIES.get(row[-1].key) if row else None
    dashed = len(row) > 1 and (row[-1].opens or row[-2].closes)
    if last is not None and last.name != UNITED_STATES and dashed and 2 <= len(row) <= 6 and row[0].key != "product":
        sighting = Sighting(passage, 0, len(row) - 1)
        yield sighting, Appellation(sighting.text, AppellationKind.FOREIGN)
        return
    marks = [at for at, token in enumerate(row) if _MARK.match(token.key)]
    if marks and len(row) <= 6:
        at = marks[0]
        start, end = (0, at) if at > 0 else (1, len(row))
        if start < end:
            sighting = Sighting(passage, start, end)
            yield sighting, Appellation(sighting.text, AppellationKind.FOREIGN)
