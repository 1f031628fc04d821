"""What the downloader needs of a place that has the model's files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RemoteObject:
    """One object as it is now. Another `etag` is another content. `sha256` in hex, where the source knows it."""

    key: str
    size: int
    etag: str
    sha256: str = ""


class Source(Protocol):
    """Objects by key. Every method raises TransientError when another attempt may succeed, else FinalError."""

    def head(self, key: str) -> RemoteObject | None:
        """What the object is now, or None when there is none."""
        ...

    def read(self, remote: RemoteObject, start: int, length: int) -> Iterator[bytes]:
        """The bytes of a range, in pieces, exactly `length` in all. Raises ObjectChangedError when it was replaced."""
        ...

    def read_small(self, key: str, limit: int) -> bytes | None:
        """A whole object of at most `limit` bytes, or None when there is none."""
        ...

    def upload(self, key: str, file: Path) -> None:
        """Store a file."""
        ...
