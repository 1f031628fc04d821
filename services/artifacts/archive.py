"""Artifacts on top of any store: saved whole or not at all, found again newest first, checked whenever they are read.

An artifact exists when its `metadata.json` does, which is written last; no reader sees what a crash left half done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from services.artifacts import layout, metadata_json
from services.artifacts.layout import EMPTY_TYPE, EXTRACTED_TEXT, JSON_TYPE, METADATA, VALIDATION_RESULT, Place
from services.artifacts.listing import Listing, place_of
from services.artifacts.metadata_json import digest
from services.artifacts.model import Artifact, ArtifactPage, Image, Metadata, ValidationStatus
from services.artifacts.removal import Removal
from services.artifacts.store import ArtifactStore
from services.common.errors import Reason, TtbError, invalid_field

MOST_PER_PAGE = 1000
_READS_AT_ONCE = 32
_CLAIM = timedelta(hours=1)
"""Age from which a first save that never committed no longer holds its idempotency digest."""
_CLAIM_RETRY_SECONDS = 1.0


def _now() -> datetime:
    return datetime.now(UTC)


class Archive:
    """Saves, reads, lists and deletes artifacts in one store.

    Every method raises `TtbError`: INVALID_FIELD `id` for what is no UUIDv7, STORE_UNAVAILABLE when the store fails.
    """

    def __init__(self, store: ArtifactStore, *, clock: Callable[[], datetime] = _now) -> None:
        self.store = store
        self.removal = Removal(store, clock)
        self._clock = clock

    async def save(
        self, metadata: Metadata, images: Sequence[Image], extracted_text: bytes, validation_result: bytes
    ) -> str:
        """Keep one verification; returns the id that it is kept under. Saving again changes nothing.

        The id is that of an earlier save when the idempotency digest was seen before. Raises ARTIFACT_DELETED when the
        id, or that of the earlier save, was deleted. `metadata.sha256` is made here.
        """
        place = Place.of(metadata.request_id)
        objects = _objects(images, extracted_text, validation_result)
        async with self.removal.alone(place):
            await self._refuse_barred(place)
            if await self.store.exists(place.metadata):
                return place.identifier
            first = await self._first(place, metadata.idempotency_digest)
            if first != place:
                return first.identifier
            checksums = await asyncio.to_thread(lambda: {each.name: digest(each.content) for each in objects})
            await _all(self.store.put(place.object(each.name), each.content, each.content_type) for each in objects)
            await _all(
                self.store.put(place.index(status), b"", EMPTY_TYPE) for status in (metadata.validation_status, None)
            )
            await self.store.put(place.metadata, metadata_json.render(metadata, checksums), JSON_TYPE)
            await self._refuse_barred(place)
        return place.identifier

    async def _refuse_barred(self, place: Place) -> None:
        if await self.removal.barred(place):
            raise _deleted(place)

    async def _first(self, place: Place, idempotency_digest: str) -> Place:
        """Where the first save with this digest is; `place` itself when there is none before it."""
        if not idempotency_digest:
            return place
        key = layout.idempotency_key(idempotency_digest)
        own = place.identifier.encode()
        holder = await self.store.put_if_absent(key, own, EMPTY_TYPE)
        if holder == own:
            return place
        first = _pointed_at(holder)
        if first is not None:
            await self._refuse_barred(first)
            if await self.store.exists(first.metadata):
                await self.store.put(place.alias, holder, EMPTY_TYPE)
                return first
        if first is None or await self._given_up(key):
            await self.store.purge(key)
            if await self.store.put_if_absent(key, own, EMPTY_TYPE) == own:
                return place
        raise TtbError(
            Reason.STORE_UNAVAILABLE,
            "An earlier request with the same Idempotency-Key is still being stored; try again in a moment.",
            retry_after_seconds=_CLAIM_RETRY_SECONDS,
        )

    async def _given_up(self, key: str) -> bool:
        """Whether the save that holds an idempotency key began so long ago that it will not be committed."""
        claims = await self.store.list(key, limit=1)
        return not claims or claims[0].modified < self._clock() - _CLAIM

    async def get(self, identifier: str) -> Artifact:
        """One artifact without its images.

        Raises ARTIFACT_UNKNOWN, ARTIFACT_DELETED, or ARTIFACT_DAMAGED naming the object that was altered or is gone.
        """
        place, metadata = await self._find(Place.of(identifier))
        text, result = await asyncio.gather(
            *(self._read(place, metadata, name) for name in (EXTRACTED_TEXT, VALIDATION_RESULT))
        )
        return Artifact(metadata, text, result)

    async def image(self, identifier: str, index: int) -> tuple[Image, str]:
        """One image as it was uploaded, and its SHA-256 in hex. Raises as `get` does, and NO_SUCH_IMAGE."""
        place, metadata = await self._find(Place.of(identifier))
        images = {found[0]: (name, found[1]) for name in metadata.sha256 if (found := layout.image_of(name))}
        if index not in images:
            raise TtbError(
                Reason.NO_SUCH_IMAGE, f"index: the artifact has {len(images)} image(s), counted from 0; ask for another"
            )
        name, image_format = images[index]
        return Image(await self._read(place, metadata, name), image_format), metadata.sha256[name]

    async def _find(self, place: Place) -> tuple[Place, Metadata]:
        """Where the artifact is kept, and its metadata; follows the alias of a repeated save."""
        content, tombstone = await asyncio.gather(self.store.get(place.metadata), self.store.exists(place.tombstone))
        if tombstone:
            raise _deleted(place)
        if content is not None:
            try:
                return place, metadata_json.parse(content, place.identifier)
            except ValueError as error:
                raise _damaged(place, METADATA) from error
        alias = await self.store.get(place.alias)
        first = _pointed_at(alias) if alias is not None else None
        if first is None:
            raise _unknown()
        return await self._find(first)

    async def _read(self, place: Place, metadata: Metadata, name: str) -> bytes:
        content = await self.store.get(place.object(name))
        if content is None:
            # It may have been deleted since its metadata was read.
            await self._find(place)
            raise _damaged(place, name)
        if await asyncio.to_thread(digest, content) != metadata.sha256.get(name):
            raise _damaged(place, name)
        return content

    async def list(
        self, *, start: date | None, end: date | None, status: ValidationStatus | None, page_size: int, page_token: str
    ) -> ArtifactPage:
        """One page of the artifacts from `start` to `end` (UTC days, both included), newest first.

        Raises INVALID_FIELD for a range that ends before it starts, a page size out of 1 to 1000, and a token of
        another listing.
        """
        if not 1 <= page_size <= MOST_PER_PAGE:
            raise invalid_field("page_size", f"must be from 1 to {MOST_PER_PAGE}")
        listing = Listing(start, end, status)
        last = listing.resume(page_token)
        artifacts: list[Metadata] = []
        damaged: list[str] = []
        while (missing := page_size - len(artifacts) - len(damaged)) > 0:
            # One more than is missing tells whether there is another page.
            entries = await self.store.list(listing.prefix, start_after=last, limit=missing + 1)
            keys = [entry.key for entry in entries if entry.key < listing.until]
            for found in await self._committed(keys[:missing], status):
                if isinstance(found, Metadata):
                    artifacts.append(found)
                elif found is not None:
                    damaged.append(found.identifier)
            if len(keys) <= missing:
                return ArtifactPage(tuple(artifacts), tuple(damaged), "")
            last = keys[missing - 1]
        return ArtifactPage(tuple(artifacts), tuple(damaged), listing.token(last))

    async def _committed(
        self, keys: Sequence[str], status: ValidationStatus | None
    ) -> Sequence[Metadata | Place | None]:
        """What each index key stands for: metadata, the place of what is damaged, or None for what is not there."""
        gate = asyncio.Semaphore(_READS_AT_ONCE)

        async def read(key: str) -> Metadata | Place | None:
            place = place_of(key, status)
            if place is None:
                return None
            async with gate:
                content, tombstone = await asyncio.gather(
                    self.store.get(place.metadata), self.store.exists(place.tombstone)
                )
            if content is None or tombstone:
                return None
            try:
                return metadata_json.parse(content, place.identifier)
            except ValueError:
                return place

        return await asyncio.gather(*(read(key) for key in keys))

    async def delete(self, identifier: str, *, reason: str, who: str, queued: bool = False) -> datetime:
        """Remove every version of every object of the artifact for good; returns when it was deleted first.

        The id is barred whether or not anything was kept; if nothing was, and nothing is `queued` to be, raises
        ARTIFACT_UNKNOWN. Under the id of a repeated save, deletes what is kept under the id of the first.
        """
        place = Place.of(identifier)
        alias = await self.store.get(place.alias)
        first = _pointed_at(alias) if alias is not None else None
        tombstones = [
            await self.removal.delete(each, reason=reason, who=who, queued=queued)
            for each in (first, place)
            if each is not None
        ]
        for tombstone in tombstones:
            if tombstone.found:
                return tombstone.deleted_at
        raise _unknown()


@dataclass(frozen=True, slots=True)
class _Object:
    name: str
    content: bytes
    content_type: str


def _objects(images: Sequence[Image], extracted_text: bytes, validation_result: bytes) -> Sequence[_Object]:
    return (
        *(
            _Object(layout.image_name(index, image.format), image.content, layout.content_type(image.format))
            for index, image in enumerate(images)
        ),
        _Object(EXTRACTED_TEXT, extracted_text, JSON_TYPE),
        _Object(VALIDATION_RESULT, validation_result, JSON_TYPE),
    )


async def _all(writes: Iterable[Awaitable[None]]) -> None:
    """Wait for all of them, also when one fails, so that none is still writing when its error is answered."""
    for outcome in await asyncio.gather(*writes, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _pointed_at(content: bytes) -> Place | None:
    return layout.place_or_none(content.decode(errors="replace"))


def _unknown() -> TtbError:
    return TtbError(
        Reason.ARTIFACT_UNKNOWN,
        "No artifact is kept under this id; check the id, and that the verification was asked to save it.",
    )


def _deleted(place: Place) -> TtbError:
    return TtbError(Reason.ARTIFACT_DELETED, f"Artifact {place.identifier} was deleted; verify the label anew.")


def _damaged(place: Place, name: str) -> TtbError:
    return TtbError(
        Reason.ARTIFACT_DAMAGED,
        f"{name} of artifact {place.identifier} was altered or is missing; restore it from a backup, or delete the "
        "artifact.",
    )
