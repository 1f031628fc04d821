"""Settings of the model status service and of the downloader; the README's table is made from these classes."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.common.settings import ServiceSettings
from services.modelstatus.names import ModelName

DEFAULT_FILE = Path("/run/ttb/model-status.json")
DEFAULT_MODEL = "llama3.2-vision"


def _checked(model: str) -> str:
    ModelName.parse(model)
    return model


class ModelStatusSettings(ServiceSettings):
    """What can be set for the service, from the environment with the prefix `MODEL_STATUS_`."""

    model_config = SettingsConfigDict(env_prefix="MODEL_STATUS_", frozen=True, populate_by_name=True)

    port: int = Field(
        50054, ge=0, le=55535, description="Port to listen on; metrics are on this port + 10000. 0 picks free ports."
    )
    file: Path = Field(DEFAULT_FILE, description="Status file of the configured model; others stand beside it.")
    model: str = Field(
        DEFAULT_MODEL, validation_alias="OLLAMA_MODEL", description="Model whose status is told when none is named."
    )
    stalled_seconds: float = Field(
        60,
        ge=15,
        le=3600,
        description="A download whose status is older than this is reported as `error` with code `stalled`.",
    )
    heartbeat_seconds: float = Field(
        15, gt=0, le=60, description="How often a stream repeats the state when nothing changes."
    )
    cache_seconds: float = Field(1, gt=0, le=5, description="Oldest answer that `GET /model-status` may give.")
    max_streams: int = Field(
        2000, ge=1, validation_alias="TTB_MAX_STREAMS", description="Watchers at once; more get RESOURCE_EXHAUSTED."
    )

    check_model = field_validator("model")(_checked)


class ModelDownloadSettings(BaseSettings):
    """What can be set for `python -m services.modelstatus download`; its options go before these."""

    model_config = SettingsConfigDict(env_prefix="MODEL_STATUS_", frozen=True, populate_by_name=True)

    file: Path = Field(DEFAULT_FILE, description="Status file that the downloader writes.")
    model: str = Field(DEFAULT_MODEL, validation_alias="OLLAMA_MODEL", description="Model that is downloaded.")
    store: Path = Field(
        Path("~/.ollama/models"),
        validation_alias="OLLAMA_MODELS",
        description="Ollama's model store, where the model is installed.",
    )
    ollama_host: str = Field(
        "http://127.0.0.1:11434",
        validation_alias="OLLAMA_HOST",
        description="Ollama server that confirms the model, and pulls it when S3 has none.",
    )
    s3_bucket: str = Field("", description="Bucket that holds the model; empty: `ollama pull`.")
    s3_prefix: str = Field("", description="Where the model is in the bucket, such as `models/`.")
    s3_endpoint_url: str = Field(
        "", validation_alias="S3_ENDPOINT_URL", description="S3-compatible server; empty: AWS."
    )
    part_megabytes: int = Field(16, ge=1, le=512, description="Size of one part of a download, in MiB.")
    parallel_parts: int = Field(8, ge=1, le=64, description="Parts that are fetched at the same time.")
    megabytes_per_second: float = Field(0, ge=0, description="Most that is fetched per second, in MB; 0: no limit.")
    attempts: int = Field(
        20, ge=1, le=1000, description="Attempts in a row that bring nothing before the download ends with an error."
    )
    backoff_seconds: float = Field(
        1, gt=0, le=60, description="Longest wait before the second attempt; it doubles with each further one."
    )
    max_backoff_seconds: float = Field(60, gt=0, le=3600, description="Longest wait between two attempts.")
    timeout_seconds: float = Field(
        30, gt=0, le=600, description="Longest that S3 may be silent before a request counts as failed."
    )

    check_model = field_validator("model")(_checked)

    @field_validator("store")
    @classmethod
    def _expand(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("s3_prefix")
    @classmethod
    def _as_folder(cls, value: str) -> str:
        return f"{value.strip('/')}/" if value.strip("/") else ""
