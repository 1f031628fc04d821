"""Waiting for conditions of other processes."""

import asyncio
from collections.abc import Callable
from pathlib import Path

SECONDS = 30


async def until(condition: Callable[[], bool]) -> None:
    """Return when the condition holds; fail after 30 seconds."""
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - another process's doing raises no event here
            await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether the process runs (one that ended but is not yet reaped does not)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
