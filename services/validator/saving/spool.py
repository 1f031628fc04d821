"""The spool: records on the validator's own disk until artifacts has taken them.

A record that `write` returned from survives the death of the process and of the machine; one that was torn by it is
recognised and set aside in `rejected/`, where a person finds it. To try a rejected record again, move its file back
into the spool's folder and restart the validator.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from services.common.logs import get_logger
from services.common.request_id import is_request_id
from services.validator.saving import record_file
from services.validator.saving.record_file import HEADER_BYTES, DamagedRecordError, Header

log = get_logger(__name__)

SUFFIX = ".record"
_UNFINISHED = ".unfinished"
_REJECTED = "rejected"


class SpoolFullError(Exception):
    """There is no room for another record."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the spool holds: `waiting` records, all `bytes` of at most `capacity`, `rejected` records.

    `oldest` is the id of the record that waits longest, empty when none waits; `full` when one did not fit.
    """

    waiting: int
    bytes: int
    capacity: int
    rejected: int
    oldest: str
    full: bool


class Spool:
    """Keeps at most `capacity` bytes of records, waiting and rejected together, below `folder`.

    Methods may be called from any thread; those that touch the disk block.
    """

    def __init__(self, folder: Path, *, capacity: int) -> None:
        self._folder = folder
        self._rejected_folder = folder / _REJECTED
        self._capacity = capacity
        self._guard = Lock()
        self._waiting: dict[str, Header] = {}
        self._rejected: dict[str, int] = {}
        self._reserved = 0
        self._refused = False
        self._lock: int | None = None

    def open(self) -> None:
        """Take the folder for this process and find what waits there. Raises OSError when another process has it."""
        self._rejected_folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        for folder in (self._folder, self._folder.parent):
            _sync(folder)
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise OSError(
                f"the spool {self._folder} belongs to another process; "
                "give each validator a VALIDATOR_SPOOL_DIRECTORY of its own"
            ) from error
        self._lock = lock
        for path in self._folder.glob(f"*{_UNFINISHED}"):
            path.unlink()
        for path in self._folder.glob(f"*{SUFFIX}"):
            self._find(path)
        self.look_at_rejected()

    def _find(self, path: Path) -> None:
        if not is_request_id(path.stem):
            self.reject(path.stem, "its name is no artifact id")
            return
        try:
            self._waiting[path.stem] = record_file.read_header(path)
        except DamagedRecordError as error:
            self.reject(path.stem, str(error))
        except OSError as error:
            log.warning("a record cannot be read; it stays in the spool", artifact=path.stem, why=error.strerror)

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def write(self, identifier: str, record: bytes, digest: str = "") -> None:
        """Keep a record; it survives from here on. Raises SpoolFullError, OSError; then nothing is kept."""
        header = Header(digest, HEADER_BYTES + len(record))
        with self._guard:
            self._refused = self._used() + header.file_bytes > self._capacity
            if self._refused:
                raise SpoolFullError
            self._reserved += header.file_bytes
        try:
            self._write_file(identifier, record, digest)
            with self._guard:
                self._waiting[identifier] = header
        finally:
            with self._guard:
                self._reserved -= header.file_bytes

    def _write_file(self, identifier: str, record: bytes, digest: str) -> None:
        unfinished, path = self._folder / f"{identifier}{_UNFINISHED}", self._path(identifier)
        try:
            record_file.write(unfinished, digest, record)
            unfinished.rename(path)
            _sync(self._folder)
        except BaseException:
            for leftover in (unfinished, path):
                with contextlib.suppress(OSError):
                    leftover.unlink(missing_ok=True)
            raise

    def read(self, identifier: str) -> bytes:
        """A record that waits. Raises DamagedRecordError, OSError."""
        return record_file.read(self._path(identifier))

    def remove(self, identifier: str) -> None:
        """Forget a record that was taken. Should its file come back after a power cut, it is taken again unchanged."""
        self._forget(identifier)
        self._path(identifier).unlink(missing_ok=True)

    def reject(self, identifier: str, why: str) -> None:
        """Set a record aside for a person to look at."""
        log.error("a record was set aside in the spool's folder `rejected`", artifact=identifier, why=why)
        self._forget(identifier)
        path = self._path(identifier)
        path.replace(self._rejected_folder / path.name)
        self.look_at_rejected()

    def look_at_rejected(self) -> None:
        """Count what lies in `rejected/`: a person may have taken something out."""
        found: dict[str, int] = {}
        for path in self._rejected_folder.glob(f"*{SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                found[path.stem] = path.stat().st_size
        with self._guard:
            self._rejected = found

    def waits(self, identifier: str) -> bool:
        """Whether a record waits to be handed over."""
        return identifier in self._waiting

    def is_rejected(self, identifier: str) -> bool:
        """Whether a record was set aside."""
        return identifier in self._rejected

    def waiting(self) -> Mapping[str, Header]:
        """Headers of all records that wait, by id, oldest first: ids sort by time."""
        with self._guard:
            return dict(sorted(self._waiting.items()))

    def usage(self) -> Usage:
        """What the spool holds now."""
        with self._guard:
            return Usage(
                waiting=len(self._waiting),
                bytes=self._used(),
                capacity=self._capacity,
                rejected=len(self._rejected),
                oldest=min(self._waiting, default=""),
                full=self._refused or self._used() >= self._capacity,
            )

    def _used(self) -> int:
        return (
            self._reserved + sum(header.file_bytes for header in self._waiting.values()) + sum(self._rejected.values())
        )

    def _forget(self, identifier: str) -> None:
        with self._guard:
            if self._waiting.pop(identifier, None) is not None:
                self._refused = False

    def _path(self, identifier: str) -> Path:
        return self._folder / f"{identifier}{SUFFIX}"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
