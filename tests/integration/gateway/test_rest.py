"""What REST callers see of good requests, and what the validator gets of them."""

from __future__ import annotations

import json

import httpx
import pytest
from google.api.httpbody_pb2 import HttpBody
from ttb.validator.v1 import validator_pb2

from tests.integration.gateway.conftest import System
from tests.integration.gateway.stub_validator import REQUEST_ID

# Not UTF-8, and with what line-based code would break.
IMAGE = b"\xff\xd8\xff\x00\r\n--boundary\r\n\x00\xfe" * 50


def _upload(system: System) -> validator_pb2.VerifyUploadRequest:
    ((request, _),) = system.validator.calls
    assert isinstance(request, validator_pb2.VerifyUploadRequest)
    return request


def test_the_answer_has_the_contracts_shape(system: System) -> None:
    answer = system.http.post("/verify", content=IMAGE, headers={"content-type": "image/jpeg"})
    assert answer.status_code == httpx.codes.OK
    assert answer.headers["content-type"] == "application/json"
    # As text, since the order of keys counts, and numbers must not be strings.
    assert answer.text == json.dumps(
        {
            "request_id": REQUEST_ID,
            "verdict": "failed",
            "validation_passed": False,
            "reasons": ["The health warning prints SHOULD DRINK where 27 CFR 16.21 requires SHOULD NOT DRINK."],
            "product_type": "wine",
            "as_of": "2026-11-22",
            "fields": [
                {
                    "name": "alcohol_content",
                    "value": "13.5",
                    "text": "ALC. 13.5% BY VOL.",
                    "state": "read",
                    "confidence": 0.98,
                    "evidence": [{"image": 0, "polygon": [{"x": 102, "y": 711}]}],
                    "reason": "",
                }
            ],
            "findings": [
                {
                    "rule_id": "health-warning.wording",
                    "severity": "violation",
                    "citation": "27 CFR 16.21",
                    "message": "...",
                    "expected": "",
                    "found": "",
                    "evidence": [{"image": 1, "polygon": []}],
                }
            ],
            "rules_not_checkable": [],
            "ocr_backend": "auto",
            "model_version": "1",
            "processing_time_ms": 1523,
            "timings": [{"stage": "ocr", "milliseconds": 1310}],
            "artifact": {"id": REQUEST_ID, "state": "stored", "reason": ""},
            "origin": "unspecified",
            "rules_disabled": [],
        },
        separators=(",", ":"),
    )


@pytest.mark.parametrize(
    ("path", "body"), [("/health", {"status": "healthy", "backends": [], "version": ""}), ("/rules", {"rules": []})]
)
def test_the_other_paths_answer(system: System, path: str, body: dict[str, object]) -> None:
    answer = system.http.get(path)
    assert answer.status_code == httpx.codes.OK
    assert answer.json() == body


def test_a_rule_is_found_by_the_path_alone(system: System) -> None:
    assert system.http.get("/rules/health-warning.wording").json()["rule_id"] == "health-warning.wording"
    assert system.http.get("/rules/wine.brand?id=app.vintage").json()["rule_id"] == "wine.brand"
    assert system.http.get("/rules/").status_code == httpx.codes.BAD_REQUEST


def test_a_raw_image_arrives_intact_with_the_query_as_fields(system: System) -> None:
    system.http.post(
        "/verify?brand_name=Stone%27s+Throw&alcohol_content=13.5%25&disabled_rules=a&disabled_rules=b&panel=front",
        content=IMAGE,
        headers={"content-type": "image/jpeg"},
    )
    assert _upload(system) == validator_pb2.VerifyUploadRequest(
        upload=HttpBody(content_type="image/jpeg", data=IMAGE),
        brand_name="Stone's Throw",
        alcohol_content="13.5%",
        disabled_rules=["a", "b"],
        panel=["front"],
    )


def test_a_form_arrives_as_it_was_sent(system: System) -> None:
    request = system.http.build_request(
        "POST", "/verify", files=[("file", ("a.jpg", IMAGE)), ("file", ("b.png", b"\x89PNG"))], data={"vintage": "2021"}
    )
    sent = request.read()
    system.http.send(request)
    upload = _upload(system).upload
    assert upload.content_type == request.headers["content-type"]
    assert upload.data == sent


def test_json_arrives_as_it_was_sent(system: System) -> None:
    body = b'{"images": [{"content": "AAEC"}],  "as_of": "2026-11-22", "unknown": 1}'
    system.http.post("/verify", content=body, headers={"content-type": "application/json"})
    assert _upload(system).upload == HttpBody(content_type="application/json", data=body)


def test_a_request_just_below_the_limit_passes(system: System) -> None:
    image = bytes(33 * 1024 * 1024)
    answer = system.http.post("/verify", content=image, headers={"content-type": "image/tiff"})
    assert answer.status_code == httpx.codes.OK
    assert len(_upload(system).upload.data) == len(image)


def test_the_validator_learns_the_clients_address_and_nothing_forged(system: System) -> None:
    forged = {"x-client-ip": "192.0.2.66", "x-request-id": "forged", "x-envoy-upstream-rq-timeout-ms": "1"}
    system.validator.delay = 0.05
    answer = system.http.get("/rules", headers=forged)
    assert answer.status_code == httpx.codes.OK
    ((_, metadata),) = system.validator.calls
    assert metadata["x-client-ip"] == "127.0.0.1"
    assert metadata["x-request-id"] == answer.headers["x-request-id"] != "forged"


def test_answers_carry_the_request_id_and_guard_browsers(system: System) -> None:
    headers = system.http.get("/health").headers
    assert headers["x-ttb-request-id"] == REQUEST_ID
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(("origin", "allowed"), [("http://console.example", True), ("http://other.example", False)])
def test_only_pages_of_known_origins_may_call(system: System, origin: str, allowed: bool) -> None:
    answer = system.http.options("/verify", headers={"origin": origin, "access-control-request-method": "POST"})
    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


@pytest.mark.parametrize(
    "header", ["odd%name", "x-trace-bin", "grpc-timeout", "grpc-encoding", "grpc-previous-rpc-attempts"]
)
def test_a_header_that_grpc_would_not_take_is_dropped(system: System, header: str) -> None:
    assert system.http.get("/health", headers={header: "###"}).status_code == httpx.codes.OK
    ((_, metadata),) = system.validator.calls
    assert header not in metadata
