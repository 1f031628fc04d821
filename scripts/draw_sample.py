"""Draw samples/wine-label.png: an invented wine's front and back label, side by side in one picture.

The same picture on every machine: the only typeface is the one that Pillow itself carries (Aileron), and bold is that
typeface with a thicker stroke. `samples/wine-label.json` holds what its application says.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

OUT = Path(__file__).resolve().parent.parent / "samples" / "wine-label.png"
SIZE = (1800, 1200)
PAPER = (250, 246, 236)
INK = (38, 30, 28)
WINE = (112, 22, 42)
TABLE = (214, 209, 200)

# 27 CFR 16.21 and 16.22: these words, the first two in capitals and bold, the others not bold.
WARNING_HEADING = "GOVERNMENT WARNING:"
WARNING_TEXT = (
    "(1) According to the Surgeon General, women should not drink alcoholic beverages during pregnancy because of the "
    "risk of birth defects. (2) Consumption of alcoholic beverages impairs your ability to drive a car or operate "
    "machinery, and may cause health problems."
)
STORY = (
    "Grown on the gravel benches above the river, picked at dawn, and aged for eighteen months in oak. "
    "Dark cherry, sage and a long, dry finish."
)


@dataclass(frozen=True, slots=True)
class Print:
    """One centred line: its text, the height of its type in pixels, where its top is, and how it is inked."""

    text: str
    size: int
    top: int
    color: tuple[int, int, int] = INK
    bold: bool = False


FRONT = (
    Print("STONE'S THROW", 84, 240, WINE, bold=True),
    Print("2021", 64, 420),
    Print("NAPA VALLEY", 58, 600, INK, bold=True),
    Print("CABERNET SAUVIGNON", 58, 690, INK, bold=True),
    Print("ALC. 13.5% BY VOL.", 36, 960),
    Print("750 mL", 36, 1020),
)
BACK = (
    Print("STONE'S THROW", 52, 140, WINE, bold=True),
    Print("PRODUCED AND BOTTLED BY", 30, 500),
    Print("STONE'S THROW CELLARS", 30, 545),
    Print("NAPA, CALIFORNIA", 30, 590),
    Print("CONTAINS SULFITES", 32, 690, INK, bold=True),
)


def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own typeface."""
    found = ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow was built without FreeType")
    return found


def panel(draw: ImageDraw.ImageDraw, left: int, right: int, prints: tuple[Print, ...]) -> None:
    """One label: paper, a double rule around it, and its lines."""
    draw.rectangle((left, 60, right, SIZE[1] - 60), fill=PAPER)
    for inset, width in ((22, 5), (34, 2)):
        box = (left + inset, 60 + inset, right - inset, SIZE[1] - 60 - inset)
        draw.rectangle(box, outline=WINE, width=width)
    for each in prints:
        draw.text(
            ((left + right) // 2, each.top),
            each.text,
            fill=each.color,
            font=font(each.size),
            anchor="ma",
            stroke_width=max(1, each.size // 40) if each.bold else 0,
            stroke_fill=each.color,
        )


def paragraph(draw: ImageDraw.ImageDraw, left: int, right: int, top: int, size: int, text: str, bold: str = "") -> None:
    """Text set flush left between two edges; the words of `bold` stand before it, in bold."""
    typeface = font(size)
    words = [(word, 1) for word in bold.split()] + [(word, 0) for word in text.split()]
    space = typeface.getlength(" ") + 1
    x, y = float(left), top
    for word, stroke in words:
        width = typeface.getlength(word) + 2 * stroke
        if x + width > right:
            x, y = float(left), y + round(size * 1.4)
        draw.text((x, y), word, fill=INK, font=typeface, stroke_width=stroke, stroke_fill=INK)
        x += width + space


def draw_label(
    front: tuple[Print, ...] = FRONT, back: tuple[Print, ...] = BACK, *, warning: str = WARNING_TEXT
) -> Image.Image:
    """The picture; other prints, or another text after the warning's heading, make a label with a defect."""
    image = Image.new("RGB", SIZE, TABLE)
    draw = ImageDraw.Draw(image)
    panel(draw, 60, 880, front)
    draw.line((320, 545, 620, 545), fill=WINE, width=3)
    panel(draw, 920, 1740, back)
    paragraph(draw, 1000, 1660, 250, 32, STORY)
    paragraph(draw, 1000, 1660, 790, 28, warning, WARNING_HEADING)
    return image


if __name__ == "__main__":
    draw_label().save(OUT, optimize=True)
    print(OUT)
