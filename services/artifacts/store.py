"""What the archive needs of a place that keeps objects: a directory, or an S3 bucket.

Keys are made by `services.artifacts.layout` and are safe by construction; a store refuses any other all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object in a listing: its key, and when its present version was written (UTC)."""

    key: str
    modified: datetime


class ArtifactStore(Protocol):
    """Keeps objects by key. Every method raises `TtbError` (STORE_UNAVAILABLE) when the store does not answer.

    What `put` or `put_if_absent` returned from survives the death of the process and of the store.
    """

    name: str
    """`directory` or `s3`."""

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keep an object, whole or not at all; replaces what was there."""
        ...

    async def put_if_absent(self, key: str, content: bytes, content_type: str) -> bytes:
        """Keep an object unless there is one already; returns what is kept now. Of several at once, one wins."""
        ...

    async def get(self, key: str) -> bytes | None:
        """The object's bytes, or None when there is none."""
        ...

    async def exists(self, key: str) -> bool:
        """Whether there is an object."""
        ...

    async def list(self, prefix: str, *, start_after: str = "", limit: int = 1000) -> Sequence[StoredObject]:
        """At most `limit` objects whose key begins with `prefix` and is greater than `start_after`, in key order."""
        ...

    async def purge(self, prefix: str) -> None:
        """Remove every object whose key begins with `prefix`: each version and each delete marker."""
        ...

    async def remains(self, prefix: str) -> Sequence[str]:
        """Keys that begin with `prefix` and still have an object, an old version or a delete marker."""
        ...

    async def check(self) -> None:
        """Return when the store can keep objects now."""
        ...

    async def retention(self) -> str:
        """How long objects are kept, as the store itself enforces it, in one sentence; empty when it does not."""
        ...

    async def close(self) -> None:
        """Let go of connections and threads."""
        ...
