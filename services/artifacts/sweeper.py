"""Tidies the store in the background: finishes deletions, removes half saves, and lets old artifacts expire.

A pass looks at the last days and at one older day, another in each hour, so that its cost does not grow with the store
and every day of a year comes round within 16 days: a spool may bring a save long after the day of its id.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta

from prometheus_client import Counter

from services.artifacts import layout
from services.artifacts.layout import Place
from services.artifacts.listing import place_of
from services.artifacts.removal import Removal
from services.artifacts.store import ArtifactStore, StoredObject
from services.common.errors import TtbError
from services.common.logs import get_logger

log = get_logger(__name__)

RECENT_DAYS = 3
OLDER_DAYS = 366
_PAGE = 1000

SWEPT = Counter("ttb_artifacts_swept_total", "Leftovers that the sweeper removed, by kind.", ["kind"])


@dataclass(frozen=True, slots=True)
class Swept:
    """What one pass did: deletions finished, late saves of deleted ids and half saves removed, artifacts expired."""

    deletions: int = 0
    late: int = 0
    uncommitted: int = 0
    expired: int = 0


class Sweeper:
    """Passes over one store.

    `grace` is the age from which a save without a commit is given up. `retention` is how long the store's artifacts
    live; None when the store itself sees to that. `clock` gives the time in UTC.
    """

    def __init__(
        self,
        store: ArtifactStore,
        removal: Removal,
        *,
        grace: timedelta,
        retention: timedelta | None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._removal = removal
        self._grace = grace
        self._retention = retention
        self._clock = clock

    async def run(self, *, interval_seconds: float, first_seconds: float = 5.0) -> None:
        """Pass after pass until cancelled; a pass that fails is logged, and the next one goes on where it stopped."""
        await asyncio.sleep(first_seconds)
        while True:
            try:
                swept = await self.sweep()
                if swept != Swept():
                    log.info("swept", **asdict(swept))
            except TtbError as error:
                log.warning("the sweep stopped early", reason=error.reason, message=error.message)
            except Exception:
                log.exception("the sweep failed")
            await asyncio.sleep(interval_seconds)

    async def sweep(self) -> Swept:
        """One pass. Raises `TtbError` (STORE_UNAVAILABLE)."""
        swept = Swept(deletions=await self._finish_deletions())
        for day in self._days():
            late, uncommitted = await self._sweep_day(day)
            swept = replace(swept, late=swept.late + late, uncommitted=swept.uncommitted + uncommitted)
        if self._retention is not None:
            swept = replace(swept, expired=await self._expire(self._clock() - self._retention))
        for kind, count in asdict(swept).items():
            SWEPT.labels(kind).inc(count)
        return swept

    def _days(self) -> tuple[date, ...]:
        now = self._clock()
        older = RECENT_DAYS + int(now.timestamp() // 3600) % OLDER_DAYS
        # Tomorrow: the clock that made an id may be ahead.
        return tuple(now.date() - timedelta(days=back) for back in (*range(-1, RECENT_DAYS), older))

    async def _objects(self, prefix: str, after: str = "", until: str = "") -> AsyncIterator[StoredObject]:
        while found := await self._store.list(prefix, start_after=after, limit=_PAGE):
            for each in found:
                if until and each.key >= until:
                    return
                yield each
            after = found[-1].key

    async def _finish_deletions(self) -> int:
        finished = 0
        async for marker in self._objects(layout.DELETING):
            place = layout.place_or_none(marker.key.removeprefix(layout.DELETING))
            if place is not None:
                finished += await self._removal.finish(place)
        return finished

    async def _sweep_day(self, day: date) -> tuple[int, int]:
        """Of the artifacts of a day: how many were deleted but came late, and how many were given up."""
        after, until = layout.tombstone_bounds(day)
        tombstones = {each.key async for each in self._objects(layout.TOMBSTONES, after, until)}
        late = uncommitted = 0
        async for place, objects in self._artifacts(day):
            if place.tombstone in tombstones:
                late += await self._removal.barred(place)
            elif all(each.key != place.metadata for each in objects):
                uncommitted += await self._removal.give_up(place, self._clock() - self._grace)
        return late, uncommitted

    async def _artifacts(self, day: date) -> AsyncIterator[tuple[Place, Sequence[StoredObject]]]:
        objects: list[StoredObject] = []
        async for each in self._objects(layout.day_prefix(day)):
            if objects and _folder(objects[0].key) != _folder(each.key):
                if place := layout.place_or_none(_folder(objects[0].key)):
                    yield place, objects
                objects = []
            objects.append(each)
        if objects and (place := layout.place_or_none(_folder(objects[0].key))):
            yield place, objects

    async def _expire(self, before: datetime) -> int:
        expired = 0
        milliseconds = int(before.timestamp() * 1000)
        index = layout.index_prefix(None)
        async for each in self._objects(index, index + layout.inverted(milliseconds - 1)):
            place = place_of(each.key, None)
            if place is not None:
                await self._removal.expire(place)
                expired += 1
        async for each in self._objects(layout.ALIASES, until=layout.ids_from(layout.ALIASES, milliseconds)):
            await self._store.purge(each.key)
        return expired


def _folder(key: str) -> str:
    return key.split("/")[-2]
