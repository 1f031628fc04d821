"""`metadata.json` as bytes: the commit of an artifact, which also proves itself.

It is canonical JSON (keys sorted, no spaces, UTF-8), so that its own SHA-256, taken over the document without that one
entry, can be checked with common tools: `jq -cjS 'del(.sha256["metadata.json"])' metadata.json | sha256sum`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from pydantic import TypeAdapter

from services.artifacts.layout import METADATA
from services.artifacts.model import Metadata

_METADATA = TypeAdapter(Metadata)


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def render(metadata: Metadata, sha256: Mapping[str, str]) -> bytes:
    """The document of an artifact whose other objects have these checksums."""
    document: dict[str, Any] = _METADATA.dump_python(metadata, mode="json")
    document["timestamp"] = f"{metadata.timestamp.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    document["sha256"] = {name: value for name, value in sha256.items() if name != METADATA}
    document["sha256"][METADATA] = digest(_canonical(document))
    return _canonical(document)


def parse(content: bytes, identifier: str) -> Metadata:
    """The metadata of the artifact with this id. Keys of a later schema are passed over.

    Raises ValueError when the document was altered or truncated, or belongs to another artifact.
    """
    document = json.loads(content)
    metadata = _METADATA.validate_python(document)
    own = document.get("sha256", {}).pop(METADATA, "")
    if metadata.request_id != identifier or own != digest(_canonical(document)):
        raise ValueError("the document does not match its checksum")
    document["sha256"][METADATA] = own
    if _canonical(document) != content:
        raise ValueError("the document is not in its canonical form")
    return metadata


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
