"""Saving and handing over on a real spool: what the answer says, what is retried, and that one request is kept once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.common import request_id
from services.validator.saving.handover import Handover
from services.validator.saving.keeping import Keeping
from services.validator.saving.model import Fate, Kept, State
from services.validator.saving.spool import Spool
from tests.common.limits import files_of_at_most
from tests.unit.validator.saving.keepers import ScriptedKeeper

DIGEST = "cd" * 32


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class Running:
    """A spool, its hand-over and the use case, as the bootstrap wires them."""

    def __init__(self, folder: Path, *, capacity: int, wait_seconds: float, write_seconds: float, workers: int) -> None:
        self.keeper = ScriptedKeeper()
        self.executor = ThreadPoolExecutor(workers + 1)
        self.spool = Spool(folder, capacity=capacity)
        self.handover = Handover(self.spool, self.keeper, self.executor, workers=workers)
        self.keeping = Keeping(
            self.spool, self.handover, self.executor, wait_seconds=wait_seconds, write_seconds=write_seconds
        )

    async def keep(self, digest: str = "", body: bytes = b"body") -> Kept:
        return await self.keeping.keep(request_id.new(), digest, lambda: body)

    async def until(self, what: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not what():  # noqa: ASYNC110 - other threads and files raise no event here
                await asyncio.sleep(0.01)


@asynccontextmanager
async def running(
    folder: Path,
    *,
    capacity: int = 100_000,
    wait_seconds: float = 5,
    write_seconds: float = 5,
    workers: int = 2,
) -> AsyncIterator[Running]:
    held = Running(folder, capacity=capacity, wait_seconds=wait_seconds, write_seconds=write_seconds, workers=workers)
    held.spool.open()
    held.keeping.start()
    held.handover.start()
    yield held
    await held.keeping.stop()
    await held.handover.stop()
    held.spool.close()
    held.executor.shutdown()


async def test_what_is_taken_at_once_is_stored(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        kept = await run.keep(body=b"all of it")
        assert kept.state is State.STORED
        assert run.keeper.kept == {kept.identifier: b"all of it"}
        await run.until(lambda: run.spool.usage().waiting == 0)


async def test_the_answer_waits_no_longer_than_it_may(tmp_path: Path) -> None:
    async with running(tmp_path, wait_seconds=0.05) as run:
        run.keeper.gate.clear()
        kept = await run.keep()
        assert kept.state is State.QUEUED
        assert run.spool.waits(kept.identifier)
        run.keeper.gate.set()
        await run.until(lambda: kept.identifier in run.keeper.kept)


async def test_while_nobody_takes_anything_answers_come_at_once_and_one_record_knocks(tmp_path: Path) -> None:
    async with running(tmp_path, wait_seconds=60) as run:
        run.keeper.fate = lambda _: Fate.AWAY
        async with asyncio.timeout(20):
            kept = [await run.keep() for _ in range(5)]
            assert {each.state for each in kept} == {State.QUEUED}
        run.keeper.most_at_once = 0
        before = len(run.keeper.attempts)
        await run.until(lambda: len(run.keeper.attempts) >= before + 3)
        assert run.keeper.most_at_once == 1
        run.keeper.fate = lambda _: None
        await run.until(lambda: run.spool.usage().waiting == 0)
        assert set(run.keeper.kept) == {each.identifier for each in kept}
        assert (await run.keep()).state is State.STORED


async def test_an_outage_tells_everyone_who_waits(tmp_path: Path) -> None:
    async with running(tmp_path, wait_seconds=60, workers=1) as run:
        run.keeper.gate.clear()
        run.keeper.fate = lambda _: Fate.AWAY
        waiting = [asyncio.ensure_future(run.keep()) for _ in range(3)]
        await run.until(lambda: len(run.keeper.attempts) == 1 and run.spool.usage().waiting == 3)
        run.keeper.gate.set()
        async with asyncio.timeout(20):
            assert {(await each).state for each in waiting} == {State.QUEUED}


async def test_a_record_in_trouble_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async with running(tmp_path, workers=1) as run:
        troubled: list[str] = []
        run.keeper.fate = lambda identifier: Fate.TROUBLE if identifier in troubled or not troubled else None
        first = asyncio.ensure_future(run.keep())
        await run.until(lambda: len(run.keeper.attempts) == 1)
        troubled.append(run.keeper.attempts[0])
        assert (await first).state is State.QUEUED
        assert (await run.keep()).state is State.STORED
        troubled[0] = "nobody"
        await run.until(lambda: run.spool.usage().waiting == 0)


async def test_a_refusal_for_good_sets_the_record_aside(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        run.keeper.fate = lambda _: Fate.REFUSED
        kept = await run.keep()
        assert (kept.state, "set aside" in kept.reason) == (State.FAILED, True)
        assert (run.spool.usage().waiting, run.spool.usage().rejected) == (0, 1)


async def test_a_deleted_id_is_not_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        run.keeper.fate = lambda _: Fate.DELETED
        assert (await run.keep()).state is State.FAILED
        assert (run.spool.usage().waiting, run.spool.usage().rejected) == (0, 0)


async def test_a_record_that_is_damaged_in_the_spool_is_set_aside(tmp_path: Path) -> None:
    async with running(tmp_path, wait_seconds=0) as run:
        run.keeper.fate = lambda _: Fate.AWAY
        kept = await run.keep()
        path = tmp_path / f"{kept.identifier}.record"
        path.write_bytes(path.read_bytes()[:-1])
        await run.until(lambda: run.spool.usage().rejected == 1)
        assert run.spool.usage().waiting == 0


async def test_what_an_earlier_process_left_is_handed_over_oldest_first(tmp_path: Path) -> None:
    identifiers = [request_id.new() for _ in range(4)]
    spool = Spool(tmp_path, capacity=100_000)
    spool.open()
    for identifier in reversed(identifiers):
        spool.write(identifier, b"left", DIGEST if identifier == identifiers[0] else "")
    spool.close()
    async with running(tmp_path, workers=1) as run:
        repeated = await run.keep(DIGEST)
        assert repeated.identifier == identifiers[0]
        await run.until(lambda: run.spool.usage().waiting == 0)
        assert run.keeper.attempts == identifiers


async def test_a_full_spool_and_a_failing_disk_are_told_with_a_remedy(tmp_path: Path) -> None:
    async with running(tmp_path, capacity=10) as run:
        kept = await run.keep(DIGEST)
        assert (kept.state, "VALIDATOR_SPOOL_MEGABYTES" in kept.reason) == (State.FAILED, True)
    async with running(tmp_path, capacity=10**7) as run:
        with files_of_at_most(1_000_000):
            kept = await run.keep(DIGEST, b"x" * 2_000_000)
        assert (kept.state, "File too large" in kept.reason) == (State.FAILED, True)
        assert (await run.keep(DIGEST)).state is State.STORED


async def test_a_record_that_cannot_be_built_fails_alone(tmp_path: Path) -> None:
    def build() -> bytes:
        raise ValueError("a bug")

    async with running(tmp_path) as run:
        assert (await run.keeping.keep(request_id.new(), "", build)).state is State.FAILED


async def test_a_disk_that_is_too_slow_leaves_no_record_that_nobody_was_told_of(tmp_path: Path) -> None:
    released = asyncio.Event()
    loop = asyncio.get_running_loop()

    def build() -> bytes:
        asyncio.run_coroutine_threadsafe(released.wait(), loop).result(20)
        return b"late"

    async with running(tmp_path, write_seconds=0.05) as run:
        kept = await run.keeping.keep(request_id.new(), "", build)
        assert (kept.state, "disk" in kept.reason) == (State.FAILED, True)
        released.set()
    assert names(tmp_path) == {"lock", "rejected"}
    assert not run.keeper.kept


async def test_the_same_request_at_once_is_one_artifact(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        kept = await asyncio.gather(*(run.keep(DIGEST) for _ in range(5)), run.keep("ef" * 32), run.keep())
        assert len({each.identifier for each in kept[:5]}) == 1
        await run.until(lambda: len(run.keeper.kept) == 3)
        assert (await run.keep(DIGEST)).identifier == kept[0].identifier


async def test_when_the_first_was_not_kept_the_next_one_is(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        run.keeper.fate = lambda _: Fate.REFUSED if len(run.keeper.attempts) == 1 else None
        kept = await asyncio.gather(*(run.keep(DIGEST) for _ in range(3)))
        assert [each.state for each in kept] == [State.FAILED, State.STORED, State.STORED]
        assert len(run.keeper.kept) == 1


async def test_the_id_of_another_validators_earlier_save_is_answered(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        identifier = request_id.new()
        run.keeper.kept_under[identifier] = "earlier"
        kept = await run.keeping.keep(identifier, DIGEST, lambda: b"body")
        assert kept == Kept("earlier", State.STORED)
        assert await run.keep(DIGEST) == kept


async def test_a_client_that_left_loses_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, wait_seconds=60) as run:
        run.keeper.gate.clear()
        leaving = asyncio.ensure_future(run.keep())
        await run.until(lambda: len(run.keeper.attempts) == 1)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        run.keeper.gate.set()
        await run.until(lambda: len(run.keeper.kept) == 1)


async def test_a_stop_lets_what_is_being_sent_arrive_and_leaves_the_rest(tmp_path: Path) -> None:
    async with running(tmp_path, wait_seconds=0, workers=1) as run:
        run.keeper.gate.clear()
        first, second = await run.keep(), await run.keep()
        await run.until(lambda: len(run.keeper.attempts) == 1)
        stopping = asyncio.ensure_future(run.handover.stop())
        await asyncio.sleep(0)
        run.keeper.gate.set()
        await stopping
        assert list(run.keeper.kept) == [first.identifier]
        assert list(run.spool.waiting()) == [second.identifier]
