"""What only a real S3 server can show: that a wrong secret is told, and that what was kept survives `kill -9`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from services.artifacts.store import ArtifactStore
from services.common.errors import Reason, TtbError
from tests.common.ceph import Rgw
from tests.contract.artifacts.stores import StoreKind, opened

pytestmark = pytest.mark.slow

TEXT = "text/plain"
KILLS = 6
WRITERS = 8


@pytest.fixture
def server(rgw: Rgw, monkeypatch: pytest.MonkeyPatch) -> Rgw:
    for name, value in rgw.environment.items():
        monkeypatch.setenv(name, value)
    return rgw


@pytest.mark.parametrize(("variable", "value"), [("AWS_SECRET_ACCESS_KEY", "wrong"), ("AWS_ACCESS_KEY_ID", "nobody")])
async def test_wrong_credentials_are_told_with_the_setting_to_look_at(
    server: Rgw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    settings = StoreKind("rgw", "rgw").make(tmp_path, server)
    monkeypatch.setenv(variable, value)
    store = opened(settings)

    for call in (store.check(), store.put("a/b", b"x", TEXT), store.get("a/b"), store.list("a/"), store.purge("a/")):
        with pytest.raises(TtbError, match="AWS_ACCESS_KEY_ID") as refusal:
            await call
        assert refusal.value.reason is Reason.STORE_UNAVAILABLE
        assert "ARTIFACT_S3_BUCKET" in refusal.value.message
    await store.close()


async def test_a_bucket_that_is_not_there_is_told(server: Rgw, tmp_path: Path) -> None:
    settings = StoreKind("rgw", "rgw").make(tmp_path, server).model_copy(update={"s3_bucket": "no-such-bucket"})
    store = opened(settings)

    for call in (store.check(), store.put("a/b", b"x", TEXT), store.list("a/")):
        with pytest.raises(TtbError, match="ARTIFACT_S3_BUCKET names does not exist") as refusal:
            await call
        assert refusal.value.reason is Reason.STORE_UNAVAILABLE
    await store.close()


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "versioned"])
async def test_what_a_put_returned_from_survives_the_killing_of_the_gateway(
    server: Rgw, tmp_path: Path, versioned: bool
) -> None:
    store = opened(StoreKind("rgw", "rgw", versioned=versioned).make(tmp_path, server))

    kept = await _put_through_kills(store, server.kill_rgw, server.start_rgw)

    await _all_are_there(store, kept, versioned=versioned)
    await store.close()


async def test_what_a_put_returned_from_survives_the_killing_of_the_whole_cluster(server: Rgw, tmp_path: Path) -> None:
    store = opened(StoreKind("rgw", "rgw").make(tmp_path, server))

    kept = await _put_through_kills(store, server.kill_all, server.start_all, kills=2)

    await _all_are_there(store, kept)
    await store.close()


async def _put_through_kills(
    store: ArtifactStore, kill: Callable[[], None], start: Callable[[], None], *, kills: int = KILLS
) -> dict[str, bytes]:
    """Put objects all the while that the server is killed and started again; returns those that put returned from."""
    kept: dict[str, bytes] = {}
    failures = 0
    progress, done = asyncio.Event(), asyncio.Event()
    dice = random.Random(27)  # noqa: S311 - repeatable, not secret

    async def write(writer: int) -> None:
        nonlocal failures
        number = 0
        while not done.is_set():
            key, content = f"w{writer}/{number}", f"{writer} {number} ".encode() * dice.randrange(1, 5000)
            number += 1
            try:
                await (store.put if number % 2 else store.put_if_absent)(key, content, TEXT)
            except TtbError as error:
                assert error.reason is Reason.STORE_UNAVAILABLE  # noqa: PT017 - others are shown as they are
                failures += 1
            else:
                kept[key] = content
            progress.set()

    async def until(reached: Callable[[], bool]) -> None:
        while not reached():
            progress.clear()
            await progress.wait()

    async with asyncio.TaskGroup() as writers:
        for writer in range(WRITERS):
            writers.create_task(write(writer))
        for _ in range(kills):
            enough = len(kept) + dice.randrange(5, 60)
            await until(lambda enough=enough: len(kept) >= enough)
            kill()
            failed = failures
            await until(lambda failed=failed: failures > failed)
            await asyncio.to_thread(start)
        done.set()
    return kept


async def _all_are_there(store: ArtifactStore, kept: dict[str, bytes], *, versioned: bool = False) -> None:
    listed = [each.key for writer in range(WRITERS) for each in await store.list(f"w{writer}/", limit=100_000)]
    assert set(kept) <= set(listed)
    for key in listed:
        content = await store.get(key)
        if key in kept:
            assert content == kept[key]
        elif content is not None:
            # No put returned from it, but it is whole.
            assert content.decode().replace(key[1:].replace("/", " ") + " ", "") == ""
        else:
            # A put that was killed in a versioned bucket can leave a key that is listed and holds nothing.
            assert versioned
        await store.put(key, b"again", TEXT)
        assert await store.get(key) == b"again"
    for writer in range(WRITERS):
        await store.purge(f"w{writer}/")
        assert not await store.remains(f"w{writer}/")
