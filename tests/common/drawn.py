"""Labels drawn for tests, so that what is printed is known exactly."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

LINES = ("STONE'S THROW", "RED TABLE WINE", "ALC 13.5% BY VOL", "750 ML")


def drawn(
    *lines: str, size: int = 36, turn: int = 0, ink: str = "black", ground: str = "white", width: int = 700
) -> Image.Image:
    """Lines of text below each other, with `turn` the direction in which they read (0, 90, 180 or 270 degrees)."""
    lines = lines or LINES
    image = Image.new("RGB", (width, 60 + 2 * size * len(lines)), ground)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for row, text in enumerate(lines):
        pen.text((30, 30 + 2 * size * row), text, font=font, fill=ink)
    return image.rotate(-turn, expand=True)


def pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The picture as the engines take it."""
    return np.asarray(image.convert("RGB"))


def file(image: Image.Image, image_format: str = "PNG", **options: Any) -> bytes:
    """The picture as a file; `options` are Pillow's of that format."""
    data = BytesIO()
    image.save(data, image_format, **options)
    return data.getvalue()


def heic_file(image: Image.Image) -> bytes:
    """The picture as a HEIC file, by the encoder that tests have and the product has not."""
    data = BytesIO()
    pillow_heif.from_pillow(image).save(data, quality=90)
    return data.getvalue()


def squeezed(text: str) -> str:
    """Text without spaces and case, since engines lose both."""
    return "".join(text.split()).casefold()
