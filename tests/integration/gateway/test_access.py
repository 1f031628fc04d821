"""Nobody in without a right: every method that is routed, over REST, native gRPC and gRPC-Web.

The methods come from the contracts, so a new one is tested without being named here. No service stands behind the
gateway where a call is refused; one that is let in is answered 503, since nothing is there.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from ttb.validator.v1 import validator_pb2, validator_pb2_grpc

from gateway.roles import OPEN_REST, Role
from gateway.settings import GatewaySettings
from gateway.upstreams import Method, Upstream, methods
from tests.common.envoy import Gateway, running_envoy
from tests.common.ports import free_ports
from tests.common.tokens import Issuer
from tests.integration.gateway.stub_validator import StubValidator, running_stub

UNAUTHENTICATED, PERMISSION_DENIED = 16, 7
HTTP_OF = {UNAUTHENTICATED: 401, PERMISSION_DENIED: 403}
ID = "01a205a3-8887-73a2-a126-881815a89712"

ROUTED = [method for upstream in Upstream for method in methods(upstream)]
OF_REST = [method for method in ROUTED if method.rest and (method.rest.verb, method.rest.template) != OPEN_REST]


@dataclass(frozen=True)
class Guarded:
    gateway: Gateway
    issuer: Issuer
    validator: StubValidator


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    port, admin_port, validator_port, nobody = free_ports(4)
    issuer = Issuer(tmp_path_factory.mktemp("keys"))
    settings = GatewaySettings(
        port=port,
        admin_port=admin_port,
        validator_endpoints=f"127.0.0.1:{validator_port}",
        ocr_endpoints=f"127.0.0.1:{nobody}",
        artifacts_endpoints=f"127.0.0.1:{nobody}",
        modelstatus_endpoints=f"127.0.0.1:{nobody}",
        # More than one test sends while keys rotate.
        rate_per_client=1_000_000,
        rate_global=1_000_000,
        **issuer.settings(),
    )
    with (
        running_stub(validator_port) as validator,
        running_envoy(settings, tmp_path_factory.mktemp("envoy")) as gateway,
    ):
        gateway.wait_until_healthy("validator")
        wait_until_taken(gateway, issuer.token(Role.ADMIN))
        yield Guarded(gateway, issuer, validator)


def wait_until_taken(gateway: Gateway, token: str, *, seconds: float = 20) -> None:
    """Return when the gateway has the key of this token."""
    end = time.monotonic() + seconds
    while httpx.get(f"{gateway.url}/rules", headers=bearer(token)).status_code == 401:
        assert time.monotonic() < end, "the key was never taken"
        time.sleep(0.05)


def bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def by_rest(gateway: Gateway, method: Method, token: str | None) -> int:
    """The gRPC code of the answer."""
    assert method.rest is not None
    path = method.rest.template.replace("{id}", ID).replace("{rule_id}", "health-warning.present")
    answer = httpx.request(method.rest.verb, gateway.url + path, headers=bearer(token), timeout=10)
    code = int(answer.json()["code"]) if answer.is_error else 0
    if code in HTTP_OF:
        assert answer.status_code == HTTP_OF[code]
    return code


def by_grpc(gateway: Gateway, method: Method, token: str | None) -> int:
    with grpc.insecure_channel(gateway.target) as channel:
        call = channel.unary_stream(method.grpc_path, request_serializer=bytes, response_deserializer=bytes)
        metadata = tuple(bearer(token).items())
        try:
            for _ in call(b"", timeout=10, metadata=metadata):
                pass
        except grpc.RpcError as error:
            code: int = error.code().value[0]
            return code
        return 0


def by_grpc_web(gateway: Gateway, method: Method, token: str | None) -> int:
    headers = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1", **bearer(token)}
    answer = httpx.post(gateway.url + method.grpc_path, headers=headers, content=bytes(5), timeout=10)
    trailer = re.search(rb"grpc-status: ?(\d+)", answer.content)
    return int(answer.headers.get("grpc-status") or (trailer.group(1) if trailer else b""))


WAYS = {"REST": by_rest, "gRPC": by_grpc, "gRPC-Web": by_grpc_web}
CALLS = [
    pytest.param(way, method, id=f"{name} {method.grpc_path.rsplit('/', 1)[1]}")
    for name, way in WAYS.items()
    for method in (OF_REST if way is by_rest else ROUTED)
]


@pytest.mark.parametrize(("way", "method"), CALLS)
def test_no_method_is_open(guarded: Guarded, tmp_path: Path, way, method) -> None:  # type: ignore[no-untyped-def]
    issuer = guarded.issuer
    stranger = Issuer(tmp_path / "stranger")
    bad = {
        "no token": None,
        "no token at all": "nonsense",
        "expired": issuer.token(*Role, minutes=-10),
        "of another audience": issuer.token(*Role, audience="somebody-else"),
        "of another issuer": issuer.token(*Role, issuer="https://elsewhere.example"),
        "signed by another": stranger.token(*Role),
    }

    answers = {name: way(guarded.gateway, method, token) for name, token in bad.items()}

    assert set(answers.values()) <= {UNAUTHENTICATED, PERMISSION_DENIED}, answers


@pytest.mark.parametrize(("way", "method"), CALLS)
def test_only_the_right_roles_are_let_in(guarded: Guarded, way, method) -> None:  # type: ignore[no-untyped-def]
    refused = {PERMISSION_DENIED}
    for role in Role:
        code = way(guarded.gateway, method, guarded.issuer.token(role))
        assert (code in refused) == (role not in method.roles), role
    # Health is open even to who has no token.
    if method.rest is None or (method.rest.verb, method.rest.template) != OPEN_REST:
        assert way(guarded.gateway, method, guarded.issuer.token("root")) in refused
        assert way(guarded.gateway, method, guarded.issuer.token()) in refused


def test_what_is_open_is_what_the_design_says(guarded: Guarded) -> None:
    assert httpx.get(f"{guarded.gateway.url}/health").status_code == 200
    assert httpx.get(f"{guarded.gateway.url}/health", headers=bearer("nonsense")).status_code == 200
    with grpc.insecure_channel(guarded.gateway.target) as channel:
        status = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=10).status
    assert status == health_pb2.HealthCheckResponse.SERVING
    for path in ("/", "/healthz", "/health/", "/rules", "/artifacts", "/grpc.reflection.v1.ServerReflection/X"):
        assert httpx.get(guarded.gateway.url + path).status_code == 401, path


def test_a_refusal_says_what_to_do(guarded: Guarded) -> None:
    missing = httpx.get(f"{guarded.gateway.url}/rules")
    assert missing.headers["www-authenticate"].startswith("Bearer")
    assert missing.json()["message"].startswith("The call needs a valid token")
    assert missing.json()["details"][0]["reason"] == "TOKEN_REFUSED"
    wrong = httpx.get(f"{guarded.gateway.url}/artifacts", headers=bearer(guarded.issuer.token(Role.VERIFY)))
    assert wrong.json()["details"][0]["reason"] == "NOT_PERMITTED"


def test_nobody_can_say_who_he_is_but_by_a_token(guarded: Guarded) -> None:
    spoofed = {"x-ttb-subject": "root", "x-ttb-auth": "off", "x-client-ip": "192.0.2.1", "x-forwarded-for": "192.0.2.2"}
    guarded.validator.reset()
    httpx.get(f"{guarded.gateway.url}/health", headers=spoofed).raise_for_status()
    token = guarded.issuer.token(Role.VERIFY, subject="anna")
    httpx.get(f"{guarded.gateway.url}/rules", headers={**spoofed, **bearer(token)}).raise_for_status()
    with grpc.insecure_channel(guarded.gateway.target) as channel:
        validator_pb2_grpc.ValidatorServiceStub(channel).ListRules(
            validator_pb2.ListRulesRequest(), metadata=tuple({**spoofed, **bearer(token)}.items()), timeout=10
        )

    seen = [metadata for _, metadata in guarded.validator.calls]

    assert [each.get("x-ttb-subject", "") for each in seen] == ["", "anna", "anna"]
    assert {each["x-ttb-auth"] for each in seen} == {"jwt"}
    assert {each["x-client-ip"] for each in seen} == {"127.0.0.1"}
    assert not any("authorization" in each for each in seen)


def test_the_audit_log_tells_who_did_what(guarded: Guarded) -> None:
    token = guarded.issuer.token(Role.VERIFY, subject="berta")
    answer = httpx.delete(f"{guarded.gateway.url}/artifacts/{ID}?reason=secret", headers=bearer(token))

    line = guarded.gateway.wait_for_request(answer.headers["x-request-id"])

    assert (line["subject"], line["method"], line["path"], line["status"]) == (
        "berta",
        "DELETE",
        f"/artifacts/{ID}",
        403,
    )
    assert "secret" not in str(line)
    assert token not in guarded.gateway.log.read_text()


def test_keys_rotate_under_load_without_a_failed_call(guarded: Guarded) -> None:
    issuer, gateway = guarded.issuer, guarded.gateway
    stop = threading.Event()
    codes: list[int] = []
    current = [issuer.token(Role.VERIFY)]

    def load() -> None:
        with httpx.Client(base_url=gateway.url, timeout=10) as client:
            while not stop.is_set():
                codes.append(client.get("/rules", headers=bearer(current[0])).status_code)

    callers = [threading.Thread(target=load) for _ in range(4)]
    for caller in callers:
        caller.start()
    first = current[0]
    try:
        for _ in range(2):
            issuer.keys.renew()
            renewed = issuer.token(Role.VERIFY)
            wait_until_taken(gateway, renewed)
            current[0] = renewed
        issuer.keys.public_keys.write_text("half a fi")
        seen = len(codes)
        while len(codes) < seen + 200:
            time.sleep(0.01)
    finally:
        stop.set()
        for caller in callers:
            caller.join()

    assert set(codes) == {200}
    issuer.keys.public_keys.unlink()
    issuer.keys.renew(retire=True)
    wait_until_taken(gateway, issuer.token(Role.VERIFY))
    assert httpx.get(f"{gateway.url}/rules", headers=bearer(first)).status_code == 401
