"""One Envoy with one stub validator behind it, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import grpc
import httpx
import pytest

from gateway.settings import GatewaySettings
from tests.common.envoy import Gateway, running_envoy
from tests.common.ports import free_ports
from tests.integration.gateway.stub_validator import StubValidator, running_stub


@dataclass(frozen=True)
class System:
    gateway: Gateway
    validator: StubValidator
    http: httpx.Client
    channel: grpc.Channel


@pytest.fixture(scope="session")
def running_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    validator_port, port, admin_port = free_ports(3)
    settings = GatewaySettings(
        port=port,
        admin_port=admin_port,
        validator_endpoints=f"127.0.0.1:{validator_port}",
        # The validator alone: an ocr service of this machine would be met.
        upstreams="validator",
        verify_seconds=3,
        call_seconds=1,
        cors_origins="http://console.example",
    )
    with (
        running_stub(validator_port) as validator,
        running_envoy(settings, tmp_path_factory.mktemp("envoy")) as gateway,
        httpx.Client(base_url=gateway.url, timeout=30) as http,
        grpc.insecure_channel(gateway.target) as channel,
    ):
        gateway.wait_until_healthy("validator")
        yield System(gateway, validator, http, channel)


@pytest.fixture
def system(running_system: System) -> System:
    running_system.validator.reset()
    return running_system
