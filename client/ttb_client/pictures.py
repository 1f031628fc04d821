"""Images as the server sees them: upright, one for each page, so that its polygons fit.

Needs what `pip install ttb-client[pictures]` brings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pi_heif
import pypdfium2
from PIL import Image, ImageOps, ImageSequence

_PDF_DPI = 300
_POINTS_PER_INCH = 72
_PDF_HEADER_WITHIN = 1024

pi_heif.register_heif_opener(thumbnails=False)


def pages(images: Sequence[Path | bytes]) -> list[Image.Image]:
    """Every page of every image as RGB, in the order in which the server counts them.

    Raises OSError for a file that cannot be read as an image.
    """
    return [page for image in images for page in _pages(image if isinstance(image, bytes) else image.read_bytes())]


def _pages(content: bytes) -> Iterator[Image.Image]:
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        yield from _pdf_pages(content)
        return
    with Image.open(BytesIO(content)) as image:
        # Only a TIFF's frames are pages; of an animation the server reads the first.
        for frame in ImageSequence.Iterator(image) if image.format == "TIFF" else [image]:
            layer = ImageOps.exif_transpose(frame).convert("RGBA")
            ground = Image.new("RGBA", layer.size, "white")
            yield Image.alpha_composite(ground, layer).convert("RGB")


def _pdf_pages(content: bytes) -> Iterator[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise OSError(str(error)) from error
    try:
        for page in document:
            yield page.render(scale=_PDF_DPI / _POINTS_PER_INCH, rev_byteorder=True).to_pil().convert("RGB")
    finally:
        document.close()
