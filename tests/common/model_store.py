"""Models of any size, made up on the spot, in the form of an Ollama store."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MadeModel:
    """A model in a store: where its files are, relative to the store's root, with their SHA-256."""

    name: str
    files: dict[str, str]
    size: int

    @property
    def manifest(self) -> str:
        model, tag = self.name.split(":")
        return f"manifests/registry.ollama.ai/library/{model}/{tag}"

    def is_whole_in(self, store: Path) -> bool:
        """Whether the store has this model, bit by bit."""
        return all(
            (store / place).is_file() and _sha256(store / place) == digest for place, digest in self.files.items()
        )


def make_model(store: Path, name: str = "seer:latest", sizes: Sequence[int] = (1000,), seed: int = 1) -> MadeModel:
    """Put a model with layers of these sizes in bytes into the store; the first is its config."""
    chance = random.Random(seed)  # noqa: S311 - made-up weights
    (store / "blobs").mkdir(parents=True, exist_ok=True)
    layers, files = [], {}
    for size in sizes:
        temporary = store / "blobs" / "new"
        with temporary.open("wb") as file:
            for start in range(0, size, _PIECE):
                file.write(chance.randbytes(min(_PIECE, size - start)))
        digest = _sha256(temporary)
        temporary.rename(store / "blobs" / f"sha256-{digest}")
        files[f"blobs/sha256-{digest}"] = digest
        layers.append({"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}", "size": size})
    made = MadeModel(name, files, sum(sizes))
    content = json.dumps({"schemaVersion": 2, "config": layers[0], "layers": layers[1:] or layers}).encode()
    path = store / made.manifest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    files[made.manifest] = hashlib.sha256(content).hexdigest()
    return made


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
