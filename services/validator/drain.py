"""`python -m services.validator drain`: hand over what waits in the spool before the machine goes away.

It takes the spool for itself, so the validator must have stopped.
"""

from __future__ import annotations

import asyncio
import sys
import time

from services.common import logs
from services.common.settings import SharedSettings
from services.validator.bootstrap import build_spool_room
from services.validator.saving.spool import Spool
from services.validator.settings import ValidatorSettings

_LOOK_SECONDS = 0.1


def drain(settings: ValidatorSettings, shared: SharedSettings, *, timeout: float) -> int:
    """Hand everything over within `timeout` seconds; returns the exit code: 0 when nothing is left, else 1."""
    logs.configure(shared, "validator")
    try:
        return asyncio.run(_drain(settings, shared, timeout))
    except OSError as error:
        sys.stderr.write(f"drain: {error}\n")
        return 1


async def _drain(settings: ValidatorSettings, shared: SharedSettings, seconds: float) -> int:
    room = build_spool_room(settings, shared)
    room.spool.open()
    try:
        room.handover.start()
        await _until_empty(room.spool, seconds)
    finally:
        await room.handover.stop()
        await room.client.close()
        room.spool.close()
        room.executor.shutdown(wait=False)
    left = room.spool.usage()
    if left.rejected:
        sys.stderr.write(f"drain: {left.rejected} rejected records need a person; they are in its folder `rejected`\n")
    return 1 if left.waiting or left.rejected else 0


async def _until_empty(spool: Spool, seconds: float) -> None:
    end = time.monotonic() + seconds
    told = -1
    while True:
        left = spool.usage()
        if left.waiting != told:
            sys.stderr.write(f"drain: {left.waiting} records wait, {left.bytes} bytes\n")
            told = left.waiting
        if not left.waiting or time.monotonic() >= end:
            return
        await asyncio.sleep(_LOOK_SECONDS)
