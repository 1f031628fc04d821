"""Blocks of a label from top to bottom, and how they are set: lines, paragraphs, rules, pictures, space between them.

A block knows its height for a width and draws itself; `set_column` gives the height that is left to the `Space`s, so
that a label fills its panel whatever is printed on it. All lengths are pixels; sizes of type are heights of capitals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from PIL import Image, ImageDraw

from evals.generator.model import Color, Picture
from evals.generator.pictures import draw_picture
from evals.generator.typefaces import Face, font

_LINE_HEIGHT = 1.55
_PARAGRAPH_HEIGHT = 1.95
_SMALLEST = 0.55


class DoesNotFitError(ValueError):
    """The texts of a label are too long for its panel."""


class Block(Protocol):
    """Something that stands in a column."""

    def height(self, width: int) -> int:
        """How high it is in a column of that width."""

    def draw(self, image: Image.Image, left: int, top: int, width: int) -> None:
        """Draw it."""


@dataclass(frozen=True, slots=True)
class Space:
    """Room between blocks: at least `least` pixels, and `share` parts of what is left of the column."""

    least: int = 0
    share: float = 0.0

    def height(self, width: int) -> int:  # noqa: ARG002 - every block is asked so
        """The least height."""
        return self.least

    def draw(self, image: Image.Image, left: int, top: int, width: int) -> None:
        """Space is not drawn."""


@dataclass(frozen=True, slots=True)
class Line:
    """Centred text; set smaller or in two rows when it is too long. `tracking` is extra space, in capitals' heights."""

    text: str
    size: int
    face: Face
    color: Color
    tracking: float = 0.0

    def height(self, width: int) -> int:
        """Height of one or two lines."""
        rows, size = self._fitted(width)
        return round(len(rows) * size * _LINE_HEIGHT)

    def draw(self, image: Image.Image, left: int, top: int, width: int) -> None:
        """Draw each row centred."""
        rows, size = self._fitted(width)
        for at, row in enumerate(rows):
            baseline = top + round(at * size * _LINE_HEIGHT + size * (1 + _LINE_HEIGHT) / 2)
            x = left + (width - self._length(row, size)) / 2
            for text, offset in self._pieces(row, size):
                write(image, x + offset, baseline, text, self.face, size, self.color)

    def _fitted(self, width: int) -> tuple[tuple[str, ...], int]:
        whole, halves = (self.text,), _halves(self.text)
        for smaller in range(self.size, round(self.size * _SMALLEST), -1):
            for rows in (whole, halves) if smaller < self.size * 0.8 else (whole,):
                if max(self._length(row, smaller) for row in rows) <= width:
                    return rows, smaller
        raise DoesNotFitError(f"{self.text!r} is too long for {width} px")

    def _pieces(self, text: str, size: int) -> Iterator[tuple[str, float]]:
        if not self.tracking:
            yield text, 0.0
            return
        at = 0.0
        for character in text:
            yield character, at
            at += font(self.face, size).getlength(character) + self.tracking * size

    def _length(self, text: str, size: int) -> float:
        spaced = self.tracking * size * (len(text) - 1)
        if not self.tracking:
            return font(self.face, size).getlength(text)
        return sum(font(self.face, size).getlength(character) for character in text) + spaced


def _halves(text: str) -> tuple[str, ...]:
    words = text.split()
    if len(words) == 1:
        return (text,)
    cuts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(cuts, key=lambda rows: max(len(row) for row in rows))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text in lines flush left, `lead` before it in bold."""

    text: str
    size: int
    face: Face
    color: Color
    lead: str = ""

    def height(self, width: int) -> int:
        """Height of all lines."""
        last = max(row for _, _, _, row in self._set(width))
        return round((last + 1) * self.size * _PARAGRAPH_HEIGHT)

    def draw(self, image: Image.Image, left: int, top: int, width: int) -> None:
        """Draw word by word."""
        for word, face, x, row in self._set(width):
            baseline = top + round(row * self.size * _PARAGRAPH_HEIGHT + self.size * 1.2)
            write(image, left + x, baseline, word, face, self.size, self.color)

    def _set(self, width: int) -> Iterator[tuple[str, Face, float, int]]:
        bold = Face(self.face.lettering, bold=True)
        words = [(word, bold) for word in self.lead.split()] + [(word, self.face) for word in self.text.split()]
        x, row = 0.0, 0
        for word, face in words:
            length = font(face, self.size).getlength(word) + 2 * stroke_width(face, self.size)
            if x and x + length > width:
                x, row = 0.0, row + 1
            yield word, face, x, row
            x += length + font(self.face, self.size).getlength(" ")


@dataclass(frozen=True, slots=True)
class Rule:
    """A centred line, `length` a part of the width."""

    thickness: int
    color: Color
    length: float = 0.4

    def height(self, width: int) -> int:  # noqa: ARG002 - every block is asked so
        """Its thickness."""
        return self.thickness

    def draw(self, image: Image.Image, left: int, top: int, width: int) -> None:
        """Draw it."""
        half = round(width * self.length / 2)
        middle = left + width // 2
        box = (middle - half, top, middle + half, top + self.thickness - 1)
        ImageDraw.Draw(image).rectangle(box, fill=self.color)


@dataclass(frozen=True, slots=True)
class Art:
    """A picture, as high as asked for."""

    picture: Picture
    size: int
    color: Color

    def height(self, width: int) -> int:  # noqa: ARG002 - every block is asked so
        """The height asked for."""
        return self.size

    def draw(self, image: Image.Image, left: int, top: int, width: int) -> None:
        """Draw it in the middle of the width."""
        draw_picture(image, self.picture, self.color, (left + width // 2, top), self.size)


@dataclass(frozen=True, slots=True)
class BarCode:
    """A symbol of bars for its digits; the bars are made up, as no scanner reads them here."""

    digits: str
    size: int
    face: Face

    def height(self, width: int) -> int:  # noqa: ARG002 - every block is asked so
        """The height asked for."""
        return self.size

    def draw(self, image: Image.Image, left: int, top: int, width: int) -> None:
        """Draw dark bars on their own white ground, the digits below."""
        draw = ImageDraw.Draw(image)
        unit = max(1, self.size // 50)
        bars = [1 + int(digit) % 4 for digit in self.digits for _ in range(2)]
        gaps = [1 + (int(digit) + at) % 3 for at, digit in enumerate(self.digits * 2)]
        length = unit * (sum(bars) + sum(gaps))
        x, foot = left + (width - length) // 2, top + round(self.size * 0.72)
        draw.rectangle((x - 8 * unit, top, x + length + 8 * unit, top + self.size), fill=(255, 255, 255))
        middle = x + length / 2
        for bar, gap in zip(bars, gaps, strict=True):
            draw.rectangle((x, top + 3 * unit, x + bar * unit - 1, foot), fill=(0, 0, 0))
            x += (bar + gap) * unit
        digits, size = " ".join((self.digits[:1], self.digits[1:6], self.digits[6:11], self.digits[11:])), 6 * unit
        write(image, middle - font(self.face, size).getlength(digits) / 2, foot + 10 * unit, digits, self.face, size)


def stroke_width(face: Face, size: int) -> int:
    """By how much letters are thickened, in pixels; 0 for cuts that are bold by themselves."""
    return max(1, round(size / 24)) if face.stroke else 0


def write(
    image: Image.Image, x: float, baseline: int, text: str, face: Face, size: int, color: Color = (0, 0, 0)
) -> None:
    """Text from a point of its baseline on."""
    stroke = stroke_width(face, size)
    ImageDraw.Draw(image).text(
        (round(x) + stroke, baseline), text, color, font(face, size), anchor="ls", stroke_width=stroke
    )


def set_column(image: Image.Image, box: tuple[int, int, int, int], blocks: Sequence[Block]) -> None:
    """Draw blocks one below the other so that they fill the box (left, top, right, bottom)."""
    left, top, right, bottom = box
    width = right - left
    left_over = bottom - top - sum(block.height(width) for block in blocks)
    if left_over < 0:
        raise DoesNotFitError(f"the texts need {-left_over} px more than the panel has")
    shares = sum(block.share for block in blocks if isinstance(block, Space)) or 1.0
    y = float(top)
    for block in blocks:
        block.draw(image, left, round(y), width)
        y += block.height(width)
        if isinstance(block, Space):
            y += left_over * block.share / shares
