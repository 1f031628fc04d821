"""The use case: have a label read, look again where it is doubtful, find the fields, evaluate the rules, decide."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from services.common.errors import FieldViolation, Reason, TtbError, invalid_field
from services.validator.assembly import build_label, label_fields, second_looks
from services.validator.decision import Decision, decide
from services.validator.doubts import disputed, in_doubt
from services.validator.fields.model import LabelField, LabelPanel
from services.validator.fields.second_look import Place, Purpose, is_cut
from services.validator.label import Label
from services.validator.reader import Backend, ImageReading, Reader, StageTime
from services.validator.rules.evaluation import Evaluation, evaluate
from services.validator.submission import Panel, Submission

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class UploadedImage:
    """One image as uploaded, and which panel it shows (or None)."""

    content: bytes
    panel: Panel | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """All that is known of a label after it was verified. `image_formats` are the uploaded images' true formats."""

    label: Label
    fields: tuple[LabelField, ...]
    evaluation: Evaluation
    decision: Decision
    engines: tuple[str, ...] = ()
    timings: tuple[StageTime, ...] = ()
    image_formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """One panel's source: frame number `frame` of image number `image`, and what was read from it."""

    image: int
    frame: int
    reading: ImageReading


class Stopwatch:
    """Collects how long each stage took."""

    def __init__(self) -> None:
        self._since = time.perf_counter()
        self.timings: list[StageTime] = []

    def lap(self, stage: str) -> None:
        """The stage that ends now took the time since the last lap."""
        now = time.perf_counter()
        self.timings.append(StageTime(stage, round((now - self._since) * 1000)))
        self._since = now


class Verifier:
    """Verifies labels with the help of a reader.

    At most `panels` panels a label, at most `rounds` rounds of second looks, for these `purposes`.
    """

    def __init__(
        self, reader: Reader, *, panels: int, rounds: int, purposes: Collection[Purpose] = frozenset(Purpose)
    ) -> None:
        self._reader = reader
        self._panels = panels
        self._rounds = rounds
        self._purposes = purposes

    async def verify(self, images: Sequence[UploadedImage], submission: Submission, backend: Backend) -> Verification:
        """Verify a label from its images. Raises `TtbError`: bad image, too many panels, reader unavailable."""
        watch = Stopwatch()
        frames = await self.read(images, backend)
        panels = tuple(
            LabelPanel(index, each.reading.page, images[each.image].panel) for index, each in enumerate(frames)
        )
        watch.lap("ocr")
        label = await asyncio.to_thread(build_label, submission, panels)
        watch.lap("fields")
        for number in itertools.count(1):
            result, places = await asyncio.to_thread(self._judge, label, number)
            watch.lap("rules")
            if not places:
                break
            panels = await self._look_again(images, frames, panels, places, backend)
            watch.lap("second_look")
            label = await asyncio.to_thread(build_label, submission, panels)
            watch.lap("fields")
        return replace(
            result,
            engines=_engines(frames, panels),
            timings=_summed(watch.timings),
            image_formats=tuple(each.reading.image_format for each in frames if each.frame == 0),
        )

    def _judge(self, label: Label, round_number: int) -> tuple[Verification, tuple[Place, ...]]:
        """What is known so far, and the places whose reading in this round may change the verdict."""
        result = check(label)
        if round_number > self._rounds:
            return result, ()
        wanted = second_looks(label, round_number, self._purposes)
        looks = in_doubt(wanted, result.fields, result.evaluation, result.decision)
        if Purpose.DISPUTED in self._purposes:
            looks += disputed(label.panels, result.evaluation, looks)
        return result, looks

    async def read(self, images: Sequence[UploadedImage], backend: Backend) -> list[Frame]:
        """Read every frame of every image once, in order. Raises `TtbError`: bad image, too many panels, no reader."""
        first = await together([self._read_frame(images, index, 0, backend) for index in range(len(images))])
        count = sum(frame.reading.frame_count for frame in first)
        if count > self._panels:
            message = f"hold {count} pages in all; send at most {self._panels} panels of one label"
            raise invalid_field("images", message, reason=Reason.TOO_MANY_IMAGES)
        rest = await together(
            [
                self._read_frame(images, frame.image, number, backend)
                for frame in first
                for number in range(1, frame.reading.frame_count)
            ]
        )
        return sorted([*first, *rest], key=lambda each: (each.image, each.frame))

    async def _read_frame(self, images: Sequence[UploadedImage], image: int, frame: int, backend: Backend) -> Frame:
        try:
            return Frame(image, frame, await self._reader.read(images[image].content, frame, backend))
        except TtbError as error:
            raise _naming(error, image) from error

    async def _look_again(
        self,
        images: Sequence[UploadedImage],
        frames: Sequence[Frame],
        panels: Sequence[LabelPanel],
        places: Sequence[Place],
        backend: Backend,
    ) -> tuple[LabelPanel, ...]:
        asked: dict[int, list[Place]] = defaultdict(list)
        for place in places:
            asked[place.image].append(place)
        readings = await together(
            [
                self._reader.read_again(
                    images[frames[index].image].content,
                    frames[index].frame,
                    frames[index].reading.handle,
                    wanted,
                    backend,
                )
                for index, wanted in asked.items()
            ]
        )
        seen = list(panels)
        for (index, wanted), looks in zip(asked.items(), readings, strict=True):
            page = seen[index].page
            number = max((line.look for line in page.lines), default=0)
            lines = [
                replace(line, look=number + new)
                for new, (place, look) in enumerate(zip(wanted, looks, strict=True), start=1)
                for line in look
                # Neighbours of what is disputed are no second reading of what the crop cut, such as the health warning.
                if place.purpose is not Purpose.DISPUTED or not line.polygon or not is_cut(line.polygon, place, page)
            ]
            seen[index] = replace(
                seen[index],
                page=replace(page, lines=(*page.lines, *lines)),
                looked_at=(*seen[index].looked_at, *wanted),
            )
        return tuple(seen)


def check(label: Label) -> Verification:
    """Evaluate the rules on a label whose text was read, and decide."""
    fields = label_fields(label)
    evaluation = evaluate(label)
    return Verification(label, fields, evaluation, decide(label, fields, evaluation))


def _engines(frames: Sequence[Frame], panels: Sequence[LabelPanel]) -> tuple[str, ...]:
    """Who read, with versions; who only looked again, and added something, by name."""
    first = dict.fromkeys(engine for each in frames for engine in each.reading.engines)
    named = {engine.split()[0] for engine in first}
    added = dict.fromkeys(line.engine for panel in panels for line in panel.page.lines if line.engine not in named)
    return (*first, *(engine for engine in added if engine))


async def together(work: Sequence[Coroutine[Any, Any, Answer]]) -> list[Answer]:
    """Results of all coroutines, run at once; when one fails the others are cancelled and its error is raised."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _naming(error: TtbError, image: int) -> TtbError:
    """The error with its field named as the client knows it, when it is about the image itself."""
    if not any(each.field == "image" for each in error.violations):
        return error
    name = f"images[{image}]"
    violations = [
        FieldViolation(name if each.field == "image" else each.field, each.description) for each in error.violations
    ]
    text = "; ".join(each.description for each in violations)
    return TtbError(
        error.reason, f"Image {image + 1}: {text}", violations=violations, retry_after_seconds=error.retry_after_seconds
    )


def _summed(timings: Sequence[StageTime]) -> tuple[StageTime, ...]:
    totals: dict[str, int] = {}
    for each in timings:
        totals[each.stage] = totals.get(each.stage, 0) + each.milliseconds
    return tuple(StageTime(stage, milliseconds) for stage, milliseconds in totals.items())
