"""Builders of pages for tests: text laid out as an engine would return it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.common.page import Line, Page, Word, bounds, rectangle
from services.validator.fields.model import LabelPanel
from services.validator.fields.second_look import STANDING, Place, whole
from services.validator.submission import Panel

CHARACTER_WIDTH = 10
LINE_HEIGHT = 20
GLYPH_HEIGHT = 14.0


def line(
    text: str,
    *,
    left: int = 0,
    top: int = 0,
    confidence: float = 0.98,
    look: int = 0,
    engine: str = "rapidocr",
    glyph_height: float = GLYPH_HEIGHT,
    contrast: float | None = None,
    stroke: float | None = None,
) -> Line:
    """One upright line of `text`: 10 px a character and 20 px high, or as much more or less as its letters are."""
    width = round(CHARACTER_WIDTH * glyph_height / GLYPH_HEIGHT)
    bottom = top + round(LINE_HEIGHT * glyph_height / GLYPH_HEIGHT)
    words: list[Word] = []
    at = left
    for word in text.split(" "):
        right = at + width * len(word)
        words.append(Word(word, confidence, rectangle(at, top, right, bottom)))
        at = right + width
    box = rectangle(left, top, left + width * len(text), bottom)
    return Line(text, confidence, box, 0.0, tuple(words), engine, glyph_height, stroke, contrast, look)


def page(*texts: str, confidence: float = 0.98, looks: int = 2) -> Page:
    """A page with one line below the other, each read alike in `looks` looks; an empty text is an empty line."""
    lines = [
        line(text, top=40 + 30 * row, left=40, confidence=confidence, look=look)
        for look in range(looks)
        for row, text in enumerate(texts)
        if text
    ]
    return Page(1000, 80 + 30 * len(texts), tuple(lines))


def printed_page(
    rows: Sequence[str],
    heights: Mapping[str, float],
    *,
    confidence: float,
    looks: int,
    contrasts: Mapping[str, float] | None = None,
    strokes: Mapping[str, float] | None = None,
) -> Page:
    """As `page`, with height in pixels, contrast and stroke width of the letters by row; `*` is every other row."""
    contrasts, strokes = contrasts or {}, strokes or {}
    lines: list[Line] = []
    top = 40
    for row in rows:
        height = heights.get(row, heights.get("*", GLYPH_HEIGHT))
        lines.extend(
            line(
                row,
                top=top,
                left=40,
                confidence=confidence,
                look=look,
                glyph_height=height,
                contrast=contrasts.get(row, contrasts.get("*")),
                stroke=strokes.get(row, strokes.get("*")),
            )
            for look in range(looks if row else 0)
        )
        top += round(1.5 * LINE_HEIGHT * height / GLYPH_HEIGHT)
    width = max((bounds(each.polygon)[2] for each in lines), default=0)
    return Page(max(1000, width + 40), top + 40, tuple(lines))


def panels(*pages: Page, kinds: tuple[Panel | None, ...] = ()) -> tuple[LabelPanel, ...]:
    """Panels of one label, in order, looked at in the standing directions too."""
    return tuple(
        LabelPanel(i, each, kinds[i] if i < len(kinds) else None, turned_looks(i, each)) for i, each in enumerate(pages)
    )


def turned_looks(index: int, page: Page) -> tuple[Place, ...]:
    """The whole page in both standing directions: what must have been looked at before something is missing."""
    return tuple(whole(index, page, angle) for angle in STANDING)
