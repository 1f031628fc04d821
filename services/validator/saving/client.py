"""The artifacts service as a `Keeper`."""

from __future__ import annotations

from collections.abc import Mapping

import grpc
from ttb.artifacts.v1 import artifacts_pb2, artifacts_pb2_grpc

from services.common import request_id
from services.common.errors import Reason
from services.common.status import from_rpc_error
from services.validator.saving.model import Fate, NotTakenError, Storage

SAVE = "/ttb.artifacts.v1.ArtifactsService/SaveArtifact"
STORAGE_SECONDS = 2.0

_FATE_OF_REASON: Mapping[Reason, Fate] = {
    Reason.ARTIFACT_DELETED: Fate.DELETED,
    Reason.QUEUE_FULL: Fate.AWAY,
    # A setting and no fault of the record: it waits until storage is switched on again.
    Reason.STORAGE_DISABLED: Fate.AWAY,
}
_FATE_OF_CODE: Mapping[grpc.StatusCode, Fate] = {
    grpc.StatusCode.UNAVAILABLE: Fate.AWAY,
    grpc.StatusCode.DEADLINE_EXCEEDED: Fate.AWAY,
    grpc.StatusCode.CANCELLED: Fate.AWAY,
    # Something else listens there, or it does not know us: settings are wrong, not the record.
    grpc.StatusCode.UNIMPLEMENTED: Fate.AWAY,
    grpc.StatusCode.UNAUTHENTICATED: Fate.AWAY,
    grpc.StatusCode.PERMISSION_DENIED: Fate.AWAY,
    grpc.StatusCode.INTERNAL: Fate.TROUBLE,
    # From gRPC itself: too many calls, or this record is larger than the service takes.
    grpc.StatusCode.RESOURCE_EXHAUSTED: Fate.TROUBLE,
    grpc.StatusCode.UNKNOWN: Fate.TROUBLE,
    grpc.StatusCode.ABORTED: Fate.TROUBLE,
    grpc.StatusCode.DATA_LOSS: Fate.TROUBLE,
}
"""Whatever is not listed is a refusal for good."""


class ArtifactsClient:
    """Saves through the artifacts service; one hand-over may take `seconds`."""

    def __init__(self, channel: grpc.aio.Channel, *, seconds: float, megabytes: int) -> None:
        self._limit = megabytes * 1024 * 1024
        self._seconds = seconds
        self._channel = channel
        # Records are serialized requests already: their bytes go out as they are.
        self._save: grpc.aio.UnaryUnaryMultiCallable[bytes, artifacts_pb2.SaveArtifactResponse] = (
            self._channel.unary_unary(SAVE, response_deserializer=artifacts_pb2.SaveArtifactResponse.FromString)
        )
        self._artifacts = artifacts_pb2_grpc.ArtifactsServiceStub(self._channel)

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()

    async def save(self, identifier: str, record: bytes) -> str:
        """Keep a record."""
        if len(record) > self._limit:
            raise NotTakenError(Fate.REFUSED, f"it has {len(record)} bytes; TTB_MAX_MESSAGE_MEGABYTES allows less")
        metadata = ((request_id.METADATA_KEY, identifier),)
        try:
            answer = await self._save(record, timeout=self._seconds, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            raise _not_taken(error) from error
        return answer.id or identifier

    async def storage(self) -> Storage:
        """Where artifacts are kept."""
        try:
            answer = await self._artifacts.GetStorage(artifacts_pb2.GetStorageRequest(), timeout=STORAGE_SECONDS)
        except grpc.aio.AioRpcError as error:
            return Storage(reason=f"The artifacts service does not answer ({error.code().name}).")
        reason = answer.reason
        if not answer.enabled:
            reason = "The artifacts service keeps nothing new: its ARTIFACT_STORAGE_ENABLED is off."
        return Storage(answer.store, answer.available and answer.enabled, reason, answer.retention)


def _not_taken(error: grpc.aio.AioRpcError) -> NotTakenError:
    told = from_rpc_error(error)
    if told is not None:
        fate = _FATE_OF_REASON.get(told.reason) or _FATE_OF_CODE.get(error.code(), Fate.REFUSED)
        return NotTakenError(fate, told.message)
    message = f"the artifacts service answered {error.code().name}"
    return NotTakenError(_FATE_OF_CODE.get(error.code(), Fate.REFUSED), message)
