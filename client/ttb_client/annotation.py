"""Draws a verification on the label: a box around everything that was read and found, and a legend that explains it.

Needs what `pip install ttb-client[pictures]` brings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from unicodedata import combining, normalize

from PIL import Image, ImageDraw, ImageFont
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.pictures import pages

_GREEN, _AMBER, _RED, _BLUE, _INK, _PAPER = "#1a7f37", "#b26a00", "#c1121f", "#1f5fbf", "#1b1b1b", "#ffffff"
_VERDICTS = {pb.Verdict.passed: _GREEN, pb.Verdict.failed: _RED, pb.Verdict.needs_review: _AMBER}
_SEVERITIES = {
    pb.Severity.violation: ("violation", _RED),
    pb.Severity.review: ("to be looked at", _AMBER),
    pb.Severity.information: ("good to know", _BLUE),
}
_STATES = {pb.FieldState.read: _GREEN, pb.FieldState.unsure: _AMBER, pb.FieldState.unreadable: _AMBER}

# Pixels. Small scans are enlarged, so that boxes and legend can be read side by side.
_PANEL_SIDE = 1200
_MARGIN = 24
_LEGEND_WIDTH = 620
_TEXT, _HEADING = 18, 30
_LINE = 24
_FIELD_LINE, _FINDING_LINE = 3, 5


@dataclass(frozen=True, slots=True)
class _Mark:
    """One entry of the legend, and the boxes with its sign."""

    sign: str
    title: str
    text: str
    colour: str
    line: int
    evidence: Sequence[pb.Evidence]


def annotated(answer: pb.Verification, images: Sequence[Path | bytes]) -> Image.Image:
    """The panels side by side with boxes and legend: fields lettered, findings numbered, coloured by how sure or grave.

    `images` are those that were verified, in the same order. Raises OSError for one that cannot be read.
    """
    marks = [*_findings(answer), *_fields(answer)]
    panels = [_panel(page, index, marks) for index, page in enumerate(pages(images))]
    legend = _legend(answer, marks)
    parts = [*panels, legend]
    width = sum(part.width for part in parts) + _MARGIN * (len(parts) + 1)
    sheet = Image.new("RGB", (width, max(part.height for part in parts) + 2 * _MARGIN), _PAPER)
    left = _MARGIN
    for part in parts:
        sheet.paste(part, (left, _MARGIN))
        left += part.width + _MARGIN
    return sheet


def _findings(answer: pb.Verification) -> Iterator[_Mark]:
    for number, finding in enumerate(answer.findings, start=1):
        severity, colour = _SEVERITIES.get(finding.severity, _SEVERITIES[pb.Severity.review])
        title = f"{severity}: {finding.rule_id} ({finding.citation})"
        yield _Mark(str(number), title, finding.message, colour, _FINDING_LINE, finding.evidence)


def _fields(answer: pb.Verification) -> Iterator[_Mark]:
    seen = [field for field in answer.fields if field.state in _STATES]
    for sign, field in zip(ascii_lowercase, seen, strict=False):
        state = pb.FieldState.Value.Name(field.state)
        certainty = f" {field.confidence:.2f}" if field.confidence else ""
        title = f"{field.name.replace('_', ' ')}, {state}{certainty}"
        text = "; ".join(part for part in (field.value or field.text, field.reason) if part)
        yield _Mark(sign, title, text, _STATES[field.state], _FIELD_LINE, field.evidence)


def _panel(page: Image.Image, index: int, marks: Sequence[_Mark]) -> Image.Image:
    scale = _PANEL_SIDE / max(page.size)
    panel = page.resize((max(1, round(page.width * scale)), max(1, round(page.height * scale))))
    pen = ImageDraw.Draw(panel)
    # Findings last, over the fields that they are about.
    for mark in reversed(marks):
        for place in mark.evidence:
            if place.image == index and place.polygon:
                _box(pen, mark, [(corner.x * scale, corner.y * scale) for corner in place.polygon])
    return panel


def _box(pen: ImageDraw.ImageDraw, mark: _Mark, corners: Sequence[tuple[float, float]]) -> None:
    pen.polygon(corners, outline=mark.colour, width=mark.line)
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    font = ImageFont.load_default(_TEXT)
    width = font.getlength(mark.sign) + _LINE // 2
    # Beside the box, where it hides none of the text that the box is about.
    at = max(0.0, left - width)
    pen.rectangle((at, top, at + width, top + _LINE), fill=mark.colour)
    pen.text((at + width / 2, top + _LINE / 2), mark.sign, font=font, fill=_PAPER, anchor="mm")


def _legend(answer: pb.Verification, marks: Sequence[_Mark]) -> Image.Image:
    verdict = pb.Verdict.Value.Name(answer.verdict).replace("_", " ").upper()
    rows = [(verdict, _HEADING, _VERDICTS.get(answer.verdict, _AMBER))]
    said = {mark.text for mark in marks}
    rows += [(line, _TEXT, _AMBER) for reason in answer.reasons if reason not in said for line in _wrapped(reason)]
    for mark in marks:
        rows += [("", _TEXT // 2, _INK)]
        rows += [(line, _TEXT, mark.colour) for line in _wrapped(f"{mark.sign}  {mark.title}")]
        rows += [(line, _TEXT, _INK) for line in _wrapped(mark.text)]
    heights = [round(size * _LINE / _TEXT) for _, size, _ in rows]
    legend = Image.new("RGB", (_LEGEND_WIDTH, sum(heights)), _PAPER)
    pen, top = ImageDraw.Draw(legend), 0
    for (text, size, colour), height in zip(rows, heights, strict=True):
        pen.text((0, top), text, font=ImageFont.load_default(size), fill=colour)
        top += height
    return legend


def _wrapped(text: str) -> Iterator[str]:
    """Lines that fit the legend, in the letters that its font has."""
    font = ImageFont.load_default(_TEXT)
    line = ""
    for word in _drawable(text).split():
        longer = f"{line} {word}" if line else word
        if line and font.getlength(longer) > _LEGEND_WIDTH:
            yield line
            longer = word
        line = longer
    yield line


def _drawable(text: str) -> str:
    """Text without accents: Pillow's own font has none, and another cannot be counted on."""
    plain = "".join(char for char in normalize("NFKD", text) if not combining(char))
    return plain.translate({0x2013: "-", 0x2014: "-"})
