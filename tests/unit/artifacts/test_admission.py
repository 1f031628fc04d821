from __future__ import annotations

import asyncio

import pytest

from services.artifacts.admission import Admission
from services.common.errors import Reason, TtbError


async def test_some_run_as_many_wait_and_more_are_refused() -> None:
    admission, go_on = Admission(2), asyncio.Event()
    running: list[int] = []

    async def save(number: int) -> None:
        async with admission.one():
            running.append(number)
            await go_on.wait()

    saves = [asyncio.create_task(save(number)) for number in range(4)]
    await asyncio.sleep(0)
    assert running == [0, 1]
    with pytest.raises(TtbError) as caught:
        await save(4)
    assert caught.value.reason is Reason.QUEUE_FULL
    assert caught.value.retry_after_seconds

    saves[3].cancel()
    go_on.set()
    await asyncio.gather(*saves, return_exceptions=True)
    assert running == [0, 1, 2]
    await save(5)
