"""What every store must do, run against each."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.artifacts.layout import Place, index_prefix
from services.artifacts.model import ValidationStatus
from services.artifacts.store import ArtifactStore
from services.common import request_id

TEXT = "text/plain"


async def keys(store: ArtifactStore, prefix: str, *, start_after: str = "", limit: int = 1000) -> list[str]:
    return [each.key for each in await store.list(prefix, start_after=start_after, limit=limit)]


async def test_an_object_is_kept_and_replaced(store: ArtifactStore) -> None:
    assert await store.get("a/b/c.txt") is None
    assert not await store.exists("a/b/c.txt")

    for content in (b"one", b"", bytes(range(256)) * 5000):
        await store.put("a/b/c.txt", content, TEXT)
        assert await store.get("a/b/c.txt") == content
        assert await store.exists("a/b/c.txt")

    assert not await store.exists("a/b")
    assert await store.get("a/b") is None


async def test_objects_are_listed_in_the_order_of_their_keys(store: ArtifactStore) -> None:
    kept = sorted(("a/b.txt", "a/b/c", "a/b/d", "a/b-c/d", "a/bc", "a/z/1", "b/1"))
    await asyncio.gather(*(store.put(key, b"x", TEXT) for key in reversed(kept)))

    below_a = [key for key in kept if key.startswith("a/")]
    assert await keys(store, "a/") == below_a
    assert await keys(store, "a/b") == [key for key in kept if key.startswith("a/b")]
    assert await keys(store, "a/b/") == ["a/b/c", "a/b/d"]
    assert await keys(store, "nothing/") == []
    for n, key in enumerate(below_a):
        assert await keys(store, "a/", start_after=key) == below_a[n + 1 :]
        assert await keys(store, "a/", limit=n + 1) == below_a[: n + 1]
    assert await keys(store, "a/", start_after="a/b/") == ["a/b/c", "a/b/d", "a/bc", "a/z/1"]
    assert await keys(store, "a/", start_after="a/b/cc", limit=2) == ["a/b/d", "a/bc"]


async def test_an_index_is_listed_newest_first_however_far_apart(store: ArtifactStore) -> None:
    ages = [0, 1, 2, 50, 99_000, 101_000, 3_600_000, 90_000_000, 120_000_000, 30_000_000_000]
    now = 1_795_000_000_000
    index = [Place(request_id.new(), now - age).index(None) for age in ages]
    await asyncio.gather(*(store.put(key, b"", TEXT) for key in index))
    await store.put(index_prefix(ValidationStatus.PASSED) + index[0].rpartition("/")[2], b"", TEXT)

    assert await keys(store, index_prefix(None)) == index
    for n, key in enumerate(index):
        assert await keys(store, index_prefix(None), start_after=key, limit=3) == index[n + 1 : n + 4]
        assert await keys(store, index_prefix(None), start_after=key[:-37], limit=2) == index[n : n + 2]
        assert await keys(store, key) == [key]
    await store.purge(index[4])
    assert await keys(store, index_prefix(None)) == [*index[:4], *index[5:]]


async def test_a_listing_tells_when_the_present_version_was_written(store: ArtifactStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    await store.put("a/b", b"x", TEXT)

    (found,) = await store.list("a/")

    assert before <= found.modified <= datetime.now(UTC) + timedelta(seconds=2)


async def test_of_sixteen_at_once_one_is_kept(store: ArtifactStore) -> None:
    contents = [f"writer {n}".encode() for n in range(16)]

    answers = await asyncio.gather(*(store.put_if_absent("a/b", content, TEXT) for content in contents))

    (winner,) = set(answers)
    assert winner in contents
    assert await store.get("a/b") == winner
    assert await store.put_if_absent("a/b", b"late", TEXT) == winner
    assert await store.get("a/b") == winner


async def test_what_was_purged_may_be_kept_anew(store: ArtifactStore) -> None:
    await store.put_if_absent("a/b", b"first", TEXT)
    await store.purge("a/b")

    assert await store.put_if_absent("a/b", b"second", TEXT) == b"second"


async def test_purging_leaves_nothing_below_the_prefix(store: ArtifactStore) -> None:
    for content in (b"one", b"two", b"three"):
        await asyncio.gather(*(store.put(key, content, TEXT) for key in ("a/b/c", "a/b/d/e", "a/bb", "a/c")))
    assert set(await store.remains("a/b/")) == {"a/b/c", "a/b/d/e"}

    await store.purge("a/b/")
    await store.purge("a/b/")

    assert not await store.remains("a/b/")
    assert await store.get("a/b/c") is None
    assert await keys(store, "a/") == ["a/bb", "a/c"]
    await store.purge("a/b")
    assert await keys(store, "a/") == ["a/c"]


HOSTILE = ("/a", "a//b", "..", "a/..", "../a", "a/../b", "a/./b", ".", "a\\b", "a b", "a\x00", "a\n", "é", "~tmp/a")


async def test_a_hostile_key_is_refused(store: ArtifactStore) -> None:
    for key in (*HOSTILE, "", "a/"):
        for call in (store.put(key, b"", TEXT), store.put_if_absent(key, b"", TEXT), store.get(key), store.exists(key)):
            with pytest.raises(ValueError, match="key"):
                await call
    for prefix in (*HOSTILE, ""):
        for on_prefix in (store.list(prefix), store.purge(prefix), store.remains(prefix)):
            with pytest.raises(ValueError, match="key"):
                await on_prefix


async def test_it_tells_that_it_works_and_how_long_it_keeps(store: ArtifactStore) -> None:
    await store.check()

    assert (await store.retention()).endswith(".")
