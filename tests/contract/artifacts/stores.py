"""The stores that the contract is run against, and what each of them lacks against S3 at AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest

from services.artifacts.directory_store import DirectoryStore
from services.artifacts.s3_store import S3Store
from services.artifacts.settings import ArtifactSettings
from services.artifacts.store import ArtifactStore

RETENTION_DAYS = 30


class Gap(Enum):
    """Each is asserted by `test_gaps.py`, where the server has it and where it has not."""

    TAKES_ANY_SECRET = auto()
    IGNORES_CONDITIONS_WHEN_VERSIONED = auto()


class S3Server(Protocol):
    """A server that a fixture runs."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Credentials, region and S3_ENDPOINT_URL."""
        ...

    def make_bucket(self, name: str, *, versioned: bool = False) -> None:
        """A new, empty bucket."""
        ...


@dataclass(frozen=True)
class StoreKind:
    """One kind of store; `server` names the fixture of its `S3Server`, and is empty for a directory."""

    name: str
    server: str = ""
    versioned: bool = False
    gaps: frozenset[Gap] = frozenset()
    marks: tuple[pytest.MarkDecorator, ...] = field(default=(), compare=False)

    def make(self, folder: Path, server: S3Server | None) -> ArtifactSettings:
        """Settings of an empty place of this kind."""
        if server is None:
            return ArtifactSettings(directory=folder / "artifacts", retention_days=RETENTION_DAYS)
        bucket = f"test-{uuid4().hex}"
        server.make_bucket(bucket, versioned=self.versioned)
        return ArtifactSettings(
            s3_bucket=bucket,
            s3_endpoint_url=server.environment["S3_ENDPOINT_URL"],
            s3_connections=16,
            retention_days=RETENTION_DAYS,
        )


def opened(settings: ArtifactSettings) -> ArtifactStore:
    """A store of these settings."""
    if settings.s3_bucket:
        return S3Store(settings)
    return DirectoryStore(settings.directory, retention_days=settings.retention_days)


MOTO_GAPS = frozenset({Gap.TAKES_ANY_SECRET})
RGW_GAPS_WHEN_VERSIONED = frozenset({Gap.IGNORES_CONDITIONS_WHEN_VERSIONED})

KINDS = (
    StoreKind("directory"),
    StoreKind("moto", "moto", gaps=MOTO_GAPS),
    StoreKind("moto-versioned", "moto", versioned=True, gaps=MOTO_GAPS),
    StoreKind("rgw", "rgw", marks=(pytest.mark.slow,)),
    StoreKind("rgw-versioned", "rgw", versioned=True, gaps=RGW_GAPS_WHEN_VERSIONED, marks=(pytest.mark.slow,)),
)
