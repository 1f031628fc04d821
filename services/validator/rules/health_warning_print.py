"""How the health warning is printed (27 CFR 16.22): weight, size, density, contrast.

Rulebook section 2. What needs a scale or strokes that were not measured is not checkable, never passed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from services.common.page import Line
from services.validator.fields.layout import lay_flat
from services.validator.fields.model import SURE_LOOKS
from services.validator.fields.warning import WarningReading
from services.validator.fields.warning_text import letters
from services.validator.label import Label
from services.validator.rules.health_warning import to_judge
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
    violation_if,
)

_BOLD = 1.25
_NOT_BOLD = 1.10
_SMALLEST_MEASURABLE_PX = 12
_LOW_CONTRAST, _WEAK_CONTRAST = 2.0, 3.0
_COMPRESSED = 0.35
_TOLERANCE = Decimal("0.1")
_MM_PER_INCH = Decimal("25.4")


@dataclass(frozen=True, slots=True)
class TypeClass:
    """Least height in mm and most characters per inch for containers up to `millilitres` (None: any larger)."""

    millilitres: Decimal | None
    height_mm: Decimal
    characters_per_inch: int


TYPE_CLASSES = (
    TypeClass(Decimal(237), Decimal(1), 40),
    TypeClass(Decimal(3000), Decimal(2), 25),
    TypeClass(None, Decimal(3), 12),
)
"""27 CFR 16.22(a)(4) and (b)."""


def _type_class(label: Label) -> TypeClass | None:
    size = label.submission.container_ml or label.net_contents.millilitres
    if size is None:
        return None
    return next(each for each in TYPE_CLASSES if each.millilitres is None or size <= each.millilitres)


def _own_lines(warning: WarningReading) -> tuple[list[Line], list[Line]]:
    """Lines that hold only the heading, and lines that hold none of it."""
    heading, body = [], []
    for line in warning.lines:
        rest = re.sub(r"government|warning", "", letters(line.text))
        if len(rest) < len(letters(line.text)):
            if not rest:
                heading.append(line)
        else:
            body.append(line)
    return heading, body


def _stroke(line: Line) -> float | None:
    """Stroke width by capital height; only of lines in capitals, since the height measured is that of most letters."""
    measurable = line.glyph_height_px is not None and line.glyph_height_px >= _SMALLEST_MEASURABLE_PX
    if line.stroke_width_px is None or not measurable or not line.text.isupper():
        return None
    return line.stroke_width_px / (line.glyph_height_px or 1)


def _weight_ratio(warning: WarningReading) -> float | None:
    """How much heavier the heading's strokes are than the body's; None when they were not measured apart."""
    heading, body = (
        [stroke for line in lines if (stroke := _stroke(line)) is not None] for lines in _own_lines(warning)
    )
    return median(heading) / median(body) if heading and body and median(body) > 0 else None


@rule(
    "health-warning.heading-bold",
    title="GOVERNMENT WARNING in bold type",
    citation="27 CFR 16.22(a)(2)",
    severity=Severity.REVIEW,
)
def heading_bold(label: Label) -> Result:
    """The words GOVERNMENT WARNING are in bold type."""
    if not to_judge(label):
        return NOT_APPLICABLE
    ratio = _weight_ratio(label.warning)
    if ratio is None or _NOT_BOLD < ratio < _BOLD:
        return NOT_CHECKABLE
    if ratio >= _BOLD:
        return PASS
    return fail(
        Severity.REVIEW,
        "GOVERNMENT WARNING looks no bolder than the rest of the warning; 27 CFR 16.22(a)(2) requires bold type.",
        expected="heading in bold type",
        found=f"strokes {ratio:.2f} times those of the rest",
        evidence=label.warning.evidence,
    )


@rule(
    "health-warning.body-not-bold",
    title="Rest of the health warning not in bold type",
    citation="27 CFR 16.22(a)(2)",
    severity=Severity.REVIEW,
)
def body_not_bold(label: Label) -> Result:
    """The remainder of the health warning is not in bold type."""
    if not to_judge(label):
        return NOT_APPLICABLE
    ratio = _weight_ratio(label.warning)
    if ratio is None or _NOT_BOLD < ratio < _BOLD:
        return NOT_CHECKABLE
    if ratio >= _BOLD:
        return PASS
    return fail(
        Severity.REVIEW,
        "The rest of the health warning looks as bold as its heading; 27 CFR 16.22(a)(2) forbids bold type there.",
        expected="body not in bold type",
        found=f"heading's strokes {ratio:.2f} times those of the rest",
        evidence=label.warning.evidence,
    )


@rule(
    "health-warning.type-size",
    title="Type size of the health warning",
    citation="27 CFR 16.22(b)",
    severity=Severity.VIOLATION,
)
def type_size(label: Label) -> Result:
    """The health warning is at least 1 mm high to 237 mL, 2 mm to 3 L and 3 mm above; capitals are measured."""
    if not to_judge(label):
        return NOT_APPLICABLE
    required, scale = _type_class(label), label.submission.scale_mm_per_px
    heights = [
        line.glyph_height_px for line in label.warning.lines if line.glyph_height_px is not None and line.text.isupper()
    ]
    if required is None or scale is None or not heights:
        return NOT_CHECKABLE
    measured = Decimal(str(min(heights))) * scale
    if measured >= required.height_mm:
        return PASS
    return fail(
        violation_if(measured < required.height_mm * (1 - _TOLERANCE)),
        f"The health warning is {measured:.2f} mm high; 27 CFR 16.22(b) requires at least {required.height_mm} mm on "
        "this container.",
        expected=f"{required.height_mm} mm",
        found=f"{measured:.2f} mm",
        evidence=label.warning.evidence,
    )


@rule(
    "health-warning.characters-per-inch",
    title="Characters per inch in the health warning",
    citation="27 CFR 16.22(a)(4)",
    severity=Severity.VIOLATION,
)
def characters_per_inch(label: Label) -> Result:
    """The health warning has at most 40, 25 or 12 characters per inch where 1, 2 or 3 mm type is required."""
    if not to_judge(label):
        return NOT_APPLICABLE
    required, scale = _type_class(label), label.submission.scale_mm_per_px
    if required is None or scale is None or not all(line.polygon for line in label.warning.lines):
        return NOT_CHECKABLE
    limit = Decimal(required.characters_per_inch)
    dense = [
        len("".join(line.text.split())) / (Decimal(str(lay_flat(line).width)) * scale / _MM_PER_INCH)
        for line in label.warning.lines
    ]
    over = [each for each in dense if each > limit]
    if not over:
        return PASS
    far_over = [each for each in over if each > limit * (1 + _TOLERANCE)]
    return fail(
        violation_if(len(far_over) >= SURE_LOOKS),
        f"The health warning has up to {max(over):.0f} characters per inch; 27 CFR 16.22(a)(4) allows {limit} on this "
        "container.",
        expected=f"at most {limit} per inch",
        found=f"{max(over):.1f} per inch",
        evidence=label.warning.evidence,
    )


@rule(
    "health-warning.legible-contrast",
    title="Legible health warning on a contrasting background",
    citation="27 CFR 16.22(a)(1), (a)(3)",
    severity=Severity.REVIEW,
)
def legible_contrast(label: Label) -> Result:
    """The health warning is readily legible on a contrasting background, and its letters are not compressed."""
    if not to_judge(label):
        return NOT_APPLICABLE
    lines = label.warning.lines
    ratios = [line.contrast_ratio for line in lines if line.contrast_ratio is not None]
    findings = []
    if ratios and median(ratios) < _WEAK_CONTRAST:
        findings.append(
            Finding(
                Severity.REVIEW if median(ratios) < _LOW_CONTRAST else Severity.INFORMATION,
                f"The health warning contrasts {median(ratios):.1f}:1 with its ground; 27 CFR 16.22(a)(1) requires a "
                "contrasting background.",
                "a contrasting background",
                f"{median(ratios):.1f}:1",
                label.warning.evidence,
            )
        )
    advances = [
        lay_flat(line).width / max(1, len(line.text)) / line.glyph_height_px
        for line in lines
        if line.glyph_height_px and line.polygon and line.text.isupper()
    ]
    if advances and median(advances) < _COMPRESSED:
        findings.append(
            Finding(
                Severity.REVIEW,
                "The letters of the health warning look compressed, which 27 CFR 16.22(a)(3) does not allow.",
                "letters not compressed",
                f"mean advance {median(advances):.2f} of the height",
                label.warning.evidence,
            )
        )
    return all_of(findings) if findings or ratios else NOT_CHECKABLE
