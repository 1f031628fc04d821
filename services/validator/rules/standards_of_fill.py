"""Whether wine and spirits are bottled in a standard of fill; the sizes by product and day are in `data/`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.validator.fields.text import n3
from services.validator.fields.units import System
from services.validator.label import Label
from services.validator.rules.measures import text_of, weight
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.tables import load
from services.validator.submission import ProductType

_CANNED = re.compile(r"\bcan(?:s|ned)?\b")
_LEAST_WINE = Decimal(7)
_WINE_EVEN_LITRES_FROM = Decimal(4000)
_WINE_WITHOUT_STANDARD_FROM = Decimal(18000)
"""Millilitres: larger containers of wine have no standard of fill (27 CFR 4.70(b))."""


@dataclass(frozen=True, slots=True)
class StandardsOfFill:
    """One edition for one product: sizes in millilitres; `can_sizes` None: the same for cans."""

    product: ProductType
    citation: str
    source: str
    sizes: frozenset[Decimal]
    can_sizes: frozenset[Decimal] | None = None
    effective_from: date = date.min

    def allows(self, millilitres: Decimal) -> bool:
        """Whether a container other than a metal can may hold so much; wine also whole litres from 4 litres."""
        whole_litres = millilitres >= _WINE_EVEN_LITRES_FROM and millilitres % 1000 == 0
        return millilitres in self.sizes or (self.product is ProductType.WINE and whole_litres)

    def only_in_cans(self, millilitres: Decimal) -> bool:
        """Whether only metal cans may hold so much."""
        return self.can_sizes is not None and millilitres in self.can_sizes and not self.allows(millilitres)


def _load() -> tuple[StandardsOfFill, ...]:
    return tuple(
        StandardsOfFill(
            ProductType(edition["product"]),
            edition["citation"],
            edition["source"],
            frozenset(Decimal(size) for size in edition["sizes"]),
            frozenset(Decimal(size) for size in edition["can_sizes"]) if "can_sizes" in edition else None,
            edition.get("effective_from", date.min),
        )
        for edition in load("standards_of_fill.toml")["edition"]
    )


EDITIONS = _load()


def standards_of_fill(product: ProductType, as_of: date) -> StandardsOfFill:
    """The edition in force on that day; wine and distilled spirits only (KeyError for malt beverages)."""
    valid = [one for one in EDITIONS if one.product is product and one.effective_from <= as_of]
    if not valid:
        raise KeyError(product)
    return max(valid, key=lambda one: one.effective_from)


@rule(
    "wine.net.standard-fill",
    title="Wine is bottled in a standard of fill",
    citation="27 CFR 4.71, 4.72",
    severity=Severity.VIOLATION,
    applies_to=(ProductType.WINE,),
)
def wine_net_standard_fill(label: Label) -> Result:
    """Below 18 litres wine is bottled in a size of 4.72, or from 4 litres in whole litres; not sake, nor below 7 %."""
    designation = label.names.class_type
    chosen = label.alcohol.chosen
    if designation is not None and "sake" in n3(designation.text).split():
        return NOT_APPLICABLE
    if chosen is not None and chosen.sure and max(label.alcohol.percents()) < _LEAST_WINE:
        return NOT_APPLICABLE
    return _standard_fill(label, ProductType.WINE)


@rule(
    "spirits.net.standard-fill",
    title="Spirits are bottled in a standard of fill",
    citation="27 CFR 5.201, 5.203",
    severity=Severity.VIOLATION,
    applies_to=(ProductType.DISTILLED_SPIRITS,),
)
def spirits_net_standard_fill(label: Label) -> Result:
    """Spirits are bottled in a size of 5.203; before January 10, 2025 metal cans had a list of their own."""
    return _standard_fill(label, ProductType.DISTILLED_SPIRITS)


def _standard_fill(label: Label, product: ProductType) -> Result:
    metric = sorted(label.net_contents.of(System.METRIC), key=lambda one: one is not label.net_contents.chosen)
    if not metric:
        return NOT_CHECKABLE
    statement, standards = metric[0], standards_of_fill(product, label.submission.as_of)
    millilitres = statement.value.millilitres
    if product is ProductType.WINE and millilitres >= _WINE_WITHOUT_STANDARD_FROM:
        return NOT_APPLICABLE
    if standards.allows(millilitres):
        return PASS
    size = str(statement.value.volume)
    if standards.only_in_cans(millilitres):
        if _CANNED.search(text_of(label)):
            return PASS
        return fail(
            Severity.REVIEW,
            f"{size} is a standard of fill for metal cans only ({standards.source}); no word tells the container.",
            expected="a metal can, or another size",
            at=statement,
        )
    return fail(
        weight(statement),
        f"{size} is no standard of fill ({standards.source}, in force on {label.submission.as_of.isoformat()}).",
        expected="a size of " + standards.citation,
        at=statement,
    )
