"""Settings of the gateway, and the one decision they guard: who may reach a gateway that asks for no token."""

from __future__ import annotations

import ipaddress
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import NoDecode

from gateway.jwt_settings import JwtSettings
from gateway.upstreams import Upstream
from services.common.settings import InternalTls


class Auth(StrEnum):
    """How callers prove who they are."""

    OFF = "off"
    JWT = "jwt"


class Endpoint(BaseModel):
    """Where one process of a service listens."""

    model_config = ConfigDict(frozen=True)

    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """Read `host:port`; an IPv6 address stands in brackets. Raises ValueError."""
        host, colon, port = text.strip().rpartition(":")
        if not colon or not host or not port.isdecimal():
            raise ValueError(f"{text.strip()!r} is not host:port")
        return cls(host=host.strip("[]"), port=int(port))

    def __str__(self) -> str:
        """As `parse` reads it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


Endpoints = Annotated[tuple[Endpoint, ...], NoDecode]


class GatewaySettings(JwtSettings, InternalTls):
    """What can be set of the gateway."""

    host: str = Field("127.0.0.1", description="Address on which the gateway listens.")
    port: int = Field(8000, ge=1, le=65535, description="Port of REST, gRPC and gRPC-Web.")
    admin_port: int = Field(9901, ge=1, le=65535, description="Port of Envoy's admin pages; always loopback.")
    published_host: str = Field(
        "",
        description="Address at which the outside reaches the gateway when that is not `TTB_HOST` (a container's "
        "published address); empty means `TTB_HOST`.",
    )
    auth: Auth = Field(
        Auth.OFF, description="`off` (only while the published address is loopback) or `jwt`: every call needs a token."
    )
    certificate_file: Path | None = Field(
        None, description="Certificate chain of the gateway, PEM; with it the port speaks TLS only."
    )
    private_key_file: Path | None = Field(None, description="Private key of that certificate, PEM.")
    upstreams: Annotated[frozenset[Upstream], NoDecode] = Field(
        frozenset(Upstream),
        description="Services that are routed, separated by commas: `validator`, `ocr` (gRPC only), `artifacts`, "
        "`modelstatus`. Paths of the others answer 404.",
    )
    validator_endpoints: Endpoints = Field(
        (Endpoint(host="127.0.0.1", port=50052),), description="Processes of the validator, `host:port`, by commas."
    )
    ocr_endpoints: Endpoints = Field(
        (Endpoint(host="127.0.0.1", port=50051),), description="Processes of the ocr service, `host:port`, by commas."
    )
    artifacts_endpoints: Endpoints = Field(
        (Endpoint(host="127.0.0.1", port=50053),), description="Processes of artifacts, `host:port`, by commas."
    )
    modelstatus_endpoints: Endpoints = Field(
        (Endpoint(host="127.0.0.1", port=50054),), description="Processes of modelstatus, `host:port`, by commas."
    )
    verify_seconds: float = Field(
        130,
        gt=0,
        le=3600,
        description="Longest verification. Keep it above `TTB_RPC_SECONDS`, so that the service explains a timeout.",
    )
    call_seconds: float = Field(15, gt=0, le=3600, description="Longest other call.")
    stream_idle_seconds: float = Field(
        60, gt=0, le=3600, description="A stream that is silent for so long is closed; heartbeats keep it open."
    )
    header_kilobytes: int = Field(60, ge=8, le=64, description="Largest headers of a request, KiB in all.")
    header_count: int = Field(100, ge=20, le=1000, description="Most headers of a request.")
    header_seconds: float = Field(10, gt=0, le=600, description="Longest wait for a request's headers.")
    upload_seconds: float = Field(120, gt=0, le=3600, description="Longest wait for a whole request to arrive.")
    verify_body_megabytes: int = Field(
        34, ge=1, le=60, description="Largest body of `POST /verify` and of a gRPC message, MiB (images and form)."
    )
    call_body_megabytes: int = Field(1, ge=1, le=60, description="Largest body of other REST requests, MiB.")
    rate_per_client: int = Field(
        3000,
        ge=1,
        le=10_000_000,
        description="Requests a minute of one client: of a token's subject, or of an address. More are answered 429.",
    )
    rate_global: int = Field(
        30_000, ge=1, le=10_000_000, description="Requests a minute of all clients together. More are answered 429."
    )
    max_calls: int = Field(
        64, ge=1, description="Calls that wait for one service at once; more are answered 429 at the gateway."
    )
    max_streams: int = Field(
        2000, ge=1, description="Watchers of the model's download at once, beside `TTB_MAX_CALLS`; more get 429."
    )
    max_connections: int = Field(
        4000, ge=1, description="Clients' connections at once. Over HTTP/1.1 each watcher holds one."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=10, description="Proxies in front whose `x-forwarded-for` is believed: 1 behind an ALB."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins whose pages may call (REST and gRPC-Web), separated by commas; empty means none."
    )
    envoy_concurrency: int = Field(2, ge=1, le=64, description="Worker threads of Envoy.")
    var_dir: Path = Field(
        Path("var"), description="Folder of rendered configuration and, in a local run, of logs and sockets."
    )

    @field_validator("upstreams", "cors_origins", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        if isinstance(given, str):
            return [part.strip() for part in given.split(",") if part.strip()]
        return given

    @field_validator(
        "validator_endpoints", "ocr_endpoints", "artifacts_endpoints", "modelstatus_endpoints", mode="before"
    )
    @classmethod
    def _endpoints(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        endpoints = tuple(Endpoint.parse(part) for part in given.split(",") if part.strip())
        if not endpoints:
            raise ValueError("at least one host:port is needed")
        return endpoints

    @field_validator("upstreams")
    @classmethod
    def _validator_is_there(cls, given: frozenset[Upstream]) -> frozenset[Upstream]:
        if Upstream.VALIDATOR not in given:
            raise ValueError("must name validator: it also answers /health, gRPC health and reflection")
        return given

    @field_validator("certificate_file", "private_key_file")
    @classmethod
    def _own_readable(cls, file: Path | None) -> Path | None:
        if file is not None and not os.access(file, os.R_OK):
            raise ValueError("cannot be read")
        return file

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        published = self.published_host or self.host
        exposed = not is_loopback(published)
        if bool(self.certificate_file) != bool(self.private_key_file):
            raise ValueError("TTB_CERTIFICATE_FILE and TTB_PRIVATE_KEY_FILE: give both, or neither")
        if self.auth is Auth.OFF:
            if exposed:
                raise ValueError(
                    f"TTB_AUTH=off is refused because the gateway would be published at {published}, where anyone "
                    "could use it without a token: listen on 127.0.0.1 (TTB_HOST), or, when a container publishes it "
                    "on loopback only, say so with TTB_PUBLISHED_HOST=127.0.0.1, or ask for tokens with TTB_AUTH=jwt"
                )
            if self.tokens_are_meant():
                raise ValueError("tokens are described (TTB_JWT_..., TTB_JWKS_...) but not asked for: set TTB_AUTH=jwt")
            return self
        if not self.tokens_can_be_checked():
            raise ValueError(
                "TTB_AUTH=jwt needs TTB_JWT_ISSUER, TTB_JWT_AUDIENCES, and either TTB_JWKS_FILE or TTB_JWKS_URL"
            )
        if exposed and not self.certificate_file and not self.trusted_proxies:
            raise ValueError(
                f"tokens would come to {published} in the clear: give TTB_CERTIFICATE_FILE and TTB_PRIVATE_KEY_FILE, "
                "or, behind a proxy that ends TLS, say so with TTB_TRUSTED_PROXIES=1"
            )
        return self

    def endpoints(self, upstream: Upstream) -> tuple[Endpoint, ...]:
        """Processes of one service."""
        match upstream:
            case Upstream.VALIDATOR:
                return self.validator_endpoints
            case Upstream.OCR:
                return self.ocr_endpoints
            case Upstream.ARTIFACTS:
                return self.artifacts_endpoints
            case Upstream.MODELSTATUS:
                return self.modelstatus_endpoints

    def ordered_upstreams(self) -> tuple[Upstream, ...]:
        """The routed services, always in the same order."""
        return tuple(upstream for upstream in Upstream if upstream in self.upstreams)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address. Names other than `localhost` count as reachable."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
