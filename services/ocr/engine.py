"""What an OCR engine is to this service: an image in, lines in that image's pixels out.

Everything that is the same for all engines (decoding, cropping and turning, pixel facts, queueing) is done around this
protocol, so that an engine is one small adapter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.common.page import Line

RgbImage = NDArray[np.uint8]
"""Height x width x 3, red, green and blue, upright."""


class EngineName(StrEnum):
    """The engines this build knows, in the order in which they are listed."""

    TESSERACT = "tesseract"
    RAPIDOCR = "rapidocr"
    OLLAMA = "ollama"


class Layout(Enum):
    """What the image shows, for engines that look for columns only when told to."""

    PAGE = "page"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Hints:
    """What the caller expects. `phrases` may be printed; an engine may use them, and never copies them out."""

    phrases: tuple[str, ...] = ()
    layout: Layout = Layout.PAGE


class OcrEngine(Protocol):
    """One engine, loaded and ready."""

    @property
    def name(self) -> EngineName:
        """Name that its lines carry."""

    @property
    def version(self) -> str:
        """Version of engine and model, for the answer and for artifacts."""

    def read(self, image: RgbImage, hints: Hints) -> tuple[Line, ...]:
        """The lines of the image, polygons in its pixels, in the engine's order.

        Raises TtbError (BACKEND_FAILED) when the engine fails; an image without text is an empty tuple.
        """


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """Whether an engine answers: `reason` says why not and what to do, empty when it does.

    `ready_in_seconds` is set while its model is on its way: when it is worth asking again.
    """

    name: EngineName
    version: str = ""
    reason: str = ""
    ready_in_seconds: float | None = None

    @property
    def available(self) -> bool:
        """Whether it reads images now."""
        return not self.reason

    def __str__(self) -> str:
        """Name and version, as the answer's `engines` shows them."""
        return f"{self.name} {self.version}".strip()
