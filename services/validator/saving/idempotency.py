"""Repeated requests: the same `Idempotency-Key` with the same request makes one artifact.

A key with another request is another artifact: the digest is made of both, so that a key used twice by mistake hides
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ttb.validator.v1 import validator_pb2

from services.common.errors import invalid_field

METADATA_KEY = "idempotency-key"
FIELD = "Idempotency-Key"
MAX_CHARACTERS = 255


def checked_key(values: Sequence[str | bytes]) -> str:
    """The key among the header's values; empty when none was sent. Raises `TtbError` for a bad one."""
    if len(values) > 1:
        raise invalid_field(FIELD, "stands more than once; send one")
    key = values[0] if values else ""
    if isinstance(key, bytes) or not (key.isascii() and key.isprintable() and len(key) <= MAX_CHARACTERS):
        raise invalid_field(FIELD, f"must be at most {MAX_CHARACTERS} printable ASCII characters, such as a UUID")
    return key


def digest(key: str, request: validator_pb2.VerifyLabelRequest) -> str:
    """SHA-256 in hex of the key and the whole request, images included; the same however the request was sent."""
    found = hashlib.sha256(key.encode() + b"\0")
    found.update(request.SerializeToString(deterministic=True))
    return found.hexdigest()
