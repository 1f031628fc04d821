"""Grape names on wine: 27 CFR 4.23, 4.28, 4.91 and 4.92, and where they mislead (4.39(n))."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rapidfuzz.distance import Levenshtein

from services.validator.fields.class_type import Designation
from services.validator.fields.grape_shares import ShareList
from services.validator.fields.model import Statement, images_of
from services.validator.fields.passages import key_of
from services.validator.fields.varietals import (
    APPROVED,
    FORMER,
    LABRUSCA,
    ORDINARY_WORDS,
    SHORTENED,
    TYPES,
    grape_named,
)
from services.validator.label import Label
from services.validator.rules.measures import evidence_of
from services.validator.rules.model import (
    NOT_APPLICABLE,
    NOT_CHECKABLE,
    PASS,
    Result,
    Severity,
    fail,
    rule,
    violation_if,
)
from services.validator.rules.wine_reading import (
    GRAPE_WINES,
    WINE,
    brand_images,
    classes,
    is_other_class,
    letter_height,
    not_american,
    surely,
    varietal_designations,
)
from services.validator.submission import Origin

_AS_LARGE = 0.75
_NEAR = 2
"""Letters by which a name may be a misreading of an approved one."""


@rule(
    "wine.varietal",
    title="Approved grape names",
    citation="27 CFR 4.23, 4.28, 4.91, 4.92",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_varietal(label: Label) -> Result:
    """American wine is designated by a grape only with a name of the list in 27 CFR 4.91, or a type of 4.28."""
    named: list[Statement[Any]] = [*varietal_designations(label), *_claimed(label)]
    if not named:
        return NOT_APPLICABLE
    other = not_american(label)
    if other is not None:
        return other
    return next((result for each in named if (result := _judge(label, each)) is not None), PASS)


def _claimed(label: Label) -> list[Statement[Any]]:
    """Grapes that the application names, no list knows, and the label prints."""
    return [
        match.statement
        for match in label.names.grape_matches
        if match.found and match.statement is not None and grape_named(match.wanted) is None
    ]


def _judge(label: Label, statement: Statement[Any]) -> Result | None:
    """What is wrong with one name, if anything is."""
    name = statement.value.name if isinstance(statement.value, Designation) else statement.value
    key = key_of(name)
    if key in TYPES:
        return None
    if key in APPROVED:
        return _labrusca(label, name, statement) if key in LABRUSCA else None
    if key in FORMER and _goes_on(label, key):
        return None
    if key in FORMER:
        vintage = label.names.vintage
        old = vintage is not None and vintage.value < FORMER[key].year
        near = any(Levenshtein.distance(key, approved) <= _NEAR for approved in APPROVED)
        return fail(
            Severity.REVIEW if old or near or len(name.split()) == 1 else surely(label, statement),
            f"{name} may name American wine only when it was bottled before {FORMER[key]:%B %-d, %Y} (27 CFR 4.28, "
            "4.92).",
            expected="a name of the list in 27 CFR 4.91",
            at=statement,
        )
    short = SHORTENED.get(key)
    return fail(
        Severity.REVIEW,
        f"{name} is not in the list of grape names for American wine (27 CFR 4.91)"
        + (f"; the name there is {short}." if short else "."),
        expected=short or "a name of the list in 27 CFR 4.91",
        at=statement,
    )


def _goes_on(label: Label, key: str) -> bool:
    """Whether the rest of a longer approved name stands elsewhere: `Cabernet` above `Sauvignon`."""
    rests = {approved.removeprefix(key) for approved in APPROVED if approved.startswith(key) and approved != key}
    return any(token.key in rests for passage in label.text.passages for token in passage.first_row)


def _labrusca(label: Label, name: str, statement: Statement[Any]) -> Result | None:
    if "51 percent" in label.text.running or "51%" in label.text.running:
        return None
    return fail(
        Severity.INFORMATION,
        f"{name} wine of less than 75 percent of that grape must say so (27 CFR 4.23(c)); the formula tells whether "
        "it does.",
        expected=f"contains not less than 51 percent {name}",
        at=statement,
    )


_LOWEST, _LOW, _HIGH, _HIGHEST = Decimal(98), Decimal(99), Decimal(101), Decimal(102)


@rule(
    "wine.varietal.multi",
    title="Shares of two or more grapes",
    citation="27 CFR 4.23(d)",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_varietal_multi(label: Label) -> Result:
    """Wine designated by two or more grapes shows the percentage of each, and they make up the whole."""
    lists = label.names.share_lists
    if lists:
        return next((result for each in lists if (result := _sum(each)) is not None), PASS)
    together = [each for each in label.names.unshared_grapes if _designates(label, each)]
    if not together or is_other_class(label):
        return NOT_APPLICABLE
    names = together[0]
    alone = label.origin is Origin.DOMESTIC and not classes(label)
    return fail(
        surely(label, names) if alone and label.complete else Severity.REVIEW,
        f"{names.text} names {len(names.value)} grapes without percentages; 27 CFR 4.23(d)(2) requires that of each.",
        expected="such as 60% Merlot, 40% Syrah",
        at=names,
    )


def _designates(label: Label, names: Statement[tuple[str, ...]]) -> bool:
    """Whether the names stand as a designation does: on the brand label, as large as a class that is stated."""
    plain = [each for each in classes(label) if each.value.family.name in GRAPE_WINES]
    branded = brand_images(label)
    if plain and branded and not images_of(names.evidence) & branded:
        return False
    own = letter_height(label, names.evidence)
    others = [height for each in plain if (height := letter_height(label, each.evidence))]
    return not (own and others) or own >= _AS_LARGE * max(others)


def is_whole(shares: ShareList) -> bool:
    """Whether the percentages make up the wine, rounding allowed."""
    return _LOW <= shares.total <= _HIGH


def _sum(shares: ShareList) -> Result | None:
    total = shares.total
    if is_whole(shares):
        return None
    if shares.open_ended and total < _LOW:
        return NOT_CHECKABLE
    wide = not _LOWEST <= total <= _HIGHEST
    return fail(
        violation_if(wide and shares.sure and not shares.open_ended),
        f"The percentages of the grapes add up to {total:f} %; 27 CFR 4.23(d) requires all grapes with their "
        "percentages.",
        expected="100 % in all",
        found=", ".join(share.text for share in shares.shares),
        evidence=evidence_of(shares.shares),
    )


@rule(
    "wine.varietal-on-other-class",
    title="Grape or semi-generic name on another class",
    citation="27 CFR 4.34(a), 4.39(n)",
    severity=Severity.REVIEW,
    applies_to=WINE,
)
def wine_varietal_on_other_class(label: Label) -> Result:
    """A wine of classes 4 to 9, or one with flavors, names no grape in its brand, fanciful name or designation."""
    if not is_other_class(label):
        return NOT_APPLICABLE
    named = [each for each in label.names.varietal_designations if key_of(each.value.name) not in ORDINARY_WORDS]
    if not named:
        return PASS
    return fail(
        Severity.REVIEW,
        f"{named[0].text} is a grape name on a wine that is designated as {label.names.designations[0].value.phrase}; "
        "27 CFR 4.39(n) presumes that misleading.",
        expected="no grape or semi-generic name",
        at=named[0],
    )
