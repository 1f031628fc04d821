"""Stands in for the artifacts service where only its answers matter: each test says what it does with each record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from services.validator.saving.model import Fate, NotTakenError, Storage


class ScriptedKeeper:
    """Takes what `fate` allows (None: take it), after `gate` is open; remembers attempts and what it keeps."""

    def __init__(self) -> None:
        self.fate: Callable[[str], Fate | None] = lambda _: None
        self.gate = asyncio.Event()
        self.gate.set()
        self.attempts: list[str] = []
        self.kept: dict[str, bytes] = {}
        self.kept_under: dict[str, str] = {}
        self.most_at_once = 0
        self._at_once = 0

    async def save(self, identifier: str, record: bytes) -> str:
        self.attempts.append(identifier)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await self.gate.wait()
        finally:
            self._at_once -= 1
        fate = self.fate(identifier)
        if fate is not None:
            raise NotTakenError(fate, "no")
        self.kept[identifier] = record
        return self.kept_under.get(identifier, identifier)

    async def storage(self) -> Storage:
        return Storage()
