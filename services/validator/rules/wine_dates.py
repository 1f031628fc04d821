"""Dates on wine: the vintage (27 CFR 4.27), and every other year, which must be explained (4.39(c)-(d))."""

from __future__ import annotations

import re
from decimal import Decimal

from services.validator.fields.model import Statement, images_of
from services.validator.fields.passages import LabelText, Passage
from services.validator.fields.phrases import Sighting, in_paragraph, is_warning, statements
from services.validator.label import Label
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail, rule, violation_if
from services.validator.rules.wine_reading import (
    WINE,
    has_appellation,
    is_other_class,
    letter_height,
    varietal_designations,
    weight_of_no_appellation,
)


@rule(
    "wine.vintage",
    title="Vintage date",
    citation="27 CFR 4.27, 4.34(b)(5)",
    severity=Severity.VIOLATION,
    applies_to=WINE,
)
def wine_vintage(label: Label) -> Result:
    """A vintage date stands on grape wine with an appellation of origin, and is no year to come."""
    vintages = label.names.vintages
    if not vintages:
        return NOT_APPLICABLE
    last = label.submission.as_of.year
    first = vintages[0]
    if all(each.value > last for each in vintages):
        return fail(
            violation_if(first.sure),
            f"The vintage {first.value} lies in the future; it is the year of harvest (27 CFR 4.27).",
            expected=f"{last} or earlier",
            at=first,
        )
    if is_other_class(label) and not varietal_designations(label):
        return fail(
            Severity.REVIEW,
            f"The year {first.value} stands on a wine that is no grape wine; 27 CFR 4.27(a) knows vintage dates only "
            "for classes 1 to 3.",
            expected="no vintage date, or its meaning beside it",
            at=first,
        )
    if not has_appellation(label):
        return fail(
            weight_of_no_appellation(label, first),
            f"The vintage {first.value} stands without an appellation of origin; 27 CFR 4.27(a) requires one.",
            expected="an appellation of origin beside the designation",
            at=first,
        )
    return PASS


_YEAR = re.compile(r"^\W*((?:1[6-9]|20)\d\d)\W*$")
_EXPLAINED = re.compile(
    r"\best\b|estab|since|desde|depuis|\bdal\b|found|fond|fund|gegr|anno|seit|begun|born|built|circa|copyright|©|patent"
    r"|planted|award|medal|bottled|a\.?d\.|harvest|vintage|history|tradition|family|famil|\blot\b|\bno\b|\bsin",
    re.IGNORECASE,
)
_OLDEST_VINTAGE_YEARS = 50
_FEW_WORDS = 4
_WORD = re.compile(r"[^\W\d_]{3}")
_ESTABLISHED_MM = Decimal(2)
_TOLERANCE = Decimal("1.1")


@rule(
    "wine.dates-explained",
    title="Dates other than the vintage",
    citation="27 CFR 4.39(c)-(d)",
    severity=Severity.REVIEW,
    applies_to=WINE,
)
def wine_dates_explained(label: Label) -> Result:
    """A year that is no vintage is explained beside it (established, bottled in), one of founding at most 2 mm high."""
    found = _other_years(label.text, label.submission.as_of.year - _OLDEST_VINTAGE_YEARS)
    if not found:
        return NOT_APPLICABLE
    bare = [each for each in found if not each.value]
    # A look that cuts off the explanation is no evidence against the one that shows it.
    bare = [each for each in bare if not any(_same_place(each, other) for other in found if other.value)]
    if bare:
        return fail(
            Severity.REVIEW,
            f"The year {bare[0].text} stands without explanation; 27 CFR 4.39(d) requires one beside it, such as "
            "Established.",
            expected="Established, Founded in, or the like beside the year",
            at=bare[0],
        )
    return _size(label, found)


def _size(label: Label, found: tuple[Statement[bool], ...]) -> Result:
    scale = label.submission.scale_mm_per_px
    for each in found:
        height = letter_height(label, each.evidence)
        millimetres = Decimal(str(height)) * scale if scale is not None and height is not None else None
        if millimetres is not None and millimetres > _ESTABLISHED_MM * _TOLERANCE:
            return fail(
                Severity.REVIEW,
                f"The date {each.text} measures {millimetres:.1f} mm; 27 CFR 4.39(d) allows 2 mm for a date of "
                "establishment on containers up to 5 L.",
                expected="at most 2 mm",
                found=f"{millimetres:.1f} mm",
                evidence=each.evidence,
            )
    return PASS


def _other_years(text: LabelText, before: int) -> tuple[Statement[bool], ...]:
    """Years too early for a vintage in short lines; the value tells whether words explain them."""
    return statements(
        (Sighting(passage, at, at + 1), explained)
        for passage in text.passages
        if len(passage.first_row) <= _FEW_WORDS and not is_warning(passage) and not in_paragraph(passage)
        for at, token in enumerate(passage.first_row)
        if (year := _YEAR.match(token.text)) and int(year[1]) < before
        for explained in (_is_explained(passage),)
        if explained or _stands_alone(passage)
    )


def _stands_alone(passage: Passage) -> bool:
    """Whether a line is nothing but the year, close to a line of words: not a street number, nor a piece of a code."""
    above = passage.above.line.text if passage.above is not None else ""
    below = passage.row_text(1) if len(passage.rows) > 1 else ""
    return len(passage.first_row) == 1 and passage.before is None and bool(_WORD.search(f"{above} {below}"))


def _is_explained(passage: Passage) -> bool:
    above = passage.above.line.text if passage.above is not None else ""
    before = passage.before.text if passage.before is not None else ""
    below = passage.row_text(1) if len(passage.rows) > 1 else ""
    return bool(_EXPLAINED.search(" ".join((above, before, passage.row_text(0), below))))


def _same_place(one: Statement[bool], other: Statement[bool]) -> bool:
    return one.text == other.text and bool(images_of(one.evidence) & images_of(other.evidence))
