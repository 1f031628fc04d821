"""What a wine's designation must say besides its class: 27 CFR 4.21(b), 4.24, 4.32(a)(4) and 4.34(a)."""

from __future__ import annotations

import re
from decimal import Decimal

from services.validator.fields.class_type import Designation
from services.validator.fields.model import Evidence, Statement, images_of
from services.validator.fields.passages import key_of
from services.validator.fields.places import COUNTRIES, COUNTRY_ADJECTIVES, STATES, VITICULTURAL_AREAS
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.measures import evidence_of, missing
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.tables import any_of
from services.validator.rules.wine_lists import LISTS
from services.validator.rules.wine_reading import (
    GRAPE_WINES,
    WINE,
    brand_images,
    classes,
    line_heights,
    outside_prose,
    whole_rows,
)
from services.validator.submission import Origin

_BULK = re.compile(rf"\b(?:{any_of(LISTS.bulk_process)})\b")
_SPARKLING = re.compile(r"\bsparkling (?:\w+ )?wine\b")
_STYLE = re.compile(r"\bchampagne[ -](?:style|type)\b")
_CHARMAT = re.compile(r"\bcharmat\b")
_AREAS = any_of(("american", "new york state", *STATES.values(), *VITICULTURAL_AREAS))
_OF_A_PLACE = re.compile(rf"\b(?:{_AREAS}) champagne\b")


@rule(
    "wine.class.champagne-method",
    title="Champagne and its method",
    citation="27 CFR 4.21(b)(2)-(3), 4.24(b)",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_class_champagne_method(label: Label) -> Result:
    """Domestic champagne is fermented in the bottle, or says sparkling wine and how it was made (27 CFR 4.21(b)(3))."""
    named = [each for each in label.names.designations if "champagne" in each.value.words]
    if not named:
        return NOT_APPLICABLE
    if label.origin is None:
        return NOT_CHECKABLE
    if label.origin is not Origin.DOMESTIC:
        return NOT_APPLICABLE
    sparkling = find_wording(label.text, _SPARKLING)
    style = find_wording(label.text, _STYLE)
    charmat = find_wording(label.text, _CHARMAT)
    of_place = find_wording(label.text, _OF_A_PLACE)
    bulk = find_wording(label.text, _BULK)
    if sparkling and (style or (of_place and bulk)):
        return PASS
    shown = (*style, *of_place, *named)[0]
    if style or charmat or bulk:
        lacks = "sparkling wine" if not sparkling else "a phrase such as Bulk process"
        return fail(
            missing(label) if shown.sure else Severity.REVIEW,
            f"{shown.text} stands without {lacks}; 27 CFR 4.21(b)(3) requires it on sparkling wine that was not "
            "fermented in the bottle.",
            expected="Sparkling Wine, and American Champagne with Bulk process or the like",
            at=shown,
        )
    return fail(
        Severity.REVIEW,
        f"{shown.text} means secondary fermentation in bottles of at most one gallon (27 CFR 4.21(b)(2)), which a "
        "label can't show.",
        expected="fermentation in the bottle, or Sparkling Wine with the method",
        at=shown,
    )


_ALIKE, _MUCH_SMALLER = 0.75, 0.5
_ADDED_WORD = re.compile(r"sparkling|carbonated|imitation|substandard")


@rule(
    "wine.class.words-together",
    title="Parts of the designation together",
    citation="27 CFR 4.34(a)",
    severity=Severity.REVIEW,
    applies_to=WINE,
)
def wine_class_words_together(label: Label) -> Result:
    """All words of the designation stand together in letters of about one size and kind."""
    designations = classes(label)
    if not designations:
        return NOT_APPLICABLE
    apart = _apart(label, designations)
    if apart is not None:
        return apart
    for each in designations:
        heights = [height for place in each.evidence for height in _of_designation(label, each, place)]
        ratio = min(heights) / max(heights) if heights else 1.0
        if ratio < _ALIKE:
            return fail(
                Severity.REVIEW if ratio < _MUCH_SMALLER else Severity.INFORMATION,
                f"A part of {each.text} is printed in {ratio:.0%} of the size of another; 27 CFR 4.34(a) requires "
                "substantially one size.",
                expected="all words of the designation in one size",
                at=each,
            )
    return PASS


def _apart(label: Label, designations: tuple[Statement[Designation], ...]) -> Result | None:
    """`Sparkling` far from `Wine`, and in no designation."""
    added = next(
        (
            each
            for each in whole_rows(label.text, _ADDED_WORD)
            if not any(each.value in d.value.words for d in designations)
        ),
        None,
    )
    if added is None or any(d.value.family.name not in GRAPE_WINES for d in designations):
        return None
    return fail(
        Severity.REVIEW,
        f"{added.text} stands apart from {designations[0].text}; 27 CFR 4.34(a) requires the words of the designation "
        "in direct conjunction.",
        expected=f"{added.text} beside {designations[0].text}",
        found=added.text,
        evidence=(*added.evidence, *designations[0].evidence),
    )


def _of_designation(label: Label, designation: Statement[Designation], place: Evidence) -> tuple[float, ...]:
    """Heights of the lines that hold nothing but words of the designation."""
    return tuple(line_heights(label, place, only=designation.value.words))


_TOO_SWEET = Decimal(17)
_SWEETNESS = re.compile(rf"\b(?:{any_of(LISTS.sweetness)})\b")


@rule(
    "wine.class.sweetness-statement",
    title="Specially sweetened wine",
    citation="27 CFR 4.34(a)",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_class_sweetness_statement(label: Label) -> Result:
    """Wine with more than 17 g of total solids in 100 mL says extra sweet, or the like, in its designation."""
    solids = label.submission.lab_solids
    if solids is None or solids <= _TOO_SWEET:
        return NOT_APPLICABLE
    if find_wording(label.text, _SWEETNESS):
        return PASS
    shown = label.names.class_type
    return fail(
        missing(label),
        f"The wine has {solids:f} g of solids in 100 mL, and no phrase such as Extra Sweet was found; 27 CFR 4.34(a) "
        "requires one above 17 g.",
        expected=", ".join(LISTS.sweetness),
        at=shown,
    )


_FOREIGN_NAMES = any_of(
    name
    for lexicon in (COUNTRIES, COUNTRY_ADJECTIVES)
    for name in lexicon
    if name not in {key_of("United States"), key_of("American")}
)
_HOME = any_of(("american", "united states", "u.s.", "domestic", *STATES.values()))
_SHARE = r"(?:\d{1,2}(?:\.\d+)?\s?(?:%|percent)(?: of)? )?"
_AND = r"(?: wines?)?(?:,| and| &| with| \+)+ "
_BLEND = re.compile(
    rf"\b{_SHARE}(?:{_HOME}){_AND}{_SHARE}(?:imported|foreign|{_FOREIGN_NAMES}) wines?\b"
    rf"|\b{_SHARE}(?:imported|foreign|{_FOREIGN_NAMES}){_AND}{_SHARE}(?:{_HOME}) wines?\b"
    rf"|\bcontains {_SHARE}(?:imported|foreign) wines?\b"
)
_BLEND_IN_PROSE = re.compile(rf"\bblend(?:ed)?\b(?: \w+){{0,3}}? (?:{_BLEND.pattern})")
_ANY_SHARE = re.compile(r"\d\s?%|\bpercent\b")


@rule(
    "wine.foreign-wine-percentage",
    title="Percentage of foreign wine",
    citation="27 CFR 4.32(a)(4)",
    severity=Severity.REVIEW,
    applies_to=WINE,
)
def wine_foreign_wine_percentage(label: Label) -> Result:
    """A blend of American and foreign wine that tells of the foreign wine gives its percentage on the brand label."""
    told = (*outside_prose(label.text, _BLEND), *find_wording(label.text, _BLEND_IN_PROSE))
    if not told:
        return NOT_APPLICABLE
    expected = "the percentage of foreign wine by volume, on the brand label"
    shared = [each for each in told if _ANY_SHARE.search(each.text)]
    if not shared:
        return fail(
            Severity.REVIEW,
            f"“{told[0].text}” tells of foreign wine without its percentage; 27 CFR 4.32(a)(4) requires it.",
            expected=expected,
            at=told[0],
        )
    branded = brand_images(label)
    if branded and not images_of(evidence_of(shared)) & branded:
        return fail(
            Severity.REVIEW,
            "The percentage of foreign wine stands only on a label without the brand name; 27 CFR 4.32(a)(4) requires "
            "it on the brand label.",
            expected=expected,
            at=shared[0],
        )
    return PASS
