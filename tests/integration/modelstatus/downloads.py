"""The real downloader as a process, with what it has to do and where."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from services.modelstatus.status import ModelStatus, from_json
from tests.common.model_store import MadeModel
from tests.common.moto_server import CREDENTIALS

ROOT = Path(__file__).resolve().parents[3]
PART = 1024 * 1024
_NOWHERE = "http://127.0.0.1:9"


class PartState(BaseModel):
    """What a part-state file says."""

    size: int
    part_size: int
    finished: list[int]


@dataclass
class Download:
    """A downloader of `model` below `folder`, from the server at `s3_url` (empty: none)."""

    folder: Path
    model: MadeModel
    s3_url: str = ""
    ollama_url: str = _NOWHERE
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def file(self) -> Path:
        return self.folder / "model-status.json"

    def start(self, *options: str, prefix: Sequence[str] = (), file_limit: int | None = None) -> subprocess.Popen[str]:
        """Start it. Pauses between attempts are short; parts are of 1 MiB."""
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **CREDENTIALS,
            "MODEL_STATUS_FILE": str(self.file),
            "MODEL_STATUS_PART_MEGABYTES": "1",
            "MODEL_STATUS_PARALLEL_PARTS": "4",
            "MODEL_STATUS_ATTEMPTS": "4",
            "MODEL_STATUS_BACKOFF_SECONDS": "0.05",
            "MODEL_STATUS_TIMEOUT_SECONDS": "1",
            "MODEL_STATUS_S3_BUCKET": "models" if self.s3_url else "",
            "S3_ENDPOINT_URL": self.s3_url,
            "OLLAMA_HOST": self.ollama_url,
            "OLLAMA_MODEL": self.model.name,
            "OLLAMA_MODELS": str(self.store),
            **self.environment,
        }
        process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "services.modelstatus", "download", *options],
            cwd=ROOT,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        if file_limit is not None:
            # No file may grow beyond this, as on a full disk.
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (file_limit, file_limit))
        return process

    def run(self, *options: str, prefix: Sequence[str] = (), file_limit: int | None = None) -> tuple[int, str]:
        """Run it to its end: the exit status, and what it wrote on standard error."""
        process = self.start(*options, prefix=prefix, file_limit=file_limit)
        log = process.communicate(timeout=120)[1]
        return process.returncode, log

    def status(self) -> ModelStatus:
        """What the status file says now. Raises when it says nothing or nonsense."""
        return from_json(self.file.read_bytes())

    @property
    def is_installed(self) -> bool:
        """Whether the store holds the model bit by bit."""
        return self.model.is_whole_in(self.store)

    @property
    def is_visible(self) -> bool:
        """Whether Ollama would believe that it has the model."""
        return (self.store / self.model.manifest).exists()

    def finished(self) -> dict[str, list[tuple[int, int]]]:
        """By place of a file of the model: the ranges (end exclusive) that are safe on the disk."""
        return {place: self._finished(place) for place in self.model.files}

    def _finished(self, place: str) -> list[tuple[int, int]]:
        installed = self.store / place
        with suppress(FileNotFoundError):
            return [(0, installed.stat().st_size)]
        try:
            (file,) = (self.store / ".incoming").glob(f"*/{installed.name}.state")
            state = PartState.model_validate_json(file.read_bytes())
        except (ValueError, FileNotFoundError):
            # Nothing of it is there; or it was installed, and its state removed, since the first look.
            return [(0, installed.stat().st_size)] if installed.exists() else []
        spans = ((part * state.part_size, (part + 1) * state.part_size) for part in state.finished)
        return [(start, min(end, state.size)) for start, end in spans]

    def finished_bytes(self) -> int:
        """Bytes of the model's blobs that are safe on the disk."""
        blobs = ((place, spans) for place, spans in self.finished().items() if place != self.model.manifest)
        return sum(end - start for _, spans in blobs for start, end in spans)
