"""The forms in which images come over REST; the contract only says that bytes come, with a content type.

What the validator reads out of them is `services.validator.upload`, whose tables of fields are used here.
"""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor
from ttb.validator.v1 import validator_pb2

from gateway.config import Config, Json
from scripts.openapi.schemas import Schemas, Side
from services.artifacts.layout import content_type
from services.ocr.imaging import ImageFormat
from services.validator import upload
from services.validator.saving import idempotency

REQUEST: Descriptor = validator_pb2.VerifyUploadRequest.DESCRIPTOR
IMAGE_TYPES = tuple(content_type(each.value) for each in ImageFormat)

_TYPED = validator_pb2.VerifyLabelRequest.DESCRIPTOR
_APPLICATION = validator_pb2.Application.DESCRIPTOR
_IMAGE = validator_pb2.LabelImage.DESCRIPTOR
_FORM = "LabelForm"
_BYTES: Config = {"type": "string", "format": "binary"}

FORMS = (
    "As a form (`multipart/form-data`), the fields stand in the form or in the query string, each in one of them; a "
    "raw image takes them from the query string; with JSON the query string has to be empty."
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A method that takes uploads: the method of the same purpose that takes the typed request, and what is kept."""

    typed: str
    keeps: bool = False


UPLOADS = {"VerifyUpload": Upload("VerifyLabel", keeps=True), "CompareUpload": Upload("CompareBackends")}


def body(schemas: Schemas) -> Config:
    """The request body: form, raw image, or JSON."""
    images = _TYPED.fields_by_name["images"]
    files: Config = {**schemas.field(images, Side.ASKED), "items": _BYTES}
    schemas.components[_FORM] = {
        "type": "object",
        "description": schemas.comment(_TYPED.full_name),
        "properties": {upload.FILE_FIELD: files, **fields(schemas)},
        "required": [upload.FILE_FIELD],
        "additionalProperties": False,
    }
    encoding: Config = {upload.FILE_FIELD: {"contentType": ", ".join(IMAGE_TYPES)}}
    raw: Config = {image: {"schema": _BYTES} for image in (*IMAGE_TYPES, "application/octet-stream")}
    return {
        "required": True,
        "description": FORMS,
        "content": {
            "multipart/form-data": {"schema": {"$ref": f"#/components/schemas/{_FORM}"}, "encoding": encoding},
            **raw,
            "application/json": {"schema": schemas.message(_TYPED, Side.ASKED)},
        },
    }


def fields(schemas: Schemas) -> dict[str, Config]:
    """Schema by name of every field but the images: in the form and in the query string alike."""
    typed = {**_APPLICATION.fields_by_name, **_TYPED.fields_by_name}
    panel = _IMAGE.fields_by_name[upload.PANEL_FIELD]
    panels: Config = {
        "type": "array",
        "items": schemas.field(panel, Side.ASKED),
        "maxItems": 10,
        "description": schemas.comment(REQUEST.fields_by_name[upload.PANEL_FIELD].full_name),
    }
    return {
        field.name: panels if field.name == upload.PANEL_FIELD else schemas.field(typed[field.name], Side.ASKED)
        for field in REQUEST.fields
        if field.name in upload.TEXT_FIELDS
    }


def headers(given: Upload) -> list[Json]:
    """Parameters that stand in the request's headers."""
    if not given.keeps:
        return []
    schema: Config = {"type": "string", "maxLength": idempotency.MAX_CHARACTERS, "pattern": "^[ -~]*$"}
    about = "The same key with the same request is kept as one artifact, however often it is sent."
    return [{"name": idempotency.FIELD, "in": "header", "description": about, "schema": schema}]
