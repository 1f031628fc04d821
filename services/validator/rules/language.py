"""Mandatory information is in English: 27 CFR 4.38(c), 5.55, 7.55. The wordings are in `data/languages.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from services.validator.fields.appellation import AppellationKind
from services.validator.fields.places import state_named
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.model import ALL_PRODUCTS, NOT_APPLICABLE, Finding, Result, Severity, all_of, rule
from services.validator.rules.tables import load
from services.validator.submission import Origin, ProductType


class Item(StrEnum):
    """Mandatory information that other languages word in known ways."""

    IMPORTER = "importer's statement"
    SULFITES = "sulfite declaration"
    CLASS = "class designation"


@dataclass(frozen=True, slots=True)
class MandatoryWording:
    """How an item is worded in other languages, and in English."""

    item: Item
    foreign: re.Pattern[str]
    english: re.Pattern[str]
    products: frozenset[ProductType]


def _load() -> tuple[MandatoryWording, ...]:
    return tuple(
        MandatoryWording(
            Item(entry["item"]),
            re.compile(entry["foreign"]),
            re.compile(entry["english"]),
            frozenset(ProductType(product) for product in entry.get("products", ProductType)),
        )
        for entry in load("languages.toml")["statement"]
    )


_WORDINGS = _load()
_PUERTO_RICO = "Puerto Rico"


@rule(
    "common.english",
    title="Mandatory information in English",
    citation="27 CFR 4.38(c), 5.55, 7.55",
    severity=Severity.REVIEW,
)
def common_english(label: Label) -> Result:
    """Mandatory information is in English; names and places may be foreign, and Spanish serves in Puerto Rico."""
    in_puerto_rico = state_named(label.submission.application.sale_state) == _PUERTO_RICO
    if in_puerto_rico and label.product_type is not ProductType.WINE:
        return NOT_APPLICABLE
    findings: list[Finding] = []
    seen = False
    for wording in _WORDINGS:
        if wording.products != ALL_PRODUCTS and label.product_type not in wording.products:
            continue
        foreign = find_wording(label.text, wording.foreign)
        seen = seen or bool(foreign)
        if not foreign or find_wording(label.text, wording.english) or _told_otherwise(label, wording.item):
            continue
        findings.append(
            Finding(
                Severity.REVIEW,
                f"The {wording.item} was read only as “{foreign[0].text}”; 27 CFR 4.38(c), 5.55 and 7.55 require it in "
                "English.",
                expected="the same in English",
                found=foreign[0].text,
                evidence=foreign[0].evidence,
            )
        )
    return all_of(findings) if seen else NOT_APPLICABLE


def _told_otherwise(label: Label, item: Item) -> bool:
    """Whether the item stands in another form: a grape or a place for the class of wine, a domestic maker."""
    names = label.names
    match item:
        case Item.IMPORTER:
            return label.origin is Origin.DOMESTIC
        case Item.SULFITES:
            return any(one.value == "declared" for one in names.sulfites)
        case Item.CLASS:
            places = [area for area in names.appellations if area.value.kind is AppellationKind.FOREIGN]
            return bool(names.grapes or places) or any(not one.value.composition for one in names.designations)
