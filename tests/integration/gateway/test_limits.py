"""The gateway's limits at their edges: just under is served, just over is refused, and the next request is served."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc
import httpx
import pytest
from google.rpc import error_details_pb2, status_pb2
from ttb.validator.v1 import validator_pb2, validator_pb2_grpc

from gateway.config import MEGABYTE
from gateway.settings import GatewaySettings
from tests.common.envoy import Gateway, running_envoy
from tests.common.ports import free_ports
from tests.integration.gateway.conftest import System
from tests.integration.gateway.stub_validator import StubValidator, running_stub

IMAGE = {"content-type": "image/jpeg"}
CONNECTIONS = 4


@dataclass(frozen=True)
class Tight:
    gateway: Gateway
    validator: StubValidator

    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.gateway.settings.port

    def works(self) -> bool:
        """Whether the next request is served."""
        return httpx.get(f"{self.gateway.url}/rules").status_code == httpx.codes.OK


@pytest.fixture(scope="module")
def running_tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tight]:
    port, admin_port, validator_port = free_ports(3)
    settings = GatewaySettings(
        port=port,
        admin_port=admin_port,
        validator_endpoints=f"127.0.0.1:{validator_port}",
        upstreams="validator",
        verify_body_megabytes=1,
        header_kilobytes=8,
        header_count=20,
        header_seconds=1,
        upload_seconds=2,
        max_calls=2,
        max_connections=CONNECTIONS,
    )
    with (
        running_stub(validator_port) as validator,
        running_envoy(settings, tmp_path_factory.mktemp("envoy")) as gateway,
    ):
        gateway.wait_until_healthy("validator")
        yield Tight(gateway, validator)


@pytest.fixture
def tight(running_tight: Tight) -> Tight:
    running_tight.validator.reset()
    return running_tight


def reason_of(answer: httpx.Response) -> str:
    return str(answer.json()["details"][0]["reason"])


def test_a_body_may_have_so_many_bytes(tight: Tight) -> None:
    verify = f"{tight.gateway.url}/verify"
    assert httpx.post(verify, content=bytes(MEGABYTE), headers=IMAGE).status_code == httpx.codes.OK
    over = httpx.post(verify, content=bytes(MEGABYTE + 1), headers=IMAGE)
    assert (over.status_code, reason_of(over)) == (413, "BODY_TOO_LARGE")
    assert tight.works()


def test_only_uploads_have_a_body(tight: Tight) -> None:
    over = httpx.request("GET", f"{tight.gateway.url}/rules", content=b"x")
    assert (over.status_code, reason_of(over)) == (400, "INVALID_REQUEST")
    assert tight.works()


def test_headers_may_have_so_many_bytes(tight: Tight) -> None:
    rules = f"{tight.gateway.url}/rules"
    assert httpx.get(rules, headers={"x-much": "x" * 7 * 1024}).status_code == httpx.codes.OK
    over = httpx.get(rules, headers={"x-much": "x" * 9 * 1024})
    assert (over.status_code, reason_of(over)) == (400, "HEADERS_TOO_LARGE")
    assert tight.works()


def test_there_may_be_so_many_headers(tight: Tight) -> None:
    rules = f"{tight.gateway.url}/rules"
    own = len(httpx.get(rules).request.headers)
    assert httpx.get(rules, headers={f"x-{n}": "" for n in range(20 - own)}).status_code == httpx.codes.OK
    over = httpx.get(rules, headers={f"x-{n}": "" for n in range(21)})
    assert (over.status_code, reason_of(over)) == (400, "HEADERS_TOO_LARGE")
    assert tight.works()


@pytest.mark.parametrize(
    ("sent", "least"),
    [
        pytest.param(b"GET /rules HTTP/1.1\r\nhost: x\r\n", 1, id="headers"),
        pytest.param(
            b"POST /verify HTTP/1.1\r\nhost: x\r\ncontent-type: image/jpeg\r\ncontent-length: 9\r\n\r\n", 2, id="body"
        ),
    ],
)
def test_a_request_has_to_arrive_in_time(tight: Tight, sent: bytes, least: int) -> None:
    with socket.create_connection(tight.address()) as connection:
        connection.settimeout(10)
        begun = time.monotonic()
        connection.sendall(sent)
        answer = connection.makefile("rb").read()
    assert least <= time.monotonic() - begun < least + 2
    assert answer.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"UPLOAD_TOO_SLOW" in answer
    assert tight.works()


def test_an_answer_has_to_come_in_time(system: System) -> None:
    limits = system.gateway.settings
    system.validator.delay = (limits.call_seconds + limits.verify_seconds) / 2
    slow = system.http.get("/rules")
    assert (slow.status_code, reason_of(slow)) == (504, "TIMED_OUT")
    assert system.http.post("/verify", content=b"x", headers=IMAGE).status_code == httpx.codes.OK
    system.validator.delay = limits.verify_seconds + 2
    slow = system.http.post("/verify", content=b"x", headers=IMAGE)
    assert (slow.status_code, reason_of(slow)) == (504, "TIMED_OUT")
    system.validator.reset()
    assert system.http.get("/rules").status_code == httpx.codes.OK


def test_so_many_calls_may_wait_for_a_service(tight: Tight) -> None:
    tight.validator.delay = 2
    stub = validator_pb2_grpc.ValidatorServiceStub
    with ThreadPoolExecutor(2) as pool, grpc.insecure_channel(tight.gateway.target) as channel:
        first = [pool.submit(httpx.post, f"{tight.gateway.url}/verify", content=b"x", headers=IMAGE) for _ in range(2)]
        tight.validator.wait_for_calls(2)
        over = httpx.get(f"{tight.gateway.url}/rules")
        with pytest.raises(grpc.RpcError) as caught:
            stub(channel).ListRules(validator_pb2.ListRulesRequest())
        assert [each.result().status_code for each in first] == [httpx.codes.OK] * 2
    assert (over.status_code, reason_of(over), over.headers["retry-after"]) == (429, "TOO_MANY_CALLS", "1")
    assert over.json()["details"][1]["retry_delay"] == "1s"
    assert isinstance(caught.value, grpc.Call)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    told = status_pb2.Status.FromString(dict(caught.value.trailing_metadata())["grpc-status-details-bin"])
    assert told.details[1].Is(error_details_pb2.RetryInfo.DESCRIPTOR)
    tight.validator.reset()
    assert tight.works()


def test_there_may_be_so_many_connections(tight: Tight) -> None:
    request = b"GET /rules HTTP/1.1\r\nhost: x\r\n\r\n"
    held = [socket.create_connection(tight.address(), timeout=5) for _ in range(CONNECTIONS)]
    try:
        for connection in held:
            connection.sendall(request)
            assert connection.recv(15) == b"HTTP/1.1 200 OK"
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{tight.gateway.url}/rules")
    finally:
        for connection in held:
            connection.close()
    # Envoy notices a moment later that they are gone.
    with httpx.Client(transport=httpx.HTTPTransport(retries=5)) as http:
        assert http.get(f"{tight.gateway.url}/rules").is_success
