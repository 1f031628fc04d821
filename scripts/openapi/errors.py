"""Errors: their one JSON shape, and which of them each method gives.

A method that `_OWN` does not name gives those that every method gives; the rest of its errors is documented when
somebody adds it there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import grpc

from gateway.config import Config
from gateway.roles import OPEN_REST
from gateway.upstreams import Rest
from services.common.errors import Reason
from services.common.status import DOMAIN, STATUS_OF

# How Envoy's transcoder maps gRPC's codes (google/rpc/code.proto), as far as ours go.
_HTTP_OF: dict[grpc.StatusCode, int] = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.DATA_LOSS: 500,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}
_ABOUT: dict[int, str] = {
    400: "The request is wrong; `BadRequest` names the fields.",
    401: "No valid token.",
    403: "The token does not permit this call.",
    404: "There is no such thing.",
    409: "It collides with another call.",
    413: "The body is too large.",
    429: "Too many calls at once; wait and repeat it.",
    500: "A fault of the system, or an object that was altered.",
    501: "Not built.",
    503: "Something that is needed is not there; repeat it later.",
    504: "It took too long.",
}

_EVERY = (
    Reason.INVALID_REQUEST,
    Reason.INVALID_FIELD,
    Reason.HEADERS_TOO_LARGE,
    Reason.TOO_MANY_CALLS,
    Reason.INTERNAL,
    Reason.SERVICE_UNAVAILABLE,
    Reason.SHUTTING_DOWN,
    Reason.TIMED_OUT,
    Reason.DEADLINE_TOO_SHORT,
)
# Health is open, and never counted.
_GUARDED = (Reason.TOKEN_REFUSED, Reason.NOT_PERMITTED, Reason.RATE_LIMITED)
_BODY = (Reason.BODY_TOO_LARGE, Reason.UPLOAD_TOO_SLOW)
_IMAGES = (
    Reason.MALFORMED_BODY,
    Reason.UNSUPPORTED_CONTENT_TYPE,
    Reason.UNKNOWN_FIELD,
    Reason.NO_IMAGE,
    Reason.TOO_MANY_IMAGES,
    Reason.IMAGE_TOO_LARGE,
    Reason.NOT_AN_IMAGE,
    Reason.IMAGE_TRUNCATED,
    Reason.TOO_MANY_PIXELS,
    Reason.UNKNOWN_RULE,
    Reason.QUEUE_FULL,
    Reason.OCR_UNAVAILABLE,
    Reason.BACKEND_UNAVAILABLE,
    Reason.BACKEND_FAILED,
    Reason.MODEL_NOT_READY,
)
_ARTIFACT = (
    Reason.ARTIFACT_UNKNOWN,
    Reason.ARTIFACT_QUEUED,
    Reason.ARTIFACT_DELETED,
    Reason.ARTIFACT_DAMAGED,
    Reason.STORE_UNAVAILABLE,
)
_OWN: dict[str, tuple[Reason, ...]] = {
    "VerifyUpload": _IMAGES,
    "CompareUpload": _IMAGES,
    "GetRule": (Reason.NO_SUCH_RULE,),
    "GetHealth": (Reason.BACKEND_UNAVAILABLE, Reason.OCR_UNAVAILABLE),
    "ListArtifacts": (Reason.STORE_UNAVAILABLE,),
    "GetArtifact": _ARTIFACT,
    "GetArtifactImage": (*_ARTIFACT, Reason.NO_SUCH_IMAGE),
    "DeleteArtifact": (Reason.ARTIFACT_UNKNOWN, Reason.STORE_UNAVAILABLE),
    "GetModelStatus": (Reason.MODEL_UNKNOWN,),
    "WatchModelStatus": (Reason.MODEL_UNKNOWN, Reason.QUEUE_FULL),
}


def http_status(reason: Reason) -> int:
    """The HTTP status that REST sends for a reason."""
    return 413 if reason is Reason.BODY_TOO_LARGE else _HTTP_OF[STATUS_OF[reason]]


def responses(method: str, rest: Rest, *, body: bool) -> Config:
    """The errors of one method, with or without a body, by HTTP status."""
    guarded = () if (rest.verb, rest.template) == OPEN_REST else _GUARDED
    reasons = (*_EVERY, *guarded, *(_BODY if body else ()), *_OWN.get(method, ()))
    by_status = _by_status(reasons)
    if "{" in rest.template:
        by_status.setdefault(404, [])
    return {
        str(status): {"$ref": f"#/components/responses/{_component(status)}"}
        if by_status[status] == _shared().get(status)
        else _response(status, by_status[status])
        for status in sorted(by_status)
    }


def components() -> Config:
    """The responses that `responses` refers to: those in which a method adds nothing of its own."""
    return {_component(status): _response(status, reasons) for status, reasons in sorted(_shared().items())}


def _shared() -> dict[int, list[Reason]]:
    return _by_status((*_EVERY, *_GUARDED))


def _by_status(reasons: Iterable[Reason]) -> dict[int, list[Reason]]:
    found: defaultdict[int, list[Reason]] = defaultdict(list)
    for reason in reasons:
        found[http_status(reason)].append(reason)
    return dict(found)


def _component(status: int) -> str:
    return f"Error{status}"


def _response(status: int, reasons: Iterable[Reason]) -> Config:
    names = ", ".join(f"`{reason}`" for reason in reasons)
    headers: Config = {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
    if status in (429, 503):
        headers["retry-after"] = {"$ref": "#/components/headers/retry-after"}
    return {
        "description": f"{_ABOUT[status]} {names}".strip(),
        "headers": headers,
        "content": {"application/json": {"schema": _reference("Error")}},
    }


def schemas() -> Config:
    """The components that every error refers to: a `google.rpc.Status` and its details."""
    return {
        "Error": _object(
            "Why a call failed (google.rpc.Status).",
            ["code", "message", "details"],
            {
                "code": {"type": "integer", "format": "int32", "description": "Number of the gRPC code."},
                "message": _text("What happened and what to do, for a person."),
                "details": {
                    "type": "array",
                    "description": "Always an ErrorInfo; the others where they help.",
                    "items": {"anyOf": [_reference(name) for name in ("ErrorInfo", "BadRequest", "RetryInfo")]},
                    "contains": _reference("ErrorInfo"),
                },
            },
        ),
        "ErrorInfo": _detail(
            "ErrorInfo",
            "What went wrong, for a program.",
            ["reason", "domain"],
            {
                "reason": {**_text("Stable name; more may be added."), "enum": [reason.value for reason in Reason]},
                "domain": {**_text("Whose reasons these are."), "const": DOMAIN},
                "metadata": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "description": "`request_id`, where a service made one.",
                },
            },
        ),
        "BadRequest": _detail(
            "BadRequest",
            "Which fields are wrong.",
            ["field_violations"],
            {
                "field_violations": {
                    "type": "array",
                    "description": "One for each.",
                    "items": _reference("FieldViolation"),
                    "minItems": 1,
                }
            },
        ),
        "FieldViolation": _object(
            "One bad field.",
            ["field", "description"],
            {
                "field": _text("Its name as it was sent: `images[0].content`."),
                "description": _text("What is wrong and what to do."),
            },
        ),
        "RetryInfo": _detail(
            "RetryInfo",
            "When the same call may succeed.",
            ["retry_delay"],
            {"retry_delay": {**_text("Seconds to wait: `2s`."), "pattern": r"^[0-9]+(\.[0-9]+)?s$"}},
        ),
    }


def _detail(name: str, about: str, required: list[str], properties: Config) -> Config:
    kind: Config = {"const": f"type.googleapis.com/google.rpc.{name}", "description": "Which detail this is."}
    return _object(about, ["@type", *required], {"@type": kind, **properties})


def _object(about: str, required: list[str], properties: Config) -> Config:
    return {"type": "object", "description": about, "properties": properties, "required": required}


def _text(about: str) -> Config:
    return {"type": "string", "description": about}


def _reference(name: str) -> Config:
    return {"$ref": f"#/components/schemas/{name}"}
