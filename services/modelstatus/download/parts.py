"""A file that arrives in parts, in any order, over any number of processes' lives.

A part counts once its bytes are on the disk and the state file beside it says so, in this order; a kill at any moment
costs at most the parts that were under way.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from services.common.logs import get_logger
from services.modelstatus.download.source import RemoteObject
from services.modelstatus.store import sync

_log = get_logger(__name__)


class _State(BaseModel):
    """Which parts of which object are here."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    etag: str
    size: int
    part_size: int
    finished: list[int]


class PartFile:
    """The object `remote` on its way into the file `path` + `.part`, in parts of `part_size` bytes.

    Methods raise OSError as the disk does.
    """

    def __init__(self, path: Path, remote: RemoteObject, part_size: int) -> None:
        self.path = path.with_name(path.name + ".part")
        self.remote = remote
        self._part_size = part_size
        self._state_path = path.with_name(path.name + ".state")
        self._finished: set[int] = set()
        self._descriptor = -1

    def restore(self) -> None:
        """Take up what an earlier process left, when it is of the same object; else nothing is here."""
        self._finished = self._restored()

    def open(self) -> None:
        """Make ready for writing, with all the disk space that the object takes."""
        if not self._finished:
            self._state_path.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if self.remote.size:
            os.posix_fallocate(self._descriptor, 0, self.remote.size)

    def close(self) -> None:
        """Close the file; it stays for a later process."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def discard(self) -> None:
        """Forget every part."""
        self.close()
        self._state_path.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)
        self._finished = set()

    def missing(self) -> list[int]:
        """Parts that are not here, from the first to the last."""
        count = -(-self.remote.size // self._part_size)
        return [part for part in range(count) if part not in self._finished]

    def span(self, part: int) -> tuple[int, int]:
        """Where a part begins in the file, and its length in bytes."""
        start = part * self._part_size
        return start, min(self._part_size, self.remote.size - start)

    @property
    def names(self) -> tuple[str, str]:
        """Names of the files that outlive a process."""
        return self.path.name, self._state_path.name

    @property
    def finished_bytes(self) -> int:
        """Bytes that survive the death of this process."""
        return sum(self.span(part)[1] for part in self._finished)

    @property
    def bytes_to_allocate(self) -> int:
        """Bytes of disk that the file still needs."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return self.remote.size
        return max(0, self.remote.size - status.st_blocks * 512)

    def write(self, data: bytes, offset: int) -> None:
        """Put bytes into their place; they count only when their part is committed."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self._descriptor, view, offset)
            view, offset = view[written:], offset + written

    def commit(self, parts: Iterable[int]) -> None:
        """Count these parts as finished; durable when this returns."""
        os.fdatasync(self._descriptor)
        self._finished.update(parts)
        state = _State(
            etag=self.remote.etag, size=self.remote.size, part_size=self._part_size, finished=sorted(self._finished)
        )
        temporary = self._state_path.with_name(self._state_path.name + ".tmp")
        temporary.write_text(state.model_dump_json())
        sync(temporary)
        temporary.replace(self._state_path)

    def _restored(self) -> set[int]:
        try:
            state = _State.model_validate_json(self._state_path.read_bytes())
            size = self.path.stat().st_size
        except (FileNotFoundError, ValidationError):
            return set()
        expected = (self.remote.etag, self.remote.size, self._part_size, self.remote.size)
        if (state.etag, state.size, state.part_size, size) != expected:
            _log.warning("download_begins_again", object=self.remote.key, why="the object or the part size changed")
            return set()
        _log.info("download_resumes", object=self.remote.key, parts_here=len(state.finished))
        return set(state.finished)
