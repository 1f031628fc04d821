"""One artifact as rows of the two tables.

The stored JSON is checked here against the shape that the tables need; keys of a later schema are passed over, since
the whole JSON goes along unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

from services.artifacts.export.schema import APPLICATION_FIELDS
from services.artifacts.model import Artifact
from services.common.errors import Reason, TtbError

UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class ExportedImage:
    """One image of an artifact: where it is in the dataset (None: left out), its SHA-256 in hex, its format."""

    path: str | None
    sha256: str
    format: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What one artifact adds to the tables, by column name."""

    artifact: Mapping[str, Any]
    fields: Sequence[Mapping[str, Any]]


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Point(_Stored):
    x: int
    y: int


class _Evidence(_Stored):
    image: int = 0
    polygon: tuple[_Point, ...] = ()


class _Field(_Stored):
    name: str
    value: str = ""
    text: str = ""
    state: str = UNSPECIFIED
    confidence: float = 0
    reason: str = ""
    evidence: tuple[_Evidence, ...] = ()


class _Finding(_Stored):
    rule_id: str
    severity: str = UNSPECIFIED
    citation: str = ""
    message: str = ""
    expected: str = ""
    found: str = ""


class _Result(_Stored):
    reasons: tuple[str, ...] = ()
    product_type: str = UNSPECIFIED
    origin: str = UNSPECIFIED
    fields: tuple[_Field, ...] = ()
    findings: tuple[_Finding, ...] = ()
    rules_not_checkable: tuple[str, ...] = ()


class _Line(_Stored):
    text: str
    look: int = 0


class _Page(_Stored):
    lines: tuple[_Line, ...] = ()


class _Text(_Stored):
    pages: tuple[_Page, ...] = ()


class _Request(_Stored):
    application: Mapping[str, str] = {}


def rows(artifact: Artifact, images: Sequence[ExportedImage], *, with_client_ip: bool = False) -> Rows:
    """The artifact's rows. Raises `TtbError` (ARTIFACT_DAMAGED) when its JSON is not what the tables need."""
    metadata = artifact.metadata
    name = "metadata.json"
    try:
        asked = _Request.model_validate(metadata.request).application
        edition = date.fromisoformat(metadata.rule_edition) if metadata.rule_edition else None
        name = "extracted_text.json"
        extracted, text = artifact.extracted_text.decode(), _Text.model_validate_json(artifact.extracted_text)
        name = "validation_result.json"
        answer, result = artifact.validation_result.decode(), _Result.model_validate_json(artifact.validation_result)
    except ValueError as error:
        problem = f"{name} of artifact {metadata.request_id} {_what_is_wrong(error)}"
        raise TtbError(Reason.ARTIFACT_DAMAGED, problem) from error
    application = {field: value for field in APPLICATION_FIELDS if (value := asked.get(field))}
    row = {
        "id": metadata.request_id,
        "timestamp": metadata.timestamp,
        "verdict": metadata.validation_status,
        "reasons": result.reasons,
        "findings": [each.model_dump() for each in result.findings],
        "rules_not_checkable": result.rules_not_checkable,
        "product_type": _known(result.product_type),
        "origin": _known(result.origin),
        "rule_edition": edition,
        "application": application or None,
        "text": "\n\n".join("\n".join(line.text for line in page.lines if not line.look) for page in text.pages),
        "images": [asdict(image) for image in images],
        "image_format": metadata.image_format,
        "image_size_bytes": metadata.image_size_bytes,
        "ocr_backend": metadata.ocr_backend,
        "model_version": metadata.model_version,
        "processing_time_ms": metadata.processing_time_ms,
        "request": to_json(metadata.request).decode(),
        "extracted_text": extracted,
        "validation_result": answer,
    }
    if with_client_ip:
        row["client_ip"] = metadata.client_ip
    return Rows(row, [_field_row(metadata.request_id, field, application) for field in result.fields])


def _field_row(artifact_id: str, field: _Field, application: Mapping[str, str]) -> Mapping[str, Any]:
    evidence = [place.model_dump() for place in field.evidence]
    first = evidence[0] if evidence else {"image": None, "polygon": None}
    return {
        "artifact_id": artifact_id,
        "name": field.name,
        "value": field.value or None,
        "text": field.text or None,
        "state": field.state,
        "confidence": field.confidence,
        "reason": field.reason or None,
        **first,
        "evidence": evidence,
        "application_value": application.get(field.name),
    }


def _known(value: str) -> str | None:
    return None if value == UNSPECIFIED else value


def _what_is_wrong(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        return f"cannot be put into the tables: {place or 'the whole'}: {problem['msg']}"
    return f"cannot be put into the tables: {error}"
