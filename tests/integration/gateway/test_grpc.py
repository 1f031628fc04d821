"""Native gRPC and gRPC-Web share the port with REST."""

from __future__ import annotations

import struct

import grpc
import httpx
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from ttb.validator.v1 import validator_pb2, validator_pb2_grpc

from services.common.errors import invalid_field
from tests.integration.gateway.conftest import System
from tests.integration.gateway.stub_validator import REQUEST_ID, VERIFICATION


def _image(size: int) -> validator_pb2.VerifyLabelRequest:
    return validator_pb2.VerifyLabelRequest(images=[validator_pb2.LabelImage(content=bytes(size))])


def test_a_call_answers_with_its_metadata(system: System) -> None:
    stub = validator_pb2_grpc.ValidatorServiceStub(system.channel)
    answer, call = stub.VerifyLabel.with_call(_image(5_000_000), timeout=10)
    assert answer == VERIFICATION
    assert dict(call.initial_metadata())["x-ttb-request-id"] == REQUEST_ID
    ((request, metadata),) = system.validator.calls
    assert request == _image(5_000_000)
    assert metadata["x-client-ip"] == "127.0.0.1"


def test_errors_keep_their_details(system: System) -> None:
    system.validator.error = invalid_field("as_of", "is no date")
    stub = validator_pb2_grpc.ValidatorServiceStub(system.channel)
    with pytest.raises(grpc.RpcError) as caught:
        stub.VerifyLabel(_image(1))
    error = caught.value
    assert isinstance(error, grpc.Call)
    assert (error.code(), error.details()) == (grpc.StatusCode.INVALID_ARGUMENT, "as_of: is no date")
    trailers = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.reason == "INVALID_FIELD"


@pytest.mark.parametrize(
    ("path", "request_", "code"),
    [
        ("/ttb.validator.v1.ValidatorService/Nothing", b"", grpc.StatusCode.UNIMPLEMENTED),
        ("/ttb.ocr.v1.OcrService/ExtractText", b"", grpc.StatusCode.UNIMPLEMENTED),
        ("/ttb.artifacts.v1.ArtifactsService/ListArtifacts", b"", grpc.StatusCode.UNIMPLEMENTED),
        ("/ttb.validator.v1.ValidatorService/VerifyLabel", bytes(35 << 20), grpc.StatusCode.RESOURCE_EXHAUSTED),
    ],
)
def test_what_is_not_served_has_a_grpc_status(
    system: System, path: str, request_: bytes, code: grpc.StatusCode
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        system.channel.unary_unary(path)(request_)
    assert isinstance(caught.value, grpc.Call)
    assert caught.value.code() is code


def test_a_callers_deadline_holds(system: System) -> None:
    system.validator.delay = 2
    stub = validator_pb2_grpc.ValidatorServiceStub(system.channel)
    with pytest.raises(grpc.RpcError) as caught:
        stub.VerifyLabel(_image(1), timeout=0.3)
    assert isinstance(caught.value, grpc.Call)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_health_and_reflection_answer(system: System) -> None:
    answer = health_pb2_grpc.HealthStub(system.channel).Check(health_pb2.HealthCheckRequest())
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    (told,) = reflection_pb2_grpc.ServerReflectionStub(system.channel).ServerReflectionInfo(iter([asked]))
    assert "ttb.validator.v1.ValidatorService" in [each.name for each in told.list_services_response.service]


def test_grpc_web_answers(system: System) -> None:
    answer = system.http.post(
        "/ttb.validator.v1.ValidatorService/GetHealth",
        content=struct.pack(">BI", 0, 0),
        headers={"content-type": "application/grpc-web+proto", "x-grpc-web": "1", "origin": "http://console.example"},
    )
    assert answer.status_code == httpx.codes.OK
    flags, length = struct.unpack(">BI", answer.content[:5])
    assert flags == 0
    message = validator_pb2.GetHealthResponse.FromString(answer.content[5 : 5 + length])
    assert message.status == validator_pb2.HealthStatus.healthy
    assert b"grpc-status:0" in answer.content[5 + length :]
    assert "grpc-status" in answer.headers["access-control-expose-headers"]
