"""Between the contract and the domain."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NoReturn

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from ttb.artifacts.v1 import artifacts_pb2 as pb

from services.artifacts.model import Artifact, ArtifactPage, Image, Metadata, ValidationStatus
from services.artifacts.storage_watch import StorageState
from services.common.errors import invalid_field


def metadata_from_proto(metadata: pb.ArtifactMetadata) -> Metadata:
    """The metadata of a new artifact. Raises `TtbError` (INVALID_FIELD) for what is missing."""
    if not metadata.HasField("timestamp"):
        raise invalid_field("metadata.timestamp", "is missing; give the time of the verdict")
    status = validation_status(metadata.validation_status)
    if status is None:
        raise invalid_field("metadata.validation_status", "is missing; give the verdict")
    return Metadata(
        request_id=metadata.request_id,
        timestamp=datetime.fromtimestamp(metadata.timestamp.seconds, UTC),
        validation_status=status,
        client_ip=metadata.client_ip,
        image_size_bytes=round(metadata.image_size_bytes),
        image_format=metadata.image_format,
        ocr_backend=metadata.ocr_backend,
        validation_passed=metadata.validation_passed,
        processing_time_ms=metadata.processing_time_ms,
        model_version=metadata.model_version,
        rule_edition=metadata.rule_edition,
        request=json_format.MessageToDict(metadata.request),
        idempotency_digest=metadata.idempotency_digest,
        schema_version=metadata.schema_version,
    )


def metadata_to_proto(metadata: Metadata) -> pb.ArtifactMetadata:
    """The metadata as the contract shows it."""
    return pb.ArtifactMetadata(
        request_id=metadata.request_id,
        timestamp=_timestamp(metadata.timestamp),
        client_ip=metadata.client_ip,
        image_size_bytes=metadata.image_size_bytes,
        image_format=metadata.image_format,
        ocr_backend=metadata.ocr_backend,
        validation_passed=metadata.validation_passed,
        processing_time_ms=metadata.processing_time_ms,
        model_version=metadata.model_version,
        validation_status=pb.ValidationStatus.Value.Value(metadata.validation_status.value),
        sha256=metadata.sha256,
        rule_edition=metadata.rule_edition,
        schema_version=metadata.schema_version,
        request=_struct(metadata.request),
        idempotency_digest=metadata.idempotency_digest,
    )


def images_from_proto(images: Sequence[pb.ArtifactImage]) -> tuple[Image, ...]:
    """The images."""
    return tuple(Image(image.content, image.image_format) for image in images)


def check_json_objects(request: pb.SaveArtifactRequest) -> None:
    """Raise `TtbError` (INVALID_FIELD) unless both documents are what `artifact_to_proto` can give back."""
    for name, content in (("extracted_text", request.extracted_text), ("validation_result", request.validation_result)):
        try:
            document = json.loads(content, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise invalid_field(name, "must be JSON in UTF-8") from error
        if not isinstance(document, dict) or "schema_version" not in document:
            raise invalid_field(name, "must be a JSON object with a schema_version")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def artifact_to_proto(artifact: Artifact) -> pb.Artifact:
    """One artifact without its images. Slow for long texts: call it off the event loop."""
    return pb.Artifact(
        metadata=metadata_to_proto(artifact.metadata),
        extracted_text=_struct(json.loads(artifact.extracted_text)),
        validation_result=_struct(json.loads(artifact.validation_result)),
    )


def _struct(document: Mapping[str, Any]) -> Struct:
    # Twice as fast as json_format, which matters for pages of words.
    struct = Struct()
    struct.update(document)
    return struct


def page_to_proto(page: ArtifactPage) -> pb.ListArtifactsResponse:
    """One page of a listing."""
    return pb.ListArtifactsResponse(
        artifacts=[metadata_to_proto(each) for each in page.artifacts],
        next_page_token=page.next_page_token,
        damaged=page.damaged,
    )


def validation_status(value: pb.ValidationStatus.Value.ValueType) -> ValidationStatus | None:
    """The verdict; None when none is named."""
    return ValidationStatus(pb.ValidationStatus.Value.Name(value)) if value else None


def day(name: str, text: str) -> date | None:
    """The day in the field of that name; None when it is empty. Raises `TtbError` (INVALID_FIELD) for no such day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise invalid_field(name, "must be a day of the calendar as YYYY-MM-DD, for example 2026-01-31") from error


def deletion_to_proto(identifier: str, deleted_at: datetime) -> pb.DeleteArtifactResponse:
    """The answer to a deletion."""
    return pb.DeleteArtifactResponse(id=identifier, deleted_at=_timestamp(deleted_at))


def storage_to_proto(state: StorageState, *, store: str, enabled: bool) -> pb.Storage:
    """Where artifacts are kept."""
    return pb.Storage(
        enabled=enabled,
        store=store,
        available=state.available,
        reason=state.reason,
        retention=state.retention,
    )


def _timestamp(moment: datetime) -> Timestamp:
    return Timestamp(seconds=int(moment.timestamp()))
