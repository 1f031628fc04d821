"""How labels look: palettes whose text can be read, and a seeded choice of arrangement, lettering and ornament."""

from __future__ import annotations

from random import Random

from evals.generator.model import Arrangement, Color, Frame, Lettering, Palette, Picture, Style, Turn
from services.validator.submission import ProductType

PALETTES = (
    Palette((250, 246, 236), (38, 30, 28), (112, 22, 42), (214, 209, 200)),
    Palette((252, 252, 250), (24, 24, 26), (20, 82, 84), (222, 224, 224)),
    Palette((236, 228, 208), (44, 34, 22), (122, 66, 16), (196, 190, 178)),
    Palette((24, 38, 34), (240, 234, 214), (214, 178, 96), (170, 172, 166)),
    Palette((30, 30, 36), (244, 242, 236), (224, 138, 92), (206, 206, 210)),
    Palette((226, 234, 238), (22, 32, 46), (24, 66, 122), (188, 196, 202)),
)
READABLE = 7.0
"""The least contrast of text with its ground here (WCAG 2.2, level AAA)."""
VISIBLE = 4.5
"""The least contrast of large accented text and ornaments."""

_WARNING_TURNS = (Turn.UPRIGHT,) * 5 + (Turn.RISING, Turn.FALLING)
_SCALES = (0.85, 1.0, 1.0, 1.15)


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (each / 255 for each in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def style(rng: Random, product: ProductType) -> Style:
    """A look that suits the product: cans have a wrap, bottles a sheet of two labels or an image for each."""
    usual = {
        ProductType.WINE: (Arrangement.SHEET, Arrangement.PANELS),
        ProductType.DISTILLED_SPIRITS: (Arrangement.PANELS, Arrangement.SHEET),
        ProductType.MALT_BEVERAGE: (Arrangement.WRAP, Arrangement.WRAP, Arrangement.PANELS),
    }
    return Style(
        arrangement=rng.choice(usual[product]),
        lettering=rng.choice(tuple(Lettering)),
        palette=rng.choice(PALETTES),
        frame=rng.choice(tuple(Frame)),
        picture=rng.choice(tuple(Picture)),
        warning_turn=rng.choice(_WARNING_TURNS),
        scale=rng.choice(_SCALES),
        bar_code="0" + "".join(rng.choice("0123456789") for _ in range(11)) if rng.random() < 0.6 else "",
    )
