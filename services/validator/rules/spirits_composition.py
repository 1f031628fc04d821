"""What spirits are made of and treated with, where the law wants it told: 27 CFR 5.71 to 5.73."""

from __future__ import annotations

import re

from services.validator.fields.model import images_of
from services.validator.fields.wordlists import words
from services.validator.label import Label
from services.validator.rules.declared import declares
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, rule
from services.validator.rules.spirits_classes import (
    AGAVE,
    BRANDY,
    GIN,
    NEUTRAL,
    RUM,
    SPIRITS,
    WHISKY,
    designations,
    first_wording,
    not_shown,
    own_class,
    wrong,
)
from services.validator.rules.tables import any_of, load
from services.validator.submission import Origin

_COMMODITY = rf"(?:{any_of(load('spirits_words.toml')['commodities'])})s?"

_NEUTRAL = re.compile(r"neutral\s*(?:grain\s*)?spirit|grain\s*spirits|\bgns\b")
_NEUTRAL_STATED = re.compile(
    rf"\d(?:[\d.]*)\s*(?:%|percent)\s*(?:{_COMMODITY}\s*(?:products\s*)?neutral\s*spirits|grain\s*spirits|neutral\s*grain"
    rf"\s*spirits|neutral\s*spirits\s*(?:\(?vodka\)?\s*)?distilled\s*from\s*(?:\w+\s*)?{_COMMODITY})"
)
_MAY_HOLD_NEUTRAL = frozenset({WHISKY, GIN, RUM, BRANDY, AGAVE, "blended applejack"})


@rule(
    "spirits.neutral-spirits-statement",
    title="Percentage and commodity of neutral spirits",
    citation="27 CFR 5.63(c)(1), 5.71(a)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_neutral_spirits_statement(label: Label) -> Result:
    """Blended spirits with neutral spirits in them state their percentage and the commodity they come from."""
    designated = own_class(label, *_MAY_HOLD_NEUTRAL)
    if designated is None:
        return NOT_APPLICABLE
    gin_of = _DISTILLED_FROM if designated.value.family.name == GIN else _NEUTRAL_STATED
    if first_wording(label, _NEUTRAL_STATED) or first_wording(label, gin_of):
        return PASS
    expected = "such as 65% neutral spirits distilled from grain"
    message = "27 CFR 5.71(a) requires their percentage and what they were distilled from"
    if declares(label, _NEUTRAL):
        sure_class = label.origin is Origin.DOMESTIC and _blended(designated.value.words)
        if sure_class:
            return not_shown(label, f"The application declares neutral spirits; {message}.", expected, designated)
        return wrong(designated, f"The application declares neutral spirits; {message}.", expected)
    mentioned = first_wording(label, _NEUTRAL, outside_prose=True)
    if mentioned is not None:
        return wrong(mentioned, f"The label names neutral spirits; {message}.", expected)
    return NOT_CHECKABLE if _blended(designated.value.words) else NOT_APPLICABLE


def _blended(of: frozenset[str]) -> bool:
    """Whether the class usually holds neutral spirits: blended and spirit whisky, blended applejack."""
    foreign_or_straight = {"scotch", "irish", "canadian", "straight", "malt"}
    of_neutral = bool(of & {"blended", "blend"}) or {"spirit", "whisky"} <= of
    return of_neutral and not of & foreign_or_straight


_DISTILLED_FROM = re.compile(
    rf"distilled\s*(?:[\w.,%&-]+\s+){{0,6}}?from\s*(?:[\w.,%&'-]+\s*){{0,5}}?\b{_COMMODITY}\b"
    rf"|{_COMMODITY}\s*neutral\s*spirit|neutral\s*grain\s*spirit|distilledfrom\w*{_COMMODITY}"
)
_MAY_BE_FLAVORED = re.compile(r"infus|flavou?r")
_COMMODITY_WORD = re.compile(rf"\b{_COMMODITY}\b")
_OTHERWISE_FROM = re.compile(
    rf"(?:made|produced|crafted|created|fermented)\s*(?:\w+\s+){{0,4}}?from\s*(?:[\w.,%&'-]+\s*){{0,5}}?\b{_COMMODITY}\b"
)


@rule(
    "spirits.commodity-statement",
    title="Commodity of vodka and neutral spirits",
    citation="27 CFR 5.71(b)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_commodity_statement(label: Label) -> Result:
    """Vodka, other neutral spirits and continuously distilled gin name the commodity: `Distilled from grain`."""
    designated = own_class(label, NEUTRAL, GIN)
    if designated is None or designated.value.words & words("flavours"):
        return NOT_APPLICABLE
    if first_wording(label, _DISTILLED_FROM) is not None:
        return PASS
    if designated.value.family.name == GIN or first_wording(label, _MAY_BE_FLAVORED, outside_prose=True):
        return NOT_CHECKABLE
    expected = "such as Distilled from grain"
    otherwise = first_wording(label, _OTHERWISE_FROM) or first_wording(label, _COMMODITY_WORD)
    if otherwise is not None:
        return wrong(
            otherwise,
            f"“{otherwise.text}” may name the commodity; 27 CFR 5.71(b) gives the form Distilled from, and its name.",
            expected,
        )
    return not_shown(
        label,
        f"No statement of what the {designated.text} was distilled from was found; 27 CFR 5.71(b) requires one.",
        expected,
        designated,
    )


_COLOUR = re.compile(
    r"colou?r|fd\s*&\s*c|caramel|annatto|carotene|turmeric|beet\b|saffron|titanium|spirulina|(?:red|blue|yellow|green)"
    r"\s*(?:no\.?\s*|#\s*)?\d"
)
_CARAMEL = re.compile(r"^\W*caramel(?:\s*colou?r(?:ing)?)?\W*$")
_NOT_CARAMEL = re.compile(r"^(?!\W*caramel(?:\s*colou?r(?:ing)?)?\W*$).*(?:" + _COLOUR.pattern + ")")
_COLOUR_STATED = re.compile(
    r"artificial(?:ly)?\s*colou?r|certified\s*(?:\w+\s*)?colou?r|colou?red\s*with|fd\s*&\s*c|caramel\s*colou?r"
    r"|contains\s*(?:\w+\s*){0,3}(?:caramel|carotene|annatto|turmeric|beet|saffron|spirulina)"
)
_COLOUR_WORD = re.compile(r"(?:natural(?:ly)?\s*)?colou?r")
_CARAMEL_IS_FREE = (BRANDY, RUM, AGAVE, WHISKY)


@rule(
    "spirits.coloring",
    title="Coloring materials",
    citation="27 CFR 5.63(c)(2), 5.72",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_coloring(label: Label) -> Result:
    """Declared colors are told: `artificially colored`, the source of a natural color, certified color, or caramel."""
    caramel_only = declares(label, _CARAMEL) and not declares(label, _NOT_CARAMEL)
    if not declares(label, _COLOUR):
        return NOT_APPLICABLE
    designated = own_class(label, *_CARAMEL_IS_FREE)
    if caramel_only and designated is not None and "straight" not in designated.value.words:
        return NOT_APPLICABLE
    if first_wording(label, _COLOUR_STATED) is not None:
        return PASS
    expected = "such as Artificially colored, or Contains caramel color"
    other = first_wording(label, _COLOUR_WORD)
    if other is not None:
        return wrong(
            other, f"“{other.text}” does not tell the source of the color; 27 CFR 5.72 asks for it by name.", expected
        )
    return not_shown(
        label,
        f"The application declares {label.submission.application.ingredients} and no statement of color was found; "
        "27 CFR 5.72 requires one.",
        expected,
    )


_WOOD = re.compile(r"(?:wood|oak|cherry|maple|hickory|mesquite)\w*\s*(?:chip|stave|slab|spiral|cube|insert|plank)")
_CHIPS = re.compile(r"oak\w*\s*chip")
_WOOD_PHRASE = re.compile(r"colou?red\s*(?:and|&)\s*flavou?red\s*with\s*wood")


@rule(
    "spirits.wood-treatment",
    title="Treatment with wood",
    citation="27 CFR 5.73",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_wood_treatment(label: Label) -> Result:
    """Whisky and brandy treated with wood, not only in oak barrels, say `colored and flavored with wood ...`.

    Brandy may be infused with oak chips without it (27 CFR 5.155(b)(3)).
    """
    designated = own_class(label, WHISKY, BRANDY)
    if designated is None:
        return NOT_APPLICABLE
    stated = first_wording(label, _WOOD_PHRASE)
    if stated is not None:
        beside = images_of(stated.evidence) & images_of(
            place for each in designations(label) for place in each.evidence
        )
        return (
            PASS
            if beside
            else wrong(
                stated,
                "The statement of treatment with wood and the class stand on different labels; 27 CFR 5.73 wants them "
                "next to each other.",
                "next to the class and type",
            )
        )
    expected = "such as Colored and flavored with wood chips"
    if designated.value.family.name == BRANDY and declares(label, _CHIPS):
        return NOT_APPLICABLE
    if declares(label, _WOOD):
        return not_shown(
            label,
            "The application declares treatment with wood and the label does not tell it; 27 CFR 5.73 requires the "
            "words colored and flavored with wood.",
            expected,
            designated,
        )
    mentioned = first_wording(label, _WOOD)
    if mentioned is None or (designated.value.family.name == BRANDY and _CHIPS.search(mentioned.value)):
        return NOT_APPLICABLE
    return wrong(
        mentioned,
        f"“{mentioned.text}” may mean treatment with wood; 27 CFR 5.73 then requires colored and flavored with wood.",
        expected,
    )
