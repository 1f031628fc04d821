"""Removes artifacts for good: deletion that survives a crash at any step, and what the sweeper takes away.

A deletion is written down first, as a marker that holds the tombstone to be, so that whoever finds the marker can
finish. Then the tombstone, which bars the id: a late save meets it before or after its commit and takes itself away.
What an idempotency digest or an alias points to stays, for the same reason: a repeated save still waiting somewhere
must meet the tombstone. Both hold an id and nothing of the label.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from weakref import WeakValueDictionary

from services.artifacts import metadata_json
from services.artifacts.layout import JSON_TYPE, Place, idempotency_key
from services.artifacts.store import ArtifactStore
from services.common.errors import Reason, TtbError

_ATTEMPTS = 3
_RETRY_AFTER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Tombstone:
    """That an artifact was deleted: when (UTC, whole seconds), by whom, why, and whether anything was kept under it."""

    id: str
    deleted_at: datetime
    who: str
    reason: str
    found: bool

    def render(self) -> bytes:
        """The record as JSON."""
        return json.dumps(
            {
                "id": self.id,
                "deleted_at": f"{self.deleted_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "who": self.who,
                "reason": self.reason,
                "found": self.found,
            },
            ensure_ascii=False,
        ).encode()

    @classmethod
    def parse(cls, content: bytes) -> Tombstone:
        """The record from its JSON. Raises ValueError when it was altered."""
        try:
            document = json.loads(content)
            moment = datetime.fromisoformat(document["deleted_at"])
            return cls(document["id"], moment, document["who"], document["reason"], document["found"] is True)
        except (KeyError, TypeError) as error:
            raise ValueError("not a tombstone") from error


class Removal:
    """Takes artifacts out of a store. `clock` gives the time in UTC."""

    def __init__(self, store: ArtifactStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def alone(self, place: Place) -> asyncio.Lock:
        """The lock that whatever writes or removes this artifact in this process holds meanwhile."""
        return self._locks.setdefault(place.identifier, asyncio.Lock())

    async def delete(self, place: Place, *, reason: str, who: str, queued: bool) -> Tombstone:
        """Remove the artifact and bar its id; the tombstone tells of the first deletion.

        A `queued` one counts as found: it is on its way here, and will meet the tombstone.
        Raises `TtbError` (STORE_UNAVAILABLE) when something is left; the sweeper or a repeated call finishes.
        """
        async with self.alone(place):
            found = queued or bool(await self._store.list(place.folder, limit=1))
            now = self._clock().replace(microsecond=0)
            return await self._finish(place, Tombstone(place.identifier, now, who, reason, found))

    async def finish(self, place: Place) -> bool:
        """Finish a deletion that was marked; False when its marker is gone."""
        async with self.alone(place):
            marker = await self._store.get(place.deleting)
            if marker is None:
                return False
            await self._finish(place, self._read(place, marker))
            return True

    async def _finish(self, place: Place, tombstone: Tombstone) -> Tombstone:
        content = tombstone.render()
        await self._store.put(place.deleting, content, JSON_TYPE)
        kept = self._read(place, await self._store.put_if_absent(place.tombstone, content, JSON_TYPE))
        await self._remove(place)
        await self._store.purge(place.deleting)
        return replace(kept, found=kept.found or tombstone.found)

    def _read(self, place: Place, content: bytes) -> Tombstone:
        try:
            return Tombstone.parse(content)
        except ValueError:
            return Tombstone(place.identifier, self._clock().replace(microsecond=0), "", "", found=True)

    async def barred(self, place: Place) -> bool:
        """Whether the artifact was deleted; whatever a late save left of it is removed then."""
        if not await self._store.exists(place.tombstone):
            return False
        await self._remove(place)
        return True

    async def give_up(self, place: Place, before: datetime) -> bool:
        """Remove a save that was never committed; False when it was, or when anything of it is newer than `before`."""
        async with self.alone(place):
            objects = await self._store.list(place.folder)
            if not objects or any(each.key == place.metadata or each.modified >= before for each in objects):
                return False
            # The folder goes last: it is what leads here again after a crash.
            for prefix in (*place.indexes, place.folder):
                await self._store.purge(prefix)
            return True

    async def expire(self, place: Place) -> None:
        """Remove an artifact whose time is over; no tombstone, and its idempotency digest is free again."""
        async with self.alone(place):
            content = await self._store.get(place.metadata)
            with contextlib.suppress(ValueError):
                digest = metadata_json.parse(content or b"", place.identifier).idempotency_digest
                if digest and await self._store.get(idempotency_key(digest)) == place.identifier.encode():
                    await self._store.purge(idempotency_key(digest))
            await self._remove(place)

    async def _remove(self, place: Place) -> None:
        """Remove every version of every object of the artifact, the commit first, and see that nothing is left.

        The index of all verdicts goes last: it is what leads the sweeper back to an expired artifact.
        """
        prefixes = (place.metadata, place.folder, *place.indexes)
        for _ in range(_ATTEMPTS):
            for prefix in prefixes:
                await self._store.purge(prefix)
            left = await asyncio.gather(*(self._store.remains(prefix) for prefix in prefixes[1:]))
            if not any(left):
                return
        raise TtbError(
            Reason.STORE_UNAVAILABLE,
            "The store still holds objects of the artifact after it was told to remove them. "
            "The deletion is recorded and goes on; repeat it to see when it is done.",
            retry_after_seconds=_RETRY_AFTER_SECONDS,
        )
