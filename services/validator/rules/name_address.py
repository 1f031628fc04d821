"""Name and address: 27 CFR 4.35 (wine), 5.66 and 5.68 (spirits), 7.66 to 7.68 (malt beverages)."""

from __future__ import annotations

from collections.abc import Sequence

from services.validator.fields.address_grammar import NameAndAddress
from services.validator.fields.model import Statement
from services.validator.label import Label
from services.validator.rules.container import names_bottler_on_container
from services.validator.rules.model import (
    NOT_APPLICABLE,
    NOT_CHECKABLE,
    PASS,
    Result,
    Severity,
    fail,
    rule,
    violation_if,
)
from services.validator.submission import Origin, ProductType

Addresses = Sequence[Statement[NameAndAddress]]

_WINE_VERBS = ("bottled", "packed", "packaged", "canned")
_SPIRITS_VERBS = (
    "bottled", "canned", "packed", "packaged", "filled",
    "blended", "made", "prepared", "produced", "manufactured", "distilled",
)  # fmt: skip


def _not_for(label: Label, domestic: bool) -> Result | None:
    """The result when the rule is for the other origin, or the origin is unknown and something was read; else None."""
    if label.origin is None:
        return NOT_CHECKABLE if label.names.addresses or not domestic else None
    if domestic:
        return None if label.origin is Origin.DOMESTIC else NOT_APPLICABLE
    return NOT_APPLICABLE if label.origin is Origin.DOMESTIC else None


def _missing(label: Label, message: str, expected: str, near: Addresses = ()) -> Result:
    """V on complete panels when what stands there instead was surely read; else R."""
    sure = label.shows_everything and all(statement.sure for statement in near[:1])
    return fail(
        violation_if(sure),
        message,
        expected=expected,
        at=next(iter(near), None),
    )


def _review(message: str, expected: str, near: Addresses) -> Result:
    return fail(Severity.REVIEW, message, expected=expected, at=near[0])


def _imported(label: Label, citation: str) -> Result:
    other = _not_for(label, domestic=False)
    if other is not None:
        return other
    expected = "Imported by, the importer's name, and a U.S. city and State"
    importers = [statement for statement in label.names.addresses if statement.value.importer]
    if any(statement.value.complete for statement in importers):
        return PASS
    if any(statement.value.in_the_united_states for statement in importers):
        return _review(f"The importer's name was not read; {citation} requires it.", expected, importers)
    if importers:
        if any(
            statement.value.in_the_united_states and not statement.value.function for statement in label.names.addresses
        ):
            return _review(
                "The importer's city and State stand apart from the name, or were read apart.", expected, importers
            )
        return _missing(
            label, f"The importer's city and State were not found; {citation} requires them.", expected, importers
        )
    distributors = [s for s in label.names.addresses if "distributed" in s.value.verbs and s.value.in_the_united_states]
    if distributors:
        return _review(f"Only a distributor is named; {citation} requires the importer.", expected, distributors)
    if label.origin is Origin.BOTTLED_AFTER_IMPORT:
        bottlers = [
            s
            for s in label.names.addresses
            if s.value.complete and s.value.does("bottled", "packed", "canned", "filled")
        ]
        if bottlers:
            return PASS
    return _missing(
        label, f"No importer's name and address was found; {citation} requires one.", expected, label.names.addresses
    )


def _domestic(label: Label, verbs: tuple[str, ...], citation: str, expected: str, phrase: str) -> Result:
    other = _not_for(label, domestic=True)
    if other is not None:
        return other
    addresses = label.names.addresses
    doing = [statement for statement in addresses if statement.value.does(*verbs)]
    if any(statement.value.complete for statement in doing):
        return PASS
    if any(statement.value.in_the_united_states for statement in doing):
        return _review(f"The name beside {phrase} was not read; {citation} requires it.", expected, doing)
    without_by = [s for s in addresses if s.value.verbs & set(verbs) and s.value.in_the_united_states]
    if without_by:
        return _review(
            f"The name and address does not say {phrase}; {citation} asks for that phrase.", expected, without_by
        )
    if doing:
        if any(statement.value.in_the_united_states for statement in addresses):
            return _review("The city and State stand apart from the name, or were read apart.", expected, doing)
        return _missing(
            label, f"No city and State was found beside the name; {citation} requires them.", expected, doing
        )
    if addresses:
        return _missing(label, f"No statement says {phrase}; {citation} requires it.", expected, addresses)
    return _missing(label, f"No name and address was found; {citation} requires one.", expected)


@rule(
    "wine.name-address.domestic",
    title="Bottler's or packer's name and address",
    citation="27 CFR 4.35(a), (c)",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.WINE],
)
def wine_name_address_domestic(label: Label) -> Result:
    """American wine names who bottled or packed it, with city and State; other functions may be joined with `and`."""
    return _domestic(
        label,
        _WINE_VERBS,
        "27 CFR 4.35(a)",
        "Bottled by (or packed by), name, city and State",
        "bottled by or packed by",
    )


@rule(
    "wine.name-address.imported",
    title="Importer's name and address",
    citation="27 CFR 4.35(b)",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.WINE],
)
def wine_name_address_imported(label: Label) -> Result:
    """Imported wine names its importer, with U.S. city and State."""
    return _imported(label, "27 CFR 4.35(b)")


@rule(
    "spirits.name-address.domestic",
    title="Bottler's or distiller's name and address",
    citation="27 CFR 5.66(a)-(d)",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.DISTILLED_SPIRITS],
)
def spirits_name_address_domestic(label: Label) -> Result:
    """Domestic spirits name who bottled, made or distilled them, with city and State; a distributor is not enough."""
    return _domestic(
        label,
        _SPIRITS_VERBS,
        "27 CFR 5.66",
        "Bottled by (or the like), name, city and State",
        "bottled by, made by or distilled by",
    )


@rule(
    "spirits.name-address.imported",
    title="Importer's name and address",
    citation="27 CFR 5.68(b)",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.DISTILLED_SPIRITS],
)
def spirits_name_address_imported(label: Label) -> Result:
    """Spirits imported in containers name their importer, with U.S. city and State."""
    return _imported(label, "27 CFR 5.68(b)")


@rule(
    "malt.name-address.domestic",
    title="Brewer's or bottler's name and address",
    citation="27 CFR 7.66",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.MALT_BEVERAGE],
)
def malt_name_address_domestic(label: Label) -> Result:
    """Malt beverages brewed in the United States give the bottler's name, city and State; no phrase is required."""
    other = _not_for(label, domestic=True)
    if other is not None:
        return other
    expected = "the bottler's name, city and State"
    own = [s for s in label.names.addresses if not s.value.function.endswith(" for") and not s.value.importer]
    if any(statement.value.complete for statement in own):
        return PASS
    if names_bottler_on_container(label):
        return PASS
    if any(statement.value.in_the_united_states for statement in own):
        named = label.names.brand is not None
        return PASS if named else _review("The bottler's name was not read; 27 CFR 7.66 requires it.", expected, own)
    if any(statement.value.in_the_united_states for statement in label.names.addresses):
        return _missing(
            label,
            "Only the one it was brewed for is named; 27 CFR 7.66 requires the bottler.",
            expected,
            label.names.addresses,
        )
    return _missing(label, "No bottler's city and State was found; 27 CFR 7.66 requires them.", expected, own)


@rule(
    "malt.name-address.imported",
    title="Importer's name and address",
    citation="27 CFR 7.67, 7.68",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.MALT_BEVERAGE],
)
def malt_name_address_imported(label: Label) -> Result:
    """Malt beverages imported in containers name their importer, with U.S. city and State."""
    return _imported(label, "27 CFR 7.68")
