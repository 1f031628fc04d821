"""The use cases: read an image, read places of it again, and tell which backends answer."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from services.common.errors import Reason, TtbError, invalid_field
from services.common.page import Line, Page
from services.ocr import worker
from services.ocr.admission import Admission, Priority, Ticket
from services.ocr.confirmation import confirmed
from services.ocr.engine import EngineName, EngineStatus, Hints
from services.ocr.handles import ImageHandles, RememberedImage
from services.ocr.imaging import ImageFormat
from services.ocr.places import Region

_ENGINE_FAULTS = frozenset({Reason.BACKEND_FAILED, Reason.BACKEND_UNAVAILABLE})
_AUTO = (EngineName.RAPIDOCR, EngineName.TESSERACT)

_QUEUE, _DECODE = "queue", "decode"

Result = TypeVar("Result")


class Backend(StrEnum):
    """What a caller may ask to read with."""

    AUTO = "auto"
    TESSERACT = "tesseract"
    RAPIDOCR = "rapidocr"
    OLLAMA = "ollama"


class Pool(Protocol):
    """Where work is done; see `services.ocr.pool.WorkerPool`."""

    async def run(self, function: Callable[[], Result]) -> Result:
        """The function's result, from a worker."""


class VisionModel(Protocol):
    """An engine that runs elsewhere; see `services.ocr.engines.ollama.OllamaEngine`."""

    def status(self) -> EngineStatus:
        """Whether it answered last."""

    async def read(self, image: bytes) -> tuple[Line, ...]:
        """The lines of a PNG file."""


@dataclass(frozen=True, slots=True)
class VisionLimits:
    """Longest side, in pixels, of an image for the vision model, and how long `auto` waits for the model (0: never)."""

    side: int
    auto_seconds: float = 0


@dataclass(frozen=True, slots=True)
class StageTime:
    """Wall-clock milliseconds of one stage: `queue`, `decode`, or an engine's name."""

    stage: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from one image; `engines` are those that read, with version."""

    page: Page
    handle: str
    frame_count: int
    format: ImageFormat
    engines: tuple[EngineStatus, ...]
    times: tuple[StageTime, ...]


@dataclass(frozen=True, slots=True)
class PlacesAnswer:
    """Lines for each region asked for, in the same order."""

    lines: tuple[tuple[Line, ...], ...]
    times: tuple[StageTime, ...]


@dataclass(frozen=True, slots=True)
class _Done(Generic[Result]):
    """A worker's result, and the milliseconds for which the task waited for a worker."""

    result: Result
    queue_ms: int


class Reader:
    """Chooses engines, queues the work, and combines what they read. For one event loop."""

    def __init__(
        self,
        pool: Pool,
        admission: Admission,
        handles: ImageHandles,
        vision: VisionModel,
        vision_limits: VisionLimits,
    ) -> None:
        self._pool = pool
        self._admission = admission
        self._handles = handles
        self._vision = vision
        self._vision_limits = vision_limits
        self._local: dict[EngineName, EngineStatus] = {}

    def engines_are(self, statuses: Iterable[EngineStatus]) -> None:
        """Take note of what the workers have loaded."""
        self._local = {status.name: status for status in statuses}

    def backends(self) -> tuple[EngineStatus, ...]:
        """Every engine and whether it answers now, in a fixed order."""
        return tuple(self._status(name) for name in EngineName)

    def _status(self, name: EngineName) -> EngineStatus:
        if name is EngineName.OLLAMA:
            return self._vision.status()
        return self._local.get(name) or EngineStatus(name, reason="the readers are starting; try again in a moment.")

    def remembered(self, handle: str) -> RememberedImage:
        """The image of a handle. Raises TtbError (UNKNOWN_IMAGE_HANDLE)."""
        image = self._handles.find(handle)
        if image is None:
            raise invalid_field(
                "image_handle",
                "is not known here: it expired, or another instance gave it; send the image instead.",
                reason=Reason.UNKNOWN_IMAGE_HANDLE,
            )
        return image

    async def extract(self, image: RememberedImage, backend: Backend, hints: Hints, priority: Priority) -> Extraction:
        """Read the whole image, and remember it for a second look.

        `auto` reads with RapidOCR, or with Tesseract where that fails; where it is so set, the vision model confirms
        what was read, if it answers in time. Raises TtbError.
        """
        statuses = self._usable(backend)
        if backend is Backend.OLLAMA:
            return await self._extract_by_vision(image, statuses[0], priority)
        if backend is not Backend.AUTO or not self._vision_limits.auto_seconds or not self._vision.status().available:
            return await self._extract_by_engines(image, statuses, hints, priority)
        try:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(self._extract_by_engines(image, statuses, hints, priority))
                claiming = group.create_task(self._claims(image, priority))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return _with_confirmations(reading.result(), claiming.result())

    async def _claims(self, image: RememberedImage, priority: Priority) -> Extraction | None:
        """What the vision model read, or None when it failed or was late."""
        try:
            async with asyncio.timeout(self._vision_limits.auto_seconds):
                return await self._extract_by_vision(image, self._vision.status(), priority)
        except TimeoutError:
            return None
        except TtbError as error:
            if error.reason not in _ENGINE_FAULTS:
                raise
            return None

    async def _extract_by_engines(
        self, image: RememberedImage, statuses: Sequence[EngineStatus], hints: Hints, priority: Priority
    ) -> Extraction:
        """Read with the first engine that does not fail."""
        *first, last = statuses
        for status in first:
            try:
                return await self._extract_by(status, image, hints, priority)
            except TtbError as error:
                if error.reason not in _ENGINE_FAULTS:
                    raise
        return await self._extract_by(last, image, hints, priority)

    async def _extract_by(
        self, status: EngineStatus, image: RememberedImage, hints: Hints, priority: Priority
    ) -> Extraction:
        done = await self._one(
            priority,
            functools.partial(
                worker.read_page, image.data, image.frame, status.name, hints, max_frames=image.max_frames
            ),
        )
        return Extraction(
            page=done.result.page,
            handle=self._handles.remember(image),
            frame_count=done.result.frame_count,
            format=done.result.format,
            engines=(status,),
            times=(
                StageTime(_QUEUE, done.queue_ms),
                StageTime(_DECODE, done.result.decode_ms),
                StageTime(status.name, done.result.engine_ms),
            ),
        )

    async def _extract_by_vision(self, image: RememberedImage, status: EngineStatus, priority: Priority) -> Extraction:
        side = self._vision_limits.side
        rendered = await self._one(
            priority, functools.partial(worker.render, image.data, image.frame, side, max_frames=image.max_frames)
        )
        started = time.perf_counter()
        lines = await self._vision.read(rendered.result.files[0] or b"")
        return Extraction(
            page=Page(rendered.result.width, rendered.result.height, lines),
            handle=self._handles.remember(image),
            frame_count=rendered.result.frame_count,
            format=rendered.result.format,
            engines=(status,),
            times=(
                StageTime(_QUEUE, rendered.queue_ms),
                StageTime(_DECODE, rendered.result.decode_ms),
                StageTime(status.name, _since(started)),
            ),
        )

    async def read_places(
        self, image: RememberedImage, regions: Sequence[Region], backend: Backend, hints: Hints, priority: Priority
    ) -> PlacesAnswer:
        """Read places of the image; `auto` is RapidOCR, or Tesseract where RapidOCR fails. Raises TtbError."""
        statuses = self._usable(backend)
        if backend is Backend.OLLAMA:
            return await self._places_by_vision(image, regions, priority)
        *first, last = statuses
        for status in first:
            try:
                return await self._places_by(status.name, image, regions, hints, priority)
            except TtbError as error:
                if error.reason not in _ENGINE_FAULTS:
                    raise
        return await self._places_by(last.name, image, regions, hints, priority)

    async def _places_by(
        self, name: EngineName, image: RememberedImage, regions: Sequence[Region], hints: Hints, priority: Priority
    ) -> PlacesAnswer:
        shares = max(1, min(len(regions), self._admission.free))
        outcomes = await self._at_once(
            priority,
            [
                functools.partial(worker.read_places, image.data, image.frame, tuple(regions[i::shares]), name, hints)
                for i in range(shares)
            ],
        )
        lines: list[tuple[Line, ...]] = [()] * len(regions)
        done: list[_Done[worker.PlacesReading]] = []
        for share, outcome in enumerate(outcomes):
            if isinstance(outcome, TtbError):
                raise outcome
            lines[share::shares] = outcome.result.lines
            done.append(outcome)
        times = (
            StageTime(_QUEUE, max(each.queue_ms for each in done)),
            StageTime(_DECODE, max(each.result.decode_ms for each in done)),
            StageTime(name, max(each.result.engine_ms for each in done)),
        )
        return PlacesAnswer(tuple(lines), times)

    async def _places_by_vision(
        self, image: RememberedImage, regions: Sequence[Region], priority: Priority
    ) -> PlacesAnswer:
        side = self._vision_limits.side
        rendered = await self._one(
            priority, functools.partial(worker.render, image.data, image.frame, side, tuple(regions))
        )
        started = time.perf_counter()
        lines: list[tuple[Line, ...]] = []
        for region, file in zip(regions, rendered.result.files, strict=True):
            read = await self._vision.read(file) if file else ()
            lines.append(tuple(replace(line, angle_degrees=region.reading_angle, look=1) for line in read))
        times = (
            StageTime(_QUEUE, rendered.queue_ms),
            StageTime(_DECODE, rendered.result.decode_ms),
            StageTime(EngineName.OLLAMA, _since(started)),
        )
        return PlacesAnswer(tuple(lines), times)

    def _usable(self, backend: Backend) -> tuple[EngineStatus, ...]:
        """The engines to read with, the main one first.

        Raises TtbError when there are none: MODEL_NOT_READY while a model is on its way, else BACKEND_UNAVAILABLE.
        """
        names = _AUTO if backend is Backend.AUTO else (EngineName(backend),)
        statuses = [self._status(name) for name in names]
        usable = tuple(status for status in statuses if status.available)
        if not usable:
            reasons = " ".join(f"{status.name}: {status.reason}" for status in statuses)
            awaited = statuses[0].ready_in_seconds
            raise TtbError(
                Reason.BACKEND_UNAVAILABLE if awaited is None else Reason.MODEL_NOT_READY,
                f"No backend can read now. {reasons}",
                retry_after_seconds=10.0 if awaited is None else awaited,
            )
        return usable

    async def _one(self, priority: Priority, work: Callable[[], Result]) -> _Done[Result]:
        (outcome,) = await self._at_once(priority, [work])
        if isinstance(outcome, TtbError):
            raise outcome
        return outcome

    async def _at_once(
        self, priority: Priority, works: Sequence[Callable[[], Result]]
    ) -> list[_Done[Result] | TtbError]:
        """Do all in workers; an engine's fault is returned, every other error is raised."""
        tickets = self._admission.enter(priority, len(works))
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._in_turn(ticket, work)) for ticket, work in zip(tickets, works, strict=True)
                ]
        except BaseExceptionGroup as errors:
            # Both were given the same image: the first error tells what is wrong with it.
            raise errors.exceptions[0] from None
        finally:
            for ticket in tickets:
                ticket.give_back()
        return [task.result() for task in tasks]

    async def _in_turn(self, ticket: Ticket, work: Callable[[], Result]) -> _Done[Result] | TtbError:
        asked = time.perf_counter()
        async with ticket:
            queue_ms = _since(asked)
            try:
                return _Done(await self._pool.run(work), queue_ms)
            except TtbError as error:
                if error.reason not in _ENGINE_FAULTS:
                    raise
                return error


def _with_confirmations(extraction: Extraction, claims: Extraction | None) -> Extraction:
    if claims is None:
        return extraction
    lines = extraction.page.lines
    return replace(
        extraction,
        page=replace(extraction.page, lines=(*lines, *confirmed(lines, claims.page.lines))),
        engines=(*extraction.engines, *claims.engines),
        times=(*extraction.times, claims.times[-1]),
    )


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
