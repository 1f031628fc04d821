"""Settings of the tokens that callers show: who issues them, for whom, and where the issuer's keys are."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_PRIVATE_PARTS = frozenset({"d", "k", "p", "q"})


class JwtSettings(BaseSettings):
    """What can be set of tokens; needed with `TTB_AUTH=jwt`, refused without."""

    model_config = SettingsConfigDict(env_prefix="TTB_", frozen=True)

    jwt_issuer: str = Field("", description="Issuer of the tokens (claim `iss`), exactly.")
    jwt_audiences: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Audiences, separated by commas; a token names one of them (claim `aud`)."
    )
    jwt_roles_claim: str = Field(
        "roles",
        pattern=r"^[\w:/-]+(\.[\w:/-]+)*$",
        description="Claim that lists the roles `verify`, `audit`, `admin`; dots lead into objects.",
    )
    jwks_file: Path | None = Field(
        None, description="File of the issuer's public keys (JWKS); a new version is used without a restart."
    )
    jwks_url: str = Field("", description="URL of the issuer's public keys, instead of a file.")
    jwks_seconds: float = Field(
        10, ge=1, le=86400, description="How long fetched keys are used before they are fetched again."
    )
    jwks_authorities: Path = Field(
        Path(ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"),
        description="Certificate authorities that are trusted for an `https` URL of keys, PEM.",
    )

    @field_validator("jwt_audiences", mode="before")
    @classmethod
    def _split_audiences(cls, given: object) -> object:
        return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given

    @field_validator("jwks_file", mode="before")
    @classmethod
    def _empty_is_none(cls, given: object) -> object:
        return given or None

    @field_validator("jwks_file")
    @classmethod
    def _public_keys(cls, file: Path | None) -> Path | None:
        if file is None:
            return None
        try:
            keys = [frozenset(key) for key in json.loads(file.read_text())["keys"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError("is no file of keys: give a JWKS, as `ttb token keys` writes it") from error
        if not keys:
            raise ValueError("holds no key")
        if any(key & _PRIVATE_PARTS for key in keys):
            raise ValueError("holds a private or secret key: give only the public ones")
        return file

    @field_validator("jwks_url")
    @classmethod
    def _fetchable(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("https", "http") or not parts.hostname):
            raise ValueError("is no http or https URL")
        return url

    def tokens_can_be_checked(self) -> bool:
        """Whether issuer, audience and exactly one source of keys are known."""
        return bool(self.jwt_issuer and self.jwt_audiences and bool(self.jwks_file) != bool(self.jwks_url))

    def tokens_are_meant(self) -> bool:
        """Whether somebody set anything of tokens."""
        return bool(self.jwt_issuer or self.jwt_audiences or self.jwks_file or self.jwks_url)
