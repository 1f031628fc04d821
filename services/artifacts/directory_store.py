"""Artifacts in a directory of this machine: the embedded default.

Whatever was kept is on the disk, with the folders that lead to it, before a call returns. The work is done in threads
of the store's own.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import ParamSpec, TypeVar

from services.artifacts.directory_files import DirectoryFiles
from services.artifacts.layout import check_key, check_prefix
from services.artifacts.store import StoredObject
from services.common.errors import Reason, TtbError
from services.common.logs import get_logger

log = get_logger(__name__)

_THREADS = 16
_RETRY_AFTER_SECONDS = 5.0

_REMEDIES = {
    errno.ENOSPC: "its disk is full; free some space",
    errno.EDQUOT: "its quota is used up; free some space",
    errno.EROFS: "it is read-only; mount it writable",
    errno.EACCES: "the service may not write to it; correct its owner",
    errno.EPERM: "the service may not write to it; correct its owner",
    errno.EIO: "its disk fails; check the disk",
    errno.ELOOP: "it holds a symbolic link, which is not followed; remove the link",
}

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class DirectoryStore:
    """An `ArtifactStore` below `root`, which is made when it is first written to."""

    name = "directory"

    def __init__(self, root: Path, *, retention_days: int) -> None:
        self._files = DirectoryFiles(root)
        self._retention_days = retention_days
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="directory-store")

    async def put(self, key: str, content: bytes, content_type: str) -> None:  # noqa: ARG002
        """Keep an object, whole or not at all."""
        await self._run(self._files.write, check_key(key), content, replace=True)

    async def put_if_absent(self, key: str, content: bytes, content_type: str) -> bytes:  # noqa: ARG002
        """Keep an object unless there is one; returns what is kept."""
        while not await self._run(self._files.write, check_key(key), content, replace=False):
            kept = await self.get(key)
            if kept is not None:
                return kept
        return content

    async def get(self, key: str) -> bytes | None:
        """The object's bytes."""
        return await self._run(self._files.read, check_key(key))

    async def exists(self, key: str) -> bool:
        """Whether there is an object."""
        return await self._run(self._files.exists, check_key(key))

    async def list(self, prefix: str, *, start_after: str = "", limit: int = 1000) -> Sequence[StoredObject]:
        """Objects in key order; only folders that hold some of them are read."""
        check_prefix(prefix)
        found = await self._run(lambda: tuple(islice(self._files.found(prefix, start_after), limit)))
        return tuple(StoredObject(each.key, each.modified) for each in found)

    async def purge(self, prefix: str) -> None:
        """Remove objects, and folders that are empty then."""
        await self._run(self._files.purge, check_prefix(prefix))

    async def remains(self, prefix: str) -> Sequence[str]:
        """Keys that are left; a directory has no versions."""
        return [each.key for each in await self.list(prefix)]

    async def check(self) -> None:
        """Write a file, as proof."""
        await self._run(self._files.probe)

    async def retention(self) -> str:
        """The setting, which the sweeper enforces."""
        return f"Artifacts are removed by the service after {self._retention_days} days (ARTIFACT_RETENTION_DAYS)."

    async def close(self) -> None:
        """End the threads once their work is done."""
        await asyncio.to_thread(self._threads.shutdown)

    async def _run(
        self, work: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))
        except OSError as error:
            log.warning("the directory store failed", error=error.strerror, errno=error.errno)
            raise _translated(error) from error


def _translated(error: OSError) -> TtbError:
    remedy = _REMEDIES.get(error.errno or 0, "it does not work; see the service's log")
    return TtbError(
        Reason.STORE_UNAVAILABLE,
        f"The directory that keeps artifacts (ARTIFACT_DIRECTORY) cannot be used: {remedy}.",
        retry_after_seconds=_RETRY_AFTER_SECONDS,
    )
