"""Reads a status file, whatever stands at its path: anything may have put it there, and the service must not fall."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from services.common.logs import get_logger
from services.modelstatus.status import MAX_BYTES, ModelStatus, from_json

log = get_logger(__name__)


class Unreadable(Exception):  # noqa: N818 - a file that tells nothing is an answer
    """There is something at the path that tells no status. The text says what, for everyone."""


def read(path: Path) -> ModelStatus | None:
    """What the file tells; None when there is none. Raises `Unreadable`. Never waits, never reads more than it may."""
    try:
        # Opening a FIFO would wait for a writer; what a link points to is nobody's status.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("the status file cannot be opened", path=str(path), error=str(error))
        raise Unreadable(
            "The status file cannot be opened; it must be a regular file that everyone may read."
        ) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("What stands in the place of the status file is no regular file.")
        content = _content(descriptor)
    except OSError as error:
        log.warning("the status file cannot be read", path=str(path), error=str(error))
        raise Unreadable("The status file cannot be read.") from None
    finally:
        os.close(descriptor)
    if not content:
        raise Unreadable("The status file is empty.")
    try:
        return from_json(content)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _content(descriptor: int) -> bytes:
    """At most one byte more than a status may have."""
    parts: list[bytes] = []
    left = MAX_BYTES + 1
    while left and (part := os.read(descriptor, left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
