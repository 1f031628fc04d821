"""From a download's state to `ttb.modelstatus.v1`."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp
from ttb.modelstatus.v1 import modelstatus_pb2 as pb

from services.modelstatus.status import ModelStatus, State

_STATE = {
    State.NOT_STARTED: pb.DownloadState.not_started,
    State.DOWNLOADING: pb.DownloadState.downloading,
    State.EXTRACTING: pb.DownloadState.extracting,
    State.READY: pb.DownloadState.ready,
    State.ERROR: pb.DownloadState.error,
}


def status_to_proto(status: ModelStatus) -> pb.ModelStatus:
    """The state as a message; what is not known stays absent."""
    progress = status.progress
    return pb.ModelStatus(
        model=status.model,
        status=_STATE[status.status],
        progress=pb.DownloadProgress(
            downloaded_bytes=progress.downloaded_bytes,
            total_bytes=progress.total_bytes,
            percentage=progress.percentage,
            estimated_time_remaining_seconds=progress.estimated_time_remaining_seconds,
        ),
        source=status.source,
        started_at=_time(status.started_at),
        updated_at=_time(status.updated_at),
        error=pb.DownloadError(code=status.error.code, message=status.error.message) if status.error else None,
        attempt=status.attempt,
        retry_at=_time(status.retry_at),
    )


def _time(moment: datetime | None) -> Timestamp | None:
    """Whole seconds, as the contract shows them."""
    return None if moment is None else Timestamp(seconds=int(moment.timestamp()))
