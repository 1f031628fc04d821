import grpc
import pytest
from ttb.modelstatus.v1 import modelstatus_pb2 as pb

from services.ocr.model_download import Arrival, ModelStatusClient, arrival_of
from tests.common.ports import free_ports


def downloading(seconds: int | None = None) -> pb.ModelStatus:
    progress = pb.DownloadProgress(
        downloaded_bytes=3_221_225_472,
        total_bytes=7_201_866_752,
        percentage=44.7,
        estimated_time_remaining_seconds=seconds,
    )
    return pb.ModelStatus(model="seer", status=pb.DownloadState.downloading, progress=progress)


@pytest.mark.parametrize(
    ("status", "arrival"),
    [
        (downloading(), Arrival("it is being downloaded: 44.7 % (3.2 of 7.2 GB).", 15)),
        (downloading(20), Arrival("it is being downloaded: 44.7 % (3.2 of 7.2 GB), about 20 s left.", 20)),
        (downloading(900), Arrival("it is being downloaded: 44.7 % (3.2 of 7.2 GB), about 900 s left.", 60)),
        (downloading(0), Arrival("it is being downloaded: 44.7 % (3.2 of 7.2 GB), about 0 s left.", 5)),
        (
            pb.ModelStatus(status=pb.DownloadState.extracting),
            Arrival("it has arrived and is being installed.", 5),
        ),
        (
            pb.ModelStatus(
                status=pb.DownloadState.error, error=pb.DownloadError(code="disk_full", message="Make room.")
            ),
            Arrival("its download ended with `disk_full`: Make room."),
        ),
        (pb.ModelStatus(status=pb.DownloadState.ready), None),
        (pb.ModelStatus(status=pb.DownloadState.not_started), None),
    ],
)
def test_a_download_is_one_sentence_and_a_time_to_come_again(status: pb.ModelStatus, arrival: Arrival | None) -> None:
    assert arrival_of(status) == arrival


async def test_without_the_service_nothing_is_known() -> None:
    (port,) = free_ports(1)
    client = ModelStatusClient(grpc.aio.insecure_channel(f"127.0.0.1:{port}"))
    assert await client.arrival("seer") is None
    await client.close()
