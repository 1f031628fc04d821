"""The catalogue of errors: complete, and the same on both sides of the wire."""

import pickle

import grpc
import pytest
from grpc.aio import AioRpcError, Metadata

from services.common.errors import FieldViolation, Reason, TtbError, invalid_field
from services.common.status import DETAILS_KEY, STATUS_OF, from_rpc_error, to_status

HTTP_CODES_OF_THE_CONTRACT = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.DATA_LOSS,
    grpc.StatusCode.FAILED_PRECONDITION,
}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_status_of_the_contract(reason: Reason) -> None:
    assert STATUS_OF[reason] in HTTP_CODES_OF_THE_CONTRACT


def test_an_error_survives_the_wire() -> None:
    sent = TtbError(
        Reason.QUEUE_FULL, "Busy.", violations=[FieldViolation("file", "is empty")], retry_after_seconds=1.5
    )
    status = to_status(sent, "0198f3a1-0000-7000-8000-000000000000")
    trailers = Metadata((DETAILS_KEY, status.SerializeToString()))
    got = from_rpc_error(AioRpcError(STATUS_OF[sent.reason], Metadata(), trailers, status.message))
    assert got is not None
    assert (got.reason, got.message, got.violations, got.retry_after_seconds) == (
        sent.reason,
        sent.message,
        sent.violations,
        sent.retry_after_seconds,
    )


def test_an_error_from_elsewhere_is_not_ours() -> None:
    assert (
        from_rpc_error(AioRpcError(grpc.StatusCode.UNAVAILABLE, Metadata(), Metadata(), "connection refused")) is None
    )


def test_an_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(invalid_field("image", "is not an image", reason=Reason.NOT_AN_IMAGE)))  # noqa: S301
    assert (error.reason, error.violations) == (
        Reason.NOT_AN_IMAGE,
        (FieldViolation("image", "is not an image"),),
    )
