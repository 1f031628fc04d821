"""Every key of an artifact is made here, from an id that was checked: a key cannot leave its prefix.

The id is a UUIDv7, so day and order in time come from it alone. Index keys begin with 2^48 - 1 less its milliseconds,
which makes the newest come first in a store that lists in key order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import uuid_utils

from services.artifacts.model import ValidationStatus
from services.common import request_id
from services.common.errors import TtbError, invalid_field

METADATA = "metadata.json"
EXTRACTED_TEXT = "extracted_text.json"
VALIDATION_RESULT = "validation_result.json"
JSON_TYPE = "application/json"
EMPTY_TYPE = "application/octet-stream"

DELETING = "index/deleting/"
ALIASES = "index/aliases/"
TOMBSTONES = "tombstones/"

_EXTENSIONS = {"jpeg": "jpg", "png": "png", "webp": "webp", "tiff": "tiff", "gif": "gif", "heic": "heic", "pdf": "pdf"}
_FORMATS = {extension: image_format for image_format, extension in _EXTENSIONS.items()}
_IMAGE = re.compile(r"image(?:-([2-9]|[1-9][0-9]))?\.([a-z]{3,4})")

_MOST_MILLISECONDS = (1 << 48) - 1
_KEY = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,128}(?:/[A-Za-z0-9._-]{1,128}){0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the objects of one artifact are. Make it by `Place.of`, which checks the id."""

    identifier: str
    milliseconds: int

    @classmethod
    def of(cls, identifier: str) -> Place:
        """The place of an id. Raises `TtbError` (INVALID_FIELD `id`) for anything but a UUIDv7 in its usual form."""
        if request_id.is_request_id(identifier):
            milliseconds = uuid_utils.UUID(identifier).timestamp
            if milliseconds < _END_OF_DATES:
                return cls(identifier, milliseconds)
        raise invalid_field("id", "must be the id that a verification answered with: a UUIDv7 in lower case")

    @property
    def day(self) -> date:
        """The UTC day of the id."""
        return datetime.fromtimestamp(self.milliseconds // 1000, UTC).date()

    @property
    def folder(self) -> str:
        """Prefix of the artifact's objects."""
        return f"{day_prefix(self.day)}{self.identifier}/"

    def object(self, name: str) -> str:
        """Key of one of the artifact's objects."""
        return self.folder + name

    @property
    def metadata(self) -> str:
        """Key of the object whose presence makes the artifact exist."""
        return self.object(METADATA)

    def index(self, status: ValidationStatus | None) -> str:
        """Key of the artifact in the index of one verdict, or of all."""
        return f"{index_prefix(status)}{inverted(self.milliseconds)}-{self.identifier}"

    @property
    def indexes(self) -> tuple[str, ...]:
        """Every index key that the artifact can have; that of all verdicts last."""
        return (*(self.index(status) for status in ValidationStatus), self.index(None))

    @property
    def tombstone(self) -> str:
        """Key of the record that the artifact was deleted."""
        return f"{TOMBSTONES}{self.identifier}.json"

    @property
    def deleting(self) -> str:
        """Key that marks a deletion which is not finished."""
        return DELETING + self.identifier

    @property
    def alias(self) -> str:
        """Key that holds the id which an artifact is kept under, when a save before had the same idempotency digest."""
        return ALIASES + self.identifier


def place_or_none(identifier: str) -> Place | None:
    """The place of an id that was read from the store; None when it is no id."""
    try:
        return Place.of(identifier)
    except TtbError:
        return None


def idempotency_key(digest: str) -> str:
    """Key that holds the id of the first save with this digest (64 hex digits)."""
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise invalid_field("idempotency_digest", "must be a SHA-256 in lower-case hex, or empty")
    return f"index/keys/{digest}"


def index_prefix(status: ValidationStatus | None) -> str:
    """Prefix of the index of one verdict, or of all."""
    return f"index/{status or 'all'}/"


def inverted(milliseconds: int) -> str:
    """Milliseconds since 1970 as 15 digits that sort the newest first; any number is brought into the id's range."""
    return f"{_MOST_MILLISECONDS - min(max(milliseconds, 0), _MOST_MILLISECONDS):015d}"


def start_of(day: date) -> int:
    """The first millisecond of a UTC day."""
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1000


def day_prefix(day: date) -> str:
    """Prefix of all artifacts of a UTC day."""
    return f"artifacts/{day:%Y/%m/%d}/"


def tombstone_bounds(day: date) -> tuple[str, str]:
    """Keys between which the tombstones of a day's ids lie: after the first, before the second."""
    return ids_from(TOMBSTONES, start_of(day)), ids_from(TOMBSTONES, start_of(day + timedelta(days=1)))


def ids_from(prefix: str, milliseconds: int) -> str:
    """A key that lies between the ids made before this millisecond and the others, below a prefix that lists ids."""
    digits = f"{milliseconds:012x}"
    return f"{prefix}{digits[:8]}-{digits[8:]}"


def image_name(index: int, image_format: str) -> str:
    """Name of the image with this index, from 0. Raises `TtbError` for a format that is not kept."""
    extension = _EXTENSIONS.get(image_format)
    if extension is None:
        raise invalid_field("image_format", f"must be one of {', '.join(_EXTENSIONS)}")
    return f"image.{extension}" if index == 0 else f"image-{index + 1}.{extension}"


def image_of(name: str) -> tuple[int, str] | None:
    """Index and format of the image with this name; None when it is no image's name."""
    match = _IMAGE.fullmatch(name)
    if match is None or match[2] not in _FORMATS:
        return None
    return (int(match[1]) - 1 if match[1] else 0), _FORMATS[match[2]]


def content_type(image_format: str) -> str:
    """Media type of an image format."""
    return "application/pdf" if image_format == "pdf" else f"image/{image_format}"


def check_key(key: str) -> str:
    """The key, when it is one that a store may keep. Raises ValueError: such a key is a fault of the program."""
    if _KEY.fullmatch(key) is None:
        raise ValueError("a key must be made of plain segments")
    return key


def check_prefix(prefix: str) -> str:
    """The prefix, when keys of a store may begin with it; it may end inside a segment. Raises ValueError."""
    check_key(f"{prefix}x" if prefix.endswith("/") else prefix)
    return prefix


_END_OF_DATES = start_of(date(9999, 12, 31))
