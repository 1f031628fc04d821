"""Tells the world how far the download is: the status file, and whoever looks at a terminal.

A change of state is written at once, progress at most once a second, and the unchanged state every few seconds as a
sign of life: a status that is no longer renewed belongs to a dead downloader.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Protocol

from services.common.logs import get_logger
from services.modelstatus import status as status_file
from services.modelstatus.download.rate import RateWindow
from services.modelstatus.status import DownloadError, ModelStatus, Progress, SourceName, State

HEARTBEAT_SECONDS = 5.0
_LEAST_SECONDS = 1.0
_TICK_SECONDS = 0.25
_log = get_logger(__name__)


class Display(Protocol):
    """Shows the download to a person."""

    def show(self, status: ModelStatus, bytes_per_second: float | None) -> None:
        """Show this state; called a few times a second, from one thread at a time."""
        ...


class Reporter:
    """The status of the download of `model`, written to `file` while the context lasts. Safe to use from any thread."""

    def __init__(
        self,
        file: Path,
        model: str,
        display: Display,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._file = file
        self._display = display
        self._heartbeat_seconds = heartbeat_seconds
        self._now = now
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._beater = threading.Thread(target=self._beat, name="status", daemon=True)
        self._status = ModelStatus(model, State.DOWNLOADING, started_at=now())
        self._received = 0
        self._rate = RateWindow()
        self._written_at = 0.0
        self._changed = False
        self._begun = False
        self._unwritable = False

    def __enter__(self) -> Reporter:
        self._beater.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._beater.join(HEARTBEAT_SECONDS)

    @property
    def downloaded_bytes(self) -> int:
        """Bytes that are safely here, as last told."""
        return self._status.progress.downloaded_bytes

    def downloading(self, source: SourceName, downloaded: int, total: int) -> None:
        """Bytes begin, or go on, to come: so many of so many are here."""
        with self._lock:
            self._rate.clear()
            self._set(State.DOWNLOADING, source=source, progress=Progress(downloaded, total), retry_at=None)

    def received(self, count: int) -> None:
        """So many bytes came over the network; they may yet be lost."""
        with self._lock:
            self._received += count

    def kept(self, downloaded: int, total: int) -> None:
        """So many bytes of so many are safely here now."""
        with self._lock:
            self._status = replace(self._status, progress=Progress(downloaded, total))
            self._changed = True

    def waiting(self, attempt: int, until: datetime) -> None:
        """A fault is waited out; attempt number `attempt` begins at `until`."""
        with self._lock:
            self._rate.clear()
            retry_at = datetime.fromtimestamp(ceil(until.timestamp()), UTC)
            self._set(State.DOWNLOADING, attempt=attempt, retry_at=retry_at)

    def attempting(self) -> None:
        """The wait is over."""
        self._set(State.DOWNLOADING, retry_at=None)

    def extracting(self) -> None:
        """All bytes are here and are checked and installed."""
        self._set(State.EXTRACTING)

    def ready(self, source: SourceName, total: int) -> None:
        """The model can be used; final."""
        self._set(State.READY, source=source, progress=Progress(total, total), attempt=None)

    def still_ready(self, total: int) -> None:
        """The model was here before; what an earlier status told of its download is kept."""
        before = self._before()
        started_at = before.started_at if before else self._status.started_at
        progress = Progress(total, total)
        self._set(State.READY, source=before.source if before else "", started_at=started_at, progress=progress)

    def failed(self, code: str, message: str) -> None:
        """There is no model; final. The numbers stay."""
        self._set(State.ERROR, error=DownloadError(code, message), retry_at=None)

    def _set(self, state: State, **changes: object) -> None:
        with self._lock:
            progress = changes.pop("progress", replace(self._status.progress, estimated_time_remaining_seconds=None))
            self._status = replace(self._status, status=state, progress=progress, **changes)  # type: ignore[arg-type]
            self._write()

    def _before(self) -> ModelStatus | None:
        try:
            before = status_file.from_json(self._file.read_bytes())
        except (OSError, ValueError):
            return None
        return before if before.model == self._status.model and before.status is State.READY else None

    def _beat(self) -> None:
        while not self._closing.wait(_TICK_SECONDS):
            with self._lock:
                if not self._begun:
                    continue
                self._rate.sample(monotonic(), self._received)
                idle = monotonic() - self._written_at
                if (self._changed and idle >= _LEAST_SECONDS) or idle >= self._heartbeat_seconds:
                    self._write()
                self._display.show(self._status, self._rate.bytes_per_second())

    def _write(self) -> None:
        with self._lock:
            self._estimate()
            self._status = replace(self._status, updated_at=self._now())
            self._begun, self._changed, self._written_at = True, False, monotonic()
            try:
                status_file.write(self._file, self._status)
            except OSError as error:
                # The model matters more than its status; the service tells that nothing is written.
                if not self._unwritable:
                    _log.warning("status_not_written", file=str(self._file), error=str(error))
                self._unwritable = True
            self._display.show(self._status, self._rate.bytes_per_second())

    def _estimate(self) -> None:
        rate = self._rate.bytes_per_second()
        progress = self._status.progress
        known = self._status.status is State.DOWNLOADING and self._status.retry_at is None and rate
        seconds = ceil((progress.total_bytes - progress.downloaded_bytes) / rate) if known and rate else None
        self._status = replace(self._status, progress=replace(progress, estimated_time_remaining_seconds=seconds))
