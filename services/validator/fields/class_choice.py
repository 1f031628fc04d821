"""Which designation the answer shows, where a label prints several.

What the application gives and the label prints is it. Else a class of the standards of identity and a grape name may
stand side by side (`Malbec` large on top, `Red Wine` small at the foot): on still grape wine the grape may stand in
lieu of the class (27 CFR 4.34(a)), so that the larger print is shown, and nobody can be sure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.common.page import bounds, overlap
from services.validator.fields.appellation import Appellation, AppellationKind
from services.validator.fields.class_type import (
    FOREIGN_CLASS,
    FOREIGN_WORDS,
    GENERIC,
    VARIETAL,
    Designation,
    code_named,
    designation_of,
)
from services.validator.fields.known_names import NameMatch
from services.validator.fields.model import Statement
from services.validator.fields.passages import LabelText, Passage, key_of
from services.validator.fields.phrases import Sighting, in_paragraph, is_warning, statements
from services.validator.fields.varietals import GRAPES, grapes_in, same_grape
from services.validator.fields.wordlists import words

_MUCH_LARGER = 1.3
"""A grape name this much higher than the class is the designation in lieu of it."""

_LIKE_HEIGHT = 0.6

_BESIDE_GRAPES = words("beside_grapes")
_ROWS = 3

Designations = tuple[Statement[Designation], ...]


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """The designation to show, if any.

    `doubtful` when it may not be the one that is meant; `rivals` when that is for a second one of as good standing.
    """

    statement: Statement[Designation] | None
    doubtful: bool = False
    rivals: bool = False


def read_varietal_designations(text: LabelText, appellations: tuple[Statement[Appellation], ...]) -> Designations:
    """Grape names that stand as designations, the most prominent first; not those of a list with percentages.

    With the words that belong to them (`Old Vine Zinfandel`); a protected name that holds the grape's (`Olmo Arneis`)
    is the designation as a whole.
    """
    seen = [
        pair
        for passage in text.passages
        if not is_warning(passage) and not in_paragraph(passage) and not _is_list(passage)
        for pair in (*grapes_in(passage), *_under_modifiers(passage))
    ]
    found = ((whole, _varietal(whole, name)) for sighting, name in seen for whole in (_with_words(sighting),))
    read = [_as_protected(statement, appellations) for statement in statements(found)]
    return tuple(sorted(read, key=lambda statement: -statement.value.height))


def read_foreign_designations(text: LabelText) -> Designations:
    """Lines of class or colour words in another language, the most prominent first."""
    found = [
        (sighting, Designation(sighting.text, name, FOREIGN_CLASS, height=sighting.height))
        for passage in text.passages
        if not is_warning(passage) and not in_paragraph(passage)
        for sighting, name in FOREIGN_WORDS.find(passage)
        if sighting.whole_rows()
    ]
    return tuple(sorted(statements(found), key=lambda statement: -statement.value.height))


def choose_class(
    classes: Designations,
    varietals: Designations,
    foreign: Designations,
    grapes: tuple[Statement[str], ...],
    wanted: str,
    match: NameMatch | None,
) -> ClassChoice:
    """The designation to show.

    `grapes` are all that the label names, in lists too; `wanted` is what the application gives, a designation or a code
    of the registry, and `match` tells how the label prints the former.
    """
    listed = tuple(
        Statement(Designation(each.text, each.value, VARIETAL), each.text, each.confidence, each.evidence, each.alike)
        for each in grapes
    )
    classes = _fullest_first(classes, wanted)
    confirmed = _confirmed((*classes, *varietals, *listed), wanted, match)
    if confirmed is not None:
        return ClassChoice(confirmed)
    if classes and varietals and _compete(classes[0].value, varietals[0].value):
        grape, stated = varietals[0], classes[0]
        larger = grape.value.height >= _MUCH_LARGER * stated.value.height
        return ClassChoice(grape if larger else stated, doubtful=True, rivals=True)
    if classes:
        first = classes[0].value
        larger = bool(foreign) and foreign[0].value.height >= first.height
        return ClassChoice(classes[0], doubtful=larger or first.family.name == GENERIC, rivals=larger)
    if varietals:
        return ClassChoice(varietals[0])
    if listed:
        several = len({key_of(each.value.name) for each in listed}) > 1
        return ClassChoice(listed[0], doubtful=several, rivals=several)
    return ClassChoice(foreign[0] if foreign else None, doubtful=True)


def _compete(stated: Designation, grape: Designation) -> bool:
    """Whether both are designations of wine, apart from each other: not `Muscadine Wine`."""
    return stated.family.product is grape.family.product and key_of(grape.name) not in key_of(stated.phrase)


def _fullest_first(classes: Designations, wanted: str) -> Designations:
    """In order of prominence, but what a code admits first, and before a designation its fuller form of like size."""
    code = code_named(wanted)
    if code is not None:
        classes = tuple(sorted(classes, key=lambda each: not code.admits(each.value)))
    if not classes:
        return ()
    if classes[0].value.family.name == GENERIC:
        # Such a name is none of a class: the statement of composition is what designates (27 CFR 5.156).
        classes = tuple(sorted(classes, key=lambda each: not each.value.composition))
    first = classes[0].value
    fuller = [each for each in classes if _is_fuller(each.value, first)]
    best = max(fuller, key=lambda each: len(each.value.words), default=classes[0])
    return (best, *(each for each in classes if each is not best))


def _is_fuller(one: Designation, other: Designation) -> bool:
    alike = one.family == other.family and not one.composition and one.height >= _LIKE_HEIGHT * other.height
    return alike and one.words > other.words


def _confirmed(printed: Designations, wanted: str, match: NameMatch | None) -> Statement[Designation] | None:
    same = next((each for each in printed if wanted and key_of(each.value.phrase) == key_of(wanted)), None)
    if same is not None or match is None:
        return same
    if match.found and match.statement is not None:
        found, known = match.statement, designation_of(match.wanted)
        family = known.family if known is not None else VARIETAL
        value = Designation(found.value, known.name if known is not None else found.value, family)
        return Statement(value, found.text, found.confidence, found.evidence, found.alike)
    return next((each for each in printed if same_grape(each.value.name, match.wanted)), None)


def _varietal(sighting: Sighting, name: str) -> Designation:
    return Designation(sighting.text, name, VARIETAL, height=sighting.height)


def _is_list(passage: Passage) -> bool:
    """Whether the row gives shares of grapes; a hundred percent is no share."""
    return any("%" in token.text and "100" not in token.text for token in passage.first_row)


def _under_modifiers(passage: Passage) -> Iterator[tuple[Sighting, str]]:
    """`OLD VINE` over `ZINFANDEL`."""
    head = passage.first_row
    if passage.before is None and len(passage.rows) > 1 and all(token.key in _BESIDE_GRAPES for token in head):
        for sighting, name in GRAPES.find_from(passage, len(head), _ROWS):
            yield Sighting(passage, 0, sighting.end), name


def _with_words(sighting: Sighting) -> Sighting:
    tokens, start, end = sighting.passage.tokens, sighting.start, sighting.end
    while start > 0 and not tokens[start - 1].closes and tokens[start - 1].key in _BESIDE_GRAPES:
        start -= 1
    while (
        end < len(tokens)
        and tokens[end].row == sighting.last_row
        and not tokens[end - 1].closes
        and tokens[end].key in _BESIDE_GRAPES
    ):
        end += 1
    return Sighting(sighting.passage, start, end)


def _as_protected(
    statement: Statement[Designation], appellations: tuple[Statement[Appellation], ...]
) -> Statement[Designation]:
    for area in appellations:
        name = key_of(area.value.name)
        if area.value.kind is AppellationKind.FOREIGN and key_of(statement.text) in name and _meet(statement, area):
            whole = Designation(area.value.name, statement.value.name, VARIETAL, height=statement.value.height)
            return Statement(whole, area.text, area.confidence, area.evidence, area.alike)
    return statement


def _meet(one: Statement[Designation], other: Statement[Appellation]) -> bool:
    first, second = one.evidence[0], other.evidence[0]
    if first.image != second.image or not first.polygon or not second.polygon:
        return False
    return overlap(bounds(first.polygon), bounds(second.polygon))
