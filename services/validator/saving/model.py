"""What saving an artifact means to the validator, and what it needs of whoever keeps artifacts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """How far an artifact is kept."""

    STORED = "stored"
    QUEUED = "queued"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the answer tells of an artifact: its id, how far it is kept, and, when it failed, why in one sentence."""

    identifier: str
    state: State
    reason: str = ""


class Fate(StrEnum):
    """What becomes of a record that was not taken."""

    AWAY = "away"
    """Nothing can be handed over at present: every record waits."""
    TROUBLE = "trouble"
    """This one failed; it is tried again later, the others go on."""
    REFUSED = "refused"
    """It will never be taken: a person has to look."""
    DELETED = "deleted"
    """Its id was deleted, so that it may not be kept."""


class NotTakenError(Exception):
    """A record was not taken. `message` is public."""

    def __init__(self, fate: Fate, message: str) -> None:
        super().__init__(f"{fate}: {message}")
        self.fate = fate
        self.message = message


@dataclass(frozen=True, slots=True)
class Storage:
    """Where artifacts are kept (`directory` or `s3`), whether that answers, why not, and for how long they are kept."""

    store: str = ""
    available: bool = False
    reason: str = ""
    retention: str = ""


class Keeper(Protocol):
    """Keeps artifacts for good: the artifacts service."""

    async def save(self, identifier: str, record: bytes) -> str:
        """Keep a record (a serialized `SaveArtifactRequest`); again with the same id changes nothing.

        Returns the id that it is kept under. Raises `NotTakenError`.
        """
        ...

    async def storage(self) -> Storage:
        """Where artifacts are kept; not available, with the reason, when nobody answers."""
        ...
