"""The only place where the validator's objects are wired."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import grpc
from ttb.validator.v1 import validator_pb2_grpc

from services.common.channel import open_channel
from services.common.server import Service
from services.common.settings import SharedSettings
from services.validator.ocr_client import OcrClient
from services.validator.saving import metrics
from services.validator.saving.client import ArtifactsClient
from services.validator.saving.handover import Handover
from services.validator.saving.keeping import Keeping
from services.validator.saving.saving import Saving
from services.validator.saving.spool import Spool
from services.validator.saving.watch import StorageWatch
from services.validator.servicer import ValidatorServicer
from services.validator.settings import ValidatorSettings
from services.validator.verification import Verifier


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class SpoolRoom:
    """The spool, who takes its records, and the threads that wait for its disk: a slow disk keeps only these busy."""

    spool: Spool
    client: ArtifactsClient
    executor: ThreadPoolExecutor
    handover: Handover


def build_spool_room(settings: ValidatorSettings, shared: SharedSettings) -> SpoolRoom:
    """What handing over needs. Must be called inside a running event loop."""
    spool = Spool(settings.spool_directory, capacity=settings.spool_megabytes * 1024 * 1024)
    client = ArtifactsClient(
        open_channel(settings.artifacts_target, shared, keepalive=True),
        seconds=settings.handover_seconds,
        megabytes=shared.max_message_megabytes,
    )
    executor = ThreadPoolExecutor(settings.handover_workers + 4, thread_name_prefix="spool")
    handover = Handover(spool, client, executor, workers=settings.handover_workers)
    return SpoolRoom(spool, client, executor, handover)


def build(settings: ValidatorSettings, shared: SharedSettings) -> Service:
    """The validator, ready to be served. Must be called inside a running event loop."""
    reader = OcrClient(
        open_channel(settings.ocr_target, shared, keepalive=True),
        seconds=settings.ocr_seconds,
        attempts=settings.ocr_attempts,
        max_frames=settings.panels,
    )
    verifier = Verifier(reader, panels=settings.panels, rounds=settings.second_look_rounds)
    room = build_spool_room(settings, shared)
    saving = Saving(
        enabled=settings.storage_enabled,
        spool=room.spool,
        handover=room.handover,
        keeping=Keeping(
            room.spool,
            room.handover,
            room.executor,
            wait_seconds=settings.artifact_wait_seconds,
            write_seconds=settings.spool_write_seconds,
        ),
        watch=StorageWatch(room.client, room.spool, seconds=shared.health_interval_seconds),
        executor=room.executor,
    )
    metrics.show(room.spool, time.time)
    servicer = ValidatorServicer(reader, verifier, saving, settings, _now, version("ttb-label-verifier"))

    def register(server: grpc.aio.Server) -> None:
        validator_pb2_grpc.add_ValidatorServiceServicer_to_server(servicer, server)

    async def stop() -> None:
        await saving.stop()
        await room.client.close()
        await reader.close()

    return Service(
        full_name="ttb.validator.v1.ValidatorService",
        register=register,
        start=saving.start,
        stop=stop,
        able=reader.serving,
        front_door=True,
    )
