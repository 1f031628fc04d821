"""`ttb.modelstatus.v1.ModelStatusService`: messages in, use case, messages out. Errors are told by the interceptors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import grpc
from ttb.modelstatus.v1 import modelstatus_pb2 as pb
from ttb.modelstatus.v1 import modelstatus_pb2_grpc

from services.modelstatus.convert import status_to_proto
from services.modelstatus.watcher import StatusWatcher

Context = grpc.aio.ServicerContext[Any, Any]


class ModelStatusServicer(modelstatus_pb2_grpc.ModelStatusServiceServicer):
    """Tells how far the model is."""

    def __init__(self, watcher: StatusWatcher) -> None:
        self._watcher = watcher

    async def GetModelStatus(self, request: pb.GetModelStatusRequest, context: Context) -> pb.ModelStatus:
        """The state now."""
        return status_to_proto(await self._watcher.status(request.model))

    async def WatchModelStatus(
        self, request: pb.WatchModelStatusRequest, context: Context
    ) -> AsyncIterator[pb.ModelStatus]:
        """The state now, and at each change."""
        async with aclosing(self._watcher.watch(request.model)) as states:
            async for status in states:
                yield status_to_proto(status)
