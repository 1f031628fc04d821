"""Requests for what was kept, and an image of it, in Python's own values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

from google.api import httpbody_pb2
from ttb.artifacts.v1 import artifacts_pb2 as pb

Status: TypeAlias = Literal["passed", "failed", "needs_review"]

# A name that a server sends is never used for a file: it could lead anywhere.
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/tiff": ".tiff",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "application/pdf": ".pdf",
}
_IMAGES = 10


@dataclass(frozen=True, slots=True)
class ArtifactImage:
    """One image as it was uploaded, with its true type (`image/jpeg`) and a name for its file (`{id}-2.png`)."""

    content: bytes
    content_type: str
    filename: str


def list_request(
    start: date | None, end: date | None, status: Status | None, page_size: int, page_token: str
) -> pb.ListArtifactsRequest:
    """The request for one page. Raises ValueError for a status that does not exist."""
    if status is not None and status not in get_args(Status):
        raise ValueError(f"status: there is no {status!r}")
    return pb.ListArtifactsRequest(
        start_date=start.isoformat() if start else "",
        end_date=end.isoformat() if end else "",
        validation_status=pb.ValidationStatus.Value.Value(status) if status else pb.ValidationStatus.unspecified,
        page_size=page_size,
        page_token=page_token,
    )


def image_request(identifier: str, index: int) -> pb.GetArtifactImageRequest:
    """The request for one image. Raises ValueError for an index that no artifact has."""
    if not 0 <= index < _IMAGES:
        raise ValueError(f"index: give 0 to {_IMAGES - 1}")
    return pb.GetArtifactImageRequest(id=identifier, index=index)


def artifact_image(body: httpbody_pb2.HttpBody, identifier: str, index: int) -> ArtifactImage:
    """The image of an answer; the id in its name is one that the server has accepted."""
    number = f"-{index + 1}" if index else ""
    suffix = _SUFFIXES.get(body.content_type, ".bin")
    return ArtifactImage(body.data, body.content_type, f"{identifier}{number}{suffix}")
