"""What a label says of its ingredients of its own accord: allergens (27 CFR 4.32a, 5.82, 7.82) and organic claims."""

from __future__ import annotations

import re

from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.tables import load

_ALLERGENS = load("allergens.toml")
_NAMED = "|".join(name for kind in ("named", "tree_nuts", "fish", "crustaceans") for name in _ALLERGENS[kind])
_ALLERGEN = rf"(?:{_NAMED}|{'|'.join(_ALLERGENS['kinds'])})"
_LISTED = re.compile(rf"\b(?:may )?contains?\s?:?\s?(?:traces of )?{_ALLERGEN}\b(?! (?:and \w+ )?(?:malt|beer|ale))")
_IN_FORM = re.compile(rf"\bcontains\s?:\s?(?:{_NAMED})\b")
_FORM = "Contains: and the names of the allergens, such as Contains: egg, milk"


@rule(
    "common.allergens",
    title="Form of a voluntary allergen statement",
    citation="27 CFR 4.32a(b), 5.82(b), 7.82(b)",
    severity=Severity.REVIEW,
)
def common_allergens(label: Label) -> Result:
    """A list of allergens says `Contains:` and names each one; whether it is complete the label does not tell."""
    stated = find_wording(label.text, _LISTED)
    if not stated:
        return NOT_APPLICABLE
    wrong = [one for one in stated if not _IN_FORM.search(one.value)]
    if not wrong:
        return PASS
    colon_alone = len(wrong) < len(stated) or _IN_FORM.search(wrong[0].value.replace("contains", "contains:"))
    if colon_alone and not wrong[0].sure:
        return NOT_CHECKABLE
    return fail(
        Severity.REVIEW,
        f"“{wrong[0].text}” is not in the form of an allergen statement; 27 CFR 4.32a(b), 5.82(b) and 7.82(b) want "
        f"{_FORM}.",
        expected=_FORM,
        at=wrong[0],
    )


_ORGANIC = re.compile(r"\borganic(?:ally)?\b(?! acids?\b)")


@rule(
    "common.organic",
    title="Organic claims",
    citation="27 CFR 4.101, 5.84, 7.84",
    severity=Severity.REVIEW,
)
def common_organic(label: Label) -> Result:
    """The word organic falls under the USDA National Organic Program: certifier and percentage need a person's look."""
    claims = find_wording(label.text, _ORGANIC)
    if not claims:
        return NOT_APPLICABLE
    return fail(
        Severity.REVIEW,
        f"“{claims[0].text}” falls under the USDA National Organic Program (27 CFR 4.101, 5.84, 7.84): compare "
        "category, ingredients and certifier with the organic certificate.",
        expected="a certified category such as organic, made with organic ingredients, and its certifier",
        at=claims[0],
    )
