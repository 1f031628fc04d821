"""How a model gets from a source into the store, without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.modelstatus.download.bandwidth import Bandwidth
from services.modelstatus.download.faults import FinalError, TransientError
from services.modelstatus.download.fetch import Fetcher
from services.modelstatus.download.reporter import Reporter
from services.modelstatus.download.s3_model import S3Model, S3Place
from services.modelstatus.download.source import RemoteObject
from services.modelstatus.names import ModelName
from services.modelstatus.status import ModelStatus
from services.modelstatus.store import Blob, OllamaStore
from tests.common.model_store import MadeModel, make_model

NAME = ModelName("seer")


class Folder:
    """A folder as a source; counts the bytes that are read of its objects."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.bytes_read = 0

    def head(self, key: str) -> RemoteObject | None:
        path = self._root / key
        return RemoteObject(key, path.stat().st_size, "etag") if path.exists() else None

    def read(self, remote: RemoteObject, start: int, length: int) -> Iterator[bytes]:
        self.bytes_read += length
        yield (self._root / remote.key).read_bytes()[start : start + length]

    def read_small(self, key: str, limit: int) -> bytes | None:
        path = self._root / key
        return path.read_bytes() if path.exists() else None

    def upload(self, key: str, file: Path) -> None:
        raise AssertionError("nothing is exported here")


class Unseen:
    def show(self, status: ModelStatus, bytes_per_second: float | None) -> None:
        pass


class SmallDisk(OllamaStore):
    def free_bytes(self) -> int:
        return 2_000_000


class PrunedStore(OllamaStore):
    """An Ollama server starts at the wrong moment, and removes the layers that no manifest names."""

    def admit_blob(self, prepared: Path, blob: Blob) -> None:
        super().admit_blob(prepared, blob)
        self.path(blob).unlink()


@pytest.fixture
def model(tmp_path: Path) -> MadeModel:
    return make_model(tmp_path / "source", sizes=(700, 3_000_000))


def _install(store: OllamaStore, folder: Path) -> Folder:
    source = Folder(folder / "source")
    reporter = Reporter(folder / "status.json", "seer", Unseen())
    fetcher = Fetcher(source, reporter, Bandwidth(0), connections=2)
    assert S3Model(S3Place(source, ""), store, NAME, fetcher, reporter, part_size=1_000_000).install()
    return source


def test_only_what_is_missing_is_fetched(tmp_path: Path, model: MadeModel) -> None:
    store = tmp_path / "store"
    large = max(model.files, key=lambda place: (tmp_path / "source" / place).stat().st_size)
    (store / "blobs").mkdir(parents=True)
    (store / large).write_bytes((tmp_path / "source" / large).read_bytes())

    source = _install(OllamaStore(store), tmp_path)

    assert source.bytes_read == 700
    assert model.is_whole_in(store)


def test_a_disk_that_is_too_small_is_known_before_anything_is_fetched(tmp_path: Path, model: MadeModel) -> None:
    with pytest.raises(FinalError, match=r"needs 4 MB more .* has 2 MB free") as error:
        _install(SmallDisk(tmp_path / "store"), tmp_path)

    assert error.value.code == "disk_full"
    assert not list(tmp_path.glob("store/.incoming/*/*"))


def test_a_manifest_never_stands_without_its_layers(tmp_path: Path, model: MadeModel) -> None:
    with pytest.raises(TransientError, match="removed before the model was complete"):
        _install(PrunedStore(tmp_path / "store"), tmp_path)

    assert not (tmp_path / "store" / model.manifest).exists()
