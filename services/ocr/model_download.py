"""How far the vision model's download is, as the modelstatus service tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import grpc
from ttb.modelstatus.v1 import modelstatus_pb2 as pb
from ttb.modelstatus.v1 import modelstatus_pb2_grpc

_SECONDS = 1.0
_GIGABYTE = 10**9
_ON_ITS_WAY = (pb.DownloadState.downloading, pb.DownloadState.extracting)
# Between these a client is told to come again, however long the download says it still takes.
_SOONEST, _LATEST, _UNKNOWN = 5.0, 60.0, 15.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a model that is not here yet.

    `sentence` is for people; `seconds` tells when to ask again, None when the model is not on its way.
    """

    sentence: str
    seconds: float | None = None


class ModelDownload(Protocol):
    """Tells how a model arrives."""

    async def arrival(self, model: str) -> Arrival | None:
        """The state of its download; None when nothing is known."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class NoModelDownload:
    """Nobody fetches models here."""

    async def arrival(self, model: str) -> Arrival | None:  # noqa: ARG002 - the protocol's signature
        """Nothing is known."""
        return None

    async def close(self) -> None:
        """Nothing to close."""


class ModelStatusClient:
    """Asks the modelstatus service, shortly, and never fails."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._service = modelstatus_pb2_grpc.ModelStatusServiceStub(self._channel)

    async def arrival(self, model: str) -> Arrival | None:
        """The state of its download; None when the service does not answer or knows of none."""
        try:
            status = await self._service.GetModelStatus(pb.GetModelStatusRequest(model=model), timeout=_SECONDS)
        except grpc.aio.AioRpcError:
            return None
        return arrival_of(status)

    async def close(self) -> None:
        """Close the connection."""
        await self._channel.close()


def arrival_of(status: pb.ModelStatus) -> Arrival | None:
    """The state in words; None when no download is under way or failed."""
    if status.status == pb.DownloadState.error:
        return Arrival(f"its download ended with `{status.error.code}`: {status.error.message}")
    if status.status not in _ON_ITS_WAY:
        return None
    progress = status.progress
    if status.status == pb.DownloadState.extracting:
        return Arrival("it has arrived and is being installed.", _SOONEST)
    done, total = progress.downloaded_bytes / _GIGABYTE, progress.total_bytes / _GIGABYTE
    sentence = f"it is being downloaded: {progress.percentage:.1f} % ({done:.1f} of {total:.1f} GB)"
    if not progress.HasField("estimated_time_remaining_seconds"):
        return Arrival(f"{sentence}.", _UNKNOWN)
    left = progress.estimated_time_remaining_seconds
    return Arrival(f"{sentence}, about {left} s left.", min(max(float(left), _SOONEST), _LATEST))
