"""From a statement to a field of the answer: how well it was read, and in a sentence why not well enough.

A person who is asked about a field has to know what the doubt is: faint or small print, looks that disagree, another
print that may be meant. What an engine made of print that it could hardly see is no value, only a place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.common.page import bounds, holds
from services.validator.fields.model import (
    SURE_CONFIDENCE,
    SURE_LOOKS,
    Evidence,
    FieldName,
    FieldState,
    LabelField,
    LabelPanel,
    Statement,
)
from services.validator.fields.trust import Doubt, Grounds

READABLE_CONFIDENCE = 0.60
"""Below this an engine's words are guesses: junk on clean print had 0.55 and more."""

SMALL_PRINT_PX = 7.0
"""Letters less high than this lack pixels; enlarging helps in half of the cases only."""


@dataclass(frozen=True, slots=True)
class Hesitation:
    """A doubt, and the sentence that tells it."""

    doubt: Doubt
    reason: str


def shown(
    name: FieldName,
    value: str,
    statement: Statement[Any],
    *hesitations: Hesitation,
    choice: float = 1.0,
    twice_is_sure: bool = False,
) -> LabelField:
    """The field: read when nothing speaks against it, unreadable when its print could only be guessed, else unsure.

    `choice` is the probability that this statement is the one that is meant. With `twice_is_sure` what two looks read
    alike needs no high certainty of each.
    """
    faint = statement.confidence < SURE_CONFIDENCE and not (twice_is_sure and statement.alike >= SURE_LOOKS)
    against = (*hesitations, *(_of_the_print(statement) if faint else ()))
    # A model that tells no places gives a flat certainty to all that it reads: that is no sign of bad print.
    placed = any(place.polygon for place in statement.evidence)
    if against and placed and statement.confidence < READABLE_CONFIDENCE:
        return unreadable(name, statement, f"The print could only be guessed at ({_certainty(statement)}).")
    doubts = {each.doubt for each in against} | ({Doubt.DISPUTED} if statement.disputes else set())
    return LabelField(
        name,
        value,
        statement.text,
        FieldState.UNSURE if against else FieldState.READ,
        statement.confidence,
        statement.evidence,
        against[0].reason if against else "",
        Grounds(statement.confidence, statement.alike, frozenset(doubts), choice),
    )


def unreadable(name: FieldName, statement: Statement[Any], reason: str) -> LabelField:
    """The field's place, where its print could not be read."""
    return LabelField(name, "", statement.text, FieldState.UNREADABLE, 0.0, statement.evidence, reason)


def _of_the_print(statement: Statement[Any]) -> Iterator[Hesitation]:
    if statement.disputes:
        yield Hesitation(Doubt.DISPUTED, _disagreement(statement.text, statement.disputes[0]))
    else:
        yield Hesitation(Doubt.FAINT, f"The print was read at a low certainty only ({_certainty(statement)}).")


def _certainty(statement: Statement[Any]) -> str:
    return f"{statement.confidence:.2f} for its least sure word, where {SURE_CONFIDENCE:.2f} is sure"


def _disagreement(one: str, other: str) -> str:
    if len(one) != len(other):
        return f"Looks at this place disagree: it is “{one}” or “{other}”."
    masked = "".join(char if char == there else "?" for char, there in zip(one, other, strict=True))
    return f"Looks at this place disagree: “{masked}” is “{one}” or “{other}”."


def with_print_size(field: LabelField, panels: Sequence[LabelPanel]) -> LabelField:
    """The field with its letters' height in the reason, when they are too small to be read surely."""
    if not field.reason:
        return field
    height = min(_heights(field.evidence, panels), default=SMALL_PRINT_PX)
    if height >= SMALL_PRINT_PX:
        return field
    return replace(field, reason=f"{field.reason.removesuffix('.')}; its letters are only {height:.0f} pixels high.")


def _heights(evidence: Sequence[Evidence], panels: Sequence[LabelPanel]) -> Iterator[float]:
    """Heights of the letters of all lines in the first look whose middle lies at one of the places, in pixels."""
    places = [(place.image, bounds(place.polygon)) for place in evidence if place.polygon]
    for panel in panels:
        for line in panel.page.lines:
            if line.look or line.glyph_height_px is None or not line.polygon:
                continue
            printed = bounds(line.polygon)
            if any(image == panel.index and holds(box, printed) for image, box in places):
                yield line.glyph_height_px
