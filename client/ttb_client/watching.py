"""Following the model's download through whatever breaks the connection: when to ask again, and when to give up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeAlias

import grpc
from ttb.modelstatus.v1 import modelstatus_pb2 as pb

from ttb_client.errors import UNAVAILABLE, TtbError

Lost: TypeAlias = Callable[[TtbError, float], None]
"""Is told why the connection was lost, and in how many seconds it is tried again."""

_FINAL = frozenset({pb.DownloadState.ready, pb.DownloadState.error})
# What a restart of a service, of the gateway or of a proxy between looks like in the middle of a stream.
_PASSING = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.ABORTED,
    }
)
_FIRST_WAIT = 0.25
_LONGEST_WAIT = 5.0


def is_final(status: pb.ModelStatus) -> bool:
    """Whether nothing follows: the model is ready, or its download has failed."""
    return status.status in _FINAL


def ended_early(url: str) -> TtbError:
    """The error of a stream that ended as if all were said, before it was."""
    return TtbError(grpc.StatusCode.UNAVAILABLE, UNAVAILABLE, f"{url} ended the stream before the download's end")


class Patience:
    """Waits longer after each failure in a row, at most 5 s, and gives up after a time without any news.

    That time is `first` seconds until the first message has come, and `later` seconds from then on.
    """

    def __init__(self, first: float, later: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._later = later
        self._clock = clock
        self._end = clock() + first
        self._wait = _FIRST_WAIT

    def heard(self) -> None:
        """A message came."""
        self._end = self._clock() + self._later
        self._wait = _FIRST_WAIT

    def wait(self, error: TtbError) -> float:
        """Seconds to wait before the next attempt. Raises the error when it stays, or it is too late."""
        # Many watch the same service, so that they do not all come back at the same moment.
        seconds = max(error.retry_after or 0.0, self._wait) * random.uniform(1, 1.5)  # noqa: S311
        if error.code not in _PASSING or self._clock() + seconds > self._end:
            raise error
        self._wait = min(_LONGEST_WAIT, self._wait * 2)
        return seconds
