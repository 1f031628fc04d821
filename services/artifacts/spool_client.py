"""Asks the validator, whose spool holds an artifact until it is stored here."""

from __future__ import annotations

from typing import Protocol

import grpc
from ttb.validator.v1 import validator_pb2, validator_pb2_grpc

from services.common import request_id
from services.common.logs import get_logger

log = get_logger(__name__)


class Spool(Protocol):
    """What may still wait to be stored."""

    async def holds(self, identifier: str) -> bool:
        """Whether the artifact waits; False also when nobody can tell."""
        ...


class SpoolClient:
    """The spool of the validator; waits at most `seconds` for its answer."""

    def __init__(self, channel: grpc.aio.Channel, *, seconds: float) -> None:
        self._channel = channel
        self._validator = validator_pb2_grpc.ValidatorServiceStub(self._channel)
        self._seconds = seconds

    async def holds(self, identifier: str) -> bool:
        """Whether the validator says that the artifact waits; one that does not answer holds nothing."""
        request = validator_pb2.FindQueuedArtifactRequest(id=identifier)
        metadata = ((request_id.METADATA_KEY, request_id.current.get()),)
        try:
            answer = await self._validator.FindQueuedArtifact(request, timeout=self._seconds, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            log.warning("the validator does not tell what is queued", code=error.code().name)
            return False
        return answer.queued

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()
