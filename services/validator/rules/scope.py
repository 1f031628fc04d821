"""Which law governs the label: 27 CFR parts 4, 5, 7 and 16, or another one (rulebook section 1)."""

from __future__ import annotations

import re
from decimal import Decimal

from services.validator.fields.places import state_named
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.measures import evidence_of, percent_text
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail, rule
from services.validator.submission import ApplicationType, Origin, ProductType

_LEAST, _WINE_FROM, _WINE_TO, _STRONGEST_MALT = Decimal("0.5"), Decimal(7), Decimal(24), Decimal(20)
"""Percent by volume: 27 CFR 16.10 and 5.1; 4.6; and above what is no malt beverage in practice."""

_NO_MALT = re.compile(
    r"\bsake\b|\b(?:brewed|fermented|made) (?:from|with) (?:\w+ )?(?:cane )?sugar\b|\bsugar[- ]brew\b"
)
_MALT = re.compile(r"\bmalt(?:ed)?\b|\bbarley\b|\bbeer\b|\bale\b|\blager\b|\bstout\b|\bporter\b")


@rule(
    "scope.part-selection",
    title="Which part of 27 CFR governs",
    citation="27 CFR 4.6, 4.7, 5.1, 7.1, 7.6, 16.10",
    severity=Severity.REVIEW,
)
def scope_part_selection(label: Label) -> Result:
    """The alcohol content fits the product type: wine 7 to 24 %, spirits from 0.5 %; malt beverages need malt."""
    if label.product_type is ProductType.MALT_BEVERAGE and not find_wording(label.text, _MALT):
        other = find_wording(label.text, _NO_MALT)
        if other:
            return fail(
                Severity.REVIEW,
                f"“{other[0].text}” speaks of a beverage without malted barley, which is no malt beverage (27 CFR 7.1 "
                "and 7.6); food labelling law or part 4 may govern.",
                at=other[0],
            )
    percents = label.alcohol.percents()
    if label.product_type is None or not percents:
        return NOT_APPLICABLE
    governs = _governing(label.product_type, min(percents), max(percents))
    if governs is None:
        return PASS
    stated = label.alcohol.statements[0]
    return fail(
        Severity.REVIEW,
        f"{percent_text(stated.value)} alcohol by volume does not fit the product type: {governs}.",
        at=stated,
    )


def _governing(product: ProductType, low: Decimal, high: Decimal) -> str | None:
    """What governs instead of the product's own part, None when that does."""
    if product is ProductType.WINE and low > _WINE_TO:
        return "above 24 % a product is a distilled spirit under 27 CFR part 5 (4.7(b))"
    if product is ProductType.WINE and high < _WINE_FROM:
        return "below 7 % wine is labelled under 27 CFR 24.257 and food labelling law (4.7(a))"
    if product is ProductType.DISTILLED_SPIRITS and high < _LEAST:
        return "distilled spirits have at least 0.5 % (27 CFR 5.1)"
    if product is ProductType.MALT_BEVERAGE and low > _STRONGEST_MALT:
        return "so strong a malt beverage is not known; read the alcohol content again"
    return None


_CIDER = re.compile(r"\bhard (?:\w+ )?cider\b")
_TAX_CLASS = re.compile(r"\btax class\W{0,2}5041\W{0,3}b\W{0,4}6\b")
_OTHER_FRUIT = re.compile(
    r"\b(?:apricot|banana|blackberry|blueberry|cherry|cranberry|grape|mango|peach|plum|pineapple|raspberry|strawberry)"
    r" (?:\w+ )?cider\b"
)


@rule(
    "scope.under-7-wine",
    title="Wine and cider below 7 %",
    citation="27 CFR 24.257(a), 27.59(b)",
    severity=Severity.REVIEW,
    applies_to=[ProductType.WINE],
)
def scope_under_7_wine(label: Label) -> Result:
    """Domestic wine below 7 % states its alcohol content; only apple or pear cider is taxed as hard cider."""
    percents = label.alcohol.percents()
    weak = bool(percents) and max(percents) < _WINE_FROM
    taxed, cider = find_wording(label.text, _TAX_CLASS), find_wording(label.text, _CIDER)
    if label.origin is Origin.IMPORTED or not (weak or taxed or (cider and not percents)):
        return NOT_APPLICABLE
    if not percents:
        return fail(
            Severity.REVIEW,
            "The cider states no alcohol content that could be read; 27 CFR 24.257(a) requires it.",
            expected="a statement such as “6.2% Alc/Vol”",
            evidence=evidence_of((*taxed, *cider)),
        )
    other = find_wording(label.text, _OTHER_FRUIT) if taxed else ()
    if other:
        return fail(
            Severity.REVIEW,
            f"“{other[0].text}” is labelled with the tax class of hard cider, which has no fruit but apples and pears "
            "(26 U.S.C. 5041(g)).",
            found=other[0].text,
            evidence=evidence_of((*other, *taxed)),
        )
    return PASS


_FOR_TROOPS = re.compile(
    r"\b(?:military|armed forces)\b.{0,30}\b(?:exchange|sale|store|resale|commissary|use only)|"
    r"\b(?:exchange|sale|store)\b.{0,30}\b(?:military|armed forces)\b|\bexchange service\b"
)


@rule(
    "scope.export-exempt",
    title="Exempt for export",
    citation="27 CFR 4.80, 5.8, 7.8, 16.31",
    severity=Severity.REVIEW,
)
def scope_export_exempt(label: Label) -> Result:
    """Parts 4, 5, 7 and 16 do not bind what is exported; the health warning binds what the armed forces receive."""
    if not label.submission.for_export:
        return NOT_APPLICABLE
    troops = find_wording(label.text, _FOR_TROOPS)
    if troops and not label.warning.found:
        return fail(
            Severity.REVIEW,
            f"The application declares export, but “{troops[0].text}” speaks of the U.S. armed forces, for whom 27 CFR "
            "16.31 requires the health warning; none was found.",
            expected="the health warning",
            at=troops[0],
        )
    return fail(
        Severity.INFORMATION,
        "The application declares export: 27 CFR parts 4, 5, 7 and 16 were not applied (4.80, 5.8, 7.8, 16.31).",
    )


@rule(
    "scope.malt-state-law",
    title="Malt beverages sold in one State only",
    citation="27 CFR 7.4, 7.21(c)",
    severity=Severity.INFORMATION,
    applies_to=[ProductType.MALT_BEVERAGE],
)
def scope_malt_state_law(label: Label) -> Result:
    """Part 7 binds a malt beverage sold only in its own State as far as State law is alike; it needs no certificate."""
    state = label.submission.application.sale_state
    if not state:
        return NOT_APPLICABLE
    return fail(
        Severity.INFORMATION,
        f"The malt beverage is declared for sale in {state} only: 27 CFR part 7 binds it only as far as that State has "
        "similar law (7.4), and it needs no certificate of label approval (7.21(c)).",
        found=state,
    )


_FOR_SALE_IN = re.compile(r"\bfor sale in (?:the )?(?:state of )?([a-z. ]+?) only\b")


@rule(
    "scope.exemption-statement",
    title="For sale in one State only",
    citation="27 CFR 4.50(b), 5.23",
    severity=Severity.REVIEW,
    applies_to=[ProductType.WINE, ProductType.DISTILLED_SPIRITS],
)
def scope_exemption_statement(label: Label) -> Result:
    """Under a certificate of exemption the label says `For sale in [State] only`, with the application's State."""
    if label.submission.application_type is not ApplicationType.EXEMPTION:
        return NOT_APPLICABLE
    wanted = state_named(label.submission.application.sale_state)
    expected = f"For sale in {wanted or '[State]'} only"
    stated = find_wording(label.text, _FOR_SALE_IN)
    if not stated:
        return fail(
            Severity.REVIEW,
            f"“{expected}” was not found; a certificate of exemption (27 CFR 4.50(b), 5.23) is for sale in one State.",
            expected=expected,
        )
    named = {_state_of(one.value) for one in stated}
    if None not in named and (wanted is None or named == {wanted}):
        return PASS
    return fail(
        Severity.REVIEW,
        f"The label says “{stated[0].text}”; the certificate of exemption is for sale in {wanted or 'one State'} only.",
        expected=expected,
        at=stated[0],
    )


def _state_of(stated: str) -> str | None:
    match = _FOR_SALE_IN.search(stated)
    return state_named(match[1]) if match else None
