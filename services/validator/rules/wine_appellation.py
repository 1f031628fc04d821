"""Appellations of origin on wine: 27 CFR 4.25, 4.26 and 4.34(b), and the names that stand in need of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from services.common.page import bounds
from services.validator.fields.appellation import KNOWN, AppellationKind
from services.validator.fields.model import Statement, images_of
from services.validator.fields.passages import key_of
from services.validator.fields.places import STATES, VITICULTURAL_AREAS
from services.validator.label import Label
from services.validator.rules.measures import evidence_of
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.tables import any_of
from services.validator.rules.wine_lists import LISTS
from services.validator.rules.wine_reading import (
    WINE,
    appellations,
    brand_images,
    classes,
    has_appellation,
    has_viticultural_area,
    is_of_kind,
    is_other_class,
    letter_height,
    may_name_area,
    not_american,
    outside_prose,
    surely,
    varietal_designations,
    weight_of_no_appellation,
    whole_rows,
)
from services.validator.submission import Origin

_MUCH_SMALLER = 0.2
"""Approved labels print the appellation down to a third of the designation's height."""

_LINE_GAP = 1.5
"""Line heights between lines that still stand beside each other."""

_EXPECTED = "an appellation of origin such as American, a State, or a viticultural area"


@rule(
    "wine.appellation.required",
    title="Appellation of origin where the designation needs one",
    citation="27 CFR 4.23(a), 4.27(a), 4.28, 4.34(b)",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_appellation_required(label: Label) -> Result:
    """A grape, a type of 27 CFR 4.28, a semi-generic name or a vintage needs an appellation of origin on its label."""
    reasons = tuple(_reasons(label))
    if not reasons:
        return NOT_APPLICABLE
    statement, what = reasons[0]
    if not has_appellation(label):
        return fail(
            weight_of_no_appellation(label, statement),
            f"The label shows {what} ({statement.text}) but no appellation of origin was found; 27 CFR 4.34(b) "
            "requires one with it.",
            expected=_EXPECTED,
            at=statement,
        )
    return PASS if label.origin is not Origin.DOMESTIC else _placed(label, tuple(each for each, _ in reasons))


def _reasons(label: Label) -> Iterator[tuple[Statement[Any], str]]:
    """What asks for an appellation, and how to call it."""
    if is_other_class(label):
        return
    for grape in varietal_designations(label):
        yield grape, "a grape or type designation"
    for designation in classes(label):
        if designation.value.family.name == "semi-generic":
            yield designation, "a semi-generic name"
    for vintage in label.names.vintages:
        yield vintage, "a vintage date"


def _placed(label: Label, asking: tuple[Statement[Any], ...]) -> Result:
    """Whether the appellation stands on a brand label that needs it, and is not much smaller."""
    areas = appellations(label)
    here = images_of(evidence_of(asking))
    here &= brand_images(label) or here
    beside = [area for area in areas if images_of(area.evidence) & here]
    statement = next((each for each in asking if images_of(each.evidence) & here), asking[0])
    if here and not beside:
        return fail(
            Severity.REVIEW,
            f"{statement.text} and the appellation {areas[0].text} stand on different labels; 27 CFR 4.34(b) requires "
            "them in direct conjunction.",
            expected=f"the appellation beside {statement.text}",
            found=areas[0].text,
            evidence=(*statement.evidence, *areas[0].evidence),
        )
    own = letter_height(label, statement.evidence)
    heights = [height for area in beside if (height := letter_height(label, area.evidence))]
    if own and heights and max(heights) < _MUCH_SMALLER * own:
        return fail(
            Severity.REVIEW,
            f"The appellation {beside[0].text} is much smaller than {statement.text}; 27 CFR 4.34(b) requires "
            "lettering substantially as conspicuous.",
            expected=f"an appellation about as large as {statement.text}",
            at=beside[0],
        )
    return PASS


_COUNTIES = frozenset(key_of(name) for name in LISTS.counties)
_ONLY_COUNTIES = _COUNTIES - {key_of(name) for name in VITICULTURAL_AREAS}
_BARE = re.compile(rf"\b(?:{any_of(LISTS.counties)})\b")
_ABBREVIATED = re.compile(rf"\b(?:{any_of(LISTS.counties)}) (?:co|cty|cnty)\b\.?")
_COUNTY = r"[a-z][a-z.']+(?: [a-z][a-z.']+){0,2}"
_SEVERAL_COUNTIES = re.compile(
    rf"\b{_COUNTY} county\W{{1,3}}(?:and )?{_COUNTY} county\b|\b{_COUNTY}(?:, | and | & |\W{{1,3}}){_COUNTY} counties\b"
)
_STATE = any_of(STATES.values())
_SEVERAL_STATES = re.compile(rf"\b(?:{_STATE})(?:(?:,| and| &| -| /)? (?:{_STATE})){{1,2}}\b")
_SHARE = re.compile(rf"\d\s?(?:%|percent)\s(?:{_STATE}|{_COUNTY} county)|(?:{_STATE}|county)\s\d+\s?(?:%|percent)")


@rule(
    "wine.appellation.form",
    title="Form of the appellation of origin",
    citation="27 CFR 4.25(a)-(e)",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_appellation_form(label: Label) -> Result:
    """A county bears the word County; two or three counties or States are named with the percentage of each."""
    other = not_american(label)
    if other is not None:
        return other if appellations(label) else NOT_APPLICABLE
    return _several(label) or _county(label) or (PASS if appellations(label) else _unknown(label))


def _unknown(label: Label) -> Result:
    """An area may stand there that the list does not know."""
    return NOT_CHECKABLE if may_name_area(label.text) else NOT_APPLICABLE


def _several(label: Label) -> Result | None:
    if has_viticultural_area(label) or _SHARE.search(label.text.running):
        return None
    found = (*outside_prose(label.text, _SEVERAL_COUNTIES), *_rows(label, _SEVERAL_STATES))
    areas = [area for area in found if key_of(area.text) not in KNOWN]
    if not areas:
        return None
    return fail(
        surely(label, areas[0]),
        f"{areas[0].text} is an appellation of several areas without percentages; 27 CFR 4.25(c) and (d) require the "
        "percentage of wine from each.",
        expected="such as 60% Mendocino County, 40% Lake County",
        at=areas[0],
    )


def _rows(label: Label, pattern: re.Pattern[str]) -> tuple[Statement[str], ...]:
    """Lines that are no part of an address."""
    return tuple(each for each in whole_rows(label.text, pattern) if not _in_address(label, each))


def _in_address(label: Label, statement: Statement[str]) -> bool:
    return any(
        key_of(statement.text) in key_of(address.text) and images_of(address.evidence) & images_of(statement.evidence)
        for address in label.names.addresses
    )


def _county(label: Label) -> Result | None:
    """A county without the word, in a line of its own by a name or date that asks for an appellation."""
    expected = "the county's name with the word County"
    for short in _rows(label, _ABBREVIATED):
        return fail(
            Severity.REVIEW,
            f"{short.text} abbreviates the word County; 27 CFR 4.25(a)(1)(iv) requires the word.",
            expected=expected,
            at=short,
        )
    if is_of_kind(label, AppellationKind.COUNTY, AppellationKind.VITICULTURAL_AREA):
        return None
    asking = tuple(each for each, _ in _reasons(label))
    bare = next(
        (
            each
            for each in _rows(label, _BARE)
            if key_of(each.text) in _ONLY_COUNTIES and any(_near(each, other) for other in asking)
        ),
        None,
    )
    if bare is None:
        return None
    return fail(
        surely(label, bare),
        f"{bare.text} is a county; as an appellation it must bear the word County in the same size (27 CFR "
        "4.25(a)(1)(iv)).",
        expected=expected,
        at=bare,
    )


def _near(one: Statement[Any], other: Statement[Any]) -> bool:
    """Whether two statements stand in neighboring lines (rulebook 0.4)."""
    here, there = one.evidence[0], other.evidence[0]
    if here.image != there.image or not here.polygon or not there.polygon:
        return False
    left, top, right, bottom = bounds(here.polygon)
    other_left, other_top, other_right, other_bottom = bounds(there.polygon)
    gap = max(top, other_top) - min(bottom, other_bottom)
    return gap <= _LINE_GAP * min(bottom - top, other_bottom - other_top) and left < other_right and other_left < right
