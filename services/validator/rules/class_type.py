"""Class and type designation: 27 CFR 4.21 and 4.34, 5.141 to 5.156, 7.141, 7.142 and 7.146."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from services.validator.fields.appellation import AppellationKind
from services.validator.fields.class_type import Designation
from services.validator.fields.model import Statement, images_of
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.measures import missing, stands_in
from services.validator.rules.model import (
    NOT_APPLICABLE,
    PASS,
    Result,
    Severity,
    fail,
    rule,
)
from services.validator.rules.spirits_classes import NO_CLASS_OF_ITS_OWN
from services.validator.rules.tables import load
from services.validator.rules.wine_reading import brand_images
from services.validator.submission import Origin, ProductType


def of_product(label: Label, product: ProductType) -> tuple[Statement[Designation], ...]:
    """The designations of one product type."""
    return tuple(statement for statement in label.names.designations if statement.value.family.product is product)


def _missing(label: Label, message: str, expected: str) -> Result:
    return fail(missing(label), message, expected=expected)


def _review(message: str, statement: Statement[Designation], expected: str) -> Result:
    return fail(Severity.REVIEW, message, expected=expected, at=statement)


@rule(
    "wine.class",
    title="Class or type designation",
    citation="27 CFR 4.21, 4.32(a)(2), 4.34(a)",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.WINE],
)
def wine_class(label: Label) -> Result:
    """The brand label bears a class of 27 CFR 4.21, or for still grape wine a grape, type or distinctive place name."""
    expected = "a class such as Red Wine or Sparkling Wine, or a grape variety"
    classes = of_product(label, ProductType.WINE)
    plain = [statement for statement in classes if not statement.value.composition]
    standing = [*plain, *label.names.grapes]
    if not standing and label.origin is not Origin.DOMESTIC:
        standing = [area for area in label.names.appellations if area.value.kind is AppellationKind.FOREIGN]
    if standing:
        with_brand = brand_images(label)
        places = frozenset[int]().union(*(images_of(statement.evidence) for statement in standing))
        if with_brand and not places & with_brand:
            return fail(
                Severity.REVIEW,
                "The class or type stands only on a label without the brand name; 27 CFR 4.32(a)(2) requires it on the "
                "brand label.",
                expected=expected,
                at=standing[0],
            )
        return PASS
    confirmed = label.names.class_match is not None and label.names.class_match.found
    if classes and confirmed:
        return PASS
    if classes:
        return _review(
            "Only a statement of composition was read for a class; 27 CFR 4.34(a) allows it for some wines.",
            classes[0],
            expected,
        )
    return _missing(
        label, "No class or type designation was found; 27 CFR 4.32(a)(2) requires one on the brand label.", expected
    )


@rule(
    "spirits.class",
    title="Class and type designation",
    citation="27 CFR 5.63(a)(2), 5.141, 5.156",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.DISTILLED_SPIRITS],
)
def spirits_class(label: Label) -> Result:
    """A designation of the standards of identity (27 CFR part 5) is present; a specialty states its composition."""
    expected = "a class and type such as Kentucky Straight Bourbon Whiskey or Vodka"
    classes = of_product(label, ProductType.DISTILLED_SPIRITS)
    if any(not s.value.composition and s.value.family.name not in NO_CLASS_OF_ITS_OWN for s in classes):
        return PASS
    fanciful = label.names.fanciful_match
    if any(s.value.family.name == "cocktail" for s in classes) or (
        fanciful is not None and fanciful.found and any(_composed(s) for s in classes)
    ):
        return PASS  # what a specialty is composed of is asked by spirits.specialty-composition
    if classes:
        return _review(
            f"{classes[0].text} is no class of its own; a specialty needs a fanciful or trade name with a statement of "
            "composition (27 CFR 5.156, 5.166).",
            classes[0],
            expected,
        )
    mentioned = find_wording(label.text, _SPIRITS_WORD)
    if mentioned:
        return fail(
            Severity.REVIEW,
            f"“{mentioned[0].text}” was read, but no whole class and type designation; 27 CFR 5.63(a)(2) requires one.",
            expected=expected,
            at=mentioned[0],
        )
    return _missing(label, "No class and type designation was found; 27 CFR 5.63(a)(2) requires one.", expected)


_SPIRITS_WORD = re.compile(
    r"\b(?:vodka|gin|rum|tequila|mezcal|whisk(?:e?y|ies)|bourbon|brandy|cognac|liqueur|cordial|schnapps)\b"
)


def _composed(statement: Statement[Designation]) -> bool:
    """Whether it is a statement such as `Vodka with natural flavors` (27 CFR 5.166), not `Spirits distilled from`."""
    return statement.value.composition and statement.value.family.name != "composition"


_MALT_CLASS = re.compile(r"\b(?:malt beverage|malt liquor|beer|ale|ipa|lager|porter|stout)\b")


@rule(
    "malt.class",
    title="Class designation",
    citation="27 CFR 7.63(a)(2), 7.141, 7.142",
    severity=Severity.VIOLATION,
    applies_to=[ProductType.MALT_BEVERAGE],
)
def malt_class(label: Label) -> Result:
    """A class word is present: malt beverage, beer, ale, porter, stout, lager or malt liquor, or a type with one."""
    expected = "malt beverage, beer, ale, porter, stout, lager or malt liquor"
    if label.alcohol.below(Decimal("0.5")):
        return NOT_APPLICABLE
    classes = of_product(label, ProductType.MALT_BEVERAGE)
    if any(statement.value.family.name != "style only" for statement in classes):
        return PASS
    others = [
        *classes,
        *(s for s in label.names.designations if s.value.family.name in {"generic", "cocktail", "composition"}),
    ]
    if others:
        return _review(
            f"{others[0].text} is a style, no class word; 27 CFR 7.141 requires a class.", others[0], expected
        )
    addresses = label.names.addresses
    read = find_wording(label.text, _MALT_CLASS)
    amid = [one for one in read if not any(stands_in(one, each) for each in addresses)]
    if amid:
        return fail(
            Severity.REVIEW,
            f"“{amid[0].text}” was read only amid other text; 27 CFR 7.63(a)(2) requires a class designation.",
            expected=expected,
            at=amid[0],
        )
    return _missing(label, "No class designation was found; 27 CFR 7.63(a)(2) requires one.", expected)


_PLACE_OF_BEER = re.compile(rf"\b(?:{'|'.join(load('malt_words.toml')['places'])})\b", re.IGNORECASE)
_TRUE_PLACE = re.compile(r"\b(?:type|style|american)\b", re.IGNORECASE)
_GERMAN_OR_AUSTRIAN = frozenset({"Germany", "Austria"})


@rule(
    "malt.class.geographic",
    title="Geographic names of beer types",
    citation="27 CFR 7.146",
    severity=Severity.REVIEW,
    applies_to=[ProductType.MALT_BEVERAGE],
)
def malt_class_geographic(label: Label) -> Result:
    """A type named after a place (Vienna, Munich, Bavarian) says `type`, `American` or where it is really made."""
    named = [each for each in of_product(label, ProductType.MALT_BEVERAGE) if _PLACE_OF_BEER.search(each.text)]
    if not named:
        return NOT_APPLICABLE
    made_there = any(
        each.value.country is not None and each.value.country.name in _GERMAN_OR_AUSTRIAN
        for each in label.names.origins
    )
    if made_there or all(_TRUE_PLACE.search(each.text) for each in named):
        return PASS
    return _review(
        f"{named[0].text} is named after a place; 27 CFR 7.146 requires the word type, American or the true place "
        "beside it, as conspicuous, on beer made elsewhere.",
        next(each for each in named if not _TRUE_PLACE.search(each.text)),
        "such as Vienna-type lager",
    )


def plain_class(designations: Iterable[Statement[Designation]]) -> Statement[Designation] | None:
    """The first designation that is a class of its own."""
    for statement in designations:
        if not statement.value.composition and statement.value.family.name not in NO_CLASS_OF_ITS_OWN:
            return statement
    return None
