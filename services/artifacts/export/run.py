"""The export itself: day by day, the newest first, over whatever the archive lists.

Days that are in the dataset already are left alone, so that an export which was stopped goes on where it was. Memory is
bounded by one batch of artifacts and the images that are on their way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from services.artifacts import layout
from services.artifacts.archive import Archive
from services.artifacts.export.card import card, damaged_list
from services.artifacts.export.days import Damaged, Day, DayWriter, days_in, images_of, read_day
from services.artifacts.export.options import CARD, DAMAGED, IMAGES, Options
from services.artifacts.export.progress import Progress
from services.artifacts.export.rows import ExportedImage, Rows, rows
from services.artifacts.export.schema import Table
from services.artifacts.export.target import Target
from services.artifacts.layout import Place
from services.artifacts.model import ArtifactPage, Metadata
from services.common.errors import Reason, TtbError

BATCH = 200
"""Artifacts in a row group."""
AT_ONCE = 8
"""Artifacts read at the same time."""

_GONE = (Reason.ARTIFACT_UNKNOWN, Reason.ARTIFACT_DELETED)


class Export:
    """One run of an export into a target that was claimed for its options."""

    def __init__(
        self,
        archive: Archive,
        target: Target,
        options: Options,
        progress: Progress,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._archive = archive
        self._target = target
        self._options = options
        self._progress = progress
        self._clock = clock
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> tuple[Day, ...]:
        """Write what is missing, the card last; returns every day of the dataset, the newest first.

        Raises `TtbError` when the store does not answer and `OSError` when the target does not.
        """
        done: dict[date, Day] = {}
        async for date_ in self._days():
            self._progress.began(date_)
            day = read_day(self._target, date_)
            kept = day is not None and day.settled
            if day is None or not day.settled:
                day = await self._write(date_)
            self._progress.ended(day, kept=kept)
            done[date_] = day
        self._tidy(done)
        days = tuple(done[each] for each in sorted(done, reverse=True))
        self._describe(days)
        return days

    async def _days(self) -> AsyncIterator[date]:
        """Days with artifacts: the newest artifact up to a bound tells the day, and the day before it is next."""
        end = self._options.end
        while True:
            found: date | None = None
            async for page in self._pages(self._options.start, end, 1):
                if ids := _ids(page):
                    found = max(Place.of(each).day for each in ids)
                    break
            if found is None:
                return
            yield found
            end = found - timedelta(days=1)
            if self._options.start and end < self._options.start:
                return

    async def _pages(self, start: date | None, end: date | None, size: int) -> AsyncIterator[ArtifactPage]:
        token = ""
        while True:
            page = await self._archive.list(
                start=start, end=end, status=self._options.status, page_size=size, page_token=token
            )
            yield page
            token = page.next_page_token
            if not token:
                return

    async def _write(self, date_: date) -> Day:
        begun, images, image_bytes = self._clock(), set[str](), 0
        damaged: list[Damaged] = []
        with DayWriter(self._target, date_, with_client_ip=self._options.with_client_ip) as writer:
            async for page in self._pages(date_, date_, BATCH):
                found = await asyncio.gather(*(self._rows(each) for each in _ids(page)))
                damaged += [each for each in found if isinstance(each, Damaged)]
                whole = [each for each in found if isinstance(each, Rows)]
                writer.write(whole)
                images.update(image["path"] for each in whole for image in each.artifact["images"] if image["path"])
                image_bytes += sum(each.artifact["image_size_bytes"] for each in whole)
            day = Day(
                day=date_,
                begun=begun,
                verdicts=dict(sorted(writer.verdicts.items())),
                images=len(images),
                image_bytes=image_bytes if self._options.with_images else 0,
                damaged=tuple(sorted(damaged, key=lambda each: each.id)),
            )
            self._remove_strays(date_, images)
            writer.commit(day)
        return day

    async def _rows(self, identifier: str) -> Rows | Damaged | None:
        """The artifact's rows, its images written; None when it was deleted or expired meanwhile."""
        async with self._slots:
            try:
                artifact = await self._archive.get(identifier)
                images = [await self._image(artifact.metadata, *each) for each in _images(artifact.metadata)]
                found = rows(artifact, images, with_client_ip=self._options.with_client_ip)
            except TtbError as error:
                if error.reason in _GONE:
                    return None
                if error.reason is Reason.ARTIFACT_DAMAGED:
                    return Damaged(id=identifier, problem=error.message)
                raise
        self._progress.copied(artifact.metadata.image_size_bytes if self._options.with_images else 0)
        return found

    async def _image(self, metadata: Metadata, index: int, image_format: str, name: str) -> ExportedImage:
        """Write one image, unless it is there as it should be; `name` is that of the object."""
        identifier, digest = metadata.request_id, metadata.sha256[name]
        if not self._options.with_images:
            return ExportedImage(None, digest, image_format)
        path = f"{images_of(Place.of(identifier).day)}/{name.replace('image', identifier, 1)}"
        if await asyncio.to_thread(self._target.sha256, path) != digest:
            image, _ = await self._archive.image(identifier, index)
            await asyncio.to_thread(self._target.write, path, image.content)
        return ExportedImage(path, digest, image_format)

    def _remove_strays(self, date_: date, images: set[str]) -> None:
        """Remove images that an earlier run wrote and that have no row now."""
        folder = images_of(date_)
        for name in self._target.names(folder):
            if f"{folder}/{name}" not in images:
                self._target.remove(f"{folder}/{name}")

    def _tidy(self, done: dict[date, Day]) -> None:
        """Add finished days of which nothing is kept any more to `done`; remove what belongs to no finished day."""
        for date_ in days_in(self._target):
            if date_ not in done and (day := read_day(self._target, date_)) and day.settled:
                done[date_] = day
        names = {date_.isoformat() for date_ in done}
        for folder in (*Table, IMAGES):
            for name in self._target.names(folder):
                if name.removesuffix(".parquet") not in names:
                    self._target.remove(f"{folder}/{name}")

    def _describe(self, days: Sequence[Day]) -> None:
        if damaged := damaged_list(days):
            self._target.write(DAMAGED, damaged.encode())
        else:
            self._target.remove(DAMAGED)
        self._target.write(CARD, card(self._options, days).encode())


def _ids(page: ArtifactPage) -> list[str]:
    """Everything on a page, the newest first."""
    return sorted((*(each.request_id for each in page.artifacts), *page.damaged), reverse=True)


def _images(metadata: Metadata) -> list[tuple[int, str, str]]:
    """Index, format and object's name of each image, in the order of the request."""
    return sorted((*place, name) for name in metadata.sha256 if (place := layout.image_of(name)))
