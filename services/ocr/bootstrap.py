"""The only place where the ocr service's objects are wired."""

from __future__ import annotations

import time

import grpc
from ttb.ocr.v1 import ocr_pb2_grpc

from services.common.channel import open_channel
from services.common.server import Service
from services.common.settings import SharedSettings
from services.ocr.admission import Admission
from services.ocr.engine import EngineName
from services.ocr.engines.ollama import OllamaEngine
from services.ocr.handles import ImageHandles
from services.ocr.model_download import ModelStatusClient, NoModelDownload
from services.ocr.pool import WorkerPool
from services.ocr.reader import Reader, VisionLimits
from services.ocr.servicer import OcrServicer
from services.ocr.settings import OcrSettings
from services.ocr.worker import WorkerSettings


def build(settings: OcrSettings, shared: SharedSettings) -> Service:
    """The ocr service, ready to be served. It is able to work while its pool runs and any local engine reads."""
    pool = WorkerPool(
        WorkerSettings(settings.threads_per_worker, settings.max_pixels, settings.task_seconds),
        workers=settings.workers,
        task_seconds=settings.task_seconds,
    )
    handles = ImageHandles(
        max_bytes=settings.handle_megabytes * 1024 * 1024, seconds=settings.handle_seconds, clock=time.monotonic
    )
    target = settings.modelstatus_target
    vision = OllamaEngine(
        host=settings.ollama_host,
        model=settings.ollama_model,
        seconds=settings.ollama_seconds,
        concurrency=settings.ollama_concurrency,
        expected=EngineName.OLLAMA in settings.backends,
        download=ModelStatusClient(open_channel(target, shared)) if target else NoModelDownload(),
    )
    admission = Admission(slots=settings.workers, waiting=settings.queue_size)
    limits = VisionLimits(settings.ollama_side, settings.auto_ollama_seconds)
    reader = Reader(pool, admission, handles, vision, limits)

    def register(server: grpc.aio.Server) -> None:
        ocr_pb2_grpc.add_OcrServiceServicer_to_server(OcrServicer(reader, settings.backends), server)

    async def warm_up() -> None:
        vision.start()
        reader.engines_are(await pool.start())

    async def stop() -> None:
        await pool.stop()
        await vision.close()

    async def able() -> bool:
        pool.revive()
        return pool.active and any(status.available for status in reader.backends())

    return Service(full_name="ttb.ocr.v1.OcrService", register=register, start=warm_up, stop=stop, able=able)
