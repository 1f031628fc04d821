"""The artifacts service over a real connection, on a directory; the validator that it asks is a stand-in.

The stand-in says of any id what the test wants: a real spool holds an artifact for milliseconds only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from ttb.artifacts.v1 import artifacts_pb2 as pb
from ttb.artifacts.v1 import artifacts_pb2_grpc
from ttb.validator.v1 import validator_pb2, validator_pb2_grpc

from services.artifacts import convert
from services.artifacts.bootstrap import build
from services.artifacts.settings import ArtifactSettings
from services.common.errors import Reason
from services.common.server import Server
from services.common.settings import SharedSettings
from services.common.status import from_rpc_error
from tests.common.kept import kept


async def _not_queued() -> bool:
    return False


@dataclass
class Validator(validator_pb2_grpc.ValidatorServiceServicer):
    """Answers `FindQueuedArtifact`."""

    queued: Callable[[], Awaitable[bool]] = _not_queued
    asked: list[str] = field(default_factory=list)

    async def FindQueuedArtifact(self, request, context):  # type: ignore[no-untyped-def]
        self.asked.append(request.id)
        return validator_pb2.FindQueuedArtifactResponse(queued=await self.queued())


@dataclass(frozen=True)
class Running:
    stub: artifacts_pb2_grpc.ArtifactsServiceAsyncStub
    validator: Validator
    validator_server: grpc.aio.Server


@pytest.fixture
def changes() -> dict[str, Any]:
    return {}


@pytest.fixture
async def running(tmp_path: Path, changes: dict[str, Any]) -> AsyncIterator[Running]:
    validator = Validator()
    validator_server = grpc.aio.server()
    validator_pb2_grpc.add_ValidatorServiceServicer_to_server(validator, validator_server)
    validator_port = validator_server.add_insecure_port("127.0.0.1:0")
    await validator_server.start()
    defaults = {"port": 0, "directory": tmp_path / "artifacts", "validator_target": f"127.0.0.1:{validator_port}"}
    settings = ArtifactSettings(**(defaults | changes))
    shared = SharedSettings(drain_seconds=0, grace_seconds=5)
    server = Server(build(settings, shared), settings, shared)
    port = await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = artifacts_pb2_grpc.ArtifactsServiceStub(channel)
        yield Running(stub, validator, validator_server)
    await server.stop()
    await validator_server.stop(0)


def request() -> pb.SaveArtifactRequest:
    """What the validator would send."""
    made = kept(datetime.now(UTC))
    return pb.SaveArtifactRequest(
        metadata=convert.metadata_to_proto(made.artifact.metadata),
        images=[pb.ArtifactImage(content=each.content, image_format=each.format) for each in made.images],
        extracted_text=made.artifact.extracted_text,
        validation_result=made.artifact.validation_result,
    )


async def refused(call: Awaitable[Any]) -> Reason:
    """Why the call was refused."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    error = from_rpc_error(caught.value)
    assert error is not None, caught.value
    return error.reason


async def test_what_is_saved_is_read_again(running: Running) -> None:
    sent = request()
    identifier = (await running.stub.SaveArtifact(sent)).id
    assert identifier == sent.metadata.request_id
    artifact = await running.stub.GetArtifact(pb.GetArtifactRequest(id=identifier))
    assert artifact.validation_result["request_id"] == identifier
    image = await running.stub.GetArtifactImage(pb.GetArtifactImageRequest(id=identifier))
    assert image.data == sent.images[0].content
    assert running.validator.asked == []


async def test_an_artifact_that_waits_in_the_spool_is_told_apart(running: Running) -> None:
    async def queued() -> bool:
        return True

    running.validator.queued = queued
    identifier = request().metadata.request_id
    read = [
        running.stub.GetArtifact(pb.GetArtifactRequest(id=identifier)),
        running.stub.GetArtifactImage(pb.GetArtifactImageRequest(id=identifier)),
    ]
    assert [await refused(each) for each in read] == [Reason.ARTIFACT_QUEUED] * 2
    assert running.validator.asked == [identifier] * 2


async def test_an_artifact_that_is_handed_over_meanwhile_is_found(running: Running) -> None:
    sent = request()

    async def handed_over() -> bool:
        await running.stub.SaveArtifact(sent)
        return False

    running.validator.queued = handed_over
    artifact = await running.stub.GetArtifact(pb.GetArtifactRequest(id=sent.metadata.request_id))
    assert artifact.metadata.request_id == sent.metadata.request_id


async def test_a_deletion_bars_what_waits_in_the_spool(running: Running) -> None:
    async def queued() -> bool:
        return True

    async def nothing_queued() -> bool:
        return False

    running.validator.queued = queued
    sent = request()
    identifier = sent.metadata.request_id
    first = await running.stub.DeleteArtifact(pb.DeleteArtifactRequest(id=identifier))
    assert await refused(running.stub.SaveArtifact(sent)) is Reason.ARTIFACT_DELETED
    running.validator.queued = nothing_queued
    assert await running.stub.DeleteArtifact(pb.DeleteArtifactRequest(id=identifier)) == first
    assert await refused(running.stub.GetArtifact(pb.GetArtifactRequest(id=identifier))) is Reason.ARTIFACT_DELETED


async def test_without_a_validator_an_unknown_artifact_is_unknown(running: Running) -> None:
    await running.validator_server.stop(0)
    identifier = request().metadata.request_id
    assert await refused(running.stub.GetArtifact(pb.GetArtifactRequest(id=identifier))) is Reason.ARTIFACT_UNKNOWN


@pytest.mark.parametrize("changes", [{"storage_enabled": False}])
async def test_with_storage_switched_off_nothing_new_is_kept(running: Running) -> None:
    assert await refused(running.stub.SaveArtifact(request())) is Reason.STORAGE_DISABLED
    assert not (await running.stub.GetStorage(pb.GetStorageRequest())).enabled
    assert (await running.stub.ListArtifacts(pb.ListArtifactsRequest())).artifacts == []


async def test_storage_tells_where_and_for_how_long(running: Running) -> None:
    storage = await running.stub.GetStorage(pb.GetStorageRequest())
    assert (storage.enabled, storage.store, storage.available, storage.reason) == (True, "directory", True, "")
    assert "365 days" in storage.retention


@pytest.mark.parametrize(
    "changes", [{"s3_bucket": "labels", "s3_endpoint_url": "http://127.0.0.1:9", "s3_connect_seconds": 0.2}]
)
async def test_a_store_that_is_away_does_not_keep_the_service_from_starting(running: Running) -> None:
    storage = await running.stub.GetStorage(pb.GetStorageRequest())
    assert (storage.store, storage.available) == ("s3", False)
    assert storage.reason
    assert await refused(running.stub.SaveArtifact(request())) is Reason.STORE_UNAVAILABLE
    assert await refused(running.stub.ListArtifacts(pb.ListArtifactsRequest())) is Reason.STORE_UNAVAILABLE
