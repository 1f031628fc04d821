from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.artifacts.storage_watch import StorageState, StorageWatch
from services.common.errors import Reason, TtbError

KEEPS = "Artifacts are removed after 365 days."


class Store:
    """Stands for a store that is well or ill on demand."""

    def __init__(self, check: Callable[[], Awaitable[None]]) -> None:
        self.check = check

    async def retention(self) -> str:
        return KEEPS


async def well() -> None: ...


async def away() -> None:
    raise TtbError(Reason.STORE_UNAVAILABLE, "The bucket does not exist.")


async def hanging() -> None:
    await asyncio.sleep(60)


async def broken() -> None:
    raise ValueError("a secret path")


@pytest.mark.parametrize(
    ("check", "state"),
    [
        (well, StorageState(True, "", KEEPS)),
        (away, StorageState(False, "The bucket does not exist.", "")),
        (hanging, StorageState(False, "The store did not answer within 0.01 s.", "")),
        (broken, StorageState(False, "The store could not be asked; see the log.", "")),
    ],
)
async def test_the_state_is_known_after_the_start(check: Any, state: StorageState) -> None:
    watch = StorageWatch(Store(check), seconds=0.01)  # type: ignore[arg-type]
    await watch.start()
    await watch.stop()
    assert watch.state == state


async def test_a_store_that_comes_back_is_noticed() -> None:
    checks, asked_again = iter([away, well]), asyncio.Event()

    async def check() -> None:
        if (this := next(checks, None)) is not None:
            await this()
        else:
            asked_again.set()

    watch = StorageWatch(Store(check), interval=0.001)  # type: ignore[arg-type]
    await watch.start()
    assert not watch.state.available
    await asyncio.wait_for(asked_again.wait(), 5)
    assert watch.state.available
    await watch.stop()
