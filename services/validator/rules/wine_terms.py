"""Words that part 4 keeps off wine labels or ties to a condition: 27 CFR 4.38(g) and 4.39(a), (b), (f) and (l)."""

from __future__ import annotations

import re
from typing import Any

from services.validator.fields.model import Statement
from services.validator.fields.passages import key_of
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.measures import missing
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.tables import any_of
from services.validator.rules.wine_lists import LISTS
from services.validator.rules.wine_reading import (
    WINE,
    classes,
    is_other_class,
    letter_height,
    not_american,
    outside_prose,
    surely,
    whole_rows,
)


def _review(message: str, found: Statement[Any], expected: str) -> Result:
    return fail(Severity.REVIEW, message, expected=expected, at=found)


_NAMED = re.compile(rf"\b(?:{any_of(LISTS.foreign_terms)})\b")
_LIKE = re.compile(rf"\b(?:{any_of(LISTS.like_foreign_terms)})\b")


@rule(
    "wine.foreign-terms",
    title="Foreign terms for ripeness or quality",
    citation="27 CFR 4.39(l)",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_foreign_terms(label: Label) -> Result:
    """American wine bears no foreign term for ripeness or quality, such as Auslese, Eiswein or Kabinett."""
    named = find_wording(label.text, _NAMED)
    found = (*named, *find_wording(label.text, _LIKE))
    if not found:
        return NOT_APPLICABLE
    other = not_american(label)
    if other is not None:
        return other
    designating = outside_prose(label.text, _NAMED)
    severity = surely(label, designating[0]) if designating else Severity.REVIEW
    first = (*designating, *found)[0]
    return fail(
        severity,
        f"{first.text} is a foreign term for ripeness or quality; 27 CFR 4.39(l) forbids such terms on American wine.",
        expected="an English description such as Late Harvest",
        at=first,
    )


_IMPORTER = re.compile(r"\bimport(?:er|ers|s|ing)\b", re.IGNORECASE)
_NAMED_BY_THE_LAW = re.compile(r"\bimporters?\b", re.IGNORECASE)
_AMERICAN = re.compile(
    r"\b(?:product|produce|wine) of (?:the )?(?:united states|u\.? ?s\.? ?a?\b|america"
    r"|california|oregon|washington|new york)"
    r"|\bmade in (?:the )?(?:united states|u\.? ?s\.? ?a?\b)"
)
_CONSPICUOUS = 0.5


@rule(
    "wine.importer-word",
    title="The word Importer on domestic wine",
    citation="27 CFR 4.39(f)",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_importer_word(label: Label) -> Result:
    """Domestic wine of a company with Importers in its name says Product of the United States, as large as the name."""
    named = [each for each in label.names.addresses if _IMPORTER.search(each.value.name)]
    if not named:
        return NOT_APPLICABLE
    other = not_american(label)
    if other is not None:
        return other
    company, expected = named[0], "Product of the United States, in the size of the company's name"
    home = (each for each in label.names.origins if not each.value.foreign)
    stated: list[Statement[Any]] = [*find_wording(label.text, _AMERICAN), *home]
    importers = _NAMED_BY_THE_LAW.search(company.value.name)
    if not stated:
        return fail(
            min(missing(label), surely(label, company), key=_least) if importers else Severity.REVIEW,
            f"{company.value.name} names an importer on domestic wine without Product of the United States; 27 CFR "
            "4.39(f) requires it.",
            expected=expected,
            at=company,
        )
    name, words = letter_height(label, company.evidence), letter_height(label, stated[0].evidence)
    if name and words and words < _CONSPICUOUS * name:
        return _review(
            f"{stated[0].text} is much smaller than {company.value.name}; 27 CFR 4.39(f) requires the same size and "
            "kind of printing.",
            stated[0],
            expected,
        )
    return PASS


def _least(severity: Severity) -> int:
    return [Severity.INFORMATION, Severity.REVIEW, Severity.VIOLATION].index(severity)


_DRINK_NAME = any_of(LISTS.drinks)
_SPIRIT_NAME = any_of(LISTS.spirits)
_DRINK = re.compile(
    rf"\b(?:{_DRINK_NAME})s?\b|\b(?:cr[eè]me|cream) (?:de|of) (?:{any_of(LISTS.spirit_flavors)})\b"
    rf"|\b(?:{_SPIRIT_NAME})\b(?![\w -]{{0,20}}(?:barrel|cask))"
)
_CASK = re.compile(rf"\b(?:{_SPIRIT_NAME})[\w -]{{0,20}}(?:barrel|cask)s?\b")
_OF_WINE = re.compile(
    rf"\b(?:{_DRINK_NAME}|{_SPIRIT_NAME})s?[ -](?:(?:style|type|inspired|flavou?red) )?(?:wine|cocktail)"
)


@rule(
    "wine.spirits-impression",
    title="Impression of spirits",
    citation="27 CFR 4.39(a)(7), (9)",
    severity=Severity.REVIEW,
    applies_to=WINE,
)
def wine_spirits_impression(label: Label) -> Result:
    """Brand and designation of wine name no spirits and no drink made with them; casks of spirits are only noted."""
    named = _named_as_drink(label)
    if named is not None:
        return _review(
            f"{named.text} names spirits or a drink made with them; 27 CFR 4.39(a)(7) and (9) forbid that impression "
            "in the brand name or designation of wine.",
            named,
            "a brand name and designation without the name of spirits",
        )
    casks = find_wording(label.text, _CASK)
    if casks:
        return fail(
            Severity.INFORMATION,
            f"The label tells of {casks[0].text}; it must not make the wine seem to contain spirits (27 CFR "
            "4.39(a)(7)).",
            at=casks[0],
        )
    return NOT_APPLICABLE


def _named_as_drink(label: Label) -> Statement[Any] | None:
    """A drink in the designation, or in the brand or fanciful name of a wine that is mixed or flavored."""
    found = outside_prose(label.text, _OF_WINE)
    if found:
        return found[0]
    names = label.names
    drinks = [each for each in names.designations if each.value.family.name == "cocktail"]
    mixed = is_other_class(label) or (bool(drinks) and not classes(label) and not names.varietal_designations)
    shown: list[Statement[Any]] = [each for each in (names.brand, names.fanciful_name) if each is not None]
    if not mixed and not find_wording(label.text, re.compile(r"\bwine (?:cocktail|specialty|highball)\b")):
        return None
    plain = [each for each in names.designations if not each.value.composition]
    return next((each for each in (*shown, *plain) if _DRINK.search(each.text.casefold())), None)


_FORMS = "wine|port|sherry|madeira|marsala|reserve|blend"
_YEARS_OLD = re.compile(r"(?:\w+ )?\d{1,3}[ -]years?[ -]old(?! vine| tree)(?: \w+){0,2}")
_AGE = re.compile(
    rf"\b\d{{1,3}}[ -]years?[ -]old (?:\w+ )?(?:{_FORMS})\b"
    r"|\baged (?:for )?(?:over |at least )?(?:\d{1,3}|two|three|four|five|six|seven|eight|ten|twelve|twenty) years?\b"
    r"(?! (?:in|on|under|sur) )"
    r"|\b(?:very |extra )?old(?:est)? reserve\W+\d{1,3} years?\b|\b\d{1,3} years? of age\b"
)
_DRINKERS = re.compile(r"\b2?1 years of age\b|\b\d{1,3} years? of age (?:or|and) (?:older|over)\b")


@rule(
    "wine.age-claims",
    title="Representations of age",
    citation="27 CFR 4.39(b)",
    severity=Severity.REVIEW,
    applies_to=WINE,
)
def wine_age_claims(label: Label) -> Result:
    """Wine states no age but its vintage year; a method such as aging in oak, and Old in a brand name, are free."""
    told = (*find_wording(label.text, _AGE), *whole_rows(label.text, _YEARS_OLD))
    found = [each for each in told if not _DRINKERS.search(each.text.casefold())]
    if not found:
        return NOT_APPLICABLE
    return _review(
        f"{found[0].text} states an age; 27 CFR 4.39(b) allows only the vintage year and methods of aging.",
        found[0],
        "a vintage year, or how the wine was aged",
    )


_SHARE = r"\d{1,2}(?:\.\d+)?\s?(?:%|percent)"
_PRAISED = re.compile(
    rf"\b(?:infused with|(?:made |crafted |blended |flavou?red )?with (?:{any_of(LISTS.praise)}))"
    rf"(?: {_SHARE})?(?: (?:and )?[\w'-]+){{1,2}}(?:\W{{1,3}}{_SHARE})?"
)
_NO_INGREDIENTS = frozenset(LISTS.no_ingredients)
_PRAISE = frozenset(key_of(word) for phrase in LISTS.praise for word in (phrase, *phrase.split()))


@rule(
    "wine.ingredient-representation",
    title="Praise of an ingredient",
    citation="27 CFR 4.38(g)",
    severity=Severity.REVIEW,
    applies_to=WINE,
)
def wine_ingredient_representation(label: Label) -> Result:
    """A label that praises an ingredient other than grapes states its name and percent by volume beside it."""
    # Of plain grape wine, prose tells the taste: "a palate infused with cherries".
    told = find_wording(label.text, _PRAISED) if is_other_class(label) else outside_prose(label.text, _PRAISED)
    praised = [each for each in told if _is_ingredient(each.value)]
    if not praised:
        return NOT_APPLICABLE
    without = next((each for each in praised if not re.search(_SHARE, each.text)), None)
    if without is None:
        return PASS
    return _review(
        f"The label says “{without.text}” without a percentage; 27 CFR 4.38(g) requires the name and percent by volume "
        "of an ingredient that is praised.",
        without,
        "the ingredient's percent by volume",
    )


def _is_ingredient(phrase: str) -> bool:
    """Whether the words after the praise begin with an ingredient: not grapes, flavors or care."""
    words = {key_of(word) for word in phrase.split("with ", 1)[-1].split()} - _PRAISE
    return bool(words) and not words & _NO_INGREDIENTS
