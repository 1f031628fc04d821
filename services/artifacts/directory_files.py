"""The blocking half of the directory store: files that are whole and on the disk, walked in the order of their keys.

Only the time-ordered names in `index/*/` lie in folders made of their leading digits, so that no folder grows with the
number of artifacts; such a folder's name ends in `~`, which no key holds. Names in one folder of the index are all
time-ordered or none is.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

_TEMPORARY = "~tmp"
_TIMED = re.compile(r"(index/[^/]+/)((\d{7})(\d{3})\d{5}-[^/]+)", re.ASCII)


class DirectoryFiles:
    """Files below `root` by key. Every method may raise OSError; symbolic links are not followed.

    For use by several threads and processes.
    """

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root))
        self._clean = False
        self._folders = threading.Lock()
        """Held while folders come or go, so that none goes between its making and its first file."""

    def _path(self, key: str) -> Path:
        timed = _TIMED.fullmatch(key)
        return self._root / (f"{timed[1]}{timed[3]}~/{timed[4]}~/{timed[2]}" if timed else key)

    def exists(self, key: str) -> bool:
        """Whether there is a file."""
        path = self._path(key)
        _refuse_links(path.parent)
        return path.is_file() and not path.is_symlink()

    def read(self, key: str) -> bytes | None:
        """The file's content, or None."""
        path = self._path(key)
        _refuse_links(path.parent)
        try:
            with open(path, "rb", opener=_own) as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def write(self, key: str, content: bytes, *, replace: bool) -> bool:
        """Keep a file; False when there is one already and it is not to be replaced."""
        path = self._path(key)
        place = _replace if replace else _link
        _refuse_links(path.parent)
        with self._temporary(content) as temporary:
            with self._folders:
                self._make(path.parent)
                folder = _open_folder(path.parent)
                try:
                    placed = place(temporary, path)
                except OSError:
                    os.close(folder)
                    raise
            _sync(folder)
            return placed

    @contextlib.contextmanager
    def _temporary(self, content: bytes) -> Iterator[Path]:
        """A file with this content that is on the disk, for as long as the block lasts."""
        path = self._prepared() / uuid4().hex
        try:
            with open(path, "xb", opener=_own) as file:
                # Held while the file is here: see `_remove_unlocked`.
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                yield path
        finally:
            path.unlink(missing_ok=True)

    def _prepared(self) -> Path:
        """The folder for files that are being written; what dead processes left in it is removed once."""
        temporary = self._root / _TEMPORARY
        with self._folders:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.mkdir(mode=0o700, exist_ok=True)
            if not self._clean:
                for leftover in temporary.iterdir():
                    _remove_unlocked(leftover)
                self._clean = True
        return temporary

    def _make(self, folder: Path) -> None:
        """Make a folder and those above it, each known to the disk."""
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(_open_folder(folder.parent))

    def probe(self) -> None:
        """Write a file, as proof that it can be done."""
        with self._temporary(b"probe"):
            pass

    def found(self, prefix: str, after: str = "") -> Iterator[FoundFile]:
        """The files whose key begins with `prefix` and is greater than `after`, in key order, as they are asked for."""
        start = prefix[: prefix.rfind("/") + 1]
        folder = self._root / start
        _refuse_links(folder)
        return _walk(folder, start, start, _Wanted(prefix, after))

    def purge(self, prefix: str) -> None:
        """Remove the files whose key begins with `prefix`, and the folders that are empty then."""
        folders: set[Path] = set()
        for each in self.found(prefix):
            each.path.unlink(missing_ok=True)
            folders.add(each.path.parent)
        with self._folders:
            changed = {self._drop_empty(folder) for folder in folders}
        for folder in changed:
            with contextlib.suppress(FileNotFoundError):
                _sync(_open_folder(folder))

    def _drop_empty(self, folder: Path) -> Path:
        """Remove the folder and those above it that are empty; returns the first that stays."""
        while folder != self._root:
            try:
                folder.rmdir()
            except FileNotFoundError:
                pass
            except OSError as error:
                if error.errno == errno.ENOTEMPTY:
                    break
                raise
            folder = folder.parent
        return folder


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, its key, and when it was written (UTC)."""

    key: str
    path: Path
    modified: datetime


@dataclass(frozen=True, slots=True)
class _Wanted:
    prefix: str
    after: str

    def has(self, key: str) -> bool:
        return key.startswith(self.prefix) and key > self.after

    def may_begin(self, start: str) -> bool:
        """Whether a key that begins so can be wanted."""
        within = start.startswith(self.prefix) or self.prefix.startswith(start)
        return within and (start > self.after or self.after.startswith(start))


def _walk(folder: Path, base: str, start: str, wanted: _Wanted) -> Iterator[FoundFile]:
    """The wanted files below a folder in key order, each folder read when it is reached.

    A file's key is `base` and its name; `start` is what all keys below the folder begin with.
    """
    try:
        with os.scandir(folder) as entries:
            found = sorted((_start(entry, base, start), entry.path, entry) for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return
    for key, path, entry in found:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != _TEMPORARY and wanted.may_begin(key):
                yield from _walk(Path(path), base if entry.name.endswith("~") else key, key, wanted)
        elif entry.is_file(follow_symlinks=False) and wanted.has(key):
            with contextlib.suppress(FileNotFoundError):
                yield FoundFile(key, Path(path), datetime.fromtimestamp(entry.stat().st_mtime, UTC))


def _start(entry: os.DirEntry[str], base: str, start: str) -> str:
    if not entry.is_dir(follow_symlinks=False):
        return base + entry.name
    return start + entry.name[:-1] if entry.name.endswith("~") else f"{base}{entry.name}/"


def _replace(temporary: Path, path: Path) -> bool:
    temporary.rename(path)
    return True


def _link(temporary: Path, path: Path) -> bool:
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return False
    return True


def _remove_unlocked(path: Path) -> None:
    """Remove a file unless a living process is writing it."""
    with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


def _refuse_links(folder: Path) -> None:
    if os.path.realpath(folder) != str(folder):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _own(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _open_folder(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _sync(folder: int) -> None:
    """Bring the names in an open folder to the disk, and close it."""
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
