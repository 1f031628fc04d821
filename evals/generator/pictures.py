"""Small pictures for labels, drawn four times too large and made smaller, so that their edges are smooth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw

from evals.generator.model import Color, Picture

_FINER = 4


def draw_picture(image: Image.Image, picture: Picture, color: Color, at: tuple[int, int], size: int) -> None:
    """Draw it with the middle of its upper edge `at` a point, `size` pixels high and twice as wide."""
    if picture is Picture.NONE:
        return
    mask = Image.new("L", (2 * size * _FINER, size * _FINER), 0)
    _DRAWN[picture](ImageDraw.Draw(mask), size * _FINER)
    smooth = mask.reduce(_FINER)
    image.paste(Image.new("RGB", smooth.size, color), (at[0] - size, at[1]), smooth)


def _sun(draw: ImageDraw.ImageDraw, size: int) -> None:
    foot, radius = round(size * 0.94), size * 0.42
    draw.pieslice((size - radius, foot - radius, size + radius, foot + radius), 180, 360, fill=255)
    draw.rectangle((size * 0.2, foot, size * 1.8, foot + size * 0.05), fill=255)
    for ray in range(9):
        angle = math.pi * (ray + 1) / 10
        x, y = math.cos(angle), math.sin(angle)
        ends = [(size - x * far * size, foot - y * far * size) for far in (0.52, 0.86 if ray % 2 == 0 else 0.72)]
        draw.line([*ends[0], *ends[1]], fill=255, width=round(size * 0.035))


def _hills(draw: ImageDraw.ImageDraw, size: int) -> None:
    for at, (rise, phase, shade) in enumerate(((0.34, 0.4, 90), (0.28, 2.6, 160), (0.2, 4.4, 255))):
        base = size * (0.4 + 0.18 * at)
        ridge = [
            (x, base - rise * size * math.sin(phase + 2.2 * math.pi * x / (2 * size)) * 0.6)
            for x in range(0, 2 * size + 1, 8)
        ]
        draw.polygon([(0, size), *ridge, (2 * size, size)], fill=shade)


def _tree(draw: ImageDraw.ImageDraw, size: int) -> None:
    draw.rectangle((size * 0.96, size * 0.55, size * 1.04, size * 0.95), fill=255)
    for x, y, radius in ((1.0, 0.26, 0.22), (0.78, 0.42, 0.19), (1.22, 0.42, 0.19), (1.0, 0.5, 0.2)):
        draw.ellipse(
            (size * (x - radius), size * (y - radius), size * (x + radius), size * (y + radius)),
            fill=255,
        )
    draw.rectangle((size * 0.45, size * 0.93, size * 1.55, size * 0.97), fill=255)


def _moon(draw: ImageDraw.ImageDraw, size: int) -> None:
    draw.ellipse((size * 0.72, 0, size * 1.28, size * 0.56), fill=255)
    draw.ellipse((size * 0.86, -size * 0.05, size * 1.36, size * 0.45), fill=0)
    for at, half in enumerate((0.7, 0.5, 0.3)):
        top = size * (0.66 + 0.12 * at)
        draw.rectangle((size * (1 - half), top, size * (1 + half), top + size * 0.045), fill=255)


_DRAWN: Mapping[Picture, Callable[[ImageDraw.ImageDraw, int], None]] = {
    Picture.SUN: _sun,
    Picture.HILLS: _hills,
    Picture.TREE: _tree,
    Picture.MOON: _moon,
}
