"""Class and type against the application: a code of the public registry, or a designation as printed (rulebook A2)."""

from __future__ import annotations

from collections.abc import Sequence

from services.validator.fields.appellation import AppellationKind
from services.validator.fields.class_type import (
    PROTECTED_WORDS,
    ClassCode,
    Designation,
    code_named,
    colours_in,
    designation_of,
    is_code_without_set,
)
from services.validator.fields.known_names import Likeness
from services.validator.fields.model import Statement
from services.validator.fields.names import given
from services.validator.fields.passages import key_of
from services.validator.fields.varietals import colour_of, grape_named, same_grape
from services.validator.label import Label
from services.validator.rules.class_type import plain_class
from services.validator.rules.comparison import compared, differs, not_read, surest
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, rule


@rule(
    "app.class-type",
    title="Class and type as on the application",
    citation="27 CFR 4.34, 5.141, 7.141",
    severity=Severity.VIOLATION,
)
def app_class_type(label: Label) -> Result:
    """The designation is compatible with the application's class and type code, or is the designation that it gives."""
    wanted = given(label.submission.application.class_type)
    if not wanted:
        return NOT_APPLICABLE
    code = code_named(wanted)
    if code is not None:
        return _against_code(label, code)
    if is_code_without_set(wanted):
        plain = plain_class(label.names.designations)
        if plain is not None:
            return differs(
                "class and type", wanted, plain, severity=Severity.REVIEW, why=" That is a class of its own."
            )
        return PASS if label.names.designations else not_read("class and type", wanted)
    return _against_designation(label, wanted)


def _against_designation(label: Label, wanted: str) -> Result:
    grape = grape_named(wanted)
    if any(key_of(statement.value.phrase) == key_of(wanted) for statement in label.names.designations):
        return PASS
    if grape is not None and any(same_grape(grape, statement.value) for statement in label.names.grapes):
        return PASS
    match = label.names.class_match
    claimed = designation_of(wanted)
    if match is not None and match.found and claimed is not None:
        for statement in label.names.designations:
            extra = statement.value.words - claimed.words
            if claimed.words <= statement.value.words and extra & PROTECTED_WORDS:
                return differs("class and type", wanted, statement)
    if match is not None and match.found:
        return PASS
    plain = plain_class(label.names.designations)
    if claimed is not None and plain is not None:
        if plain.value.family.name != claimed.family.name or (plain.value.words ^ claimed.words) & PROTECTED_WORDS:
            return differs("class and type", wanted, plain)
        return differs("class and type", wanted, plain, severity=None if match and match.statement else Severity.REVIEW)
    if match is not None and match.likeness is Likeness.NOT_READ:
        return _in_its_place(label, wanted, grape, claimed) or not_read("class and type", wanted)
    return compared("class and type", match)


def _in_its_place(label: Label, wanted: str, grape: str | None, claimed: Designation | None) -> Result | None:
    """Another grape as the designation, or one without the claimed sparkle: both are another class of wine."""
    printed = surest(label.names.varietal_designations)
    protected = claimed is not None and bool(claimed.words & PROTECTED_WORDS)
    if printed is None or not (grape is not None or protected):
        return None
    return differs("class and type", wanted, printed, severity=None if label.complete else Severity.REVIEW)


def _against_code(label: Label, code: ClassCode) -> Result:
    classes = [
        s
        for s in label.names.designations
        if not s.value.composition and s.value.family.name not in {"generic", "cocktail"}
    ]
    others = [s for s in label.names.designations if s not in classes]
    if classes:
        if any(code.admits(statement.value) for statement in classes) and not _contradicted(classes, code):
            return _colour_of_grapes(label, code, classes) or PASS
        first = next((s for s in classes if not code.admits(s.value)), classes[0])
        same = [s for s in classes if s.value.family == first.value.family and not code.admits(s.value)]
        return differs("class and type", code.text, surest(same) or first)
    if "varietal" in code.accepts and label.names.grapes:
        return _colour_of_grapes(label, code, label.names.foreign_designations) or PASS
    if "appellation" in code.accepts and any(a.value.kind is AppellationKind.FOREIGN for a in label.names.appellations):
        return PASS
    if others:
        told = colours_in(others[0].value.phrase)
        if code.colour and told and code.colour not in told:
            return differs("class and type", code.text, others[0], severity=Severity.REVIEW)
        if "composition" in code.accepts or others[0].value.family.name in code.accepts:
            return PASS
        return differs("class and type", code.text, others[0], severity=Severity.REVIEW)
    return not_read("class and type", code.text)


def _colour_of_grapes(label: Label, code: ClassCode, classes: Sequence[Statement[Designation]]) -> Result | None:
    """A doubt of the colour, when only the grapes tell it; a rosé is made of dark grapes and says so."""
    if not code.colour or any(code.colour in colours_in(statement.value.phrase) for statement in classes):
        return None
    varietal = label.names.varietal_designations
    if any(code.colour in colours_in(statement.value.phrase) for statement in varietal):
        return None
    told = {colour_of(grape.value) for grape in label.names.grapes} - {""}
    if not told or code.colour in told:
        return None
    return differs("class and type", code.text, label.names.grapes[0], severity=Severity.REVIEW)


def _contradicted(classes: list[Statement[Designation]], code: ClassCode) -> bool:
    """Whether another designation of the same family carries a word that the code excludes, or another colour."""
    return any(
        statement.value.words & code.excludes or (code.colour and colours_in(statement.value.phrase) - {code.colour})
        for statement in classes
        if statement.value.family.name in code.accepts
    )
