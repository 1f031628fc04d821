"""Settings that every service shares, and how settings are read.

Settings come from the environment only, are frozen, and are checked at start: a wrong value ends the process with a
line that names the variable.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn, Self, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

METRICS_PORT_OFFSET = 10000


class InternalTls(BaseSettings):
    """How the gateway and the services prove to each other who they are: not at all, or by mutual TLS."""

    model_config = SettingsConfigDict(env_prefix="TTB_", frozen=True)

    internal_certificate_file: Path | None = Field(
        None,
        description="Certificate chain of this process, PEM: with it all connections between gateway and services are "
        "mutual TLS. It names the hosts by which the others reach this process.",
    )
    internal_private_key_file: Path | None = Field(None, description="Private key of that certificate, PEM.")
    internal_authority_file: Path | None = Field(
        None, description="Certificate of the authority that all of them must show a certificate of, PEM."
    )

    @field_validator("internal_certificate_file", "internal_private_key_file", "internal_authority_file")
    @classmethod
    def _readable(cls, file: Path | None) -> Path | None:
        if file is not None and not os.access(file, os.R_OK):
            raise ValueError("cannot be read")
        return file

    @model_validator(mode="after")
    def _all_or_none(self) -> Self:
        files = self.internal_certificate_file, self.internal_private_key_file, self.internal_authority_file
        if any(files) and not all(files):
            raise ValueError(
                "TTB_INTERNAL_CERTIFICATE_FILE, TTB_INTERNAL_PRIVATE_KEY_FILE and TTB_INTERNAL_AUTHORITY_FILE: give "
                "all three, or none"
            )
        return self


class SharedSettings(InternalTls):
    """What all services share."""

    log_level: str = Field("INFO", description="Least level that is logged.", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_format: str = Field("json", description="`json`, or `console` for people.", pattern="^(json|console)$")
    max_message_megabytes: int = Field(
        64, ge=1, le=1024, description="Largest gRPC message a service takes or sends, in MiB."
    )
    rpc_seconds: float = Field(
        120, gt=0, le=3600, description="Longest that one unary call may take when the client sets no deadline."
    )
    concurrent_rpcs: int = Field(
        200, ge=1, description="Calls that one service holds at once; more are refused with RESOURCE_EXHAUSTED."
    )
    health_interval_seconds: float = Field(
        1.0, gt=0, le=60, description="How often a service checks what its health depends on."
    )
    drain_seconds: float = Field(
        2.0, ge=0, le=300, description="Time between reporting NOT_SERVING and refusing new calls, at a stop."
    )
    grace_seconds: float = Field(
        20.0, ge=0, le=300, description="Time that calls in flight are given to finish, at a stop."
    )


class ServiceSettings(BaseSettings):
    """Where one service listens; each service adds its own settings and prefix."""

    model_config = SettingsConfigDict(frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on. Never one that the outside reaches.")
    port: int = Field(
        ge=0,
        le=65535 - METRICS_PORT_OFFSET,
        description="Port to listen on; Prometheus metrics are on this port + 10000. 0 picks free ports.",
    )

    @property
    def metrics_port(self) -> int:
        """Port of the Prometheus endpoint; 0 picks a free one."""
        return self.port + METRICS_PORT_OFFSET if self.port else 0


Settings = TypeVar("Settings", bound=BaseSettings)


def load(kind: type[Settings]) -> Settings:
    """Read settings of this kind from the environment; end the process with a clear line when one is wrong."""
    try:
        return kind()
    except ValidationError as error:
        _refuse(kind, error)


def _refuse(kind: type[BaseSettings], error: ValidationError) -> NoReturn:
    prefix = kind.model_config.get("env_prefix", "")
    aliases = {field.validation_alias for field in kind.model_fields.values()}
    for problem in error.errors():
        if not problem["loc"]:
            # It is about several settings, and names them.
            sys.stderr.write(f"settings: {problem['msg']}\n")
            continue
        place = str(problem["loc"][0])
        name = place if place in aliases else prefix + place
        sys.stderr.write(f"setting {name.upper()}: {problem['msg']} (it is {problem['input']!r})\n")
    sys.exit(2)
