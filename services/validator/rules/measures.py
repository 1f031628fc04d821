"""How much a finding on alcohol content or net contents may weigh (rulebook 0.1), and where statements stand (0.4)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from services.common.page import bounds, holds
from services.validator.fields.alcohol import AlcoholClaim, AlcoholStatement, parse_alcohol_application
from services.validator.fields.layout import blocks
from services.validator.fields.model import Evidence, Statement, images_of
from services.validator.fields.numbers import plain
from services.validator.fields.text import n2
from services.validator.label import Label
from services.validator.rules.model import NOT_CHECKABLE, PASS, Result, Severity, fail
from services.validator.submission import Mode, Panel

FLAT_SIDES = frozenset({Panel.FRONT, Panel.BACK, Panel.SIDE})
"""Panels that are flat: what stands on two of them is never seen at once."""
_BESIDE = 4.0


def weight(*statements: Statement[Any]) -> Severity:
    """Violation when every statement was read surely, else review."""
    return Severity.VIOLATION if all(one.sure for one in statements) else Severity.REVIEW


def percent_text(value: AlcoholStatement) -> str:
    """`13.5 %`, or `11 to 13 %` for a range."""
    if value.low is None or value.high is None:
        return "blank"
    return f"{plain(value.low)} %" if value.low == value.high else f"{plain(value.low)} to {plain(value.high)} %"


def alcohol_claim(label: Label) -> AlcoholClaim | None:
    """What the application says of alcohol content; None when its text is none (uploads with such text are refused)."""
    try:
        return parse_alcohol_application(label.submission.application.alcohol_content)
    except ValueError:
        return None


def missing(label: Label, unreadable: Iterable[Statement[Any]] = ()) -> Severity:
    """What a mandatory item weighs that was not found: a violation only when all panels were given and legible.

    Never when places were found where it stands `unreadable`.
    """
    return Severity.VIOLATION if label.shows_everything and not tuple(unreadable) else Severity.REVIEW


def wrong_form(label: Label, statements: Iterable[Statement[Any]]) -> Severity:
    """What statements weigh when all of them have a wrong form: the right one may stand on a panel not supplied."""
    found = tuple(statements)
    alone = label.complete or all(
        self_contained(label, image) for image in images_of(place for one in found for place in one.evidence)
    )
    return weight(*found) if alone else Severity.REVIEW


def self_contained(label: Label, image: int) -> bool:
    """Whether the image carries brand, class, net contents, name and address and the warning (rulebook 0.1)."""
    names = label.names
    carried: tuple[Statement[Any] | None, ...] = (
        names.brand,
        names.class_type,
        names.name_and_address,
        label.net_contents.chosen,
    )
    return (
        all(one is not None and image in images_of(one.evidence) for one in carried)
        and label.warning.found
        and image in images_of(label.warning.evidence)
    )


def evidence_of(statements: Iterable[Statement[Any]]) -> tuple[Evidence, ...]:
    """The places of all statements."""
    return tuple(place for one in statements for place in one.evidence)


def comparison_weight(label: Label, *statements: Statement[Any]) -> Severity:
    """What a difference to the application weighs: alcohol and net contents may change after approval (rulebook A3)."""
    return Severity.INFORMATION if label.submission.mode is Mode.MARKET_CHECK else weight(*statements)


def same_field_of_vision(label: Label, one: Statement[Any], other: Statement[Any]) -> bool | None:
    """Whether two statements are seen without turning the container (27 CFR 5.63(a)); None when it can't be told.

    Two items of one flat image are; on a wrap only when they stand side by side. Images declared as different flat
    sides are not.
    """
    kinds = {panel.index: panel.panel for panel in label.panels}
    here, there = images_of(one.evidence), images_of(other.evidence)
    shared = here & there
    if any(kinds.get(image) is not Panel.WRAP for image in shared):
        return True
    if shared:
        return True if _side_by_side(one, other) else None
    declared = {kinds.get(image) for image in here | there}
    return False if declared <= FLAT_SIDES and len(declared) > 1 else None


def _side_by_side(one: Statement[Any], other: Statement[Any]) -> bool:
    if not one.evidence[0].polygon or not other.evidence[0].polygon:
        return False
    left, top, right, bottom = bounds(one.evidence[0].polygon)
    other_left, other_top, other_right, other_bottom = bounds(other.evidence[0].polygon)
    across = max(left, other_left) - min(right, other_right)
    down = max(top, other_top) - min(bottom, other_bottom)
    return max(across, down) <= _BESIDE * min(bottom - top, other_bottom - other_top)


def text_of(label: Label) -> str:
    """All text of the first look, case folded, for finding wordings."""
    return " ".join(n2(block.text) for panel in label.panels for block in blocks(panel.page))


def stands_in(one: Statement[Any], other: Statement[Any]) -> bool:
    """Whether the middle of the first place of `one` lies in a place of `other`."""
    return any(lies_in(one.evidence[0], place) for place in other.evidence)


def lies_in(inner: Evidence, outer: Evidence) -> bool:
    """Whether the middle of one place lies in the other; never when either has no polygon."""
    if inner.image != outer.image or not inner.polygon or not outer.polygon:
        return False
    return holds(bounds(outer.polygon), bounds(inner.polygon))


def type_size(
    label: Label,
    statement: Statement[Any],
    glyph_height_px: float | None,
    *,
    least: Decimal,
    most: Decimal,
    citation: str,
) -> Result:
    """Whether letters are `least` to `most` millimetres high, with 10 % for measuring (rulebook 0.4).

    At most a review: a submission can't tell whether its scale was calibrated.
    """
    scale = label.submission.scale_mm_per_px
    if scale is None or glyph_height_px is None:
        return NOT_CHECKABLE
    size = (Decimal(str(glyph_height_px)) * scale).quantize(Decimal("0.01"))
    if least <= size <= most:
        return PASS
    return fail(
        Severity.REVIEW,
        f"The alcohol statement measures {size} mm; {citation} allows {least} to {most} mm.",
        expected=f"{least} to {most} mm",
        found=f"{size} mm",
        evidence=statement.evidence,
    )
