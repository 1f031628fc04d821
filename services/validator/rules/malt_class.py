"""Special class and type rules of malt beverages: 27 CFR 7.128 and 7.141 to 7.147; rulebook section 6."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from services.validator.fields.class_type import Designation
from services.validator.fields.model import Statement
from services.validator.fields.wording import find_wording
from services.validator.fields.wordlists import words
from services.validator.label import Label
from services.validator.rules.declared import declares
from services.validator.rules.malt_strength import ALCOHOL_FREE, NO_ALCOHOL_FIGURE, NON_ALCOHOLIC
from services.validator.rules.measures import stands_in
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail, rule, violation_if
from services.validator.rules.tables import load
from services.validator.submission import ProductType

_MALT = (ProductType.MALT_BEVERAGE,)
_HALF = Decimal("0.5")

_WORDS = load("malt_words.toml")
_BEER_WORDS = "|".join(_WORDS["beers"])
_BEER = re.compile(rf"(?<!near )\b(?:{_BEER_WORDS})\b(?! (?:company|co\b|garden|hall))")
_PERMITTED = re.compile(r"\b(?:malt|cereal) beverage\b|\bnear beer\b")
_NEAR_BEER = re.compile(r"\bnear beer\b")
_SO_CALLED = re.compile(
    rf"(?:\bnon\s?-?\s?alcoholic|\balcohol[- ]?free|(?<![\d.,])0[.,]0{{1,2}}\s?%) (?:\w+ )?(?:{_BEER_WORDS})\b"
)
_WITHOUT_ALCOHOL = (NON_ALCOHOLIC, ALCOHOL_FREE, NO_ALCOHOL_FIGURE, _NEAR_BEER)


@rule(
    "malt.class.under-half-percent",
    title="Class of malt beverages below 0.5 %",
    citation="27 CFR 7.145",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_class_under_half_percent(label: Label) -> Result:
    """Below 0.5 % alcohol by volume the class is malt beverage, cereal beverage or near beer, never beer or ale."""
    weak = label.alcohol.below(_HALF)
    if not weak and (label.alcohol.statements or not any(find_wording(label.text, each) for each in _WITHOUT_ALCOHOL)):
        return NOT_APPLICABLE
    beer = [
        one
        for one in find_wording(label.text, _BEER)
        if not any(stands_in(one, each) for each in label.names.addresses)
    ]
    permitted = find_wording(label.text, _PERMITTED)
    if not beer:
        return PASS if permitted else NOT_APPLICABLE
    designated = bool(find_wording(label.text, _SO_CALLED)) or any(
        one.value.family.product is ProductType.MALT_BEVERAGE for one in label.names.designations
    )
    return fail(
        violation_if(beer[0].sure and designated and not permitted),
        f"“{beer[0].text}” designates a malt beverage of 0.5 % or more; 27 CFR 7.145 requires malt beverage, cereal "
        "beverage or near beer below that.",
        expected="malt beverage, cereal beverage or near beer",
        at=beer[0],
    )


_ADDED = re.compile(
    r"\b(?:natural|artificial)(?:ly)? (?:\w+ )?(?:flavou?r(?:s|ed|ing)?|colou?r(?:s|ed)?|sweetene(?:d|rs?))\b|"
    r"\bcaramel colou?r\b|\bfd ?& ?c\b|\bcertified colou?r\b"
)
_DECLARED_ADDED = re.compile(r"\bflavou?r|\bcolou?r|\bsweetene|\bfd ?& ?c\b|\bsucralose\b|\baspartame\b")
_FRUITS = words("flavours") - {"diluted"}
_FRUIT_BEER = re.compile(rf"\b(?:{'|'.join(sorted(_FRUITS))})[- ](?:\w+[- ])?(?:{_BEER_WORDS})\b")
_WITH_ADDED = re.compile(
    rf"\b(?:{_BEER_WORDS}|malt beverage)s?,? (?:\w+ ){{0,2}}with\b|"
    rf"\bflavou?red (?:\w+ )?(?:{_BEER_WORDS}|malt)\b"
)
_TELLS = re.compile(r"\bwith\b|\bflavou?red\b|\bfruit\b|\bspiced?\b|\bbrewed\b|\bfermented\b|\binfused\b")


@rule(
    "malt.class.composition",
    title="Statement of composition of flavored malt beverages",
    citation="27 CFR 7.141(b), 7.144, 7.147",
    severity=Severity.REVIEW,
    applies_to=_MALT,
)
def malt_class_composition(label: Label) -> Result:
    """A malt beverage with flavors, colors or artificial sweeteners names its base class and what was added to it."""
    classes = [one for one in label.names.designations if one.value.family.product is ProductType.MALT_BEVERAGE]
    named_after_it = [one for one in classes if one.value.composition or one.value.words & _FRUITS]
    if named_after_it or (classes and find_wording(label.text, _FRUIT_BEER)):
        return PASS
    added = find_wording(label.text, _ADDED)
    fruit = _fruit_name(label, classes)
    if not (added or fruit or declares(label, _DECLARED_ADDED)):
        return NOT_APPLICABLE
    if find_wording(label.text, _WITH_ADDED):
        return PASS
    expected = "the base class with what was added, such as Beer with natural orange flavor and caramel color"
    if not classes:
        return fail(
            Severity.REVIEW,
            "The malt beverage is flavored or colored and no base class was read; 27 CFR 7.147(b) requires one in the "
            "statement of composition.",
            expected=expected,
            found=(added[0].text if added else fruit),
            evidence=added[0].evidence if added else (),
        )
    if any(_TELLS.search(one.text.casefold()) for one in classes):
        return PASS
    return fail(
        Severity.REVIEW,
        f"“{classes[0].text}” does not tell what was added; 27 CFR 7.144 and 7.147 want it beside the class.",
        expected=expected,
        at=classes[0],
    )


def _fruit_name(label: Label, classes: Sequence[Statement[Designation]]) -> str:
    """A fruit in the fanciful name or printed by itself as large as the class; without a class also in the brand."""
    names = label.names
    for name in (names.fanciful_name, None if classes else names.brand):
        if name is not None and set(re.findall(r"[a-z]+", name.text.casefold())) & _FRUITS:
            return name.text
    least = min((one.value.height for one in classes), default=0.0)
    for passage in label.text.passages:
        row = passage.first_row
        if len(row) == 1 and row[0].key in _FRUITS and passage.height >= least > 0:
            return row[0].text
    return ""


_TWO_IN_ONE = re.compile(r"\b(?:half (?:and|&) half|black (?:and|&) tan)\b(?! (?:co\b|company|brewing|brewery|inc\b))")
_CLASSES = rf"(?:{'|'.join(_WORDS['classes'])})"
_TWO_CLASSES = re.compile(
    rf"\b(?:half (?:and|&) half|black (?:and|&) tan)\b.{{0,20}}\b{_CLASSES}\b,? (?:and|&|with) (?:\w+ )?{_CLASSES}\b"
)
_RECONSTITUTED = re.compile(rf"\breconstituted (?:malt|{_CLASSES})\b|\b(?:malt(?: beverage)?|{_CLASSES}) concentrate\b")
_PRODUCED_FROM = re.compile(
    rf"\bproduced from (?:\w+ )?{_CLASSES} concentrate\b|\bproduced from malt beverage concentrate\b"
)
_ICE_AFTER = re.compile(r"\b(?:beer|lager|ale) ice\b(?! (?:cold|box))")
_ICE_BEFORE = re.compile(r"\bice (?:beer|lager|ale|porter|stout|malt liquor)\b")
_GRAIN = re.compile(r"\b(?:wheat|rye) (?:beer|ale|lager|porter|stout|malt liquor)\b")


@rule(
    "malt.class.special",
    title="Special types of malt beverages",
    citation="27 CFR 7.143(a)-(f)",
    severity=Severity.REVIEW,
    applies_to=_MALT,
)
def malt_class_special(label: Label) -> Result:
    """Half and half and black and tan name their two classes; concentrate is told; ice stands before the class."""
    mixed = [
        one
        for one in find_wording(label.text, _TWO_IN_ONE)
        if one.value.replace("&", "and") not in label.submission.application.brand_name.casefold().replace("&", "and")
    ]
    if mixed:
        if find_wording(label.text, _TWO_CLASSES):
            return PASS
        return _special(mixed[0], "names no two classes beside it", "such as Half and Half, Porter and Stout")
    concentrate = find_wording(label.text, _RECONSTITUTED)
    if concentrate or declares(label, _RECONSTITUTED):
        if find_wording(label.text, _PRODUCED_FROM):
            return PASS
        if concentrate:
            return _special(concentrate[0], "is not the statement required", "PRODUCED FROM ____ CONCENTRATE")
        return fail(
            Severity.REVIEW,
            "The application declares concentrate; 27 CFR 7.143(a) requires PRODUCED FROM ____ CONCENTRATE.",
            expected="PRODUCED FROM ____ CONCENTRATE, with the class, next to the class designation",
        )
    ice = find_wording(label.text, _ICE_AFTER)
    if ice:
        return _special(ice[0], "has ice after the class", "ice before the class, such as Ice Beer")
    grain = find_wording(label.text, _GRAIN)
    if grain:
        return fail(
            Severity.INFORMATION,
            f"“{grain[0].text}” needs 25 % malted wheat or rye in its fermentable base (27 CFR 7.143(e)-(f)), which no "
            "label shows.",
            at=grain[0],
        )
    return PASS if find_wording(label.text, _ICE_BEFORE) else NOT_APPLICABLE


def _special(statement: Statement[str], problem: str, expected: str) -> Result:
    return fail(
        Severity.REVIEW,
        f"“{statement.text}” {problem}; 27 CFR 7.143 requires {expected}.",
        expected=expected,
        at=statement,
    )


_LIQUORS = rf"(?:{'|'.join(_WORDS['spirits_and_wines'])})"
_LIQUOR_BEER = re.compile(
    rf"\b{_LIQUORS}[- ](?:flavou?red )?(?:beer|ale|lager|stout|porter)\b|"
    rf"\b(?:beer|ale|lager|stout|porter) with (?:natural )?{_LIQUORS} flavou?rs?\b"
)
_LIQUOR = re.compile(rf"\b{_LIQUORS}\b|\b(?:{'|'.join(_WORDS['mixed_drinks'])})\b")
_WOOD = re.compile(r"\bbarrels?\b|\bcasks?\b|\baged\b|\bfoeders?\b|\bfinished\b")


@rule(
    "malt.class.spirits-impression",
    title="No impression of distilled spirits or wine",
    citation="27 CFR 7.128, 7.143(h)(3)",
    severity=Severity.VIOLATION,
    applies_to=_MALT,
)
def malt_class_spirits_impression(label: Label) -> Result:
    """No designation such as bourbon ale or Chardonnay lager; what tells of aging in barrels is allowed."""
    found = find_wording(label.text, _LIQUOR_BEER)
    if not found:
        return PASS if find_wording(label.text, _LIQUOR) else NOT_APPLICABLE
    aged = bool(find_wording(label.text, _WOOD))
    surest = next((one for one in found if one.sure), found[0])
    return fail(
        violation_if(surest.sure and not aged),
        f"“{surest.text}” gives the impression of distilled spirits or wine, which 27 CFR 7.128 and 7.143 forbid.",
        expected="a class without the name of a spirit or grape, or with how it was aged (bourbon barrel aged stout)",
        at=surest,
    )
