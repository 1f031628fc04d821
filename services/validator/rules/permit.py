"""Whether the label's name is on the permit: 27 CFR 4.35(d), 5.66(g), 5.67(f) and 5.68(e).

Permits are not public, so the application says which names and trade names it holds.
"""

from __future__ import annotations

from services.validator.fields.address_grammar import without_suffix
from services.validator.fields.passages import key_of
from services.validator.label import Label
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, fail, rule
from services.validator.submission import Origin, ProductType


def permit_match(label: Label, citation: str) -> Result:
    """Whether a name and address on the label carries a name of the permit, at the application's city and State.

    Corporate suffixes are free. Of an import the importer's name counts.
    """
    permitted = {_key(name) for name in label.submission.application.permit_names.split(";")} - {""}
    if not permitted:
        return NOT_APPLICABLE
    imported = label.origin is Origin.IMPORTED
    named = [each for each in label.names.addresses if each.value.name and each.value.importer >= imported]
    if not named:
        return NOT_CHECKABLE
    expected = label.submission.application.permit_names
    listed = [each for each in named if _key(each.value.name) in permitted]
    if not listed:
        return fail(
            Severity.REVIEW,
            f"{named[0].value.name} is not among the names and trade names of the permit; {citation} requires one of "
            "them.",
            expected=expected,
            at=named[0],
        )
    place = label.names.claimed_address
    located = [each for each in listed if each.value.in_the_united_states]
    if place is None or not place.in_the_united_states or not located:
        return PASS
    if any(each.value.same_place(place) for each in located):
        return PASS
    return fail(
        Severity.REVIEW,
        f"The label places {located[0].value.name} in {located[0].value.city}, {located[0].value.state}; {citation} "
        f"requires the permit's place, {place.city}, {place.state} in the application.",
        expected=f"{place.city}, {place.state}",
        at=located[0],
    )


def _key(name: str) -> str:
    return key_of(without_suffix(name))


@rule(
    "wine.name.permit-match",
    title="Name is on the permit",
    citation="27 CFR 4.35(d)",
    severity=Severity.REVIEW,
    applies_to=[ProductType.WINE],
)
def wine_name_permit_match(label: Label) -> Result:
    """The bottler's or importer's name is a name or trade name of the permit, and its place the permit's."""
    return permit_match(label, "27 CFR 4.35(d)")


@rule(
    "spirits.name.permit-match",
    title="Name is on the permit",
    citation="27 CFR 5.66(g), 5.67(f), 5.68(e)",
    severity=Severity.REVIEW,
    applies_to=[ProductType.DISTILLED_SPIRITS],
)
def spirits_name_permit_match(label: Label) -> Result:
    """The bottler's, distiller's or importer's name is one of the permit, and its place is the permit's."""
    return permit_match(label, "27 CFR 5.66(g)")
