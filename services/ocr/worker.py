"""What runs inside a worker process: the engines, loaded once, and the three kinds of work done with them.

Decoders and engines are native code fed with strangers' bytes. Here a crash costs one task, and the service lives on.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from multiprocessing.connection import wait
from multiprocessing.synchronize import Semaphore
from types import FrameType

import cv2
import numpy as np
from PIL import Image

from services.common.errors import Reason, TtbError
from services.common.page import Line, Page
from services.ocr.engine import EngineName, EngineStatus, Hints, Layout, OcrEngine, RgbImage
from services.ocr.imaging import DecodedImage, ImageFormat, decode
from services.ocr.pixel_facts import with_pixel_facts
from services.ocr.places import Placement, Region, cut_out


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How one worker works: threads of an engine, the image's limit in pixels, seconds for one program run."""

    threads: int
    max_pixels: int
    engine_seconds: float


@dataclass(frozen=True, slots=True)
class PageReading:
    """One image as one engine read it, and the milliseconds that decoding and reading took."""

    page: Page
    format: ImageFormat
    frame_count: int
    decode_ms: int
    engine_ms: int


@dataclass(frozen=True, slots=True)
class PlacesReading:
    """Lines for each region that was asked for, in the same order, in pixels of the upright image."""

    lines: tuple[tuple[Line, ...], ...]
    decode_ms: int
    engine_ms: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """An image, or the places of one, as PNG files for an engine that runs elsewhere; None for an empty place."""

    width: int
    height: int
    files: tuple[bytes | None, ...]
    format: ImageFormat
    frame_count: int
    decode_ms: int


@dataclass
class _Worker:
    """The state of this process, made by `initialize`."""

    settings: WorkerSettings
    engines: dict[EngineName, OcrEngine] = field(default_factory=dict)
    reasons: dict[EngineName, str] = field(default_factory=dict)


_this: _Worker | None = None


def initialize(settings: WorkerSettings, ready: Semaphore) -> None:
    """Load and warm up every engine, then raise `ready`. An engine that cannot be loaded is noted with its reason."""
    global _this  # noqa: PLW0603 - a worker process has one state, and the pool gives functions no place for it
    _leave_the_terminal()
    _return_freed_memory()
    cv2.setNumThreads(1)
    worker = _Worker(settings)
    for name, load in _loaders(settings).items():
        try:
            worker.engines[name] = _warmed_up(load())
        except Exception as error:  # whatever a missing program or a wrong model raises
            worker.reasons[name] = f"it could not be loaded ({type(error).__name__}); install it where ocr runs."
    _this = worker
    ready.release()


# Of glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_RETURNED_BYTES = 1024 * 1024


def _return_freed_memory() -> None:
    """Let glibc give the system back what images and networks free, where it would keep it: a third of a worker's size.

    Elsewhere than on glibc nothing is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _RETURNED_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _RETURNED_BYTES)
        mallopt(_M_ARENA_MAX, 2)


def _loaders(settings: WorkerSettings) -> dict[EngineName, Callable[[], OcrEngine]]:
    def tesseract() -> OcrEngine:
        from services.ocr.engines.tesseract import TesseractEngine

        return TesseractEngine(settings.engine_seconds)

    def rapidocr() -> OcrEngine:
        from services.ocr.engines.rapidocr import RapidOcrEngine

        return RapidOcrEngine(settings.threads)

    return {EngineName.TESSERACT: tesseract, EngineName.RAPIDOCR: rapidocr}


def _warmed_up(engine: OcrEngine) -> OcrEngine:
    """Read a drawn page: the first reading is slow, and one that fails must not look available."""
    image = np.full((736, 736, 3), 255, np.uint8)
    for row, text in enumerate(("READY", "READY TO READ", "READY TO READ LABELS OF ALL KINDS")):
        cv2.putText(image, text, (30, 100 + 120 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2)
    if not engine.read(image, Hints()):
        raise RuntimeError(f"{engine.name} reads nothing on a drawn page")
    return engine


def _leave_the_terminal() -> None:
    """Take signals from the service only, and end with it, the programs that were started included."""
    os.setsid()

    def end(_number: int, _frame: FrameType | None) -> None:
        os.killpg(0, signal.SIGKILL)

    def end_with_parent() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            wait([parent.sentinel])
            os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGTERM, end)
    threading.Thread(target=end_with_parent, name="end-with-parent", daemon=True).start()


def _worker() -> _Worker:
    if _this is None:
        raise RuntimeError("initialize was not called in this process")
    return _this


def statuses() -> tuple[EngineStatus, ...]:
    """The engines of this worker, loaded or not."""
    worker = _worker()
    loaded = (EngineStatus(name, version=engine.version) for name, engine in worker.engines.items())
    missing = (EngineStatus(name, reason=reason) for name, reason in worker.reasons.items())
    return (*loaded, *missing)


def read_page(data: bytes, frame: int, engine: EngineName, hints: Hints, *, max_frames: int = 0) -> PageReading:
    """Decode the image and read it with one engine. Raises TtbError."""
    image, decode_ms = _decoded(data, frame, max_frames)
    started = time.perf_counter()
    lines = with_pixel_facts(image.pixels, _read(engine, image.pixels, hints))
    height, width = image.pixels.shape[:2]
    return PageReading(Page(width, height, lines), image.format, image.frame_count, decode_ms, _since(started))


def read_places(data: bytes, frame: int, regions: Sequence[Region], engine: EngineName, hints: Hints) -> PlacesReading:
    """Decode the image and read some of its places with one engine. Raises TtbError."""
    image, decode_ms = _decoded(data, frame)
    started = time.perf_counter()
    hints = replace(hints, layout=Layout.PLACE)
    lines = tuple(_read_place(image.pixels, region, engine, hints) for region in regions)
    return PlacesReading(lines, decode_ms, _since(started))


def _read_place(image: RgbImage, region: Region, engine: EngineName, hints: Hints) -> tuple[Line, ...]:
    cut = _cut_out(image, region)
    if cut is None:
        return ()
    crop, placement = cut
    lines = (replace(placement.line_to_page(line), look=1) for line in _read(engine, crop, hints))
    return with_pixel_facts(image, lines)


def render(data: bytes, frame: int, side: int, regions: Sequence[Region] = (), *, max_frames: int = 0) -> Rendering:
    """Decode the image and encode it, or each region of it, as PNG, no side over `side` pixels. Raises TtbError."""
    image, decode_ms = _decoded(data, frame, max_frames)
    height, width = image.pixels.shape[:2]
    cuts = [_cut_out(image.pixels, region) for region in regions]
    files = tuple(_png(cut[0], side) if cut else None for cut in cuts) if regions else (_png(image.pixels, side),)
    return Rendering(width, height, files, image.format, image.frame_count, decode_ms)


def _decoded(data: bytes, frame: int, max_frames: int = 0) -> tuple[DecodedImage, int]:
    started = time.perf_counter()
    image = decode(data, frame=frame, max_pixels=_worker().settings.max_pixels, max_frames=max_frames)
    return image, _since(started)


def _cut_out(image: RgbImage, region: Region) -> tuple[RgbImage, Placement] | None:
    return cut_out(image, region, max_pixels=_worker().settings.max_pixels)


def _read(name: EngineName, image: RgbImage, hints: Hints) -> tuple[Line, ...]:
    worker = _worker()
    engine = worker.engines.get(name)
    if engine is None:
        raise TtbError(Reason.BACKEND_UNAVAILABLE, f"{name} is not available: {worker.reasons.get(name, 'unknown')}")
    try:
        return engine.read(image, hints)
    except TtbError:
        raise
    except Exception as error:  # native engines raise their own kinds
        raise TtbError(Reason.BACKEND_FAILED, f"{name} failed on this image; try another backend.") from error


def _png(image: RgbImage, side: int) -> bytes:
    picture = Image.fromarray(image)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
