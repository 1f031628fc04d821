"""The typefaces of drawn labels: only files that come with locked Python packages, so that every machine has the same.

Aileron (public domain) is inside Pillow; STIX General (Open Font License) and DejaVu (Bitstream Vera's free licence)
lie in matplotlib, which is not imported. Text is laid out by FreeType alone, since Raqm uses what the system offers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path

from PIL import ImageFont

from evals.generator.model import Lettering


@dataclass(frozen=True, slots=True)
class Face:
    """One cut of a typeface."""

    lettering: Lettering
    bold: bool = False
    italic: bool = False

    @property
    def stroke(self) -> bool:
        """Whether bold has to be made by a stroke round the letters: Aileron comes in one weight."""
        return self.bold and self.lettering is Lettering.GROTESQUE


_STEMS = {Lettering.BOOK: "STIXGeneral", Lettering.SLAB: "DejaVuSerif"}
_CUTS = {
    Lettering.BOOK: {(False, False): "", (True, False): "Bol", (False, True): "Italic", (True, True): "BolIta"},
    Lettering.SLAB: {
        (False, False): "",
        (True, False): "-Bold",
        (False, True): "-Italic",
        (True, True): "-BoldItalic",
    },
}
_CAPITALS = {Lettering.GROTESQUE: 0.70, Lettering.BOOK: 0.68, Lettering.SLAB: 0.735}
"""Height of capitals as a part of the type's size."""


@cache
def _file(face: Face) -> bytes:
    if face.lettering is Lettering.GROTESQUE:
        own = ImageFont.load_default(10)
        if not isinstance(own, ImageFont.FreeTypeFont) or not own.font_bytes:
            raise TypeError("this Pillow was built without FreeType; install its wheel")
        return own.font_bytes
    name = f"{_STEMS[face.lettering]}{_CUTS[face.lettering][face.bold, face.italic]}.ttf"
    folder = distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")
    return Path(str(folder), name).read_bytes()


@cache
def font(face: Face, capitals: int) -> ImageFont.FreeTypeFont:
    """The cut in the size that makes capital letters `capitals` pixels high."""
    size = max(1, round(capitals / _CAPITALS[face.lettering]))
    return ImageFont.truetype(BytesIO(_file(face)), size, layout_engine=ImageFont.Layout.BASIC)
