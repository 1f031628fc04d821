from collections.abc import AsyncIterator, Iterator

import pytest

from services.artifacts.settings import ArtifactSettings
from services.artifacts.store import ArtifactStore
from tests.common.ceph import Rgw, running_rgw
from tests.common.moto_server import MotoServer, running_moto
from tests.contract.artifacts.stores import KINDS, StoreKind, opened


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MotoServer]:
    with running_moto(tmp_path_factory.mktemp("moto")) as server:
        yield server


@pytest.fixture(scope="session")
def rgw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rgw]:
    with running_rgw(tmp_path_factory.mktemp("rgw")) as server:
        yield server


@pytest.fixture(params=[pytest.param(kind, id=kind.name, marks=kind.marks) for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> StoreKind:
    return request.param


@pytest.fixture
def settings(
    kind: StoreKind,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> ArtifactSettings:
    server = request.getfixturevalue(kind.server) if kind.server else None
    for name, value in (server.environment if server else {}).items():
        monkeypatch.setenv(name, value)
    return kind.make(tmp_path_factory.mktemp(kind.name), server)


@pytest.fixture
async def store(settings: ArtifactSettings) -> AsyncIterator[ArtifactStore]:
    store = opened(settings)
    yield store
    await store.close()
