"""Settings of the ocr service; the README's table is made from this class."""

from __future__ import annotations

import os
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from services.common.settings import ServiceSettings
from services.ocr.engine import EngineName

_MOST_DEFAULT_WORKERS = 4
_MOST_DEFAULT_THREADS = 2


def _default_workers() -> int:
    return min(len(os.sched_getaffinity(0)), _MOST_DEFAULT_WORKERS)


def _default_threads() -> int:
    return min(len(os.sched_getaffinity(0)), _MOST_DEFAULT_THREADS)


class OcrSettings(ServiceSettings):
    """What can be set, from the environment with the prefix `OCR_` (the Ollama server's two names have none)."""

    model_config = SettingsConfigDict(env_prefix="OCR_", frozen=True, populate_by_name=True)

    port: int = Field(
        50051, ge=0, le=55535, description="Port to listen on; metrics are on this port + 10000. 0 picks free ports."
    )
    backends: Annotated[tuple[EngineName, ...], NoDecode] = Field(
        (EngineName.TESSERACT, EngineName.RAPIDOCR),
        description="Backends that are expected, separated by commas; a missing one makes the system `degraded`.",
    )
    workers: int = Field(
        default_factory=_default_workers,
        ge=1,
        le=64,
        description="Worker processes, each reading one image at a time; about 1.3 GB each at most. "
        "Default: processors, at most 4.",
    )
    threads_per_worker: int = Field(
        default_factory=_default_threads,
        ge=1,
        le=64,
        description="Threads of the networks in each worker, which a single client gains by. "
        "Default: processors, at most 2.",
    )
    queue_size: int = Field(
        32, ge=1, le=10_000, description="Readings that may wait for a worker; more get RESOURCE_EXHAUSTED."
    )
    max_pixels: int = Field(
        50_000_000, ge=10_000, le=150_000_000, description="Largest image, in pixels, that is decoded."
    )
    task_seconds: float = Field(60, gt=0, le=3600, description="Longest that reading one image may take.")
    handle_seconds: float = Field(
        300, ge=0, le=3600, description="How long an image is remembered for a second look after its last use."
    )
    handle_megabytes: int = Field(
        256, ge=0, le=65536, description="Memory for images that are remembered for a second look, in MiB."
    )
    ollama_host: str = Field(
        "http://127.0.0.1:11434",
        validation_alias="OLLAMA_HOST",
        description="Address of the Ollama server.",
    )
    ollama_model: str = Field(
        "llama3.2-vision", validation_alias="OLLAMA_MODEL", description="Vision model that reads for backend `ollama`."
    )
    ollama_seconds: float = Field(110, gt=0, le=3600, description="Longest that the vision model may take.")
    ollama_side: int = Field(
        1120, ge=224, le=4096, description="Longest side, in pixels, of an image as the vision model gets it."
    )
    ollama_concurrency: int = Field(1, ge=1, le=64, description="Images that the vision model reads at once.")
    auto_ollama_seconds: float = Field(
        0,
        ge=0,
        le=600,
        description="How long `auto` waits for the vision model to confirm what the other engines read; "
        "0 means that `auto` does not ask it.",
    )
    modelstatus_target: str = Field(
        "127.0.0.1:50054",
        description="gRPC target of modelstatus, which tells how far the vision model's download is; empty: not asked.",
    )

    @field_validator("backends", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value
