"""Attempt after attempt, with growing random pauses, until one succeeds or it is hopeless."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import TypeVar

from services.common.logs import get_logger
from services.modelstatus.download.faults import Code, FinalError, MismatchError, TransientError
from services.modelstatus.download.reporter import Reporter

T = TypeVar("T")
_MOST_MISMATCHES = 2
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long it is tried. A pause is anything from nothing to its bound (full jitter), which doubles each time."""

    fruitless_attempts: int
    first_seconds: float
    most_seconds: float

    def pause(self, fruitless: int) -> float:
        """Seconds to wait after so many attempts in a row that brought nothing."""
        bound = min(self.most_seconds, self.first_seconds * 2.0 ** min(fruitless, 32))
        return random.uniform(0, bound)  # noqa: S311 - no secret


def keep_trying(
    attempt: Callable[[], T],
    reporter: Reporter,
    policy: RetryPolicy,
    *,
    sleep: Callable[[float], object] = sleep,
) -> T:
    """Call `attempt` until it returns; returns what it does. Each call goes on where the last one stopped.

    Raises FinalError as `attempt` does, after the second mismatch, and when too many attempts in a row brought nothing.
    """
    number, fruitless, mismatches = 1, 0, 0
    while True:
        before = reporter.downloaded_bytes
        try:
            return attempt()
        except MismatchError as error:
            mismatches += 1
            if mismatches == _MOST_MISMATCHES:
                message = f"Twice {error.message}. Upload the model again, then start the download again."
                raise FinalError(Code.CHECKSUM_MISMATCH, message) from error
            fault: TransientError = error
        except TransientError as error:
            fault = error
        fruitless = 0 if reporter.downloaded_bytes > before else fruitless + 1
        if fruitless >= policy.fruitless_attempts:
            message = f"Gave up after {fruitless} attempts that brought nothing, at last because {fault.message}."
            raise FinalError(Code.UNREACHABLE, message) from fault
        number += 1
        pause = policy.pause(max(0, fruitless - 1))
        _log.warning("download_retries", attempt=number, seconds=round(pause, 1), why=fault.message)
        reporter.waiting(number, datetime.now(UTC) + timedelta(seconds=pause))
        sleep(pause)
        reporter.attempting()
