"""The status file: the one thing that the downloader and the service share.

The downloader replaces it in one step, the service only reads it. It holds the JSON of `GET /model-status`, so that an
operator who looks at the file sees what a client sees.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from services.modelstatus.names import ModelName

MAX_BYTES = 64 * 1024
"""Readers refuse a larger file unread."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_MAX_COUNT = 2**53


class State(StrEnum):
    """Where a download stands; `READY` and `ERROR` are final."""

    NOT_STARTED = "not_started"
    DOWNLOADING = "downloading"
    EXTRACTING = "extracting"
    READY = "ready"
    ERROR = "error"


SourceName: TypeAlias = Literal["", "s3", "ollama"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes that are safely here, over all layers, and in all (0 while not known)."""

    downloaded_bytes: int = 0
    total_bytes: int = 0
    estimated_time_remaining_seconds: int | None = None

    @property
    def percentage(self) -> float:
        """0 to 100 with one decimal, rounded down: 100 means all."""
        return self.downloaded_bytes * 1000 // self.total_bytes / 10 if self.total_bytes else 0.0


@dataclass(frozen=True, slots=True)
class DownloadError:
    """Why there is no model: a stable code, and what happened and what to do."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """The state of one model's download. Times are UTC; the file keeps whole seconds."""

    model: str
    status: State
    progress: Progress = Progress()
    source: SourceName = ""
    started_at: datetime | None = None
    updated_at: datetime | None = None
    error: DownloadError | None = None
    attempt: int | None = None
    retry_at: datetime | None = None


def to_json(status: ModelStatus) -> bytes:
    """The contract's JSON in its key order; what is not known is left out."""
    progress: dict[str, object] = {
        "downloaded_bytes": status.progress.downloaded_bytes,
        "total_bytes": status.progress.total_bytes,
        "percentage": status.progress.percentage,
    }
    if status.progress.estimated_time_remaining_seconds is not None:
        progress["estimated_time_remaining_seconds"] = status.progress.estimated_time_remaining_seconds
    optional = {
        "started_at": status.started_at and status.started_at.strftime(_TIME),
        "updated_at": status.updated_at and status.updated_at.strftime(_TIME),
        "error": status.error and {"code": status.error.code, "message": status.error.message},
        "attempt": status.attempt,
        "retry_at": status.retry_at and status.retry_at.strftime(_TIME),
    }
    answer = {"model": status.model, "status": status.status.value, "progress": progress, "source": status.source}
    return json.dumps(answer | {key: value for key, value in optional.items() if value is not None}).encode() + b"\n"


def from_json(content: bytes) -> ModelStatus:
    """The status that a file holds. Raises ValueError with a sentence when it holds none."""
    if len(content) > MAX_BYTES:
        raise ValueError(f"The status file has more than {MAX_BYTES} bytes.")
    try:
        read = _File.model_validate_json(content)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise ValueError(f"The status file is not valid{place and f' at {place}'}: {problem['msg']}.") from None
    progress = read.progress
    return ModelStatus(
        model=read.model,
        status=read.status,
        progress=Progress(progress.downloaded_bytes, progress.total_bytes, progress.estimated_time_remaining_seconds),
        source=read.source,
        started_at=read.started_at,
        updated_at=read.updated_at,
        error=DownloadError(read.error.code, read.error.message) if read.error else None,
        attempt=read.attempt,
        retry_at=read.retry_at,
    )


def write(path: Path, status: ModelStatus) -> None:
    """Replace the file in one step, readable by all; nothing is synced because the folder is a tmpfs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(to_json(status))
    temporary.chmod(0o644)
    temporary.replace(path)


def path_for(file: Path, model: str, configured: str) -> Path:
    """The status file of a model: `file` itself for the configured one, a sibling for any other.

    `model-status.json` becomes `model-status.X_tag.json`. An underscore of a name is written `%5F`, so that two models
    never share a file. Raises ValueError when the name is not one.
    """
    name = ModelName.parse(model)
    if name == ModelName.parse(configured):
        return file
    safe = str(name).replace("_", "%5F").replace(":", "_")
    return file.with_name(f"{file.stem}.{safe}{file.suffix}")


def _read_time(value: object) -> object:
    return datetime.strptime(value, _TIME).replace(tzinfo=UTC) if isinstance(value, str) else value


_Time: TypeAlias = Annotated[datetime, BeforeValidator(_read_time)]
_Count: TypeAlias = Annotated[int, Field(ge=0, le=_MAX_COUNT)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _FileProgress(_Strict):
    downloaded_bytes: _Count
    total_bytes: _Count
    percentage: Annotated[float, Field(ge=0, le=100)]
    estimated_time_remaining_seconds: Annotated[int, Field(ge=0, lt=2**32)] | None = None

    def model_post_init(self, _context: Any) -> None:
        if self.downloaded_bytes > self.total_bytes:
            raise ValueError("more bytes are here than there are in all")


class _FileError(_Strict):
    code: Annotated[str, Field(min_length=1)]
    message: str


class _File(_Strict):
    model: Annotated[str, Field(min_length=1)]
    status: State
    progress: _FileProgress
    source: SourceName
    started_at: _Time | None = None
    updated_at: _Time
    error: _FileError | None = None
    attempt: Annotated[int, Field(ge=2, lt=2**32)] | None = None
    retry_at: _Time | None = None

    def model_post_init(self, _context: Any) -> None:
        if (self.error is not None) != (self.status is State.ERROR):
            raise ValueError("`error` stands with the status `error`, and only there")
