"""What the validator needs of whoever reads images, and what it gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.common.page import Line, Page
from services.validator.fields.second_look import Place


class Backend(StrEnum):
    """Which OCR backend reads; `auto` lets the ocr service choose and combine."""

    AUTO = "auto"
    TESSERACT = "tesseract"
    RAPIDOCR = "rapidocr"
    OLLAMA = "ollama"


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long a stage took, in wall-clock milliseconds."""

    stage: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class ImageReading:
    """What was read from one frame of one image, and the handle under which it can be looked at again.

    `frame_count` is the number of pages in the file (1 but for PDF and TIFF), `image_format` its true format, `engines`
    who read, with versions.
    """

    page: Page
    handle: str
    frame_count: int
    image_format: str
    engines: tuple[str, ...]
    timings: tuple[StageTime, ...]


@dataclass(frozen=True, slots=True)
class BackendHealth:
    """One backend: whether it answers now, whether the settings expect it, and why it does not answer."""

    name: str
    available: bool
    expected: bool
    reason: str = ""
    version: str = ""


class Reader(Protocol):
    """Reads images. Raises `TtbError`: bad image, queue full, backend or service unavailable."""

    async def read(self, image: bytes, frame: int, backend: Backend) -> ImageReading:
        """Read one frame of an image."""
        ...

    async def read_again(
        self, image: bytes, frame: int, handle: str, places: Sequence[Place], backend: Backend
    ) -> tuple[tuple[Line, ...], ...]:
        """Read places again, by the handle, or from the image when the handle is not known any more."""
        ...

    async def backends(self) -> tuple[BackendHealth, ...]:
        """Every backend and whether it answers now."""
        ...

    async def serving(self) -> bool:
        """Whether the reader is there and ready."""
        ...
