"""How many requests a client may send a minute, and who a client is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import httpx
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from ttb.validator.v1 import validator_pb2, validator_pb2_grpc

from gateway.roles import Role
from gateway.settings import GatewaySettings
from tests.common.envoy import Gateway, running_envoy
from tests.common.ports import free_ports
from tests.common.tokens import Issuer
from tests.integration.gateway.stub_validator import running_stub

FEW = 6
"""Requests a minute: the next is allowed after ten seconds."""


@contextmanager
def limited(folder: Path, **settings: object) -> Iterator[Gateway]:
    port, admin_port, validator_port = free_ports(3)
    given = {"rate_per_client": FEW, "upstreams": "validator", **settings}
    endpoint = f"127.0.0.1:{validator_port}"
    tight = GatewaySettings(port=port, admin_port=admin_port, validator_endpoints=endpoint, **given)
    with running_stub(validator_port), running_envoy(tight, folder) as gateway:
        gateway.wait_until_healthy("validator")
        yield gateway


def served(gateway: Gateway, **headers: str) -> int:
    """How many of one request more than the limit were served; the others were refused as they should be."""
    with httpx.Client(
        base_url=gateway.url, headers={name.replace("_", "-"): headers[name] for name in headers}
    ) as http:
        answers = [http.get("/rules") for _ in range(FEW + 1)]
    for answer in answers:
        if answer.status_code != httpx.codes.OK:
            body = answer.json()
            assert (answer.status_code, body["code"], answer.headers["retry-after"]) == (429, 8, "10")
            assert f"one client may send {FEW} a minute" in body["message"]
            info, retry = body["details"]
            assert info["reason"] == "RATE_LIMITED"
            assert (retry["@type"], retry["retry_delay"]) == ("type.googleapis.com/google.rpc.RetryInfo", "10s")
    return sum(answer.status_code == httpx.codes.OK for answer in answers)


def test_a_client_over_the_limit_is_refused_and_others_are_served(tmp_path: Path) -> None:
    with limited(tmp_path, trusted_proxies=1) as gateway:
        assert served(gateway, x_forwarded_for="192.0.2.1") == FEW
        assert served(gateway, x_forwarded_for="192.0.2.2") == FEW
        # The proxy in front has written the last address; what stands before it is a client's own word.
        assert served(gateway, x_forwarded_for="198.51.100.7, 192.0.2.1") == 0
        # All of a /64 is one client.
        assert served(gateway, x_forwarded_for="2001:db8::1") == FEW
        assert served(gateway, x_forwarded_for="2001:db8::ffff:2") == 0
        assert served(gateway, x_forwarded_for="2001:db8:0:1::1") == FEW


def test_who_waits_as_long_as_told_is_served_again(tmp_path: Path) -> None:
    with limited(tmp_path, rate_per_client=60) as gateway, httpx.Client(base_url=gateway.url) as http:
        while (answer := http.get("/rules")).is_success:
            pass
        assert answer.status_code == 429
        time.sleep(int(answer.headers["retry-after"]))
        assert http.get("/rules").is_success


def test_without_a_trusted_proxy_nobody_gets_more_by_naming_addresses(tmp_path: Path) -> None:
    with limited(tmp_path) as gateway, httpx.Client(base_url=gateway.url) as http:
        spoofed = [{"x-forwarded-for": f"192.0.2.{last}", "x-ttb-subject": f"{last}"} for last in range(2 * FEW)]
        answers = [http.get("/rules", headers=headers).status_code for headers in spoofed]
    assert answers == [200] * FEW + [429] * FEW


def test_health_is_never_counted(tmp_path: Path) -> None:
    with limited(tmp_path) as gateway, grpc.insecure_channel(gateway.target) as channel:
        assert served(gateway) == FEW
        health = health_pb2_grpc.HealthStub(channel)
        for _ in range(2 * FEW):
            assert httpx.get(f"{gateway.url}/health").status_code == httpx.codes.OK
            assert health.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
        assert served(gateway) == 0


def test_a_token_is_counted_by_its_subject_wherever_it_is_used(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path / "keys")
    with limited(tmp_path / "envoy", trusted_proxies=1, **issuer.settings()) as gateway:
        anna, berta = (f"Bearer {issuer.token(Role.VERIFY, subject=subject)}" for subject in ("anna", "berta"))
        end = time.monotonic() + 20
        while httpx.get(f"{gateway.url}/rules", headers={"authorization": berta}).status_code == 401:
            assert time.monotonic() < end, "the key was never taken"
            time.sleep(0.05)

        assert served(gateway, authorization=anna, x_forwarded_for="192.0.2.1") == FEW
        assert served(gateway, authorization=anna, x_forwarded_for="192.0.2.2") == 0
        assert served(gateway, authorization=berta, x_forwarded_for="192.0.2.1") >= FEW - 1


def test_all_clients_together_have_a_limit(tmp_path: Path) -> None:
    with limited(tmp_path, rate_global=FEW + 3, trusted_proxies=1) as gateway:
        assert served(gateway, x_forwarded_for="192.0.2.1") == FEW
        assert served(gateway, x_forwarded_for="192.0.2.2") == 3


def test_native_grpc_gets_resource_exhausted_with_the_same_details(tmp_path: Path) -> None:
    with limited(tmp_path, rate_per_client=1) as gateway, grpc.insecure_channel(gateway.target) as channel:
        stub = validator_pb2_grpc.ValidatorServiceStub(channel)
        stub.ListRules(validator_pb2.ListRulesRequest())
        with pytest.raises(grpc.RpcError) as caught:
            stub.ListRules(validator_pb2.ListRulesRequest())
    error = caught.value
    assert isinstance(error, grpc.Call)
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    told = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    assert told.details[0].Unpack(info)
    assert told.details[1].Unpack(retry)
    assert (info.reason, retry.retry_delay.seconds) == ("RATE_LIMITED", 60)
