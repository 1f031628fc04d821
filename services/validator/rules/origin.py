"""Country of origin: 19 CFR part 134, and its consistency with the rest of the label (27 CFR 4.39(k), 5.122, 7.122)."""

from __future__ import annotations

from services.validator.fields.model import Statement
from services.validator.fields.origin import OriginForm, OriginStatement
from services.validator.fields.places import country_named, state_named
from services.validator.label import Label
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, fail, rule
from services.validator.submission import Origin

_CLEAR = (OriginForm.PHRASE, OriginForm.AFTER_PLACE)


def clear_origins(label: Label) -> tuple[Statement[OriginStatement], ...]:
    """Statements that name a country in English, in a phrase or after a place."""
    return tuple(statement for statement in label.names.origins if statement.value.form in _CLEAR)


@rule(
    "common.country-of-origin",
    title="Country of origin of imports",
    citation="19 CFR part 134; 27 CFR 4.35(e), 5.69, 7.69",
    severity=Severity.VIOLATION,
)
def common_country_of_origin(label: Label) -> Result:
    """An imported product names its country of origin in English, as customs law (19 CFR part 134) requires."""
    if label.origin is None:
        return NOT_CHECKABLE
    if label.origin is Origin.DOMESTIC:
        return NOT_APPLICABLE
    expected = "Product of, and the country's English name"
    if any(statement.value.foreign for statement in clear_origins(label)):
        return PASS
    foreign = [statement for statement in label.names.origins if statement.value.foreign]
    if foreign:
        return fail(
            Severity.REVIEW,
            "The origin is told only by an adjective, a foreign place or in another language; customs law "
            "(19 CFR part 134) requires the country's English name.",
            expected=expected,
            found=foreign[0].text,
            evidence=foreign[0].evidence,
        )
    return fail(
        Severity.VIOLATION if label.shows_everything else Severity.REVIEW,
        "No country of origin was found; customs law (19 CFR part 134) requires it on imports.",
        expected=expected,
    )


@rule(
    "common.origin-consistent",
    title="Origin agrees with the rest of the label",
    citation="27 CFR 4.39(k), 5.102, 5.122, 7.102, 7.122",
    severity=Severity.VIOLATION,
)
def common_origin_consistent(label: Label) -> Result:
    """The country of origin is the application's; a domestic product carries no foreign `Product of`."""
    stated = [statement for statement in label.names.origins if statement.value.form is OriginForm.PHRASE]
    if not stated:
        return NOT_APPLICABLE
    wanted = label.submission.application.country_of_origin
    country = country_named(wanted) if wanted and not state_named(wanted) else None
    for statement in stated:
        printed = statement.value.country
        if printed is None:
            continue
        severity = Severity.VIOLATION if statement.sure else Severity.REVIEW
        if country is not None and not printed.same(country):
            return fail(
                severity,
                f"The label names {printed.name} as origin; the application says {country.name}.",
                expected=country.name,
                found=statement.text,
                evidence=statement.evidence,
            )
        if label.submission.origin is Origin.DOMESTIC and statement.value.foreign:
            return fail(
                severity,
                f"The label names {printed.name} as origin, but the product is domestic.",
                expected="no foreign origin",
                found=statement.text,
                evidence=statement.evidence,
            )
    return PASS
