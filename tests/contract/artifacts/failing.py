"""A store that dies at its n-th change, as a process does that is killed: nothing after it is done."""

from __future__ import annotations

from collections.abc import Sequence

from services.artifacts.store import ArtifactStore, StoredObject
from services.common.errors import Reason, TtbError


class DyingStore:
    """Passes `changes` calls of put, put_if_absent and purge on to `inner`, and refuses whatever comes after."""

    def __init__(self, inner: ArtifactStore, changes: int) -> None:
        self.name = inner.name
        self.dead = False
        self._inner = inner
        self._changes = changes

    def _change(self) -> None:
        self.dead = self.dead or self._changes == 0
        self._changes -= 1
        self._live()

    def _live(self) -> None:
        if self.dead:
            raise TtbError(Reason.STORE_UNAVAILABLE, "The store died.")

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        self._change()
        await self._inner.put(key, content, content_type)

    async def put_if_absent(self, key: str, content: bytes, content_type: str) -> bytes:
        self._change()
        return await self._inner.put_if_absent(key, content, content_type)

    async def purge(self, prefix: str) -> None:
        self._change()
        await self._inner.purge(prefix)

    async def get(self, key: str) -> bytes | None:
        self._live()
        return await self._inner.get(key)

    async def exists(self, key: str) -> bool:
        self._live()
        return await self._inner.exists(key)

    async def list(self, prefix: str, *, start_after: str = "", limit: int = 1000) -> Sequence[StoredObject]:
        self._live()
        return await self._inner.list(prefix, start_after=start_after, limit=limit)

    async def remains(self, prefix: str) -> Sequence[str]:
        self._live()
        return await self._inner.remains(prefix)

    async def check(self) -> None:
        self._live()

    async def retention(self) -> str:
        return ""

    async def close(self) -> None:
        """Nothing: `inner` is closed by its owner."""
