"""Builders of pages for tests: text laid out as an engine would return it."""

from __future__ import annotations

from services.common.page import Line, Page, Word, rectangle
from services.validator.fields.model import LabelPanel
from services.validator.fields.second_look import STANDING, Place, whole
from services.validator.submission import Panel

CHARACTER_WIDTH = 10
LINE_HEIGHT = 20


def line(
    text: str, *, left: int = 0, top: int = 0, confidence: float = 0.98, look: int = 0, engine: str = "rapidocr"
) -> Line:
    """One upright line of `text`, 10 px a character and 20 px high."""
    words: list[Word] = []
    at = left
    for word in text.split(" "):
        right = at + CHARACTER_WIDTH * len(word)
        words.append(Word(word, confidence, rectangle(at, top, right, top + LINE_HEIGHT)))
        at = right + CHARACTER_WIDTH
    box = rectangle(left, top, left + CHARACTER_WIDTH * len(text), top + LINE_HEIGHT)
    return Line(text, confidence, box, 0.0, tuple(words), engine, glyph_height_px=14.0, look=look)


def page(*texts: str, confidence: float = 0.98, looks: int = 2) -> Page:
    """A page with one line below the other, each read alike in `looks` looks; an empty text is an empty line."""
    lines = [
        line(text, top=40 + 30 * row, left=40, confidence=confidence, look=look)
        for look in range(looks)
        for row, text in enumerate(texts)
        if text
    ]
    return Page(1000, 80 + 30 * len(texts), tuple(lines))


def panels(*pages: Page, kinds: tuple[Panel | None, ...] = ()) -> tuple[LabelPanel, ...]:
    """Panels of one label, in order, looked at in the standing directions too."""
    return tuple(
        LabelPanel(i, each, kinds[i] if i < len(kinds) else None, turned_looks(i, each)) for i, each in enumerate(pages)
    )


def turned_looks(index: int, page: Page) -> tuple[Place, ...]:
    """The whole page in both standing directions: what must have been looked at before something is missing."""
    return tuple(whole(index, page, angle) for angle in STANDING)
