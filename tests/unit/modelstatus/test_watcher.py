"""What is told of a status file as it comes, changes, stalls, breaks and goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.common.errors import Reason, TtbError
from services.modelstatus.status import DownloadError, ModelStatus, Progress, State, path_for, to_json, write
from services.modelstatus.watcher import StatusWatcher, Times

MODEL = "llama3.2-vision"
NOW = datetime(2026, 2, 17, 20, 16, 30, tzinfo=UTC)
DOWNLOADING = ModelStatus(MODEL, State.DOWNLOADING, Progress(300, 1000, 7), "s3", NOW, NOW)
READY = ModelStatus(MODEL, State.READY, Progress(1000, 1000), "s3", NOW, NOW)
TIMES = Times(stalled=60, heartbeat=30, cache=0.02, poll=0.01, settle=0.1)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "run" / "model-status.json"


@pytest.fixture
def watcher(file: Path, clock: Clock) -> StatusWatcher:
    return StatusWatcher(file, MODEL, times=TIMES, streams=3, now=clock)


Following = AsyncGenerator[ModelStatus, None]


@asynccontextmanager
async def watching(watcher: StatusWatcher, model: str = "") -> AsyncIterator[Following]:
    async with aclosing(watcher.watch(model)) as stream:
        yield stream


async def next_of(stream: Following) -> ModelStatus:
    return await asyncio.wait_for(anext(stream), 5)


async def until(stream: Following, state: State) -> ModelStatus:
    while (status := await next_of(stream)).status is not state:
        pass
    return status


def breaks(file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"{")


def goes(file: Path) -> None:
    file.unlink()
    file.parent.rmdir()


async def test_a_download_is_followed_from_before_it_begins_to_its_end(watcher: StatusWatcher, file: Path) -> None:
    async with watching(watcher) as stream:
        assert await next_of(stream) == ModelStatus(MODEL, State.NOT_STARTED, updated_at=NOW)
        write(file, DOWNLOADING)
        assert await next_of(stream) == DOWNLOADING
        more = replace(DOWNLOADING, progress=Progress(400, 1000), attempt=2, retry_at=NOW + timedelta(seconds=3))
        write(file, more)
        assert await next_of(stream) == more
        write(file, READY)
        assert await next_of(stream) == READY
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
    assert watcher.watchers == 0


async def test_what_changes_is_told_within_a_second(file: Path, clock: Clock) -> None:
    watcher = StatusWatcher(file, MODEL, times=Times(), streams=3, now=clock)
    async with watching(watcher) as stream:
        await next_of(stream)
        async with asyncio.timeout(1):
            write(file, READY)
            assert await anext(stream) == READY


async def test_a_slow_watcher_gets_the_newest_state_only(watcher: StatusWatcher, file: Path) -> None:
    write(file, DOWNLOADING)
    async with watching(watcher) as slow, watching(watcher) as quick:
        await next_of(slow)
        await next_of(quick)
        for there in (400, 500, 600):
            write(file, replace(DOWNLOADING, progress=Progress(there, 1000)))
            assert (await next_of(quick)).progress.downloaded_bytes == there
        assert (await next_of(slow)).progress.downloaded_bytes == 600


async def test_a_silent_state_is_repeated(file: Path, clock: Clock) -> None:
    watcher = StatusWatcher(file, MODEL, times=replace(TIMES, heartbeat=0.02), streams=3, now=clock)
    async with watching(watcher) as stream:
        await next_of(stream)
        clock.now += timedelta(seconds=15)
        assert await next_of(stream) == ModelStatus(MODEL, State.NOT_STARTED, updated_at=clock.now)


@pytest.mark.parametrize("state", [State.DOWNLOADING, State.EXTRACTING])
async def test_a_download_that_says_no_more_has_stalled_and_keeps_its_numbers(
    watcher: StatusWatcher, file: Path, clock: Clock, state: State
) -> None:
    write(file, replace(DOWNLOADING, status=state, retry_at=NOW))
    async with watching(watcher) as stream:
        assert (await next_of(stream)).status is state
        clock.now += timedelta(seconds=60)
        assert (await watcher.status()).status is state
        clock.now += timedelta(seconds=1)
        stalled = await next_of(stream)
    assert stalled.error is not None
    assert (stalled.status, stalled.error.code) == (State.ERROR, "stalled")
    assert "since 2026-02-17T20:16:30Z" in stalled.error.message
    assert (stalled.progress, stalled.updated_at, stalled.retry_at) == (Progress(300, 1000), NOW, None)


async def test_a_stalled_download_that_goes_on_is_no_error_any_more(
    watcher: StatusWatcher, file: Path, clock: Clock
) -> None:
    write(file, DOWNLOADING)
    clock.now += timedelta(hours=1)
    assert (await watcher.status()).status is State.ERROR
    write(file, replace(DOWNLOADING, updated_at=clock.now))
    async with watching(watcher) as stream:
        assert (await next_of(stream)).status is State.DOWNLOADING


@pytest.mark.parametrize(
    "state", [READY, replace(READY, status=State.ERROR, error=DownloadError("disk_full", "Full."))]
)
async def test_what_is_final_grows_old_without_harm(
    watcher: StatusWatcher, file: Path, clock: Clock, state: ModelStatus
) -> None:
    write(file, state)
    clock.now += timedelta(days=30)
    assert await watcher.status() == state


async def test_a_file_that_breaks_is_an_error_that_keeps_the_last_numbers(watcher: StatusWatcher, file: Path) -> None:
    write(file, DOWNLOADING)
    async with watching(watcher) as stream:
        await next_of(stream)
        breaks(file)
        broken = await next_of(stream)
    assert broken.error is not None
    assert (broken.status, broken.error.code) == (State.ERROR, "status_unreadable")
    assert broken.progress == Progress(300, 1000)
    assert str(file.parent) not in broken.error.message


async def test_a_file_that_is_half_written_is_no_error(file: Path, clock: Clock) -> None:
    watcher = StatusWatcher(file, MODEL, times=replace(TIMES, settle=5), streams=3, now=clock)
    write(file, DOWNLOADING)
    async with watching(watcher) as stream:
        await next_of(stream)
        whole = to_json(READY)
        with file.open("wb", buffering=0) as half:
            half.write(whole[:40])
            # Time for several polls, all of which meet half a file.
            await asyncio.sleep(0.1)
            half.write(whole[40:])
        assert await next_of(stream) == READY


async def test_a_broken_file_without_a_past_is_an_error_too(watcher: StatusWatcher, file: Path) -> None:
    breaks(file)
    broken = await watcher.status()
    assert broken.error is not None
    assert broken == ModelStatus(MODEL, State.ERROR, updated_at=NOW, error=broken.error)
    assert broken.error.code == "status_unreadable"


async def test_a_file_that_is_gone_is_as_if_no_download_was_ever_attempted(watcher: StatusWatcher, file: Path) -> None:
    write(file, DOWNLOADING)
    async with watching(watcher) as stream:
        await next_of(stream)
        goes(file)
        assert (await next_of(stream)).status is State.NOT_STARTED
    await asyncio.sleep(TIMES.cache)
    with pytest.raises(TtbError, match=r"No download of llama3\.2-vision was attempted yet") as caught:
        await watcher.status()
    assert caught.value.reason is Reason.MODEL_UNKNOWN


async def test_each_model_has_its_own_file(watcher: StatusWatcher, file: Path) -> None:
    other = replace(READY, model="llava:7b")
    write(path_for(file, "llava:7b", MODEL), other)
    assert await watcher.status("llava:7b") == other
    with pytest.raises(TtbError, match="No download"):
        await watcher.status("llama3.2-vision:latest")


async def test_a_file_of_another_model_tells_nothing_of_this_one(watcher: StatusWatcher, file: Path) -> None:
    write(file, replace(READY, model="llava:7b"))
    with pytest.raises(TtbError) as caught:
        await watcher.status()
    assert caught.value.reason is Reason.MODEL_UNKNOWN


@pytest.mark.parametrize("name", ["../model", "a/b", ".", " ", "x:y:z", "a\n", "é"])
async def test_what_is_no_name_is_refused(watcher: StatusWatcher, name: str) -> None:
    with pytest.raises(TtbError) as told:
        await watcher.status(name)
    with pytest.raises(TtbError) as watched:
        await anext(watcher.watch(name))
    for error in (told.value, watched.value):
        assert (error.reason, error.violations[0].field) == (Reason.INVALID_FIELD, "model")


async def test_so_many_may_watch_and_no_more(watcher: StatusWatcher) -> None:
    streams = [watcher.watch() for _ in range(4)]
    for stream in streams[:3]:
        await next_of(stream)
    with pytest.raises(TtbError) as caught:
        await next_of(streams[3])
    assert (caught.value.reason, caught.value.retry_after_seconds) == (Reason.QUEUE_FULL, 10)
    for stream in streams:
        await stream.aclose()
    assert watcher.watchers == 0


async def test_names_that_nobody_watches_take_no_room(watcher: StatusWatcher, file: Path) -> None:
    write(file, READY)
    for number in range(40):
        with pytest.raises(TtbError, match="No download"):
            await watcher.status(f"model-{number}")
    assert await watcher.status() == READY


async def test_at_the_end_everyone_is_told_to_come_again(watcher: StatusWatcher, file: Path) -> None:
    write(file, DOWNLOADING)
    async with watching(watcher) as stream:
        await next_of(stream)
        watcher.end()
        with pytest.raises(TtbError) as caught:
            await next_of(stream)
    assert (caught.value.reason, caught.value.retry_after_seconds) == (Reason.SHUTTING_DOWN, 1)
