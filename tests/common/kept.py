"""Artifacts for tests: drawn labels with the text and the answer that a verification would have kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import uuid_utils

from services.artifacts.archive import Archive
from services.artifacts.model import Artifact, Image, Metadata, ValidationStatus
from tests.common.drawn import drawn, file

PLACE = [{"x": 30, "y": 30}, {"x": 330, "y": 30}, {"x": 330, "y": 66}, {"x": 30, "y": 66}]


@dataclass(frozen=True, slots=True)
class Kept:
    """One artifact with its images."""

    artifact: Artifact
    images: tuple[Image, ...]

    @property
    def id(self) -> str:
        return self.artifact.metadata.request_id

    async def save(self, archive: Archive) -> None:
        """Keep it."""
        artifact = self.artifact
        await archive.save(artifact.metadata, self.images, artifact.extracted_text, artifact.validation_result)


def kept(
    when: datetime,
    status: ValidationStatus = ValidationStatus.PASSED,
    *,
    formats: Sequence[str] = ("png",),
    **answer: Any,
) -> Kept:
    """An artifact of that moment (UTC); `answer` replaces parts of its validation result."""
    identifier = str(uuid_utils.uuid7(nanoseconds=round(when.timestamp() * 1000) * 1_000_000))
    images = tuple(_image(each, panel) for panel, each in enumerate(formats))
    metadata = Metadata(
        request_id=identifier,
        timestamp=when.replace(microsecond=0).astimezone(UTC),
        validation_status=status,
        client_ip="192.0.2.7",
        image_size_bytes=sum(len(image.content) for image in images),
        image_format=images[0].format,
        ocr_backend="auto",
        validation_passed=status is ValidationStatus.PASSED,
        processing_time_ms=1523,
        model_version="tesseract 5.5",
        rule_edition=when.date().isoformat(),
        request={"application": {"brand_name": "STONE'S THROW"}, "ocr_backend": "auto"},
    )
    line = {"text": "STONE'S THROW", "confidence": 0.98, "polygon": PLACE, "angle_degrees": 0, "words": [], "look": 0}
    again = {**line, "text": "STONES THROW", "look": 1}
    text = {"schema_version": "1", "pages": [{"width": 700, "height": 348, "lines": [line, again]}] * len(images)}
    brand = {
        "name": "brand_name",
        "value": "STONE'S THROW",
        "text": "STONE'S THROW",
        "state": "read",
        "confidence": 0.98,
        "evidence": [{"image": 0, "polygon": PLACE}],
    }
    vintage = {
        "name": "vintage", "value": "", "text": "", "state": "not_on_images", "confidence": 0.0, "evidence": []
    }  # fmt: skip
    result = {
        "schema_version": "1",
        "request_id": identifier,
        "verdict": status,
        "reasons": [],
        "product_type": "wine",
        "origin": "unspecified",
        "fields": [brand, vintage],
        "findings": [],
        "rules_not_checkable": ["health-warning.type-size"],
    } | answer
    return Kept(Artifact(metadata, json.dumps(text).encode(), json.dumps(result).encode()), images)


@cache
def _image(image_format: str, panel: int) -> Image:
    return Image(file(drawn("STONE'S THROW", f"PANEL {panel}"), image_format.upper()), image_format)
