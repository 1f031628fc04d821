"""The validator's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from services.common.settings import ServiceSettings
from services.validator.rules.model import REGISTRY


class ValidatorSettings(ServiceSettings):
    """Where the validator listens, where it finds the other services, what it refuses, and how it keeps artifacts."""

    model_config = SettingsConfigDict(env_prefix="VALIDATOR_", frozen=True, populate_by_name=True)

    port: int = Field(50052, ge=0, le=55535, description="Port to listen on; metrics on this port + 10000.")
    ocr_target: str = Field("127.0.0.1:50051", description="gRPC target of the ocr service.", min_length=1)
    ocr_seconds: float = Field(
        115, gt=0, le=600, description="Longest that one reading may take. Keep it below `TTB_RPC_SECONDS`."
    )
    ocr_attempts: int = Field(
        2, ge=1, le=5, description="Attempts at one reading while the ocr service is away or restarting."
    )
    upload_megabytes: int = Field(32, ge=1, le=60, description="All images of one label together, in MiB.")
    form_parts: int = Field(300, ge=1, le=1000, description="Parts of one form, files and fields.")
    form_text_kilobytes: int = Field(64, ge=1, le=1024, description="Largest text of a form's part, in KiB.")
    panels: int = Field(10, ge=1, le=10, description="Panels of one label, pages of a PDF or TIFF counted one by one.")
    second_look_rounds: int = Field(
        2, ge=0, le=5, description="Rounds of second looks at doubtful places before the label is judged."
    )
    disabled_rules: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        description="Ids of rules that are evaluated for no request, separated by commas; answers name them "
        "(`rules_disabled`).",
    )
    artifacts_target: str = Field("127.0.0.1:50053", description="gRPC target of the artifacts service.", min_length=1)
    storage_enabled: bool = Field(
        True,
        validation_alias="ARTIFACT_STORAGE_ENABLED",
        description="Whether artifacts are kept at all; off, answers say `failed` and the spool rests.",
    )
    default_save: bool = Field(
        False,
        validation_alias="ARTIFACT_DEFAULT_SAVE",
        description="Whether an artifact is kept when the request does not say (`save_artifact`).",
    )
    artifact_wait_seconds: float = Field(
        0.25,
        ge=0,
        le=60,
        description="Longest that an answer waits for its artifact to be `stored` before it says `queued`.",
    )
    spool_directory: Path = Field(
        Path("var/spool"),
        description="Folder where artifacts wait to be handed over. It must outlive the process; one a validator.",
    )
    spool_megabytes: int = Field(1024, ge=1, description="Most that may wait in the spool, in MiB.")
    spool_write_seconds: float = Field(
        5.0, gt=0, le=60, description="Longest that an answer waits for the spool's disk before it says `failed`."
    )
    handover_workers: int = Field(4, ge=1, le=64, description="Artifacts that are handed over at once.")
    handover_seconds: float = Field(30.0, gt=0, le=600, description="Longest that handing over one artifact may take.")

    @field_validator("disabled_rules", mode="before")
    @classmethod
    def _parts(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("disabled_rules")
    @classmethod
    def _known(cls, value: frozenset[str]) -> frozenset[str]:
        unknown = sorted(value - REGISTRY.keys())
        if unknown:
            raise ValueError(f"{unknown[0]} is no rule; `ttb rules` and docs/rules.md list them all")
        return value
