"""What the product is and where it comes from, judged from the label's own words when the submission does not say."""

from __future__ import annotations

import re
from decimal import Decimal

from services.validator.fields.appellation import AppellationKind
from services.validator.fields.model import LabelPanel
from services.validator.fields.names import NamesReading
from services.validator.fields.origin import OriginForm
from services.validator.submission import Origin, ProductType

_WORDS = {
    ProductType.WINE: re.compile(
        r"winer(?:y|ies)|vineyard|\bwines?\b|\bvin(?:o|ho)?\b|\bvinted\b|\bcellared\b|\bbodega|\bchateau\b|\bvintage\b",
        re.I,
    ),
    ProductType.DISTILLED_SPIRITS: re.compile(r"distill(?:ery|ing|ed)|\bproof\b|\bspirits?\b", re.I),
    ProductType.MALT_BEVERAGE: re.compile(r"brew(?:ery|ing|ed|works)|\bhops?\b|\bmalt\b|\bgallons?\b|\bpint\b", re.I),
}
_CLASS_VOTE, _WORD_VOTE, _GRAPE_VOTE = 4, 1, 3
_SPIRITS_STRENGTH, _WINE_STRENGTH = Decimal(25), Decimal(7)


def judge_product_type(
    panels: tuple[LabelPanel, ...], names: NamesReading, alcohol_percents: tuple[Decimal, ...]
) -> ProductType | None:
    """The product type that designation, trade words and strength speak for; None when they do not agree."""
    votes = dict.fromkeys(ProductType, 0)
    for at, statement in enumerate(names.designations[:3]):
        votes[statement.value.family.product] += _CLASS_VOTE if at == 0 else 1
    if names.grapes:
        votes[ProductType.WINE] += _GRAPE_VOTE
    if any(area.value.kind is AppellationKind.FOREIGN for area in names.appellations):
        votes[ProductType.WINE] += 1
    text = "\n".join(line.text for panel in panels for line in panel.page.lines)
    for product, words in _WORDS.items():
        votes[product] += _WORD_VOTE * min(2, len({match.casefold() for match in words.findall(text)}))
    if alcohol_percents and min(alcohol_percents) > _SPIRITS_STRENGTH:
        votes[ProductType.DISTILLED_SPIRITS] += _CLASS_VOTE
        votes[ProductType.WINE] = votes[ProductType.MALT_BEVERAGE] = 0
    elif alcohol_percents and max(alcohol_percents) < _WINE_STRENGTH:
        votes[ProductType.WINE] //= 2
    first, second = sorted(votes.values(), reverse=True)[:2]
    if first < _CLASS_VOTE - 1 or first <= second:
        return None
    return max(votes, key=lambda product: votes[product])


def judge_origin(names: NamesReading, product_type: ProductType | None) -> Origin | None:
    """Imported when the label names an importer or a foreign origin, domestic when somebody in a U.S. place made it."""
    importers = [statement for statement in names.addresses if statement.value.importer]
    foreign = any(
        statement.value.foreign and statement.value.form in (OriginForm.PHRASE, OriginForm.AFTER_PLACE)
        for statement in names.origins
    )
    bottled_here = any(
        statement.value.in_the_united_states and statement.value.does("bottled", "packed", "canned", "filled")
        for statement in names.addresses
        if not statement.value.importer
    )
    if importers:
        return Origin.BOTTLED_AFTER_IMPORT if bottled_here else Origin.IMPORTED
    if foreign:
        return Origin.BOTTLED_AFTER_IMPORT if bottled_here else Origin.IMPORTED
    if any(
        statement.value.in_the_united_states and _made(statement.value.function, product_type)
        for statement in names.addresses
    ):
        return Origin.DOMESTIC
    return None


def _made(function: str, product_type: ProductType | None) -> bool:
    """Whether the statement tells who made it; malt beverages need no phrase (27 CFR 7.66)."""
    if not function:
        return product_type is ProductType.MALT_BEVERAGE
    return not function.startswith(("distributed", "shipped"))
