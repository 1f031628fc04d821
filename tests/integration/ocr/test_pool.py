"""The pool with real worker processes: one dies, is cancelled or takes too long, and the others do not notice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from services.common.errors import Reason, TtbError
from services.ocr.pool import WorkerPool
from services.ocr.worker import WorkerSettings
from tests.integration.ocr.tasks import process_id, tell_and_sleep, tell_and_sleep_deaf, tell_and_wait_for_a_program
from tests.integration.ocr.waiting import alive, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = WorkerSettings(threads=1, max_pixels=1_000_000, engine_seconds=10)
PARENT = """
import asyncio, sys
from functools import partial
from pathlib import Path
from services.ocr.pool import WorkerPool
from services.ocr.worker import WorkerSettings
from tests.integration.ocr.tasks import tell_and_sleep

async def main() -> None:
    pool = WorkerPool(WorkerSettings(1, 1_000_000, 10), workers=1, task_seconds=300)
    await pool.start()
    await pool.run(partial(tell_and_sleep, Path(sys.argv[1]), 300))

asyncio.run(main())
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(SETTINGS, workers=1, task_seconds=3)
    statuses = await pool.start()
    assert all(status.available for status in statuses), statuses
    yield pool
    await pool.stop()


def process_id_in(told: Path) -> int:
    return int(told.read_text())


async def busy(pool: WorkerPool, told: Path, seconds: float = 300) -> tuple[asyncio.Task[None], int]:
    """A task that a worker has begun, and that worker's process id."""
    task = asyncio.create_task(pool.run(partial(tell_and_sleep, told, seconds)))
    await until(told.exists)
    return task, process_id_in(told)


async def test_a_killed_worker_costs_only_its_own_task(pool: WorkerPool, tmp_path: Path) -> None:
    task, pid = await busy(pool, tmp_path / "told")

    os.kill(pid, signal.SIGKILL)

    with pytest.raises(TtbError) as error:
        await task
    assert error.value.reason is Reason.BACKEND_FAILED
    assert error.value.retry_after_seconds
    assert await pool.run(process_id) != pid


async def test_an_idle_worker_that_is_killed_costs_nothing(pool: WorkerPool) -> None:
    pid = await pool.run(process_id)

    os.kill(pid, signal.SIGKILL)

    assert await pool.run(process_id) != pid


async def test_cancelling_ends_the_task_and_keeps_its_worker(pool: WorkerPool, tmp_path: Path) -> None:
    task, pid = await busy(pool, tmp_path / "told")

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert await pool.run(process_id) == pid


async def test_cancelling_ends_the_programs_of_the_task(pool: WorkerPool, tmp_path: Path) -> None:
    told = tmp_path / "told"
    task = asyncio.create_task(pool.run(partial(tell_and_wait_for_a_program, told)))
    await until(told.exists)

    task.cancel()

    await until(lambda: not alive(process_id_in(told)))
    assert await pool.run(process_id)


async def test_a_task_is_cancelled_before_it_begins(pool: WorkerPool, tmp_path: Path) -> None:
    pid = await pool.run(process_id)
    task = asyncio.create_task(pool.run(partial(tell_and_sleep, tmp_path / "told", 300)))
    await asyncio.sleep(0)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert await pool.run(process_id) == pid


async def test_a_task_that_cannot_be_interrupted_is_ended_with_its_worker(tmp_path: Path) -> None:
    pool = WorkerPool(SETTINGS, workers=1, task_seconds=60, interrupt_seconds=0.2)
    await pool.start()
    try:
        task = asyncio.create_task(pool.run(partial(tell_and_sleep_deaf, tmp_path / "told", 300)))
        await until((tmp_path / "told").exists)
        pid = process_id_in(tmp_path / "told")

        task.cancel()

        await until(lambda: not alive(pid))
        assert await pool.run(process_id) != pid
    finally:
        await pool.stop()


async def test_a_task_that_takes_too_long_is_ended(pool: WorkerPool, tmp_path: Path) -> None:
    task, pid = await busy(pool, tmp_path / "told")

    with pytest.raises(TtbError, match="longer than 3 s"):
        await task
    await until(lambda: not alive(pid))


async def test_workers_ignore_the_terminal_and_end_with_their_parent(tmp_path: Path) -> None:
    told = tmp_path / "told"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(told)], start_new_session=True)  # noqa: ASYNC220 - starts at once
    try:
        await until(told.exists)
        pid = process_id_in(told)
        assert os.getpgid(pid) != os.getpgid(parent.pid)
    finally:
        parent.kill()
        parent.wait()

    await until(lambda: not alive(pid))
