"""Statements of origin (19 CFR part 134; 27 CFR 4.38(c), 5.69, 7.69): which country the product is from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import Levenshtein

from services.validator.fields.address_grammar import NameAndAddress
from services.validator.fields.appellation import Appellation, AppellationKind
from services.validator.fields.model import Statement
from services.validator.fields.passages import LabelText, Passage, Token
from services.validator.fields.phrases import Sighting, is_prose, is_warning, statements
from services.validator.fields.places import (
    COUNTRIES,
    COUNTRY_ADJECTIVES,
    NATIVE_COUNTRIES,
    UNITED_STATES,
    Country,
    state_named,
)

_PHRASE = re.compile(
    r"(?:productof|produceof|producedin|madein|distilledin|brewedin|wineof|producedandbottledin|brewedandbottledin"
    r"|distilledandbottledin|beerof|ginof|rumof|productof)(?:the)?$"
)
_FOREIGN_PHRASE = re.compile(
    r"(?:produitde|produitd|productode|prodottoin|productedespanya|producted|hechoen|producidoen|produktaus)$"
)
_CLASS_WORDS = frozenset(
    ["wine", "wines", "beer", "lager", "ale", "whisky", "gin", "rum", "vodka", "brandy", "spirit", "spirits"]
)


class OriginForm(IntEnum):
    """How the country is told, the clearest first."""

    PHRASE = 0
    """`Product of France`."""
    AFTER_PLACE = 1
    """In English after an appellation or a foreign producer's address: `Valle Verde - Chile`."""
    ADJECTIVE = 2
    """`Mexican beer`."""
    FOREIGN_NAME = 3
    """In another language only: `Italia`."""
    PLACE = 4
    """Only a protected foreign appellation."""


@dataclass(frozen=True, slots=True)
class OriginStatement:
    """A country and how the label tells it; `country` is None when only a foreign place does."""

    country: Country | None
    form: OriginForm

    @property
    def foreign(self) -> bool:
        """Whether it is another country than the United States."""
        return self.country is None or self.country.name != UNITED_STATES


def read_origins(
    text: LabelText,
    addresses: tuple[Statement[NameAndAddress], ...],
    appellations: tuple[Statement[Appellation], ...],
) -> tuple[Statement[OriginStatement], ...]:
    """Every statement of origin, the clearest form first."""
    found = [pair for passage in text.passages if not is_warning(passage) for pair in _in_passage(passage)]
    read = [*statements(found)]
    for address in addresses:
        country = address.value.country
        if country is not None and not address.value.importer:
            read.append(_as_origin(address, OriginStatement(country, OriginForm.AFTER_PLACE)))
    places = (area for area in appellations if area.value.kind is AppellationKind.FOREIGN)
    read.extend(_as_origin(area, OriginStatement(None, OriginForm.PLACE)) for area in places)
    return tuple(sorted(read, key=lambda statement: (statement.value.form, -statement.alike, -statement.confidence)))


def _as_origin(statement: Statement[object], value: OriginStatement) -> Statement[OriginStatement]:
    return Statement(value, statement.text, statement.confidence, statement.evidence, statement.alike)


def _in_passage(passage: Passage) -> Iterator[tuple[Sighting, OriginStatement]]:
    tokens = passage.tokens
    address = re.search(r"imported|distributed|shipped", "".join(token.key for token in passage.first_row))
    for lexicon, native in ((COUNTRIES, False), (NATIVE_COUNTRIES, True)):
        for sighting, country in _countries(passage, lexicon):
            lead, start = _lead(passage, sighting)
            misread = _is_product_of(passage.tokens[: sighting.start])
            if (_PHRASE.search(lead) or misread) and not native:
                yield Sighting(passage, start, sighting.end), OriginStatement(country, OriginForm.PHRASE)
            elif (native and (_FOREIGN_PHRASE.search(lead) or _PHRASE.search(lead))) or (
                native and not is_prose(passage)
            ):
                yield sighting, OriginStatement(country, OriginForm.FOREIGN_NAME)
            elif _ends_a_place(sighting) and not address and not is_prose(passage) and country.name != UNITED_STATES:
                yield sighting, OriginStatement(country, OriginForm.AFTER_PLACE)
    for sighting, country in COUNTRY_ADJECTIVES.find(passage, rows_over=1):
        after = tokens[sighting.end : sighting.end + 2]
        cask = any(
            re.match(r"barrel|cask|oak|style|type", token.key) for token in tokens[sighting.end : sighting.end + 3]
        )
        if not is_prose(passage) and not cask and any(token.key in _CLASS_WORDS for token in after):
            yield sighting, OriginStatement(country, OriginForm.ADJECTIVE)
    state = _product_of_state(passage)
    if state is not None:
        yield state, OriginStatement(Country(UNITED_STATES), OriginForm.PHRASE)


def _countries(passage: Passage, lexicon: dict[str, Country]) -> Iterator[tuple[Sighting, Country]]:
    """Countries that begin in the first row, or right after an origin phrase that ends it; OCR may join `ofItaly`."""
    tokens = passage.tokens
    for start, token in enumerate(tokens):
        if token.row > 1:
            break
        if token.row == 1 and not _PHRASE.search("".join(t.key for t in tokens[max(0, start - 5) : start])):
            continue
        read = ""
        for end in range(start, min(start + 4, len(tokens))):
            read += tokens[end].key
            key = re.sub(r"^(?:productof|produceof|wineof|madein|of)(?=.)", "", read)
            country = lexicon.get(key)
            after = tokens[end + 1].key if end + 1 < len(tokens) else ""
            if country is not None and not (read == "trinidad" and after == "and"):
                if not _state_follows(country, passage, start):
                    yield Sighting(passage, start, end + 1), country
                break


def _state_follows(country: Country, passage: Passage, start: int) -> bool:
    """Georgia after a U.S. city, and `New Mexico`, are no countries."""
    before = passage.tokens[start - 1] if start else passage.before
    if before is None:
        return False
    if country.name == "Georgia":
        return before.closes
    return before.key in {"new", "nuevo", "nouveau", "taste", "oak", "agave"} or (
        country.name == "Mexico" and before.key == "nuovo"
    )


def _lead(passage: Passage, sighting: Sighting) -> tuple[str, int]:
    """The letters before a country, in its own token too, and where an origin phrase among them begins."""
    start = max(0, sighting.start - 5)
    own = passage.tokens[sighting.start].key
    prefix = re.match(r"(?:productof|produceof|wineof|madein|of)(?=.)", own)
    lead = "".join(token.key for token in passage.tokens[start : sighting.start]) + (prefix[0] if prefix else "")
    phrase = _PHRASE.search(lead)
    begin = sighting.start
    if phrase:
        length = len(lead) - phrase.start() - (len(prefix[0]) if prefix else 0)
        while begin > start and length > 0:
            begin -= 1
            length -= len(passage.tokens[begin].key)
    return lead, begin


def _is_product_of(before: Sequence[Token]) -> bool:
    """Whether the words end in `Product of`, but for a letter of the first that was misread."""
    return len(before) > 1 and before[-1].key == "of" and Levenshtein.distance(before[-2].key, "product") <= 1


def _ends_a_place(sighting: Sighting) -> bool:
    """`Valle Verde - Chile`: the country ends a short line, after a separator."""
    tokens = sighting.passage.tokens
    ends = (
        sighting.end == len(tokens) or tokens[sighting.end].row != sighting.last_row or tokens[sighting.end - 1].closes
    )
    before = tokens[sighting.start - 1] if sighting.start else sighting.passage.before
    separated = before is not None and (before.closes or tokens[sighting.start].opens or before.text.endswith("-"))
    return ends and separated and len(sighting.passage.first_row) <= 14


def _product_of_state(passage: Passage) -> Sighting | None:
    tokens = passage.first_row
    for at in range(len(tokens) - 2):
        if tokens[at].key in {"product", "produce"} and tokens[at + 1].key == "of":
            for end in (at + 4, at + 3):
                if end <= len(tokens) and state_named(" ".join(t.text.strip(".,") for t in tokens[at + 2 : end])):
                    name = state_named(" ".join(t.text.strip(".,") for t in tokens[at + 2 : end]))
                    return None if name == "Georgia" else Sighting(passage, at, end)
    return None
