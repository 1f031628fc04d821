"""How mandatory information is printed: legible, apart from other text, large enough.

27 CFR 4.38 for wine, 5.52 to 5.54 for distilled spirits, 7.52 to 7.54 for malt beverages; rulebook section 3. The brand
name is left out: it stands in lettering of its own. What was not measured is not checkable, never passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from services.common.page import Box, Line, bounds, holds
from services.validator.fields.model import Statement
from services.validator.fields.phrases import in_paragraph
from services.validator.fields.wording import find_wording
from services.validator.fields.wordlists import words
from services.validator.label import Label
from services.validator.rules.model import (
    NOT_APPLICABLE,
    NOT_CHECKABLE,
    PASS,
    Finding,
    Result,
    Severity,
    all_of,
    fail,
    rule,
)
from services.validator.submission import ProductType

_LOW_CONTRAST, _WEAK_CONTRAST = 2.0, 3.0
_LEAST_CONFIDENCE = 0.6


@dataclass(frozen=True, slots=True)
class Printed:
    """A line of an image and the box around it."""

    image: int
    box: Box
    line: Line


def _items(label: Label) -> Iterator[tuple[str, Statement[object]]]:
    """What was read of the mandatory items, the brand name left out."""
    found: tuple[tuple[str, Statement[object] | None], ...] = (
        ("class and type designation", label.names.class_type),
        ("alcohol content", label.alcohol.chosen),
        ("net contents", label.net_contents.chosen),
        ("name and address", label.names.name_and_address),
    )
    yield from ((name, statement) for name, statement in found if statement is not None)


def _printed(label: Label) -> list[Printed]:
    return [
        Printed(panel.index, bounds(line.polygon), line)
        for panel in label.panels
        for line in panel.page.lines
        if line.polygon
    ]


def _lines(printed: list[Printed], statement: Statement[object]) -> list[Line]:
    """The lines that hold the statement or are a part of it, of every look."""
    places = [(place.image, bounds(place.polygon)) for place in statement.evidence if place.polygon]
    return [
        each.line
        for image, box in places
        for each in printed
        if each.image == image and (holds(each.box, box) or holds(box, each.box))
    ]


@rule(
    "common.legible",
    title="Mandatory information is legible",
    citation="27 CFR 4.38(a), (d), 5.52(a), (c), 5.54, 7.52, 7.54",
    severity=Severity.REVIEW,
)
def common_legible(label: Label) -> Result:
    """Mandatory information is readily legible on a contrasting background and not covered."""
    findings: list[Finding] = []
    measured = False
    printed = _printed(label)
    for name, statement in _items(label):
        ratios = [line.contrast_ratio for line in _lines(printed, statement) if line.contrast_ratio is not None]
        measured = measured or bool(ratios)
        # Another look may measure the ground of an enlarged crop better: the best contrast counts.
        if statement.confidence < _LEAST_CONFIDENCE:
            findings.append(_hard_to_read(name, statement, "could hardly be read", Severity.REVIEW))
        elif ratios and max(ratios) < _WEAK_CONTRAST:
            severity = Severity.REVIEW if max(ratios) < _LOW_CONTRAST else Severity.INFORMATION
            problem = f"contrasts {max(ratios):.1f}:1 with its ground"
            findings.append(_hard_to_read(name, statement, problem, severity))
    return all_of(findings) if findings or measured else NOT_CHECKABLE


def _hard_to_read(name: str, statement: Statement[object], problem: str, severity: Severity) -> Finding:
    return Finding(
        severity,
        f"The {name} “{' '.join(statement.text.split())}” {problem}; mandatory information must be legible on a "
        "contrasting background (27 CFR 4.38, 5.52, 7.52).",
        expected="readily legible on a contrasting background",
        found=problem,
        evidence=statement.evidence,
    )


_SMALL_WORDS = words("small")
_ADDED_WORDS = re.compile(
    r"\bcontains sul(?:f|ph)ites,? (?:but|though|although|far|fewer|less|only|because|which|like)\b"
)


@rule(
    "common.separate-mandatory",
    title="Mandatory information stands apart",
    citation="27 CFR 5.52(b), 7.52(b)",
    severity=Severity.REVIEW,
    applies_to=[ProductType.DISTILLED_SPIRITS, ProductType.MALT_BEVERAGE],
)
def common_separate_mandatory(label: Label) -> Result:
    """Mandatory information is apart from other text or more conspicuous; disclosures carry no added words."""
    added = find_wording(label.text, _ADDED_WORDS)
    if added:
        return _not_apart(f"“{added[0].text}” goes on with words that are no part of the disclosure", added[0])
    stated = label.alcohol.chosen
    if stated is None:
        return NOT_APPLICABLE
    if any(not _amid_a_sentence(label, one) for one in label.alcohol.statements):
        return PASS
    return _not_apart(f"“{stated.text}” stands only amid other text of the same size", stated)


def _amid_a_sentence(label: Label, statement: Statement[object]) -> bool:
    """Whether words of a sentence surround the statement in a line of a paragraph."""
    of_image = {place.image: bounds(place.polygon) for place in statement.evidence if place.polygon}
    for passage in label.text.passages:
        place = of_image.get(passage.image)
        if not place or not in_paragraph(passage):
            continue
        row = passage.first_row
        inside = [at for at, token in enumerate(row) if token.polygon and holds(place, bounds(token.polygon))]
        if inside:
            beside = [row[at].key for at in (inside[0] - 1, inside[-1] + 1) if 0 <= at < len(row)]
            if beside and all(key in _SMALL_WORDS for key in beside):
                return True
    return False


def _not_apart(problem: str, statement: Statement[object]) -> Result:
    return fail(
        Severity.REVIEW,
        f"{problem}; 27 CFR 5.52(b) and 7.52(b) want mandatory information separate and apart.",
        expected="separate and apart, or substantially more conspicuous",
        at=statement,
    )


_LARGE_FROM = {
    ProductType.WINE: Decimal(187),
    ProductType.DISTILLED_SPIRITS: Decimal(200),
    ProductType.MALT_BEVERAGE: Decimal("236.59"),
}
"""Millilitres above which 2 mm are required instead of 1 mm: 27 CFR 4.38(b), 5.53, 7.53(a) (half a pint)."""


@rule(
    "common.type-size",
    title="Type size of mandatory information",
    citation="27 CFR 4.38(b), 5.53, 7.53(a)",
    severity=Severity.REVIEW,
)
def common_type_size(label: Label) -> Result:
    """Mandatory text is at least 2 mm high, 1 mm on small containers; parts 5 and 7 count small letters too."""
    scale, product = label.submission.scale_mm_per_px, label.product_type
    container = label.submission.container_ml or label.net_contents.millilitres
    if scale is None or product is None or container is None:
        return NOT_CHECKABLE
    least = Decimal(2) if container > _LARGE_FROM[product] else Decimal(1)
    findings: list[Finding] = []
    measured = False
    printed = _printed(label)
    for name, statement in _items(label):
        # Wine's alcohol content has a size of its own (4.38(b)(3)); that of malt beverages is mandatory only at times.
        if name == "alcohol content" and product is not ProductType.DISTILLED_SPIRITS:
            continue
        height = _letter_height(_lines(printed, statement), capitals_only=product is ProductType.WINE)
        if height is None:
            continue
        measured = True
        size = (Decimal(str(height)) * scale).quantize(Decimal("0.01"))
        if size < least:
            findings.append(
                Finding(
                    Severity.REVIEW,
                    f"The {name} measures {size} mm; 27 CFR 4.38(b), 5.53 and 7.53(a) require at least {least} mm on "
                    f"this container.",
                    expected=f"at least {least} mm",
                    found=f"{size} mm",
                    evidence=statement.evidence,
                )
            )
    return all_of(findings) if measured else NOT_CHECKABLE


def _letter_height(lines: list[Line], *, capitals_only: bool) -> float | None:
    """The median height of the lines' letters in pixels; None when none was measured."""
    heights = [
        line.glyph_height_px
        for line in lines
        if line.glyph_height_px is not None and (line.text.isupper() or not capitals_only)
    ]
    return median(heights) if heights else None
