"""The one catalogue of errors: what can go wrong, told so that the caller knows what to do.

Domain code raises `TtbError` with a `Reason`; it knows nothing of gRPC. `services.common.status` maps each reason to
its status. Messages are public: they name the field and the remedy, never a path, a stack or an internal text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Stable names of errors, sent to clients as `google.rpc.ErrorInfo.reason` (domain `ttb`)."""

    INVALID_FIELD = "INVALID_FIELD"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    MALFORMED_BODY = "MALFORMED_BODY"
    UNSUPPORTED_CONTENT_TYPE = "UNSUPPORTED_CONTENT_TYPE"
    NO_IMAGE = "NO_IMAGE"
    TOO_MANY_IMAGES = "TOO_MANY_IMAGES"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    NOT_AN_IMAGE = "NOT_AN_IMAGE"
    IMAGE_TRUNCATED = "IMAGE_TRUNCATED"
    TOO_MANY_PIXELS = "TOO_MANY_PIXELS"
    NO_SUCH_FRAME = "NO_SUCH_FRAME"
    UNKNOWN_IMAGE_HANDLE = "UNKNOWN_IMAGE_HANDLE"
    UNKNOWN_RULE = "UNKNOWN_RULE"
    NO_SUCH_RULE = "NO_SUCH_RULE"
    QUEUE_FULL = "QUEUE_FULL"
    BACKEND_UNAVAILABLE = "BACKEND_UNAVAILABLE"
    BACKEND_FAILED = "BACKEND_FAILED"
    OCR_UNAVAILABLE = "OCR_UNAVAILABLE"
    ARTIFACT_UNKNOWN = "ARTIFACT_UNKNOWN"
    ARTIFACT_QUEUED = "ARTIFACT_QUEUED"
    ARTIFACT_DELETED = "ARTIFACT_DELETED"
    ARTIFACT_DAMAGED = "ARTIFACT_DAMAGED"
    NO_SUCH_IMAGE = "NO_SUCH_IMAGE"
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    STORAGE_DISABLED = "STORAGE_DISABLED"
    MODEL_UNKNOWN = "MODEL_UNKNOWN"
    MODEL_NOT_READY = "MODEL_NOT_READY"
    DEADLINE_TOO_SHORT = "DEADLINE_TOO_SHORT"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    NOT_BUILT_YET = "NOT_BUILT_YET"
    INTERNAL = "INTERNAL"

    # Given by the gateway itself.
    INVALID_REQUEST = "INVALID_REQUEST"
    NO_SUCH_ROUTE = "NO_SUCH_ROUTE"
    TOKEN_REFUSED = "TOKEN_REFUSED"  # noqa: S105 - a reason, not a secret
    NOT_PERMITTED = "NOT_PERMITTED"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    HEADERS_TOO_LARGE = "HEADERS_TOO_LARGE"
    UPLOAD_TOO_SLOW = "UPLOAD_TOO_SLOW"
    TOO_MANY_CALLS = "TOO_MANY_CALLS"
    RATE_LIMITED = "RATE_LIMITED"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    TIMED_OUT = "TIMED_OUT"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One bad field: its name as the client sent it, and what to do."""

    field: str
    description: str


class TtbError(Exception):
    """An error that a client is told about.

    `message` is public. `violations` name the bad fields. `retry_after_seconds` is set when the same call may succeed
    a little later.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        violations: Sequence[FieldViolation] = (),
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.violations = tuple(violations)
        self.retry_after_seconds = retry_after_seconds

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with all attributes: worker processes send their errors home."""
        return _rebuild, (self.reason, self.message, self.violations, self.retry_after_seconds)


def _rebuild(
    reason: Reason, message: str, violations: tuple[FieldViolation, ...], retry_after_seconds: float | None
) -> TtbError:
    return TtbError(reason, message, violations=violations, retry_after_seconds=retry_after_seconds)


def invalid_field(field: str, description: str, *, reason: Reason = Reason.INVALID_FIELD) -> TtbError:
    """The error for one bad field; the message repeats the violation, for clients that show only messages."""
    return TtbError(reason, f"{field}: {description}", violations=[FieldViolation(field, description)])
