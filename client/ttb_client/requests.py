"""Builds requests from Python's own values: files, names and numbers in, protobuf out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, TypedDict, TypeVar

import grpc
from google.protobuf import json_format
from ttb.common.v1 import backend_pb2
from ttb.ocr.v1 import ocr_pb2
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.errors import IMAGE_TOO_LARGE, FieldViolation, TtbError

MEGABYTE = 1024 * 1024
IMAGE_MEGABYTES = 20
LABEL_MEGABYTES = 32

Image: TypeAlias = Path | bytes
Panel: TypeAlias = Literal["front", "back", "side", "neck", "strip", "wrap", "collar", "other"]
ProductType: TypeAlias = Literal["wine", "distilled_spirits", "malt_beverage"]
Origin: TypeAlias = Literal["domestic", "imported", "bottled_after_import"]
ApplicationType: TypeAlias = Literal["cola", "exemption", "distinctive_bottle"]
Mode: TypeAlias = Literal["pre_approval", "market_check"]
OcrBackend: TypeAlias = Literal["auto", "tesseract", "rapidocr", "ollama"]


Number_co = TypeVar("Number_co", covariant=True)


class VerifyOptions(TypedDict, total=False):
    """Options of a verification, as `ttb.validator.v1.VerifyLabelRequest` explains them; None means not given."""

    product_type: ProductType | None
    origin: Origin | None
    application_type: ApplicationType | None
    for_export: bool
    mode: Mode | None
    as_of: date | None
    panels_complete: bool
    scale_mm_per_px: float | None
    container_ml: float | None
    lab_abv: float | None
    lab_so2_ppm: float | None
    lab_solids: float | None
    ocr_backend: OcrBackend | None
    save_artifact: bool | None
    disabled_rules: Sequence[str]


def verify_request(
    images: Sequence[Image],
    panels: Sequence[Panel],
    application: pb.Application | None,
    options: VerifyOptions,
) -> pb.VerifyLabelRequest:
    """The request for one label.

    Raises ValueError for an option or a panel that does not exist, OSError for a file that cannot be read, TtbError
    for images that the server would refuse for their size.
    """
    if panels and len(panels) != len(images):
        raise ValueError(f"panels: give one for each of the {len(images)} images, or none")
    panel_values = [_number(pb.Panel.Value, panel, "panels") for panel in panels]
    given = {name: _plain(value) for name, value in options.items() if value is not None}
    try:
        request = json_format.ParseDict(given, pb.VerifyLabelRequest())
    except json_format.ParseError as error:
        raise ValueError(str(error)) from error
    for index, content in enumerate(_contents(images)):
        image = request.images.add(content=content)
        if panels:
            image.panel = panel_values[index]
    if application is not None:
        request.application.CopyFrom(application)
    return request


def extract_request(image: Image, frame: int, backend: OcrBackend) -> ocr_pb2.ExtractTextRequest:
    """The request to read one image; raises as `verify_request` does."""
    (content,) = _contents([image])
    return ocr_pb2.ExtractTextRequest(
        image=content, frame=frame, backend=_number(backend_pb2.OcrBackend.Value, backend, "backend")
    )


class _Enum(Protocol[Number_co]):
    """One enum of the contract."""

    def Value(self, name: str) -> Number_co:  # noqa: N802 - protobuf's name
        """The number of a name."""


def _number(enum: _Enum[Number_co], name: str, field: str) -> Number_co:
    try:
        return enum.Value(name)
    except ValueError:
        raise ValueError(f"{field}: there is no {name!r}") from None


def _plain(value: object) -> object:
    """The value as protobuf's JSON parser takes it."""
    match value:
        case date():
            return value.isoformat()
        case tuple():
            return list(value)
        case _:
            return value


def _contents(images: Sequence[Image]) -> list[bytes]:
    """The images' bytes, of sizes that a server accepts; nothing larger is even read."""
    sizes = [image.stat().st_size if isinstance(image, Path) else len(image) for image in images]
    for index, (image, size) in enumerate(zip(images, sizes, strict=True)):
        if size > IMAGE_MEGABYTES * MEGABYTE:
            raise _too_large(f"images[{index}]", f"{_name(image, index)} has more than {IMAGE_MEGABYTES} MB")
    if sum(sizes) > LABEL_MEGABYTES * MEGABYTE:
        raise _too_large("images", f"all images together have more than {LABEL_MEGABYTES} MB")
    return [image.read_bytes() if isinstance(image, Path) else image for image in images]


def _name(image: Image, index: int) -> str:
    return image.name if isinstance(image, Path) else f"image {index + 1}"


def _too_large(field: str, what: str) -> TtbError:
    message = f"{what}; send a smaller or more compressed picture"
    return TtbError(
        grpc.StatusCode.INVALID_ARGUMENT, IMAGE_TOO_LARGE, message, violations=[FieldViolation(field, message)]
    )
