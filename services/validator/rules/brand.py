"""Brand name: 27 CFR 4.33, 5.64 and 7.64."""

from __future__ import annotations

from services.validator.fields.known_names import Likeness
from services.validator.fields.model import images_of
from services.validator.label import Label
from services.validator.rules.model import PASS, Result, Severity, fail, rule, violation_if
from services.validator.submission import ProductType


def _brand(label: Label, whose: str, citation: str) -> Result:
    names = label.names
    match = names.brand_match
    if match is not None and match.likeness <= Likeness.BUSINESS_WORD:
        return PASS
    if names.brand_candidates:
        return PASS
    named = [statement for statement in names.addresses if statement.value.name]
    shown = images_of(place for designation in (*names.designations, *names.grapes) for place in designation.evidence)
    if any(not shown or images_of(statement.evidence) & shown for statement in named):
        return PASS
    severity = violation_if(label.shows_everything and not named)
    return fail(
        severity,
        f"No brand name was found. {citation} requires one; without it the name of the {whose} on that label counts. "
        "If the brand is a logo, give brand_name.",
        expected=f"a brand name, or the name of the {whose}",
    )


@rule(
    "wine.brand",
    title="Brand name",
    citation="27 CFR 4.32(a)(1), 4.33",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.WINE],
)
def wine_brand(label: Label) -> Result:
    """The brand label carries a brand name; a class or grape alone is none, the bottler's or importer's name counts."""
    return _brand(label, "bottler or importer", "27 CFR 4.33")


@rule(
    "spirits.brand",
    title="Brand name",
    citation="27 CFR 5.63(a)(1), 5.64(a)",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.DISTILLED_SPIRITS],
)
def spirits_brand(label: Label) -> Result:
    """The label carries a brand name; without one the bottler's, distiller's or importer's name counts."""
    return _brand(label, "bottler, distiller or importer", "27 CFR 5.64")


@rule(
    "malt.brand",
    title="Brand name",
    citation="27 CFR 7.63(a)(1), 7.64",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.MALT_BEVERAGE],
)
def malt_brand(label: Label) -> Result:
    """The label carries a brand name; without one the brewer's, bottler's or importer's name counts."""
    return _brand(label, "brewer, bottler or importer", "27 CFR 7.64")
