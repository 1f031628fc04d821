"""Follows the status files and tells everyone who waits: one reader for each model, however many watch it.

A file is read anew four times a second while someone watches, and not at all otherwise. That costs two thousandths of a
processor, and holds where a file watch of the kernel does not: a folder that comes later, a mount that is replaced, a
container's bind mount. Who watches holds no queue: after each wait it takes the newest state, so that a slow one skips
what lies between.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from services.common.errors import Reason, TtbError, invalid_field
from services.common.logs import get_logger
from services.modelstatus.names import ModelName
from services.modelstatus.reading import Unreadable, read
from services.modelstatus.status import DownloadError, ModelStatus, State, path_for

log = get_logger(__name__)

FINAL = frozenset({State.READY, State.ERROR})
_WORKING = frozenset({State.DOWNLOADING, State.EXTRACTING})
_COMMAND = "python -m services.modelstatus download"
# Names come from callers; what they may occupy is bounded.
_MODELS = 16


@dataclass(frozen=True, slots=True)
class Times:
    """How the files are followed, in seconds.

    A working download whose status is older than `stalled` is dead. A stream repeats its state after `heartbeat`. An
    answer is at most `cache` old. A watched file is read again after `poll`; what cannot be read is believed to be
    broken after `settle`, because a writer may be at work.
    """

    stalled: float = 60
    heartbeat: float = 15
    cache: float = 1
    poll: float = 0.25
    settle: float = 1


class _Followed:
    """What one model's file told last; `news` is set, and replaced, when that changes."""

    def __init__(self, model: str, path: Path, times: Times, now: Callable[[], datetime]) -> None:
        self.model = model
        self.status: ModelStatus | None = None
        self.news = asyncio.Event()
        self.watchers = 0
        self._path = path
        self._times = times
        self._now = now
        self._told: ModelStatus | None = None
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._polling: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def followed(self) -> Iterator[None]:
        """Keep reading the file while anyone is inside."""
        self.watchers += 1
        if self._polling is None:
            self._polling = asyncio.create_task(self._poll())
        try:
            yield
        finally:
            self.watchers -= 1
            if not self.watchers and self._polling is not None:
                self._polling.cancel()
                self._polling = None

    async def fresh(self, seconds: float) -> ModelStatus | None:
        """The state, at most so many seconds old now; None when no download was ever attempted."""
        since = asyncio.get_running_loop().time() - seconds
        if self._read_at < since:
            async with self._reading:
                # One reading serves all who came before it began.
                if self._read_at < since:
                    await self._refresh()
        return self.status

    def wake(self) -> None:
        """Let everyone who waits look again."""
        self.news.set()
        self.news = asyncio.Event()

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._times.poll)
            try:
                async with self._reading:
                    await self._refresh()
            except Exception:
                log.exception("following the status file failed", model=self.model)

    async def _refresh(self) -> None:
        clock = asyncio.get_running_loop().time
        begun = clock()
        while True:
            read_at = clock()
            try:
                status = self._judged(await asyncio.to_thread(read, self._path))
                break
            except Unreadable as problem:
                if read_at - begun >= self._times.settle:
                    status = self._broken(str(problem))
                    break
            await asyncio.sleep(self._times.settle / 10)
        self._read_at = read_at
        if status != self.status:
            self.status = status
            self.wake()

    def _judged(self, told: ModelStatus | None) -> ModelStatus | None:
        if told is not None and not _is_of(told, self.model):
            log.warning("the status file tells of another model", model=self.model, told=told.model)
            told = None
        self._told = told
        if told is None or told.status not in _WORKING or told.updated_at is None:
            return told
        if self._now() - told.updated_at <= timedelta(seconds=self._times.stalled):
            return told
        message = (
            f"Nothing was heard of the download since {told.updated_at:%Y-%m-%dT%H:%M:%SZ}. "
            f"Start it again, it goes on where it was: {_COMMAND}"
        )
        return _failed(told, DownloadError("stalled", message))

    def _broken(self, problem: str) -> ModelStatus:
        error = DownloadError(
            "status_unreadable", f"{problem} Remove it, and start the downloader, which writes it anew: {_COMMAND}"
        )
        if self.status is not None and self.status.error == error:
            return self.status
        log.warning("the status file is unreadable", model=self.model, problem=problem)
        known = self._told or ModelStatus(self.model, State.ERROR, updated_at=self._now())
        return _failed(known, error)


class StatusWatcher:
    """The states of all models. `model` is the one that is meant when none is named, and has `file` for itself.

    `streams` is how many may watch at once. `now` tells the time in UTC.
    """

    def __init__(self, file: Path, model: str, *, times: Times, streams: int, now: Callable[[], datetime]) -> None:
        self._file = file
        self._model = model
        self._times = times
        self._streams = streams
        self._now = now
        self._models: dict[ModelName, _Followed] = {}
        self._ended = False

    @property
    def watchers(self) -> int:
        """How many watch now."""
        return sum(each.watchers for each in self._models.values())

    async def status(self, model: str = "") -> ModelStatus:
        """The state of a model (of the configured one when it is empty).

        Raises TtbError: MODEL_UNKNOWN when its download was never attempted, INVALID_FIELD when it is no name.
        """
        followed = self._followed(model)
        status = await followed.fresh(self._times.cache)
        if status is None:
            message = (
                f"No download of {followed.model} was attempted yet. Start one: {_COMMAND} --model {followed.model}"
            )
            raise TtbError(Reason.MODEL_UNKNOWN, message)
        return status

    async def watch(self, model: str = "") -> AsyncGenerator[ModelStatus, None]:
        """The state at once, at each change and at each heartbeat, until it is ready or an error.

        Raises TtbError: INVALID_FIELD when it is no name, QUEUE_FULL when too many watch, SHUTTING_DOWN after `end`.
        """
        followed = self._followed(model)
        if self.watchers >= self._streams:
            raise TtbError(Reason.QUEUE_FULL, "Too many watch already; try again later.", retry_after_seconds=10)
        with followed.followed():
            await followed.fresh(0)
            while not self._ended:
                news, status = followed.news, followed.status
                yield status or ModelStatus(followed.model, State.NOT_STARTED, updated_at=self._now())
                if status is not None and status.status in FINAL:
                    return
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._times.heartbeat):
                        await news.wait()
        raise TtbError(Reason.SHUTTING_DOWN, "The service is restarting; watch again.", retry_after_seconds=1)

    def end(self) -> None:
        """End everyone's watching; they are told to come again."""
        self._ended = True
        for followed in self._models.values():
            followed.wake()

    def _followed(self, model: str) -> _Followed:
        asked = model or self._model
        try:
            name = ModelName.parse(asked)
            path = path_for(self._file, asked, self._model)
        except ValueError as error:
            raise invalid_field("model", str(error)) from None
        if name not in self._models:
            self._make_room()
            self._models[name] = _Followed(asked, path, self._times, self._now)
        return self._models[name]

    def _make_room(self) -> None:
        if len(self._models) < _MODELS:
            return
        unwatched = next((name for name, followed in self._models.items() if not followed.watchers), None)
        if unwatched is None:
            message = f"{_MODELS} other models are watched already; try again later."
            raise TtbError(Reason.QUEUE_FULL, message, retry_after_seconds=10)
        del self._models[unwatched]


def _is_of(status: ModelStatus, model: str) -> bool:
    try:
        return ModelName.parse(status.model) == ModelName.parse(model)
    except ValueError:
        raise Unreadable("The status file names no model.") from None


def _failed(status: ModelStatus, error: DownloadError) -> ModelStatus:
    """The same numbers, with an error; nothing is waited for any more."""
    progress = replace(status.progress, estimated_time_remaining_seconds=None)
    return replace(status, status=State.ERROR, progress=progress, error=error, retry_at=None)
