"""What the rules of part 5 ask of a label's designation: its own class, or that it is a specialty without one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from services.validator.fields.class_type import GENERIC, Designation, is_code_without_set
from services.validator.fields.model import Statement
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.model import Result, fail, violation_if
from services.validator.submission import ProductType

SPIRITS = (ProductType.DISTILLED_SPIRITS,)

WHISKY, BRANDY, RUM, AGAVE = "whisky", "brandy", "rum", "agave spirits"
NEUTRAL, GIN, FLAVORED, COCKTAIL = "neutral spirits", "gin", "flavored spirits", "cocktail"
NO_CLASS_OF_ITS_OWN = frozenset({"composition", GENERIC, COCKTAIL})

_INGREDIENTS = frozenset({"neutral spirits", "grain spirits", "neutral grain spirits", "grain alcohol"})
"""Names that most labels print for what is in the product, beside its class."""

_NAMED_FOR_ANOTHER = frozenset({FLAVORED, "base spirit liqueur", "imitation spirits"})

Designated = Statement[Designation]


def designations(label: Label) -> tuple[Designated, ...]:
    """Every designation of spirits."""
    return tuple(each for each in label.names.designations if each.value.family.product in SPIRITS)


def is_specialty(label: Label) -> bool:
    """Whether a composition, a cocktail or the application's code makes it a specialty (27 CFR 5.156)."""
    return is_code_without_set(label.names.claimed_class) or any(
        each.value.composition or each.value.family.name in NO_CLASS_OF_ITS_OWN for each in designations(label)
    )


def own_class(label: Label, *families: str) -> Designated | None:
    """The whole designation, when it is a class of its own and of one of `families` (of any, when none is given).

    That is the longest of the likeliest class, and a flavored or imitation form before the spirit that it is named for.
    """
    found = [each for each in designations(label) if each.value.name not in _INGREDIENTS] or designations(label)
    if not found or is_specialty(label):
        return None
    named_for_another = [each for each in found if each.value.family.name in _NAMED_FOR_ANOTHER]
    likeliest = (named_for_another or found)[0].value.family
    whole = max((each for each in found if each.value.family == likeliest), key=lambda each: len(each.value.name))
    return whole if not families or likeliest.name in families else None


def first_wording(label: Label, pattern: re.Pattern[str], *, outside_prose: bool = False) -> Statement[str] | None:
    """The surest place where the label says this."""
    found = find_wording(label.text, pattern, outside_prose=outside_prose)
    return max(found, key=lambda each: (each.sure, each.alike, each.confidence), default=None)


def wrong(statement: Statement[Any], message: str, expected: str, *, certain: bool = False) -> Result:
    """A finding at a statement: a violation when it is certain and was surely read."""
    severity = violation_if(certain and statement.sure)
    return fail(severity, message, expected=expected, at=statement)


def not_shown(label: Label, message: str, expected: str, *near: Designated, certain: bool = True) -> Result:
    """A finding about words that must be there: a violation when certain, all is shown, and `near` was surely read."""
    certain = certain and label.shows_everything and all(each.sure for each in near)
    evidence: Iterable[Any] = (place for each in near for place in each.evidence)
    return fail(violation_if(certain), message, expected=expected, evidence=evidence)
