"""Who bottled spirits that were imported in bulk: 27 CFR 5.67."""

from __future__ import annotations

from services.validator.label import Label
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, rule
from services.validator.rules.spirits_classes import SPIRITS, wrong
from services.validator.submission import Origin

_BOTTLING = ("bottled", "canned", "packed", "filled", "packaged")
_PROCESSING = frozenset({"blended", "made", "prepared", "produced", "manufactured", "distilled"})


@rule(
    "spirits.name-address.bottled-after-import",
    title="Bottler of imported spirits",
    citation="27 CFR 5.67(b)-(c)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_name_address_bottled_after_import(label: Label) -> Result:
    """Spirits bottled here after import name their bottler; those blended or processed here bear no `imported by`."""
    if label.origin is not Origin.BOTTLED_AFTER_IMPORT:
        return NOT_APPLICABLE
    addresses = [each for each in label.names.addresses if each.value.country is None]
    importers = [each for each in addresses if each.value.importer]
    processors = [each for each in addresses if each.value.verbs & _PROCESSING and each.value.function.endswith(" by")]
    expected = "Bottled by, or imported by and bottled in the United States by, with name, city and State"
    if importers and processors:
        return wrong(
            importers[0],
            f"The label says {importers[0].value.function} and {processors[0].value.function}; spirits processed after "
            "import may not say imported by (27 CFR 5.67(c)).",
            "no imported by",
            certain=importers[0] is processors[0],
        )
    if any(each.value.does(*_BOTTLING) or "bottled in the united states" in each.value.function for each in addresses):
        return PASS
    if not addresses:
        return NOT_CHECKABLE
    return wrong(
        addresses[0], "No bottler was read; 27 CFR 5.67(b) requires one on spirits bottled after import.", expected
    )
