"""The only place where the downloader's objects are wired."""

from __future__ import annotations

from services.modelstatus.download.bandwidth import Bandwidth
from services.modelstatus.download.fetch import Fetcher
from services.modelstatus.download.ollama_server import OllamaServer
from services.modelstatus.download.reporter import Display, Reporter
from services.modelstatus.download.retry import RetryPolicy
from services.modelstatus.download.run import ModelDownload
from services.modelstatus.download.s3_model import S3Model, S3Place
from services.modelstatus.download.s3_source import S3Source
from services.modelstatus.names import ModelName
from services.modelstatus.settings import ModelDownloadSettings
from services.modelstatus.status import path_for
from services.modelstatus.store import OllamaStore


def build(settings: ModelDownloadSettings, configured_model: str, display: Display, *, export: bool) -> ModelDownload:
    """The download of the settings' model, ready to run. `configured_model` is the one of the plain status file."""
    name = ModelName.parse(settings.model)
    store = OllamaStore(settings.store)
    reporter = Reporter(path_for(settings.file, settings.model, configured_model), settings.model, display)
    bandwidth = Bandwidth(settings.megabytes_per_second * 1e6)

    def bucket() -> tuple[S3Place, S3Model]:
        source = S3Source(
            settings.s3_bucket,
            endpoint_url=settings.s3_endpoint_url,
            connections=settings.parallel_parts,
            timeout_seconds=settings.timeout_seconds,
        )
        place = S3Place(source, settings.s3_prefix)
        fetcher = Fetcher(source, reporter, bandwidth, settings.parallel_parts)
        part_size = settings.part_megabytes * 1024 * 1024
        return place, S3Model(place, store, name, fetcher, reporter, part_size=part_size)

    return ModelDownload(
        name,
        store,
        OllamaServer(settings.ollama_host),
        reporter,
        RetryPolicy(settings.attempts, settings.backoff_seconds, settings.max_backoff_seconds),
        bucket=bucket if settings.s3_bucket else None,
        to_export=export,
    )
