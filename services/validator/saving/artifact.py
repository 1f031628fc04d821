"""What is kept of one verification: a `SaveArtifactRequest`, serialized.

It is built beside the event loop. Pages may have thousands of words, so they become JSON by plain code, which takes a
fraction of the time of protobuf's own printer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from google.protobuf import json_format
from ttb.artifacts.v1 import artifacts_pb2 as artifacts
from ttb.common.v1 import backend_pb2
from ttb.validator.v1 import validator_pb2 as pb

from services.common.page import Line, Page, Polygon

SCHEMA_VERSION = "1"
MAX_ADDRESS = 64


@dataclass(frozen=True, slots=True)
class Checked:
    """One verification: what was asked and answered, when and for whom.

    `image_formats` are the true formats of the request's images, `pages` what was read; `digest` is the idempotency
    digest or empty. `answer` must not change any more.
    """

    request: pb.VerifyLabelRequest
    answer: pb.Verification
    image_formats: Sequence[str]
    pages: Sequence[Page]
    at: datetime
    client_ip: str
    digest: str


def artifact(checked: Checked) -> bytes:
    """The serialized `SaveArtifactRequest`."""
    request, answer = checked.request, checked.answer
    metadata = artifacts.ArtifactMetadata(
        request_id=answer.request_id,
        client_ip=checked.client_ip[:MAX_ADDRESS],
        image_size_bytes=sum(len(image.content) for image in request.images),
        image_format=checked.image_formats[0],
        ocr_backend=backend_pb2.OcrBackend.Value.Name(answer.ocr_backend),
        validation_passed=answer.validation_passed,
        processing_time_ms=answer.processing_time_ms,
        model_version=answer.model_version,
        validation_status=artifacts.ValidationStatus.Value.Value(pb.Verdict.Value.Name(answer.verdict)),
        rule_edition=answer.as_of,
        schema_version=SCHEMA_VERSION,
        idempotency_digest=checked.digest,
    )
    metadata.timestamp.FromSeconds(int(checked.at.timestamp()))
    metadata.request.update(_asked(request))
    return artifacts.SaveArtifactRequest(
        metadata=metadata,
        images=[
            artifacts.ArtifactImage(content=image.content, image_format=image_format)
            for image, image_format in zip(request.images, checked.image_formats, strict=True)
        ],
        extracted_text=_json({"pages": [_page(page) for page in checked.pages]}),
        validation_result=_json(_answered(answer)),
    ).SerializeToString()


def _json(content: Mapping[str, Any]) -> bytes:
    versioned = {"schema_version": SCHEMA_VERSION, **content}
    return json.dumps(versioned, ensure_ascii=False, separators=(",", ":"), check_circular=False).encode()


def _asked(request: pb.VerifyLabelRequest) -> dict[str, Any]:
    """The request as its JSON, with the images' panels but not their bytes."""
    asked = pb.VerifyLabelRequest(images=[pb.LabelImage(panel=image.panel) for image in request.images])
    for field, value in request.ListFields():
        if field.name == "images":
            continue
        if field.is_repeated:
            getattr(asked, field.name).extend(value)
        elif field.message_type is not None:
            getattr(asked, field.name).CopyFrom(value)
        else:
            setattr(asked, field.name, value)
    return json_format.MessageToDict(asked, preserving_proto_field_name=True)


def _answered(answer: pb.Verification) -> dict[str, Any]:
    """The answer as REST shows it; whoever reads it finds the artifact stored."""
    kept = pb.Verification()
    kept.CopyFrom(answer)
    kept.artifact.id = answer.request_id
    kept.artifact.state = pb.ArtifactState.stored
    return json_format.MessageToDict(kept, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def _page(page: Page) -> dict[str, Any]:
    return {"width": page.width, "height": page.height, "lines": [_line(line) for line in page.lines]}


def _line(line: Line) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "text": line.text,
        "confidence": line.confidence,
        "polygon": _polygon(line.polygon),
        "angle_degrees": line.angle_degrees,
        "words": [
            {"text": word.text, "confidence": word.confidence, "polygon": _polygon(word.polygon)} for word in line.words
        ],
        "engine": line.engine,
    }
    measured: Iterable[tuple[str, float | None]] = (
        ("glyph_height_px", line.glyph_height_px),
        ("stroke_width_px", line.stroke_width_px),
        ("contrast_ratio", line.contrast_ratio),
    )
    shown.update((name, value) for name, value in measured if value is not None)
    shown["look"] = line.look
    return shown


def _polygon(polygon: Polygon) -> list[dict[str, int]]:
    return [{"x": point.x, "y": point.y} for point in polygon]
