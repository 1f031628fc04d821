"""TLS at the gateway's port, and mutual TLS behind it."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import httpx
import pytest
import trustme
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from gateway.settings import GatewaySettings
from services.common.channel import open_channel
from services.common.server import Server, Service
from services.common.settings import ServiceSettings, SharedSettings
from tests.common.envoy import running_envoy
from tests.common.ports import free_ports


@dataclass(frozen=True)
class Identity:
    """A certificate of one authority, as files."""

    certificate: Path
    private_key: Path
    authority: Path

    @classmethod
    def of(cls, authority: trustme.CA, folder: Path, *hosts: str) -> Identity:
        folder.mkdir()
        leaf = authority.issue_cert(*hosts)
        identity = cls(folder / "chain.pem", folder / "key.pem", folder / "authority.pem")
        leaf.private_key_pem.write_to_path(identity.private_key)
        identity.certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        authority.cert_pem.write_to_path(identity.authority)
        return identity

    def internal(self) -> dict[str, Path]:
        return {
            "internal_certificate_file": self.certificate,
            "internal_private_key_file": self.private_key,
            "internal_authority_file": self.authority,
        }


class Rules(validator_pb2_grpc.ValidatorServiceServicer):
    """Answers one call: what is tested stands in front of it."""

    async def ListRules(self, request, context):  # type: ignore[no-untyped-def]
        return pb.ListRulesResponse(rules=[pb.Rule(rule_id="x")])


class ValidatorPort(ServiceSettings):
    """Any port."""

    port: int = 0


@pytest.fixture
def identity(tmp_path: Path) -> Iterator[Identity]:
    return Identity.of(trustme.CA(), tmp_path / "ours", "localhost", "127.0.0.1")


def service() -> Service:
    return Service(
        "ttb.validator.v1.ValidatorService",
        lambda server: validator_pb2_grpc.add_ValidatorServiceServicer_to_server(Rules(), server),
    )


async def test_services_let_in_only_who_shows_a_certificate_of_their_authority(
    identity: Identity, tmp_path: Path
) -> None:
    shared = SharedSettings(drain_seconds=0, **identity.internal())
    server = Server(service(), ValidatorPort(host="127.0.0.1", port=free_ports(1)[0]), shared)
    port = await server.start()
    stranger = Identity.of(trustme.CA(), tmp_path / "stranger", "localhost")
    forged = stranger.internal() | {"internal_authority_file": identity.authority}
    try:
        async with open_channel(f"localhost:{port}", shared) as channel:
            answer = await validator_pb2_grpc.ValidatorServiceStub(channel).ListRules(pb.ListRulesRequest(), timeout=10)
            assert answer.rules[0].rule_id == "x"
        for other in (SharedSettings(), SharedSettings(**forged)):
            async with open_channel(f"localhost:{port}", other) as channel:
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await validator_pb2_grpc.ValidatorServiceStub(channel).ListRules(pb.ListRulesRequest(), timeout=10)
                assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    finally:
        await server.stop()


async def test_tls_from_the_client_to_the_service(identity: Identity, tmp_path: Path) -> None:
    port, admin_port, validator_port = free_ports(3)
    shared = SharedSettings(drain_seconds=0, **identity.internal())
    server = Server(service(), ValidatorPort(host="127.0.0.1", port=validator_port), shared)
    await server.start()
    settings = GatewaySettings(
        port=port,
        admin_port=admin_port,
        upstreams="validator",
        validator_endpoints=f"localhost:{validator_port}",
        certificate_file=identity.certificate,
        private_key_file=identity.private_key,
        **identity.internal(),
    )
    trust = ssl.create_default_context(cafile=identity.authority)
    try:
        with running_envoy(settings, tmp_path / "envoy") as gateway:
            await asyncio.to_thread(gateway.wait_until_healthy, "validator")
            url = f"https://localhost:{port}"
            async with httpx.AsyncClient(verify=trust, timeout=10) as http:
                assert (await http.get(f"{url}/rules")).json()["rules"][0]["rule_id"] == "x"
                with pytest.raises(httpx.TransportError):
                    await http.get(f"http://localhost:{port}/rules")
            ttb = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "ttb_client", "rules", "--json", "--url", url),
                env={**os.environ, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(identity.authority)},
                stdout=asyncio.subprocess.PIPE,
            )
            shown, _ = await asyncio.wait_for(ttb.communicate(), 30)
            assert json.loads(shown)["rules"][0]["rule_id"] == "x"
    finally:
        await server.stop()
