"""Every error over REST has one shape, a promised status, and says what to do: the services' and Envoy's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from gateway.settings import GatewaySettings
from services.common.errors import Reason, TtbError, invalid_field
from tests.common.envoy import running_envoy
from tests.common.ports import free_ports
from tests.integration.gateway.conftest import System
from tests.integration.gateway.stub_validator import REQUEST_ID, running_stub

IMAGE = {"content-type": "image/jpeg"}


def _check(answer: httpx.Response, status: int, code: int, reason: str, message: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["code"], body["details"][0]["reason"]) == (status, code, reason)
    assert message in body["message"]
    assert set(body) == {"code", "message", "details"}
    assert body["details"][0]["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"
    assert body["details"][0]["domain"] == "ttb"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("request_", "status", "code", "reason", "message"),
    [
        (("GET", "/nothing"), 404, 5, "NO_SUCH_ROUTE", "GET /rules, GET /rules/{id}, GET /health"),
        (("GET", "/verify"), 404, 5, "NO_SUCH_ROUTE", "POST /verify"),
        (("POST", "/health"), 404, 5, "NO_SUCH_ROUTE", "GET /health"),
        (("GET", "/artifacts"), 404, 5, "NO_SUCH_ROUTE", "Nothing is served"),
        (("GET", "/model-status"), 404, 5, "NO_SUCH_ROUTE", "Nothing is served"),
        (("POST", "/ttb.validator.v1.ValidatorService/VerifyLabel"), 404, 5, "NO_SUCH_ROUTE", "Nothing is served"),
        (("GET", "/rules?page=2"), 400, 3, "INVALID_REQUEST", '"page"'),
        (("GET", "/a%2fb"), 400, 3, "INVALID_REQUEST", "check its path"),
        (("GET", "/rules/%2e%2e/health"), 400, 3, "INVALID_REQUEST", "no `.` or `..` segments"),
    ],
)
def test_what_is_not_served_is_refused(
    system: System, request_: tuple[str, str], status: int, code: int, reason: str, message: str
) -> None:
    _check(system.http.request(*request_), status, code, reason, message)
    assert system.validator.calls == []


def test_an_unknown_field_in_the_query_is_named(system: System) -> None:
    answer = system.http.post("/verify?brand=x", content=b"x", headers=IMAGE)
    _check(answer, 400, 3, "INVALID_REQUEST", '"brand"')


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_told_the_limit(system: System, chunked: bool) -> None:
    part = bytes(1024 * 1024)
    body = (part for _ in range(35)) if chunked else part * 35
    answer = system.http.post("/verify", content=body, headers=IMAGE)
    _check(answer, 413, 11, "BODY_TOO_LARGE", "34 MiB (35651584 bytes)")
    assert system.validator.calls == []


def test_too_large_headers_are_a_bad_request(system: System) -> None:
    answer = system.http.get("/rules", headers={"x-much": "x" * 70_000})
    _check(answer, 400, 3, "HEADERS_TOO_LARGE", "fewer or shorter")


def test_a_services_error_arrives_whole(system: System) -> None:
    system.validator.error = invalid_field("as_of", "is no date; write YYYY-MM-DD, not 50%")
    answer = system.http.post("/verify", content=b"x", headers=IMAGE)
    _check(answer, 400, 3, "INVALID_FIELD", "as_of: is no date; write YYYY-MM-DD, not 50%")
    info, bad_request = answer.json()["details"]
    assert info["metadata"] == {"request_id": REQUEST_ID}
    assert bad_request["field_violations"][0]["field"] == "as_of"
    assert answer.headers["x-ttb-request-id"] == REQUEST_ID


@pytest.mark.parametrize(
    ("reason", "status", "code"),
    [
        (Reason.UNKNOWN_IMAGE_HANDLE, 404, 5),
        (Reason.QUEUE_FULL, 429, 8),
        (Reason.NOT_BUILT_YET, 501, 12),
        (Reason.INTERNAL, 500, 13),
        (Reason.OCR_UNAVAILABLE, 503, 14),
        (Reason.DEADLINE_TOO_SHORT, 504, 4),
    ],
)
def test_statuses_follow_the_grpc_mapping(system: System, reason: Reason, status: int, code: int) -> None:
    system.validator.error = TtbError(reason, "Do that.")
    _check(system.http.post("/verify", content=b"x", headers=IMAGE), status, code, reason, "Do that.")
    assert len(system.validator.calls) == 1


def test_a_service_that_is_too_slow_is_a_timeout(system: System) -> None:
    system.validator.delay = 2
    _check(system.http.get("/rules"), 504, 4, "TIMED_OUT", "too long")


def test_a_service_that_is_down_is_unavailable_until_it_is_back(tmp_path: Path) -> None:
    validator_port, port, admin_port = free_ports(3)
    settings = GatewaySettings(port=port, admin_port=admin_port, validator_endpoints=f"127.0.0.1:{validator_port}")
    with running_envoy(settings, tmp_path) as gateway:
        answer = httpx.get(f"{gateway.url}/health")
        _check(answer, 503, 14, "SERVICE_UNAVAILABLE", "try again")
        assert answer.headers["retry-after"] == "2"
        with running_stub(validator_port):
            gateway.wait_until_healthy("validator")
            assert httpx.get(f"{gateway.url}/health").status_code == httpx.codes.OK


def test_more_calls_than_a_service_is_given_are_refused(tmp_path: Path) -> None:
    validator_port, port, admin_port = free_ports(3)
    settings = GatewaySettings(
        port=port, admin_port=admin_port, validator_endpoints=f"127.0.0.1:{validator_port}", max_calls=1
    )
    with running_stub(validator_port) as validator, running_envoy(settings, tmp_path) as gateway:
        gateway.wait_until_healthy("validator")
        validator.delay = 2
        with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=gateway.url) as http:
            first = pool.submit(http.post, "/verify", content=b"x", headers=IMAGE)
            validator.wait_for_calls(1)
            answer = http.get("/rules")
            assert first.result().status_code == httpx.codes.OK
        _check(answer, 429, 8, "TOO_MANY_CALLS", "try again")
