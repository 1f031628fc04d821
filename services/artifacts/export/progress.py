"""What the person at the terminal sees while the export runs; a log file gets one plain line for each day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Protocol

from rich import progress as bars
from rich.console import Console

from services.artifacts.export.days import Day


class Progress(Protocol):
    """Is told how the export goes."""

    def began(self, day: date) -> None:
        """The day is looked at now."""
        ...

    def copied(self, image_bytes: int) -> None:
        """One more artifact was read, its images written."""
        ...

    def ended(self, day: Day, *, kept: bool) -> None:
        """The day is in the dataset; `kept` when it already was."""
        ...


@contextmanager
def shown(console: Console, *, first: date | None, last: date) -> Iterator[Progress]:
    """Progress on the console: a bar over the days from `last` back to `first`, or plain lines without a terminal."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    days = (last - first).days + 1 if first else None
    columns = (
        bars.SpinnerColumn(),
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("days, {task.fields[artifacts]} artifacts, {task.fields[size]}"),
        bars.TimeElapsedColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True) as bar:
        yield _Bar(bar, last, days)


def megabytes(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1_000_000:,.1f} MB"


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def began(self, day: date) -> None:
        pass

    def copied(self, image_bytes: int) -> None:
        pass

    def ended(self, day: Day, *, kept: bool) -> None:
        what = "there already" if kept else f"{day.artifacts} artifacts, {megabytes(day.image_bytes)} of images"
        damaged = f", {len(day.damaged)} damaged" if day.damaged else ""
        self._console.print(f"{day.day}: {what}{damaged}", soft_wrap=True)


class _Bar:
    def __init__(self, bar: bars.Progress, last: date, days: int | None) -> None:
        self._bar, self._last = bar, last
        self._artifacts, self._size = 0, 0
        self._task = bar.add_task("", total=days, artifacts=0, size=megabytes(0))

    def began(self, day: date) -> None:
        self._bar.update(self._task, description=day.isoformat(), completed=(self._last - day).days)

    def copied(self, image_bytes: int) -> None:
        self._artifacts, self._size = self._artifacts + 1, self._size + image_bytes
        self._bar.update(self._task, artifacts=f"{self._artifacts:,}", size=megabytes(self._size))

    def ended(self, day: Day, *, kept: bool) -> None:  # noqa: ARG002 - a bar shows no single day
        self._bar.update(self._task, completed=(self._last - day.day).days + 1)
