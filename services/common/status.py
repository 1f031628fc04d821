"""The one table from the reasons of `services.common.errors` to gRPC status, and its rich form on the wire.

A rich status (`google.rpc.Status` in the trailer `grpc-status-details-bin`) always holds an `ErrorInfo`; bad fields
come as `BadRequest`, and a call worth repeating holds a `RetryInfo`.
"""

from __future__ import annotations

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2, status_pb2

from services.common.errors import FieldViolation, Reason, TtbError

DOMAIN = "ttb"
DETAILS_KEY = "grpc-status-details-bin"

STATUS_OF: dict[Reason, grpc.StatusCode] = {
    Reason.INVALID_FIELD: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.UNKNOWN_FIELD: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.MALFORMED_BODY: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.UNSUPPORTED_CONTENT_TYPE: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.NO_IMAGE: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.TOO_MANY_IMAGES: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.IMAGE_TOO_LARGE: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.NOT_AN_IMAGE: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.IMAGE_TRUNCATED: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.TOO_MANY_PIXELS: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.NO_SUCH_FRAME: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.UNKNOWN_IMAGE_HANDLE: grpc.StatusCode.NOT_FOUND,
    Reason.UNKNOWN_RULE: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.NO_SUCH_RULE: grpc.StatusCode.NOT_FOUND,
    Reason.QUEUE_FULL: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Reason.BACKEND_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Reason.BACKEND_FAILED: grpc.StatusCode.UNAVAILABLE,
    Reason.OCR_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Reason.ARTIFACT_UNKNOWN: grpc.StatusCode.NOT_FOUND,
    Reason.ARTIFACT_QUEUED: grpc.StatusCode.NOT_FOUND,
    Reason.ARTIFACT_DELETED: grpc.StatusCode.NOT_FOUND,
    Reason.ARTIFACT_DAMAGED: grpc.StatusCode.DATA_LOSS,
    Reason.NO_SUCH_IMAGE: grpc.StatusCode.NOT_FOUND,
    Reason.STORE_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Reason.STORAGE_DISABLED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.MODEL_UNKNOWN: grpc.StatusCode.NOT_FOUND,
    Reason.MODEL_NOT_READY: grpc.StatusCode.UNAVAILABLE,
    Reason.DEADLINE_TOO_SHORT: grpc.StatusCode.DEADLINE_EXCEEDED,
    Reason.SHUTTING_DOWN: grpc.StatusCode.UNAVAILABLE,
    Reason.NOT_BUILT_YET: grpc.StatusCode.UNIMPLEMENTED,
    Reason.INTERNAL: grpc.StatusCode.INTERNAL,
    Reason.INVALID_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.NO_SUCH_ROUTE: grpc.StatusCode.NOT_FOUND,
    Reason.TOKEN_REFUSED: grpc.StatusCode.UNAUTHENTICATED,
    Reason.NOT_PERMITTED: grpc.StatusCode.PERMISSION_DENIED,
    Reason.BODY_TOO_LARGE: grpc.StatusCode.OUT_OF_RANGE,
    Reason.HEADERS_TOO_LARGE: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.UPLOAD_TOO_SLOW: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.TOO_MANY_CALLS: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Reason.RATE_LIMITED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Reason.SERVICE_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Reason.TIMED_OUT: grpc.StatusCode.DEADLINE_EXCEEDED,
}


def grpc_code(reason: Reason) -> int:
    """The reason's gRPC code as a number, as it stands in the JSON of an error."""
    code: int = STATUS_OF[reason].value[0]
    return code


def to_status(error: TtbError, request_id: str = "") -> status_pb2.Status:
    """The error as a rich status; the request id, when given, stands in the ErrorInfo's metadata."""
    info = error_details_pb2.ErrorInfo(
        reason=error.reason, domain=DOMAIN, metadata={"request_id": request_id} if request_id else {}
    )
    details: list[error_details_pb2.ErrorInfo | error_details_pb2.BadRequest | error_details_pb2.RetryInfo] = [info]
    if error.violations:
        violations = [
            error_details_pb2.BadRequest.FieldViolation(field=each.field, description=each.description)
            for each in error.violations
        ]
        details.append(error_details_pb2.BadRequest(field_violations=violations))
    if error.retry_after_seconds is not None:
        delay = Duration()
        delay.FromMilliseconds(round(error.retry_after_seconds * 1000))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    packed: list[Any] = []
    for detail in details:
        any_detail = Any()
        any_detail.Pack(detail)
        packed.append(any_detail)
    return status_pb2.Status(code=grpc_code(error.reason), message=error.message, details=packed)


def from_rpc_error(error: grpc.aio.AioRpcError) -> TtbError | None:
    """The `TtbError` that a service of ours sent, or None when the error came from elsewhere (transport, proxy)."""
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            return _from_status(status_pb2.Status.FromString(value))
    return None


def _from_status(status: status_pb2.Status) -> TtbError | None:
    reason: Reason | None = None
    violations: list[FieldViolation] = []
    retry_after: float | None = None
    for detail in status.details:
        info = error_details_pb2.ErrorInfo()
        bad_request = error_details_pb2.BadRequest()
        retry = error_details_pb2.RetryInfo()
        if detail.Unpack(info) and info.domain == DOMAIN and info.reason in set(Reason):
            reason = Reason(info.reason)
        elif detail.Unpack(bad_request):
            violations = [FieldViolation(each.field, each.description) for each in bad_request.field_violations]
        elif detail.Unpack(retry):
            retry_after = retry.retry_delay.ToMilliseconds() / 1000
    if reason is None:
        return None
    return TtbError(reason, status.message, violations=violations, retry_after_seconds=retry_after)
