"""The one error of the client: what the server, the gateway or the connection said, told so that it can be acted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

DOMAIN = "ttb"
DETAILS_KEY = "grpc-status-details-bin"

# Reasons of the client's own; all others are the server's.
UNREACHABLE = "UNREACHABLE"
UNAVAILABLE = "UNAVAILABLE"
TIMED_OUT = "TIMED_OUT"
IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One bad field: its name as it was sent, and what to do."""

    field: str
    description: str


class TtbError(Exception):
    """A call that gave no answer.

    `code` is the gRPC status, `reason` a stable name (`NOT_AN_IMAGE`, `QUEUE_FULL`, `UNREACHABLE`), `message` says what
    to do. `violations` name the bad fields. `retry_after` (seconds) is set when the same call may succeed later.
    `request_id` names the call in the server's logs; it is empty when no server answered.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        reason: str,
        message: str,
        *,
        violations: Sequence[FieldViolation] = (),
        retry_after: float | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.code = code
        self.reason = reason
        self.message = message
        self.violations = tuple(violations)
        self.retry_after = retry_after
        self.request_id = request_id


class FailedCall(Protocol):
    """What `grpc` and `grpc.aio` raise, seen alike."""

    def code(self) -> grpc.StatusCode:
        """Its status."""

    def details(self) -> str | None:
        """Its message."""

    def initial_metadata(self) -> Sequence[tuple[str, str | bytes]] | None:
        """What the server sent first; nothing when none was reached."""

    def trailing_metadata(self) -> Sequence[tuple[str, str | bytes]] | None:
        """What the server sent last."""


def from_call(call: FailedCall, url: str) -> TtbError:
    """The error of a failed call to the gateway at `url`."""
    trailing = tuple(call.trailing_metadata() or ())
    for key, value in trailing:
        if key == DETAILS_KEY and isinstance(value, bytes):
            told = _from_rich_status(call.code(), value)
            if told is not None:
                return told
    return _from_plain_status(call, url, answered=bool(trailing or call.initial_metadata()))


def _from_rich_status(code: grpc.StatusCode, data: bytes) -> TtbError | None:
    try:
        status = status_pb2.Status.FromString(data)
    except DecodeError:
        return None
    info = error_details_pb2.ErrorInfo()
    bad_request = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    retry_after: float | None = None
    for detail in status.details:
        if detail.Unpack(retry):
            retry_after = retry.retry_delay.ToMilliseconds() / 1000
        elif not detail.Unpack(info):
            detail.Unpack(bad_request)
    if info.domain != DOMAIN:
        return None
    return TtbError(
        code,
        info.reason,
        status.message,
        violations=[FieldViolation(each.field, each.description) for each in bad_request.field_violations],
        retry_after=retry_after,
        request_id=info.metadata.get("request_id", ""),
    )


def _from_plain_status(call: FailedCall, url: str, *, answered: bool) -> TtbError:
    code, details = call.code(), (call.details() or "").strip()
    match code:
        case grpc.StatusCode.UNAVAILABLE if not answered:
            message = f"nothing answers at {url}; check that the gateway runs and that the URL is right"
            return TtbError(code, UNREACHABLE, f"{message} ({_cause(details)})" if details else message)
        case grpc.StatusCode.UNAVAILABLE:
            return TtbError(code, UNAVAILABLE, f"the service behind {url} does not answer; try again in a few seconds")
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return TtbError(code, TIMED_OUT, f"no answer from {url} in time; allow more time, or send less")
        case grpc.StatusCode.UNIMPLEMENTED:
            return TtbError(code, code.name, f"what answers at {url} does not offer this; check the URL")
        case _:
            return TtbError(code, code.name, details or f"the call to {url} failed")


def _cause(details: str) -> str:
    """The end of grpc's chain of causes: `Connection refused`."""
    return details.rpartition(": ")[2]
