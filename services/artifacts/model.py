"""An artifact: what was checked, when, and with what result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ValidationStatus(StrEnum):
    """The verdict that an artifact was stored with."""

    PASSED = "passed"
    FAILED = "failed"
    NEEDS_REVIEW = "needs_review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """`metadata.json`: written last, and so the commit of its artifact.

    `timestamp` is UTC in whole seconds; `image_size_bytes` counts all images; `sha256` maps each object's name in the
    artifact's folder to its SHA-256 in hex; `request` is what was asked, without the images.
    """

    request_id: str
    timestamp: datetime
    validation_status: ValidationStatus
    client_ip: str = ""
    image_size_bytes: int = 0
    image_format: str = ""
    ocr_backend: str = ""
    validation_passed: bool = False
    processing_time_ms: int = 0
    model_version: str = ""
    rule_edition: str = ""
    sha256: Mapping[str, str] = field(default_factory=dict)
    request: Mapping[str, Any] = field(default_factory=dict)
    idempotency_digest: str = ""
    schema_version: str = "1"


@dataclass(frozen=True, slots=True)
class Image:
    """One image: the bytes as uploaded, and their true format (`jpeg`, `png`, `webp`, `tiff`, `gif`, `heic`, `pdf`)."""

    content: bytes
    format: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """One artifact without its images; the two JSON objects as they were saved, in UTF-8."""

    metadata: Metadata
    extracted_text: bytes
    validation_result: bytes


@dataclass(frozen=True, slots=True)
class ArtifactPage:
    """One page of a listing, newest first; `damaged` are ids whose metadata was altered or truncated."""

    artifacts: tuple[Metadata, ...]
    damaged: tuple[str, ...]
    next_page_token: str
