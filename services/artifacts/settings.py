"""Settings of the artifacts service; the README's table is made from this class."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.common.settings import ServiceSettings


class ArtifactSettings(ServiceSettings):
    """Where artifacts are kept and for how long, with the prefix `ARTIFACT_` (the S3 endpoint's name has none)."""

    model_config = SettingsConfigDict(env_prefix="ARTIFACT_", frozen=True, populate_by_name=True)

    port: int = Field(
        50053, ge=0, le=55535, description="Port to listen on; metrics are on this port + 10000. 0 picks free ports."
    )
    storage_enabled: bool = Field(
        True, description="Whether new artifacts are kept. When off, what is kept can still be read and deleted."
    )
    s3_bucket: str = Field(
        "",
        description="Bucket that keeps the artifacts; empty: the directory does.",
        pattern=r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$",
    )
    s3_endpoint_url: str | None = Field(
        None,
        validation_alias="S3_ENDPOINT_URL",
        description="Address of an S3-compatible server; without it, AWS.",
        pattern=r"^(https?://\S+)?$",
    )
    s3_connect_seconds: float = Field(3, gt=0, le=60, description="Longest that connecting to S3 may take.")
    s3_read_seconds: float = Field(4, gt=0, le=600, description="Longest that S3 may stay silent during one call.")
    s3_attempts: int = Field(3, ge=1, le=10, description="Attempts at one S3 call, with growing waits between.")
    s3_connections: int = Field(32, ge=1, le=256, description="Connections to S3, and so calls at one time.")
    directory: Path = Field(Path("var/artifacts"), description="Folder that keeps the artifacts without a bucket.")
    retention_days: int = Field(
        365,
        ge=1,
        le=36500,
        description="Days that the directory keeps an artifact. In S3 the bucket's lifecycle decides.",
    )
    sweep_seconds: float = Field(
        3600, ge=1, le=86400, description="Time between two sweeps: unfinished deletions, half saves, retention."
    )
    sweep_grace_seconds: float = Field(
        3600, ge=1, le=86400, description="Age from which a save that was never committed is given up and removed."
    )
    concurrent_saves: int = Field(
        8, ge=1, le=256, description="Artifacts that are saved at one time; each holds its images in memory."
    )
    validator_target: str = Field(
        "127.0.0.1:50052", description="gRPC target of the validator, which knows what is still queued.", min_length=1
    )
    validator_seconds: float = Field(
        1.0, gt=0, le=60, description="Longest to wait for the validator to tell whether an artifact is queued."
    )
