"""Ollama's model store on disk: what is in it, and how a model gets into it so that Ollama never sees half of one.

Ollama believes a manifest as soon as it is there. Everything is therefore prepared in `.incoming`, on the same file
system and out of Ollama's sight (it removes unknown files from `blobs` when it starts), then renamed: blobs first, the
manifest last.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from services.modelstatus.names import ModelName

MAX_MANIFEST_BYTES = 1024 * 1024
_MANIFESTS = PurePosixPath("manifests/registry.ollama.ai/library")
_MAX_LAYERS = 1000
_BLOB = re.compile(r"blobs/sha256-([0-9a-f]{64})")


class StoreBusyError(Exception):
    """Another process downloads into this store."""


@dataclass(frozen=True, slots=True)
class Blob:
    """One layer of a model: the SHA-256 of its content in hex, and its size in bytes."""

    sha256: str
    size: int

    @property
    def place(self) -> str:
        """Where it is below the store's root, on disk and in S3 alike."""
        return f"blobs/sha256-{self.sha256}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A model's parts. `content` is the file itself, which must stay as it is: Ollama shows its digest."""

    content: bytes
    blobs: tuple[Blob, ...]

    @property
    def size(self) -> int:
        """Bytes of all blobs."""
        return sum(blob.size for blob in self.blobs)


class _Layer(BaseModel):
    digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0, strict=True)]


class _ManifestFile(BaseModel):
    schemaVersion: Literal[2]  # noqa: N815 - the format's name
    config: _Layer
    layers: Annotated[list[_Layer], Field(min_length=1, max_length=_MAX_LAYERS)]


def parse_manifest(content: bytes) -> Manifest:
    """Read a manifest. Raises ValueError when it is none, or contradicts itself."""
    if len(content) > MAX_MANIFEST_BYTES:
        raise ValueError("the manifest is larger than 1 MiB")
    try:
        read = _ManifestFile.model_validate_json(content)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}") from None
    sizes: dict[str, int] = {}
    for layer in (read.config, *read.layers):
        if sizes.setdefault(layer.digest, layer.size) != layer.size:
            raise ValueError("one layer has two sizes")
    return Manifest(content, tuple(Blob(digest.removeprefix("sha256:"), size) for digest, size in sizes.items()))


def manifest_place(name: ModelName) -> str:
    """Where a model's manifest is below a store's root, on disk and in S3 alike."""
    return str(_MANIFESTS / name.model / name.tag)


def blob_of(place: str) -> str | None:
    """The SHA-256 that a place below the store's root names, or None when it is no blob's."""
    found = _BLOB.fullmatch(place)
    return found[1] if found else None


class OllamaStore:
    """The store below `root`. Methods raise OSError as the file system does."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / ".incoming"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other downloaders out while the context lasts. Raises StoreBusyError when one is at work."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        with (self._incoming / "lock").open("a") as lock:
            try:
                flock(lock, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                raise StoreBusyError from None
            yield

    def manifest(self, name: ModelName) -> Manifest | None:
        """The installed manifest, or None when there is none that can be used."""
        try:
            return parse_manifest((self._root / manifest_place(name)).read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None

    def has(self, blob: Blob) -> bool:
        """Whether the blob is installed. Its content was checked when it came; here its size tells."""
        try:
            return self.path(blob).stat().st_size == blob.size
        except (FileNotFoundError, NotADirectoryError):
            return False

    def missing(self, manifest: Manifest) -> tuple[Blob, ...]:
        """The manifest's blobs that are not installed."""
        return tuple(blob for blob in manifest.blobs if not self.has(blob))

    def path(self, blob: Blob) -> Path:
        """Where the blob is, or will be."""
        return self._root / blob.place

    def manifest_path(self, name: ModelName) -> Path:
        """Where the model's manifest is, or will be."""
        return self._root / manifest_place(name)

    def workshop(self, name: ModelName) -> Path:
        """The folder in which this model is prepared; it outlives the process."""
        folder = self._incoming / str(name).replace(":", "@")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def clear_workshop(self, name: ModelName) -> None:
        """Remove what preparing the model left behind."""
        shutil.rmtree(self.workshop(name))

    def free_bytes(self) -> int:
        """Bytes that can still be written."""
        return shutil.disk_usage(self._root).free

    def admit_blob(self, prepared: Path, blob: Blob) -> None:
        """Move a blob in whose content was checked; durable when this returns."""
        _move_in(prepared, self.path(blob))

    def admit_manifest(self, name: ModelName, manifest: Manifest) -> None:
        """Make the model visible; durable when this returns. All its blobs have to be there."""
        prepared = self.workshop(name) / "manifest"
        prepared.write_bytes(manifest.content)
        _move_in(prepared, self.manifest_path(name))


def sync(path: Path) -> None:
    """Have the file's or folder's content reach the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move_in(prepared: Path, target: Path) -> None:
    sync(prepared)
    prepared.chmod(0o644)
    target.parent.mkdir(parents=True, exist_ok=True)
    prepared.replace(target)
    sync(target.parent)
