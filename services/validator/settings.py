"""The validator's settings."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.common.settings import ServiceSettings


class ValidatorSettings(ServiceSettings):
    """Where the validator listens, where it finds the ocr service, and what it refuses."""

    model_config = SettingsConfigDict(env_prefix="VALIDATOR_", frozen=True)

    port: int = Field(50052, ge=0, le=55535, description="Port to listen on; metrics on this port + 10000.")
    ocr_target: str = Field("127.0.0.1:50051", description="gRPC target of the ocr service.", min_length=1)
    ocr_seconds: float = Field(90, gt=0, le=600, description="Longest that one reading may take.")
    ocr_attempts: int = Field(
        2, ge=1, le=5, description="Attempts at one reading while the ocr service is away or restarting."
    )
    upload_megabytes: int = Field(32, ge=1, le=60, description="All images of one label together, in MiB.")
    panels: int = Field(10, ge=1, le=10, description="Panels of one label, pages of a PDF or TIFF counted one by one.")
    second_look_rounds: int = Field(
        3, ge=0, le=5, description="Rounds of second looks at doubtful places before the label is judged."
    )
