"""The validator in this process over readings kept on disk: fields and rules are measured in a minute.

What was read once is not read again: every reading and every place looked at again is kept by what was asked (image,
frame, backend, place), with the seconds that it took. Only what is not there yet goes to the running ocr service, one
after the other, so that its times are comparable. Remove the folder when the ocr service itself changes.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from pydantic import TypeAdapter

from evals.answer import Answer, Look, Question, RequestError
from evals.client import to_answer, to_request
from services.common.channel import open_channel
from services.common.errors import TtbError
from services.common.page import Line
from services.common.settings import SharedSettings, load
from services.validator import convert
from services.validator.fields.second_look import Place, Purpose
from services.validator.ocr_client import OcrClient
from services.validator.reader import Backend, BackendHealth, ImageReading, Reader
from services.validator.settings import ValidatorSettings
from services.validator.verification import Verification, Verifier

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Recording(Generic[Kept]):
    """What the ocr service answered, and for how many seconds it was waited for."""

    answer: Kept
    seconds: float


_READING = TypeAdapter(Recording[ImageReading])
_LOOK = TypeAdapter(Recording[tuple[Line, ...]])

_looks: ContextVar[list[Look]] = ContextVar("looks")
"""The second looks of the verification that runs."""


class RecordingReader:
    """Reads what is in `folder` from there, and everything else through `reader`."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        self._reader = reader
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._one_at_a_time = asyncio.Lock()

    async def read(self, image: bytes, frame: int, backend: Backend) -> ImageReading:
        """Read one frame of an image."""
        asked = f"read {sha256(image).hexdigest()} {frame} {backend}"
        return (await self._kept(asked, _READING, lambda: self._reader.read(image, frame, backend))).answer

    async def read_again(
        self, image: bytes, frame: int, handle: str, places: Sequence[Place], backend: Backend
    ) -> tuple[tuple[Line, ...], ...]:
        """Read places again."""

        async def one(place: Place) -> tuple[Line, ...]:
            (lines,) = await self._reader.read_again(image, frame, handle, [place], backend)
            return lines

        name = f"again {sha256(image).hexdigest()} {frame} {backend}"
        found: list[tuple[Line, ...]] = []
        for place in places:
            recording = await self._kept(f"{name} {_asked(place)}", _LOOK, partial(one, place))
            found.append(recording.answer)
            _looks.get().append(Look(place.purpose, recording.seconds))
        return tuple(found)

    async def backends(self) -> tuple[BackendHealth, ...]:
        """Every backend and whether it answers now."""
        return await self._reader.backends()

    async def serving(self) -> bool:
        """Whether the reader behind is there."""
        return await self._reader.serving()

    async def _kept(
        self, asked: str, kind: TypeAdapter[Recording[Kept]], ask: Callable[[], Awaitable[Kept]]
    ) -> Recording[Kept]:
        file = self._folder / f"{sha256(asked.encode()).hexdigest()}.json"
        if file.exists():
            return kind.validate_json(file.read_bytes())
        async with self._one_at_a_time:
            begun = time.perf_counter()
            recording = Recording(await ask(), time.perf_counter() - begun)
        unfinished = file.with_suffix(f".{threading.get_ident()}")
        unfinished.write_bytes(kind.dump_json(recording))
        unfinished.replace(file)
        return recording


def _asked(place: Place) -> str:
    edges = (place.left, place.top, place.right, place.bottom)
    return " ".join(map(str, (*edges, place.reading_angle, place.scale)))


class RecordedClient:
    """Verifies in this process. Safe to share between threads; a context manager.

    Looks again in at most `rounds` rounds (as the settings say by default), for these `purposes`.
    """

    def __init__(
        self,
        folder: Path,
        ocr_target: str,
        *,
        rounds: int | None = None,
        purposes: Collection[Purpose] = frozenset(Purpose),
    ) -> None:
        self._folder = folder
        self._target = ocr_target
        self._settings = load(ValidatorSettings)
        self._rounds = self._settings.second_look_rounds if rounds is None else rounds
        self._purposes = purposes
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="verifying", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._verifier, self._ocr = self._wait(self._wire())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self._ocr.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _wire(self) -> tuple[Verifier, OcrClient]:
        channel = open_channel(self._target, load(SharedSettings))
        ocr = OcrClient(channel, seconds=self._settings.ocr_seconds, attempts=self._settings.ocr_attempts)
        reader = RecordingReader(ocr, self._folder)
        verifier = Verifier(reader, panels=self._settings.panels, rounds=self._rounds, purposes=self._purposes)
        return verifier, ocr

    def verify(self, question: Question) -> Answer | RequestError:
        """The answer to one question. What goes wrong is returned, not raised."""
        begun, looks = time.perf_counter(), list[Look]()
        try:
            result = self._wait(self._examine(question, looks))
        except TtbError as error:
            return RequestError(error.reason, error.message)
        return replace(answer_of(result, time.perf_counter() - begun), looks=tuple(looks))

    def examine(self, question: Question) -> Verification:
        """The verification with all that it rests on. Raises `TtbError` as the service does."""
        return self._wait(self._examine(question, []))

    async def _examine(self, question: Question, looks: list[Look]) -> Verification:
        _looks.set(looks)
        request = to_request(question)
        images = convert.images(request, self._settings.upload_megabytes)
        submission = convert.submission(request, datetime.now(UTC).date())
        return await self._verifier.verify(images, submission, convert.backend(request.ocr_backend))

    def _wait(self, work: Awaitable[Kept]) -> Kept:
        async def done() -> Kept:
            return await work

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result()


def answer_of(result: Verification, seconds: float = 0.0) -> Answer:
    """What the service would answer."""
    return to_answer(convert.verification(result, request_id="", asked_of=None, milliseconds=0), seconds)
