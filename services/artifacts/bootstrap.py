"""The only place where the artifacts service's objects are wired."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import grpc
from ttb.artifacts.v1 import artifacts_pb2_grpc

from services.artifacts.admission import Admission
from services.artifacts.archive import Archive
from services.artifacts.directory_store import DirectoryStore
from services.artifacts.servicer import ArtifactsServicer
from services.artifacts.settings import ArtifactSettings
from services.artifacts.spool_client import SpoolClient
from services.artifacts.storage_watch import StorageWatch
from services.artifacts.store import ArtifactStore
from services.artifacts.sweeper import Sweeper
from services.common.channel import open_channel
from services.common.server import Service
from services.common.settings import SharedSettings


def open_store(settings: ArtifactSettings) -> ArtifactStore:
    """The bucket when one is set, else the directory. Nothing is asked of it yet."""
    if not settings.s3_bucket:
        return DirectoryStore(settings.directory, retention_days=settings.retention_days)
    # A directory needs no boto3.
    from services.artifacts.s3_store import S3Store

    return S3Store(settings)


def build(settings: ArtifactSettings, shared: SharedSettings) -> Service:
    """The artifacts service, ready to be served.

    It serves also while its store is away: it still tells what is queued, and `GetStorage` tells what is wrong.
    """
    store = open_store(settings)
    archive = Archive(store)
    spool = SpoolClient(open_channel(settings.validator_target, shared), seconds=settings.validator_seconds)
    watch = StorageWatch(store)
    servicer = ArtifactsServicer(
        archive, spool, watch, Admission(settings.concurrent_saves), enabled=settings.storage_enabled
    )
    sweeper = Sweeper(
        store,
        archive.removal,
        grace=timedelta(seconds=settings.sweep_grace_seconds),
        # A bucket's lifecycle sees to it there.
        retention=None if settings.s3_bucket else timedelta(days=settings.retention_days),
    )
    sweeping: list[asyncio.Task[None]] = []

    def register(server: grpc.aio.Server) -> None:
        artifacts_pb2_grpc.add_ArtifactsServiceServicer_to_server(servicer, server)

    async def start() -> None:
        await watch.start()
        sweeping.append(asyncio.create_task(sweeper.run(interval_seconds=settings.sweep_seconds)))

    async def stop() -> None:
        for task in sweeping:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await watch.stop()
        await spool.close()
        await store.close()

    return Service(full_name="ttb.artifacts.v1.ArtifactsService", register=register, start=start, stop=stop)
