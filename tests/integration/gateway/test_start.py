"""Every variant of the configuration is one that Envoy takes, and a start on a taken port fails with the reason."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.__main__ import envoy_binary
from gateway.render import render
from gateway.settings import GatewaySettings
from gateway.upstreams import Upstream
from tests.common.ports import free_ports
from tests.integration.gateway.conftest import System

ROOT = Path(__file__).resolve().parents[3]
OPTIONAL = [upstream for upstream in Upstream if upstream is not Upstream.VALIDATOR]

VARIANTS: list[dict[str, Any]] = [
    *(
        {"upstreams": frozenset({Upstream.VALIDATOR, *chosen})}
        for count in range(len(OPTIONAL) + 1)
        for chosen in itertools.combinations(OPTIONAL, count)
    ),
    {"host": "::1", "cors_origins": "https://console.example"},
    {"host": "0.0.0.0", "published_host": "127.0.0.1", "trusted_proxies": 1},  # noqa: S104
    {"auth": "jwt", "jwt_issuer": "i", "jwt_audiences": "a", "jwks_url": "https://issuer.example/keys"},
    {"auth": "jwt", "jwt_issuer": "i", "jwt_audiences": "a,b", "jwks_url": "http://issuer:8080/keys"},
    {"validator_endpoints": "validator-1:50052,validator-2:50052", "verify_seconds": 0.5, "max_calls": 1},
]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_envoy_takes_every_variant(variant: dict[str, Any], tmp_path: Path) -> None:
    rendered = render(GatewaySettings(**variant), tmp_path)
    done = subprocess.run(
        [envoy_binary(), "--mode", "validate", "-c", str(rendered.config)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("variable", ["TTB_PORT", "TTB_ADMIN_PORT"])
def test_a_taken_port_is_named(variable: str, tmp_path: Path) -> None:
    port, free = free_ports(2)
    ports = {"TTB_PORT": str(free), "TTB_ADMIN_PORT": str(free), variable: str(port)}
    with socket.socket() as other:
        # As another Envoy listens: without the check, both would share the port.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        done = subprocess.run(
            [sys.executable, "-m", "gateway"],
            cwd=ROOT,
            env={**os.environ, **ports, "TTB_VAR_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1 is not free" in done.stderr
    assert variable in done.stderr


def test_requests_are_logged_without_their_contents(system: System) -> None:
    system.http.post("/verify?brand_name=Secret", content=b"Secret", headers={"content-type": "image/jpeg"})
    trace = system.http.get("/health").headers["x-request-id"]
    logged = system.gateway.wait_for_request(trace)
    assert (logged["method"], logged["path"], logged["status"]) == ("GET", "/health", 200)
    assert logged["client_ip"] == "127.0.0.1"
    assert isinstance(logged["duration_ms"], int)
    assert "Secret" not in system.gateway.log.read_text()
