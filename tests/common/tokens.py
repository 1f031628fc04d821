"""Tokens of an issuer that the tests are, good and bad."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from gateway.roles import Role
from ttb_client.tokens import KeyFolder

ISSUER, AUDIENCE = "https://issuer.example", "ttb-tests"


class Issuer:
    """Issues tokens that a gateway with `settings()` takes, unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.keys = KeyFolder(folder)
        self.keys.renew()

    def settings(self) -> dict[str, object]:
        """What a gateway has to be told."""
        return {
            "auth": "jwt",
            "jwt_issuer": ISSUER,
            "jwt_audiences": AUDIENCE,
            "jwks_file": self.keys.public_keys,
            "jwks_seconds": 1,
        }

    def token(
        self,
        *roles: Role | str,
        subject: str = "tester",
        issuer: str = ISSUER,
        audience: str = AUDIENCE,
        minutes: float = 10,
    ) -> str:
        """A token with these roles."""
        return self.keys.token(
            subject=subject, roles=roles, issuer=issuer, audience=audience, lifetime=timedelta(minutes=minutes)
        )
