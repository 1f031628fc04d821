"""What the archive promises on top of any store: whole artifacts, found newest first, gone when deleted."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest

from services.artifacts.archive import Archive
from services.artifacts.layout import METADATA, TOMBSTONES, Place
from services.artifacts.model import ValidationStatus
from services.artifacts.store import ArtifactStore
from services.artifacts.sweeper import Sweeper, Swept
from services.common.errors import Reason, TtbError
from tests.common.kept import Kept, kept
from tests.contract.artifacts.failing import DyingStore

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
PASSED, FAILED, REVIEW = ValidationStatus.PASSED, ValidationStatus.FAILED, ValidationStatus.NEEDS_REVIEW
DIGEST = sha256(b"a client's key and its request").hexdigest()
HOUR = timedelta(hours=1)


class Clock:
    """The present, moved by `ahead`: stores date their objects themselves."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def archive(store: ArtifactStore, clock: Clock) -> Archive:
    return Archive(store, clock=clock)


def sweeper(archive: Archive, clock: Clock, *, retention: timedelta | None = None) -> Sweeper:
    return Sweeper(archive.store, archive.removal, grace=HOUR, retention=retention, clock=clock)


async def save(archive: Archive, each: Kept, *, digest: str = "") -> str:
    metadata = replace(each.artifact.metadata, idempotency_digest=digest)
    return await archive.save(metadata, each.images, each.artifact.extracted_text, each.artifact.validation_result)


def refused(reason: Reason, message: str = ".") -> pytest.RaisesExc[TtbError]:
    return pytest.raises(TtbError, match=message, check=lambda error: error.reason is reason)


async def ids(archive: Archive, **filters: object) -> list[str]:
    found: list[str] = []
    token = ""
    while True:
        page = await archive.list(
            **{"start": None, "end": None, "status": None, "page_size": 100, **filters},  # type: ignore[arg-type]
            page_token=token,
        )
        found += [each.request_id for each in page.artifacts]
        token = page.next_page_token
        if not token:
            return found


async def everything(store: ArtifactStore) -> set[str]:
    """Every key that has an object or an old version."""
    return {key for prefix in ("artifacts/", "index/", "tombstones/") for key in await store.remains(prefix)}


async def contents(store: ArtifactStore) -> dict[str, bytes | None]:
    return {key: await store.get(key) for key in await everything(store)}


# Saving and reading


async def test_an_artifact_is_read_as_it_was_saved(archive: Archive) -> None:
    each = kept(NOW, FAILED, formats=("jpeg", "png", "webp"))
    assert await save(archive, each) == each.id

    found = await archive.get(each.id)

    assert (found.extracted_text, found.validation_result) == (
        each.artifact.extracted_text,
        each.artifact.validation_result,
    )
    assert replace(found.metadata, sha256={}) == each.artifact.metadata
    assert set(found.metadata.sha256) == {
        "image.jpg", "image-2.png", "image-3.webp", "extracted_text.json", "validation_result.json", "metadata.json",
    }  # fmt: skip
    for index, image in enumerate(each.images):
        checksum = sha256(image.content).hexdigest()
        assert await archive.image(each.id, index) == (image, checksum)
        assert checksum in found.metadata.sha256.values()
    with refused(Reason.NO_SUCH_IMAGE, "3 image"):
        await archive.image(each.id, 3)


async def test_the_layout_is_the_documented_one(archive: Archive, store: ArtifactStore) -> None:
    each = kept(NOW, REVIEW)
    await save(archive, each, digest=DIGEST)

    folder = f"artifacts/2026/11/22/{each.id}"
    timed = f"{2**48 - 1 - round(NOW.timestamp() * 1000):015d}-{each.id}"
    assert await everything(store) == {
        *(f"{folder}/{name}" for name in ("image.png", "extracted_text.json", "validation_result.json", METADATA)),
        f"index/all/{timed}",
        f"index/needs_review/{timed}",
        f"index/keys/{DIGEST}",
    }
    document = json.loads(await store.get(f"{folder}/{METADATA}") or b"")
    assert document["timestamp"] == "2026-11-22T12:00:00Z"
    assert {"request_id", "client_ip", "image_size_bytes", "image_format", "ocr_backend", "validation_passed"} < set(
        document
    )


async def test_saving_again_changes_nothing(archive: Archive, store: ArtifactStore) -> None:
    each = kept(NOW, FAILED)
    await save(archive, each)
    before = await contents(store)

    other = kept(NOW, PASSED, formats=("jpeg",))
    metadata = replace(other.artifact.metadata, request_id=each.id)
    assert await archive.save(metadata, other.images, b"{}", b"{}") == each.id

    assert await contents(store) == before


async def test_an_unknown_id_is_told(archive: Archive) -> None:
    with refused(Reason.ARTIFACT_UNKNOWN):
        await archive.get(kept(NOW).id)
    with refused(Reason.ARTIFACT_UNKNOWN):
        await archive.image(kept(NOW).id, 0)


async def test_a_half_saved_artifact_is_not_seen_and_can_be_saved_again(
    archive: Archive, store: ArtifactStore, clock: Clock
) -> None:
    changes = 0
    while True:
        each = kept(NOW)
        digest = sha256(each.id.encode()).hexdigest()
        dying = DyingStore(store, changes)
        try:
            await save(Archive(dying, clock=clock), each, digest=digest)
        except TtbError:
            assert dying.dead
        else:
            break
        with refused(Reason.ARTIFACT_UNKNOWN):
            await archive.get(each.id)
        assert await ids(archive) == []
        assert await save(archive, each, digest=digest) == each.id
        assert (await archive.get(each.id)).validation_result == each.artifact.validation_result
        await archive.delete(each.id, reason="", who="")
        changes += 1
    # The idempotency key, three objects, two index keys, the commit.
    assert changes == 7


async def test_an_altered_or_missing_object_is_told_by_name(archive: Archive, store: ArtifactStore) -> None:
    each = kept(NOW, formats=("jpeg", "png"))
    await save(archive, each)
    place = Place.of(each.id)

    async def read(name: str) -> None:
        if name.startswith("image"):
            await archive.image(each.id, 1 if name.startswith("image-2") else 0)
        else:
            await archive.get(each.id)

    for name in (await archive.get(each.id)).metadata.sha256:
        key = place.object(name)
        content = await store.get(key)
        assert content
        for bad in (content[:-1], content + b" ", bytes([content[0] ^ 1]) + content[1:], b""):
            await store.put(key, bad, "")
            with refused(Reason.ARTIFACT_DAMAGED, f"^ARTIFACT_DAMAGED: {name} of artifact {each.id} "):
                await read(name)
        if name != METADATA:
            await store.purge(key)
            with refused(Reason.ARTIFACT_DAMAGED, f"{name} of artifact {each.id}"):
                await read(name)
        await store.put(key, content, "")
        await read(name)


async def test_metadata_of_another_artifact_is_damage(archive: Archive, store: ArtifactStore) -> None:
    one, other = kept(NOW), kept(NOW - HOUR)
    for each in (one, other):
        await save(archive, each)
    await store.put(Place.of(one.id).metadata, await store.get(Place.of(other.id).metadata) or b"", "")

    with refused(Reason.ARTIFACT_DAMAGED, "metadata.json"):
        await archive.get(one.id)
    page = await archive.list(start=None, end=None, status=None, page_size=10, page_token="")
    assert ([each.request_id for each in page.artifacts], page.damaged) == ([other.id], (one.id,))


# Idempotency


async def test_a_repeated_save_is_one_artifact_under_both_ids(archive: Archive) -> None:
    first, again = kept(NOW), kept(NOW + timedelta(seconds=2))

    assert await save(archive, first, digest=DIGEST) == first.id
    assert await save(archive, again, digest=DIGEST) == first.id
    assert await save(archive, again, digest=DIGEST) == first.id

    assert await ids(archive) == [first.id]
    assert (await archive.get(again.id)).metadata.request_id == first.id
    assert (await archive.image(again.id, 0))[0] == first.images[0]


async def test_of_two_saves_at_once_with_one_key_one_is_kept(archive: Archive) -> None:
    pair = (kept(NOW), kept(NOW + HOUR))

    async def persistent(each: Kept) -> str:
        while True:
            try:
                return await save(archive, each, digest=DIGEST)
            except TtbError as error:
                if not error.retry_after_seconds:
                    raise

    one, other = await asyncio.gather(*(persistent(each) for each in pair))

    assert one == other
    assert await ids(archive) == [one]


async def test_a_first_save_that_died_holds_its_key_for_an_hour_only(
    archive: Archive, store: ArtifactStore, clock: Clock
) -> None:
    died, later = kept(NOW), kept(NOW + HOUR)
    with pytest.raises(TtbError):
        await save(Archive(DyingStore(store, 3)), died, digest=DIGEST)
    with refused(Reason.STORE_UNAVAILABLE, "same Idempotency-Key"):
        await save(archive, later, digest=DIGEST)

    clock.ahead = HOUR + timedelta(minutes=1)

    assert await save(archive, later, digest=DIGEST) == later.id
    assert await save(archive, died, digest=DIGEST) == later.id
    assert await ids(archive) == [later.id]


# Listing


@pytest.fixture
async def six_days(archive: Archive) -> Sequence[Kept]:
    """Three artifacts a day, at its first and last millisecond and at noon, newest first, one verdict each."""
    days = [datetime(2026, 11, day, tzinfo=UTC) for day in range(14, 8, -1)]
    moments = [
        moment
        for day in days
        for moment in (
            day + timedelta(days=1) - timedelta(milliseconds=1),
            day + timedelta(hours=12),
            day,
        )
    ]
    statuses = (PASSED, FAILED, REVIEW)
    artifacts = [kept(moment, statuses[n % 3]) for n, moment in enumerate(moments)]
    await asyncio.gather(*(save(archive, each) for each in artifacts))
    return artifacts


async def test_a_listing_is_filtered_by_days_and_verdict(archive: Archive, six_days: Sequence[Kept]) -> None:
    every = [each.id for each in six_days]
    assert await ids(archive) == every
    assert await ids(archive, page_size=7) == every
    assert await ids(archive, start=date(2026, 11, 13)) == every[:6]
    assert await ids(archive, end=date(2026, 11, 9)) == every[-3:]
    assert await ids(archive, start=date(2026, 11, 11), end=date(2026, 11, 11)) == every[9:12]
    assert await ids(archive, start=date(2026, 11, 15)) == []
    assert await ids(archive, end=date(2026, 11, 8)) == []
    assert await ids(archive, start=date.min, end=date.max) == every
    for n, status in enumerate((PASSED, FAILED, REVIEW)):
        assert await ids(archive, status=status, page_size=4) == every[n::3]
        assert await ids(archive, status=status, start=date(2026, 11, 14)) == [every[n]]


async def test_pages_are_stable_while_artifacts_come_and_go(archive: Archive, six_days: Sequence[Kept]) -> None:
    first = await archive.list(start=None, end=None, status=None, page_size=6, page_token="")
    await save(archive, kept(NOW))
    await archive.delete(six_days[5].id, reason="", who="")
    await archive.delete(six_days[7].id, reason="", who="")

    second = await archive.list(start=None, end=None, status=None, page_size=100, page_token=first.next_page_token)

    assert [each.request_id for each in first.artifacts] == [each.id for each in six_days[:6]]
    assert [each.request_id for each in second.artifacts] == [each.id for n, each in enumerate(six_days[6:]) if n != 1]
    assert second.next_page_token == ""


async def test_a_page_is_filled_over_what_is_not_committed(archive: Archive, store: ArtifactStore) -> None:
    each = kept(NOW - HOUR)
    await save(archive, each)
    for n in range(7):
        await store.put(Place.of(kept(NOW + timedelta(seconds=n)).id).index(None), b"", "")

    page = await archive.list(start=None, end=None, status=None, page_size=2, page_token="")

    assert [found.request_id for found in page.artifacts] == [each.id]
    assert page.next_page_token == ""


async def test_a_token_of_another_listing_or_a_forged_one_is_refused(
    archive: Archive, six_days: Sequence[Kept]
) -> None:
    token = (await archive.list(start=None, end=None, status=None, page_size=1, page_token="")).next_page_token
    altered = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    for bad in (altered, token[:-1], token + "A", token + "=", "x", "é", "A" * 400):
        with refused(Reason.INVALID_FIELD, "page_token: "):
            await archive.list(start=None, end=None, status=None, page_size=1, page_token=bad)
    for filters in ({"status": PASSED}, {"start": date(2026, 11, 1)}, {"end": date(2026, 11, 30)}):
        with refused(Reason.INVALID_FIELD, "page_token: "):
            await archive.list(**{"start": None, "end": None, "status": None} | filters, page_size=1, page_token=token)  # type: ignore[arg-type]


async def test_a_listing_that_cannot_be_is_refused(archive: Archive) -> None:
    with refused(Reason.INVALID_FIELD, "start_date: "):
        await archive.list(start=date(2026, 11, 2), end=date(2026, 11, 1), status=None, page_size=1, page_token="")
    for size in (0, -1, 1001):
        with refused(Reason.INVALID_FIELD, "page_size: "):
            await archive.list(start=None, end=None, status=None, page_size=size, page_token="")


# Deletion


async def test_deleting_leaves_a_tombstone_and_nothing_else(archive: Archive, store: ArtifactStore) -> None:
    each, other = kept(NOW, FAILED, formats=("jpeg", "png")), kept(NOW)
    for artifact in (each, other):
        await save(archive, artifact)
    untouched = await contents(store)
    untouched = {key: content for key, content in untouched.items() if each.id not in key}

    deleted_at = await archive.delete(each.id, reason="asked for by the importer", who="203.0.113.9")

    left = await contents(store)
    tombstone = json.loads(left.pop(f"{TOMBSTONES}{each.id}.json") or b"")
    assert left == untouched
    assert tombstone == {
        "id": each.id,
        "deleted_at": f"{deleted_at:%Y-%m-%dT%H:%M:%SZ}",
        "who": "203.0.113.9",
        "reason": "asked for by the importer",
        "found": True,
    }
    for call in (archive.get(each.id), archive.image(each.id, 0)):
        with refused(Reason.ARTIFACT_DELETED):
            await call
    assert await ids(archive) == [other.id]


async def test_deleting_again_tells_of_the_first_time(archive: Archive, store: ArtifactStore, clock: Clock) -> None:
    each = kept(NOW)
    await save(archive, each)
    first = await archive.delete(each.id, reason="first", who="one")
    before = await contents(store)

    clock.ahead = timedelta(days=2)

    assert await archive.delete(each.id, reason="second", who="other") == first
    assert await contents(store) == before


async def test_a_late_save_cannot_bring_it_back(archive: Archive, store: ArtifactStore) -> None:
    each, again = kept(NOW), kept(NOW + HOUR)
    await save(archive, each, digest=DIGEST)
    await archive.delete(each.id, reason="", who="")
    before = await contents(store)

    for late in (each, again):
        with refused(Reason.ARTIFACT_DELETED):
            await save(archive, late, digest=DIGEST)

    assert await contents(store) == before


async def test_an_unknown_id_is_barred_all_the_same(archive: Archive, store: ArtifactStore) -> None:
    each = kept(NOW)
    for _ in range(2):
        with refused(Reason.ARTIFACT_UNKNOWN):
            await archive.delete(each.id, reason="", who="")

    with refused(Reason.ARTIFACT_DELETED):
        await save(archive, each)
    assert await everything(store) == {f"{TOMBSTONES}{each.id}.json"}


async def test_deleting_under_the_id_of_a_repeated_save_deletes_the_first(
    archive: Archive, store: ArtifactStore
) -> None:
    first, again = kept(NOW), kept(NOW + HOUR)
    for each in (first, again):
        await save(archive, each, digest=DIGEST)

    deleted_at = await archive.delete(again.id, reason="", who="")

    assert await archive.delete(first.id, reason="", who="") == deleted_at
    assert await archive.delete(again.id, reason="", who="") == deleted_at
    for each in (first, again):
        with refused(Reason.ARTIFACT_DELETED):
            await archive.get(each.id)
    assert not await store.remains("artifacts/")


async def test_a_damaged_artifact_can_be_deleted(archive: Archive, store: ArtifactStore) -> None:
    each = kept(NOW)
    await save(archive, each)
    await store.put(Place.of(each.id).metadata, b"not JSON", "")

    await archive.delete(each.id, reason="", who="")

    assert await everything(store) == {f"{TOMBSTONES}{each.id}.json"}


async def test_a_deletion_that_died_is_finished_by_the_sweeper(
    archive: Archive, store: ArtifactStore, clock: Clock
) -> None:
    changes = 0
    while True:
        each = kept(NOW)
        await save(archive, each)
        dying = DyingStore(store, changes)
        try:
            await Archive(dying, clock=clock).delete(each.id, reason="why", who="who")
        except TtbError:
            assert dying.dead
        else:
            break
        swept = await sweeper(archive, clock).sweep()
        if changes == 0:
            assert (await archive.get(each.id)).metadata.request_id == each.id
        else:
            assert swept == Swept(deletions=1)
            assert await everything(store) == {f"{TOMBSTONES}{each.id}.json"}
            with refused(Reason.ARTIFACT_DELETED):
                await archive.get(each.id)
        await store.purge("artifacts/")
        for prefix in ("index/all/", "index/passed/", TOMBSTONES):
            await store.purge(prefix)
        changes += 1
    # Marker, tombstone, commit, folder, four index keys, marker.
    assert changes == 9
    assert await everything(store) == {f"{TOMBSTONES}{each.id}.json"}


async def test_a_save_and_a_deletion_at_once_leave_the_tombstone_alone(store: ArtifactStore, archive: Archive) -> None:
    """Two processes: what bars the late save must not be a lock in one of them."""
    other = Archive(store)
    for _ in range(5):
        each = kept(NOW)
        outcomes = await asyncio.gather(
            save(archive, each), other.delete(each.id, reason="", who=""), return_exceptions=True
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                assert isinstance(outcome, TtbError)
                assert outcome.reason in (Reason.ARTIFACT_UNKNOWN, Reason.ARTIFACT_DELETED)
        with refused(Reason.ARTIFACT_DELETED):
            await archive.get(each.id)
        assert not await store.remains(Place.of(each.id).folder)
        assert not await store.remains("index/")


# Sweeping


async def test_what_was_never_committed_is_removed_after_the_grace(
    archive: Archive, store: ArtifactStore, clock: Clock
) -> None:
    now = clock()
    whole, half = kept(now), kept(now)
    await save(archive, whole)
    with pytest.raises(TtbError):
        await save(Archive(DyingStore(store, 5)), half)
    before = await everything(store)

    assert await sweeper(archive, clock).sweep() == Swept()
    assert await everything(store) == before

    clock.ahead = HOUR + timedelta(minutes=1)
    assert await sweeper(archive, clock).sweep() == Swept(uncommitted=1)
    assert await everything(store) == {key for key in before if half.id not in key}
    assert (await archive.get(whole.id)).metadata.request_id == whole.id


async def test_a_late_save_that_died_behind_a_tombstone_is_removed(
    archive: Archive, store: ArtifactStore, clock: Clock
) -> None:
    each = kept(clock())
    await save(archive, each)
    saved = await contents(store)
    await archive.delete(each.id, reason="", who="")
    for key, content in saved.items():
        await store.put(key, content or b"", "")
    assert await ids(archive) == []

    assert await sweeper(archive, clock).sweep() == Swept(late=1)

    assert await everything(store) == {f"{TOMBSTONES}{each.id}.json"}


async def test_artifacts_expire_without_a_tombstone(archive: Archive, store: ArtifactStore, clock: Clock) -> None:
    now = clock()
    old, again, older, young = (kept(now - timedelta(days=age)) for age in (31, 30.5, 400, 29))
    for each in (old, again):
        assert await save(archive, each, digest=DIGEST) == old.id
    for each in (older, young):
        await save(archive, each)
    await store.put(Place.of(older.id).metadata, b"damaged", "")

    swept = await sweeper(archive, clock, retention=timedelta(days=30)).sweep()

    assert swept == Swept(expired=2)
    assert await everything(store) == {key for key in await everything(store) if young.id in key}
    assert await ids(archive) == [young.id]
    assert await save(archive, old, digest=DIGEST) == old.id
