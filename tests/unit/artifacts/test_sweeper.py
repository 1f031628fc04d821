import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.artifacts.archive import Archive
from services.artifacts.directory_store import DirectoryStore
from services.artifacts.layout import Place
from services.artifacts.sweeper import OLDER_DAYS, RECENT_DAYS, Sweeper
from services.common.errors import Reason, TtbError
from tests.common.kept import kept

START = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[DirectoryStore]:
    store = DirectoryStore(tmp_path, retention_days=30)
    yield store
    await store.close()


def sweeper(store: DirectoryStore, clock: Clock) -> Sweeper:
    removal = Archive(store, clock=clock).removal
    return Sweeper(store, removal, grace=timedelta(hours=1), retention=None, clock=clock)


async def test_every_day_of_a_year_comes_round_within_sixteen_days(store: DirectoryStore) -> None:
    clock = Clock()
    clock.now = datetime.now(UTC) + timedelta(hours=2)
    ages = (0, RECENT_DAYS - 1, RECENT_DAYS, 100, 350)
    for age in ages:
        await store.put(Place.of(kept(clock.now - timedelta(days=age)).id).object("image.png"), b"x", "")
    removed = 0
    for _ in range(OLDER_DAYS):
        removed += (await sweeper(store, clock).sweep()).uncommitted
        clock.now += timedelta(hours=1)

    assert removed == len(ages)
    assert await store.list("artifacts/") == ()


async def test_a_pass_that_fails_is_not_the_last(store: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    each = sweeper(store, Clock())
    passes = asyncio.Semaphore(0)

    async def fail() -> None:
        passes.release()
        raise TtbError(Reason.STORE_UNAVAILABLE, "away") if passes._value == 1 else ZeroDivisionError

    monkeypatch.setattr(each, "sweep", fail)
    running = asyncio.create_task(each.run(interval_seconds=0, first_seconds=0))
    for _ in range(3):
        await passes.acquire()

    assert not running.done()
    running.cancel()
