"""What the rules of part 4 share: whether the wine is American, its designation and its appellation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from statistics import median
from typing import Any

from services.common.page import bounds
from services.validator.fields.appellation import REGIONS, Appellation, AppellationKind, appellation_named
from services.validator.fields.class_type import Designation
from services.validator.fields.model import Evidence, Statement, images_of
from services.validator.fields.passages import LabelText, key_of
from services.validator.fields.phrases import Sighting, in_paragraph, statements
from services.validator.fields.places import BUSINESS_WORDS
from services.validator.fields.varietals import LABRUSCA, ORDINARY_WORDS
from services.validator.fields.wording import find_wording
from services.validator.fields.wordlists import words
from services.validator.label import Label
from services.validator.rules.measures import lies_in, missing
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, Result, Severity, violation_if
from services.validator.submission import Origin, ProductType

WINE = (ProductType.WINE,)
GRAPE_WINES = frozenset(
    {"grape wine", "sparkling grape wine", "carbonated grape wine", "dessert type", "semi-generic", "varietal"}
)
"""Families of classes 1, 2 and 3 of 27 CFR 4.21."""

_AREA_WORDS = words("area")
_AREA_ROW = 6
_INSIDE = 0.5
_X_HEIGHT = 1.4
"""How much higher capitals are than the small letters beside them."""

_TALL = re.compile(r"[A-Z0-9bdfhklt]")


def not_american(label: Label) -> Result | None:
    """The result of a rule for American wine on another wine; None when the wine is American."""
    if label.origin is None:
        return NOT_CHECKABLE
    return None if label.origin is Origin.DOMESTIC else NOT_APPLICABLE


def classes(label: Label) -> tuple[Statement[Designation], ...]:
    """The designations of part 4, statements of composition left out."""
    return tuple(
        each
        for each in label.names.designations
        if each.value.family.product is ProductType.WINE and not each.value.composition
    )


def is_other_class(label: Label) -> bool:
    """Whether the label designates a wine of classes 4 to 9, or one with flavors, and no grape wine."""
    told = [each for each in label.names.designations if each.value.family.product is ProductType.WINE]
    return bool(told) and all(each.value.composition or each.value.family.name not in GRAPE_WINES for each in told)


def brand_images(label: Label) -> frozenset[int]:
    """The images that carry the application's brand name; empty when that is not known.

    A brand that was read in the name and address only stands elsewhere in letters that were not read.
    """
    match = label.names.brand_match
    if match is None or not match.found or match.statement is None:
        return frozenset()
    addresses = [place for address in label.names.addresses for place in address.evidence]
    in_address = any(lies_in(place, address) for address in addresses for place in match.statement.evidence)
    return frozenset() if in_address else match.images


def varietal_designations(label: Label) -> tuple[Statement[Designation], ...]:
    """Grape names that designate the wine.

    Not those on a label without the brand while another class is stated, nor a flavor's.
    """
    if is_other_class(label):
        return ()
    branded = brand_images(label)
    plain = any(each.value.family.name in GRAPE_WINES for each in classes(label))
    return tuple(
        each
        for each in label.names.varietal_designations
        if not (plain and branded and not images_of(each.evidence) & branded)
        and (key_of(each.value.name) not in ORDINARY_WORDS or key_of(each.value.name) in LABRUSCA)
    )


def appellations(label: Label) -> tuple[Statement[Appellation], ...]:
    """Every appellation that was read, that of the application among them; on American wine no foreign region."""
    chosen = label.names.appellation
    found = label.names.appellations
    every = found if chosen is None or chosen in found else (chosen, *found)
    if label.origin is not Origin.DOMESTIC:
        return every
    return tuple(area for area in every if key_of(area.value.name) not in REGIONS)


def has_appellation(label: Label) -> bool:
    """Whether the origin is disclosed: by an appellation, on imports by the country too (27 CFR 4.25(a)(2)(i))."""
    if appellations(label):
        return True
    return label.origin is not Origin.DOMESTIC and any(each.value.country for each in label.names.origins)


def is_of_kind(label: Label, *kinds: AppellationKind) -> bool:
    """Whether an appellation of one of the kinds was read."""
    return any(each.value.kind in kinds for each in appellations(label))


def has_viticultural_area(label: Label) -> bool:
    """Whether a viticultural area was read that is not the name of a county: `Mendocino County`."""
    counties = "".join(key_of(area.value.name) for area in appellations(label) if _is_county(area.value))
    areas = (area.value for area in appellations(label) if area.value.kind is AppellationKind.VITICULTURAL_AREA)
    return any(f"{key_of(area.name)}county" not in counties for area in areas)


def _is_county(area: Appellation) -> bool:
    return area.kind is AppellationKind.COUNTY


def weight_of_no_appellation(label: Label, asking: Statement[Any]) -> Severity:
    """What a missing appellation weighs on a label with a name or date that asks for one.

    A violation when that was surely read, the label shows everything, and neither it nor the application may name an
    unknown area.

    The list of American viticultural areas is a selection.
    """
    unknown = _claims_unknown_area(label) or may_name_area(label.text)
    return missing(label) if asking.sure and not unknown else Severity.REVIEW


def _claims_unknown_area(label: Label) -> bool:
    """Whether the application gives an area that may stand on the label unread, or that no list knows."""
    claimed = label.submission.application.appellation
    area = appellation_named(claimed) if claimed else None
    known = area is not None and area.kind is not AppellationKind.VITICULTURAL_AREA and has_appellation(label)
    return bool(claimed) and not known


def may_name_area(text: LabelText) -> bool:
    """Whether a short line outside prose and trade names has a word such as Valley or Coast."""
    return any(
        len(row) <= _AREA_ROW and not in_paragraph(passage) and _is_area({token.key for token in row})
        for passage in text.passages
        for row in (passage.first_row,)
    )


def _is_area(keys: set[str]) -> bool:
    return bool(keys & _AREA_WORDS) and not keys & BUSINESS_WORDS


def outside_prose(text: LabelText, pattern: re.Pattern[str]) -> tuple[Statement[str], ...]:
    """The wording where it stands in a name or a designation, not in running text."""
    if pattern.search(text.running) is None:
        return ()
    apart = tuple(passage for passage in text.passages if not in_paragraph(passage))
    return find_wording(LabelText(text.panels, apart), pattern)


def whole_rows(text: LabelText, pattern: re.Pattern[str]) -> tuple[Statement[str], ...]:
    """Lines outside prose that the pattern matches as a whole, in lower case; the value is the line."""
    if pattern.search(text.running) is None:
        return ()
    return statements(
        (Sighting(passage, 0, len(passage.first_row)), row)
        for passage in text.passages
        for row in (" ".join(token.text for token in passage.first_row).casefold().strip(" .-"),)
        if passage.before is None and pattern.fullmatch(row) and not in_paragraph(passage)
    )


def surely(label: Label, statement: Statement[Any]) -> Severity:
    """What a wrong wording weighs on American wine: less when only the label's own words tell that it is American."""
    sure = statement.sure and label.submission.origin is not None
    return violation_if(sure)


def letter_height(label: Label, evidence: Iterable[Evidence]) -> float | None:
    """Height in pixels of the capitals at these places, as measured in the first look; None when not measured."""
    heights = [height for place in evidence for height in line_heights(label, place)]
    return median(heights) if heights else None


def line_heights(label: Label, place: Evidence, only: Set[str] | None = None) -> Sequence[float]:
    """Height of the capitals of each line at a place; of lines in small letters only it is estimated.

    With `only`, of the lines that hold no other words than those keys.
    """
    if not place.polygon:
        return ()
    left, top, right, bottom = bounds(place.polygon)
    found = []
    for line in label.panels[place.image].page.lines:
        if line.look or not line.polygon or not line.glyph_height_px:
            continue
        if only is not None and not {key_of(word) for word in line.text.split()} <= only:
            continue
        box = bounds(line.polygon)
        across, down = min(right, box[2]) - max(left, box[0]), min(bottom, box[3]) - max(top, box[1])
        smaller = min((right - left) * (bottom - top), (box[2] - box[0]) * (box[3] - box[1]))
        if across > 0 and down > 0 and across * down >= _INSIDE * smaller:
            found.append(line.glyph_height_px * (1 if _TALL.search(line.text) else _X_HEIGHT))
    return found
