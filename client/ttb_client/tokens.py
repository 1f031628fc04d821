"""Keys and tokens for development: an issuer as small as it can be, for a gateway with `TTB_AUTH=jwt`.

In production the organisation's identity provider issues tokens. Needs what `pip install ttb-client[tokens]` brings.
"""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
_CURVE = "P-256"


class KeyFolder:
    """A folder with the private key that signs (`signing-key.json`) and the public keys that check (`jwks.json`)."""

    def __init__(self, folder: Path) -> None:
        self.signing_key = folder / "signing-key.json"
        self.public_keys = folder / "jwks.json"

    def renew(self, *, retire: bool = False) -> None:
        """Sign with a new key from now on; with `retire` the tokens of the former keys are good no more."""
        key = ECKey.generate_key(_CURVE, {"kid": uuid.uuid4().hex[:12], "use": "sig", "alg": ALGORITHM})
        former = [] if retire or not self.public_keys.exists() else json.loads(self.public_keys.read_text())["keys"]
        # The public key first: nobody may get a token that cannot be checked yet.
        _replace(self.public_keys, {"keys": [*former, key.as_dict(private=False)]}, mode=0o644)
        _replace(self.signing_key, dict(key.as_dict(private=True)), mode=0o600)

    def token(self, *, subject: str, roles: Sequence[str], issuer: str, audience: str, lifetime: timedelta) -> str:
        """A token for one caller. Raises OSError when there is no key yet."""
        key = ECKey.import_key(json.loads(self.signing_key.read_text()))
        now = datetime.now(UTC)
        claims = {
            "iss": issuer,
            "aud": audience,
            "sub": subject,
            "roles": list(roles),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key)


def _replace(file: Path, content: object, *, mode: int) -> None:
    """Write a file as a whole: a gateway that watches it never sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(content, stream, indent=2)
    Path(name).chmod(mode)
    Path(name).replace(file)
