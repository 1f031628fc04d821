"""Safety has a price: it may not be more than a fifth of the speed of boto3's own download."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.modelstatus.download.bandwidth import Bandwidth
from services.modelstatus.download.fetch import Fetcher
from services.modelstatus.download.reporter import Reporter
from services.modelstatus.download.s3_model import S3Model, S3Place
from services.modelstatus.download.s3_source import S3Source
from services.modelstatus.names import ModelName
from services.modelstatus.status import ModelStatus
from services.modelstatus.store import OllamaStore
from tests.common.model_store import make_model
from tests.common.moto_server import CREDENTIALS, MotoServer

RUNS = 5
SIZE = 300_000_000


class Unseen:
    def show(self, status: ModelStatus, bytes_per_second: float | None) -> None:
        pass


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.common.s3_files", str(tmp_path / "bucket")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.mark.slow
def test_a_download_is_nearly_as_fast_as_boto3s(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole installation is timed: fetching, making it durable, SHA-256."""
    model = make_model(tmp_path / "bucket", sizes=(SIZE,))
    (blob,) = (place for place in model.files if "blobs/" in place)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    plain = MotoServer(url).client()
    ratios = []
    for run in range(RUNS):
        store = tmp_path / f"store-{run}"
        began = time.perf_counter()
        plain.download_file("models", blob, str(tmp_path / "plain"))
        theirs = time.perf_counter() - began
        (tmp_path / "plain").unlink()
        began = time.perf_counter()
        _install(url, store, tmp_path / "status.json")
        ours = time.perf_counter() - began
        assert model.is_whole_in(store)
        ratios.append(theirs / ours)
        print(f"boto3 {SIZE / theirs / 1e6:.0f} MB/s, ours {SIZE / ours / 1e6:.0f} MB/s")  # noqa: T201
    plain.close()

    assert statistics.median(ratios) >= 0.8, ratios


def _install(url: str, store: Path, file: Path) -> None:
    source = S3Source("models", endpoint_url=url, connections=8, timeout_seconds=30)
    reporter = Reporter(file, "seer", Unseen())
    fetcher = Fetcher(source, reporter, Bandwidth(0), connections=8)
    with reporter:
        model = S3Model(
            S3Place(source, ""), OllamaStore(store), ModelName("seer"), fetcher, reporter, part_size=16 * 1024 * 1024
        )
        assert model.install()
    source.close()
