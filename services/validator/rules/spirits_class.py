"""Flavored, imitation and specialty spirits, and what straight whisky and bourbon may not hold: 27 CFR 5.143-5.166."""

from __future__ import annotations

import re
from decimal import Decimal

from services.validator.fields.class_type import is_code_without_set
from services.validator.fields.wording import find_wording
from services.validator.fields.wordlists import words
from services.validator.label import Label
from services.validator.rules.declared import declares
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.spirits_classes import (
    AGAVE,
    COCKTAIL,
    FLAVORED,
    GIN,
    NEUTRAL,
    NO_CLASS_OF_ITS_OWN,
    RUM,
    SPIRITS,
    WHISKY,
    designations,
    first_wording,
    own_class,
    wrong,
)

_FLAVOURS = words("flavours")
_BASE = r"(?:vodka|gin|rum|tequila|mezcal|brandy|whisk(?:e?y|ies)|bourbon|neutral\s*spirits)"
_FLAVORED_BASE = re.compile(
    rf"(?P<flavour>[^\W\d_][\w&'-]*\s+)?(?:naturally\s+)?flavou?red\s*(?!with\b|by\b|from\b)(?:\w+\s+){{0,3}}?{_BASE}"
)
_NO_FLAVOUR = frozenset({"the", "our", "a", "an", "naturally", "premium", "this", "with", "and"})
_WITH_A_FLAVOUR = re.compile(
    rf"(?m)^(?:\w+\s+)?{_BASE}\s+with\s+(?:{'|'.join(sorted(_FLAVOURS))})\b(?!.{{0,60}}(?:flavou?r|juice|extract|essence|spice))"
)
_FLAVOURED_SPIRITS = (NEUTRAL, GIN, RUM, AGAVE, WHISKY)


@rule(
    "spirits.class.flavored-form",
    title="Designation of flavored spirits",
    citation="27 CFR 5.151",
    severity=Severity.REVIEW,
    applies_to=SPIRITS,
)
def spirits_class_flavored_form(label: Label) -> Result:
    """Flavored spirits are named by flavor and base spirit together: `Pineapple Flavored Tequila`."""
    named = find_wording(label.text, _FLAVORED_BASE, outside_prose=True) if "flavo" in label.text.running else ()
    expected = "such as Peach Flavored Vodka"
    if named:
        flavours = [match["flavour"] for each in named if (match := _FLAVORED_BASE.match(each.value)) is not None]
        told = any(flavour and flavour.strip() not in _NO_FLAVOUR for flavour in flavours)
        if told or _has_fanciful_name(label):
            return PASS
        return wrong(named[0], f"{named[0].text} names no flavor; 27 CFR 5.151 requires the predominant one.", expected)
    bare = first_wording(label, _WITH_A_FLAVOUR, outside_prose=True)
    if bare is not None:
        message = (
            f"“{bare.text}” is neither the form of 27 CFR 5.151 (flavor, flavored, base spirit) nor a composition."
        )
        return wrong(bare, message, expected)
    designated = own_class(label, *_FLAVOURED_SPIRITS)
    if designated is None or not designated.value.words & _FLAVOURS:
        return NOT_APPLICABLE
    return wrong(
        designated,
        f"{designated.text} lacks the word flavored, which 27 CFR 5.151 puts before the base spirit.",
        expected,
    )


def _has_fanciful_name(label: Label) -> bool:
    """Whether the application's fanciful name is on the label: it often tells the flavor, in print of its own."""
    return label.names.fanciful_match is not None and label.names.fanciful_match.found


_CARAMEL = re.compile(r"colou?red\s*with\s*caramel|caramel\s*colou?r|contains\s*caramel\b")
_WITH_FLAVOURS = re.compile(
    r"(?:with|contains|and)\s*(?:\w+\s+){0,2}?(?:natural|artificial|added)\s*(?:\w+\s+){0,2}?flavou?r"
)
_MIXED = re.compile(r"cocktail|bitters|old\s*fashioned|manhattan|\bsour\b|liqueur|cream\b|flavou?red|juice|infus")
_WHISKY_STRENGTH = Decimal(40)
_PURE_TYPES = frozenset({"straight", "bourbon"})


@rule(
    "spirits.class.straight-and-bourbon-additives",
    title="Nothing is added to straight whisky and bourbon",
    citation="27 CFR 5.72(c), 5.143(c), 5.155(c)(3)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_class_straight_and_bourbon_additives(label: Label) -> Result:
    """Straight whisky and bourbon hold no coloring or flavoring; what does hold it is a specialty or flavored."""
    named = [each for each in designations(label) if each.value.words & _PURE_TYPES]
    flavored = any("flavored" in e.value.words or e.value.family.name == FLAVORED for e in designations(label))
    pure = next((each for each in named if each.value.family.name == WHISKY), None)
    whole = own_class(label)
    other_class = whole is not None and whole.value.family.name != WHISKY
    if pure is None or flavored or other_class or "blended" in pure.value.words:
        return NOT_APPLICABLE
    expected = "no coloring and no flavoring, or a specialty's designation"
    colour = first_wording(label, _CARAMEL)
    if colour is not None and whole is not None:
        return wrong(
            colour,
            f"{whole.text} is stated with “{colour.text}”; 27 CFR 5.143 and 5.155 allow no coloring in it.",
            expected,
            certain=whole.sure and _undiluted(label),
        )
    flavour = first_wording(label, _WITH_FLAVOURS, outside_prose=True)
    if flavour is None or _has_fanciful_name(label):
        return PASS
    return wrong(
        flavour,
        f"{pure.text} is stated with “{flavour.text}”; with flavors it is a specialty or flavored whisky "
        "(27 CFR 5.151, 5.156).",
        expected,
    )


def _undiluted(label: Label) -> bool:
    """Whether it is whisky and not a drink mixed of it."""
    percents = label.alcohol.percents()
    return bool(percents) and min(percents) >= _WHISKY_STRENGTH and first_wording(label, _MIXED) is None


_NONE_ARTIFICIAL = re.compile(r"(?:\bno|without|free\s*of|free\s*from|zero|nothing|never)\s*(?:\w+\s+)?artificial")
_ARTIFICIAL = re.compile(rf"artificial(?:ly)?\s*(?:{_BASE}\s*)?flavou?r|\b{_BASE}\s*essence")
_DECLARED = re.compile(r"artificial\w*\s*(?:\w+\s*)?flavou?r|essence")


@rule(
    "spirits.class.imitation",
    title="Imitation spirits",
    citation="27 CFR 5.152",
    severity=Severity.REVIEW,
    applies_to=SPIRITS,
)
def spirits_class_imitation(label: Label) -> Result:
    """A class of spirits that is made with artificial flavors or essences is called an imitation of it."""
    if any("imitation" in each.value.words for each in designations(label)):
        return PASS
    designated = own_class(label)
    told = first_wording(label, _ARTIFICIAL) if first_wording(label, _NONE_ARTIFICIAL) is None else None
    if designated is None or designated.value.family.name == FLAVORED or not (told or declares(label, _DECLARED)):
        return NOT_APPLICABLE
    with_what = f"“{told.text}”" if told else "an artificial flavor"
    return wrong(
        designated,
        f"{designated.text} is made with {with_what}; 27 CFR 5.152 may require the word imitation before the class.",
        f"Imitation {designated.text}",
    )


_SPIRITS_NAMED = re.compile(
    rf"(?:with|of|contains|from|ingredients)\W*(?:\w+\W+){{0,3}}?{_BASE}|{_BASE}\s*(?:,|and\b|&)\s*\w+"
)


@rule(
    "spirits.specialty-composition",
    title="Composition of specialties",
    citation="27 CFR 5.156, 5.166",
    severity=Severity.REVIEW,
    applies_to=SPIRITS,
)
def spirits_specialty_composition(label: Label) -> Result:
    """A specialty states its composition: `Vodka with natural orange flavor`; for a cocktail its spirits suffice."""
    named = [each for each in designations(label) if each.value.family.name == COCKTAIL]
    stated = any(each.value.composition for each in designations(label))
    if not (named or stated or is_code_without_set(label.names.claimed_class)):
        return NOT_APPLICABLE
    composed = [
        each
        for each in designations(label)
        if each.value.composition or each.value.family.name not in NO_CLASS_OF_ITS_OWN
    ]
    if composed or first_wording(label, _SPIRITS_NAMED) is not None:
        return PASS
    return fail(
        Severity.REVIEW,
        "No statement of composition was found; 27 CFR 5.156 requires one on a specialty that the trade does not know "
        "by its name.",
        expected="such as Tequila, triple sec and lime juice",
        at=next(iter(named), None),
    )
