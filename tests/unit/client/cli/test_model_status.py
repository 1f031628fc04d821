from __future__ import annotations

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from ttb.modelstatus.v1 import modelstatus_pb2 as pb

from ttb_client.cli.exits import of_download
from ttb_client.cli.model_status import line

# 2026-02-17T20:16:38Z
LATER = Timestamp(seconds=1771359398)


def status(
    state: pb.DownloadState.Value.ValueType, here: float = 0, total: float = 0, eta: int | None = None, **more: object
) -> pb.ModelStatus:
    progress = pb.DownloadProgress(
        downloaded_bytes=here,
        total_bytes=total,
        percentage=here / total * 100 if total else 0,
        estimated_time_remaining_seconds=eta,
    )
    return pb.ModelStatus(model="llama3.2-vision", status=state, progress=progress, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (status(pb.DownloadState.not_started), "llama3.2-vision: not started"),
        (
            status(pb.DownloadState.downloading, 3e9, 6e9, 120, source="s3"),
            "llama3.2-vision: downloading 50 %, 3.0 GB of 6.0 GB, 25.0 MB/s, 2:00 left, from s3",
        ),
        (
            status(pb.DownloadState.downloading, 4.5e9, 6e9, 9, source="s3"),
            "llama3.2-vision: downloading 75 %, 4.5 GB of 6.0 GB, 0:09 left, from s3",
        ),
        (status(pb.DownloadState.downloading), "llama3.2-vision: downloading"),
        (
            status(pb.DownloadState.downloading, 3e9, 6e9, 7384, attempt=2, source="ollama"),
            "llama3.2-vision: downloading 50 %, 3.0 GB of 6.0 GB, 406.3 kB/s, 2:03:04 left, attempt 2, from ollama",
        ),
        (
            status(pb.DownloadState.downloading, 3e9, 6e9, attempt=3, retry_at=LATER, source="s3"),
            "llama3.2-vision: downloading 50 %, 3.0 GB of 6.0 GB, attempt 3 at 20:16:38 UTC, from s3",
        ),
        (
            status(pb.DownloadState.extracting, 6e9, 6e9, source="s3"),
            "llama3.2-vision: extracting, 6.0 GB, from s3",
        ),
        (status(pb.DownloadState.ready, 6e9, 6e9, source="s3"), "llama3.2-vision: ready, 6.0 GB, from s3"),
        (
            status(
                pb.DownloadState.error, 3e9, 6e9, error=pb.DownloadError(code="disk_full", message="Make\x1b[2J room.")
            ),
            "llama3.2-vision: error 50 %, 3.0 GB of 6.0 GB, disk_full: Make [2J room.",
        ),
    ],
)
def test_a_state_is_one_line(given: pb.ModelStatus, said: str) -> None:
    assert line(given) == said


@pytest.mark.parametrize(("name", "state"), list(pb.DownloadState.Value.items()))
def test_only_ready_is_success(name: str, state: pb.DownloadState.Value.ValueType) -> None:
    assert of_download(state) == {"ready": 0, "error": 1}.get(name, 3)
