"""The download as a person sees it: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from services.modelstatus.download.reporter import Display
from services.modelstatus.status import ModelStatus, State

_LINE_SECONDS = 10.0


@contextmanager
def displayed() -> Iterator[Display]:
    """What suits standard error; while a bar is shown, what is logged goes above it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines()
        return
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TextColumn("{task.fields[rest]}")
    with Progress(*columns, console=console) as progress:
        yield Bar(progress)


class Bar:
    """A progress bar with rate and remaining time."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, rest="")

    def show(self, status: ModelStatus, bytes_per_second: float | None) -> None:
        """Show this state."""
        self._progress.update(
            self._task,
            description=f"{status.model}: {status.status}",
            completed=status.progress.downloaded_bytes,
            total=status.progress.total_bytes or None,
            rest=_rest(status, bytes_per_second),
        )


class Lines:
    """A line at each change of state, and every ten seconds."""

    def __init__(self) -> None:
        self._told: tuple[object, ...] = ()
        self._told_at = 0.0

    def show(self, status: ModelStatus, bytes_per_second: float | None) -> None:
        """Print a line when it is time."""
        state = (status.status, status.attempt, status.retry_at, status.error)
        if state == self._told and monotonic() < self._told_at + _LINE_SECONDS:
            return
        self._told, self._told_at = state, monotonic()
        here, total = status.progress.downloaded_bytes / 1e6, status.progress.total_bytes / 1e6
        amount = f"{here:.1f} of {total:.1f} MB ({status.progress.percentage} %)"
        parts = (f"{status.model}: {status.status}", amount, _rest(status, bytes_per_second))
        sys.stderr.write(", ".join(part for part in parts if part) + "\n")


def _rest(status: ModelStatus, bytes_per_second: float | None) -> str:
    if status.error:
        return f"{status.error.code}: {status.error.message}"
    if status.retry_at:
        return f"attempt {status.attempt} begins at {status.retry_at:%H:%M:%S} UTC"
    if status.status is not State.DOWNLOADING or not bytes_per_second:
        return ""
    seconds = status.progress.estimated_time_remaining_seconds
    left = "" if seconds is None else f", {seconds // 60}:{seconds % 60:02} min left"
    return f"{bytes_per_second / 1e6:.1f} MB/s{left}"
