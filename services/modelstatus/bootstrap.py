"""The only place where the model status service's objects are wired."""

from __future__ import annotations

from datetime import UTC, datetime

import grpc
from ttb.modelstatus.v1 import modelstatus_pb2_grpc

from services.common.server import Service
from services.common.settings import SharedSettings
from services.modelstatus.servicer import ModelStatusServicer
from services.modelstatus.settings import ModelStatusSettings
from services.modelstatus.watcher import StatusWatcher, Times


def _now() -> datetime:
    return datetime.now(UTC)


def build(settings: ModelStatusSettings, shared: SharedSettings) -> Service:  # noqa: ARG001 - every service is built alike
    """The model status service, ready to be served. It is always able: a missing file is an answer too."""
    times = Times(settings.stalled_seconds, settings.heartbeat_seconds, settings.cache_seconds)
    watcher = StatusWatcher(settings.file, settings.model, times=times, streams=settings.max_streams, now=_now)

    def register(server: grpc.aio.Server) -> None:
        modelstatus_pb2_grpc.add_ModelStatusServiceServicer_to_server(ModelStatusServicer(watcher), server)

    return Service(
        full_name="ttb.modelstatus.v1.ModelStatusService",
        register=register,
        streams=settings.max_streams,
        end_streams=watcher.end,
    )
