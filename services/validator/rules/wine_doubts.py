"""What another look should settle before a rule of part 4 holds it against a label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.validator.fields.model import Statement
from services.validator.label import Label
from services.validator.rules.wine_grapes import is_whole
from services.validator.rules.wine_reading import has_appellation, varietal_designations
from services.validator.submission import ProductType


def wine_doubts(label: Label) -> Iterator[Statement[Any]]:
    """Readings that would be a violation if they were sure; none on other products than wine."""
    if label.product_type is not ProductType.WINE:
        return
    names = label.names
    for shares in names.share_lists:
        if not is_whole(shares):
            yield from shares.shares
    yield from names.unshared_grapes
    yield from (each for each in names.vintages if each.value > label.submission.as_of.year)
    if needs_appellation(label):
        yield from (*varietal_designations(label), *names.vintages)


def needs_appellation(label: Label) -> bool:
    """Whether a grape or a vintage stands without an appellation of origin."""
    return bool(varietal_designations(label) or label.names.vintages) and not has_appellation(label)
