"""The downloader against moto's S3 server and a server that speaks as Ollama does."""

import hashlib
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from services.modelstatus.status import State
from tests.common.model_store import MadeModel, make_model
from tests.common.moto_server import MotoServer, running_moto
from tests.common.ollama_server import Behaviour, OllamaProcess, ollama_server
from tests.common.s3_files import s3_files
from tests.integration.modelstatus.downloads import PART, Download

SIZES = (700, 3 * PART + 5, 0)


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MotoServer]:
    with running_moto(tmp_path_factory.mktemp("moto")) as moto:
        moto.make_bucket("models")
        yield moto


@pytest.fixture
def library(tmp_path: Path) -> MadeModel:
    """A model in the folder `library`."""
    return make_model(tmp_path / "library", "seer:11b", SIZES)


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[OllamaProcess]:
    with ollama_server(tmp_path / "store", tmp_path / "library") as server:
        yield server


def _upload(moto: MotoServer, folder: Path, prefix: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            moto.client().upload_file(str(path), "models", f"{prefix}{path.relative_to(folder)}")


def test_a_model_is_installed_from_s3_and_then_left_alone(
    tmp_path: Path, moto: MotoServer, library: MadeModel, ollama: OllamaProcess
) -> None:
    _upload(moto, tmp_path / "library", "a-store/")
    download = Download(tmp_path, library, moto.url, ollama.url)

    code, log = download.run("--prefix", "a-store")

    first = download.status()
    assert code == 0, log
    assert download.is_installed
    assert (first.model, first.status, first.source, first.attempt) == ("seer:11b", State.READY, "s3", None)
    assert (first.progress.downloaded_bytes, first.progress.percentage) == (library.size, 100)
    assert "not_confirmed" not in log
    assert download.file.stat().st_mode & 0o777 == 0o644
    left_by_a_kill = download.store / ".incoming/seer@11b/archive.part"
    left_by_a_kill.parent.mkdir()
    left_by_a_kill.touch()
    assert download.run("--prefix", "nothing-is-here")[0] == 0
    assert not left_by_a_kill.exists()
    second = download.status()
    assert (second.status, second.source, second.started_at) == (State.READY, "s3", first.started_at)


@pytest.mark.parametrize("ending", ["tar", "tar.zst"])
def test_a_model_is_installed_from_an_archive(tmp_path: Path, library: MadeModel, ending: str) -> None:
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    archive = bucket / f"seer-11b.{ending}"
    with tarfile.open(bucket / "seer-11b.tar", "w") as tar:
        for folder in ("manifests", "blobs"):
            tar.add(tmp_path / "library" / folder, folder)
    if ending == "tar.zst":
        archive.write_bytes(zstandard.compress((bucket / "seer-11b.tar").read_bytes()))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    (bucket / f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n")
    with s3_files(bucket) as server:
        download = Download(tmp_path, library, server.url)

        code, log = download.run()

    assert code == 0, log
    assert download.is_installed
    assert list((download.store / ".incoming").iterdir()) == [download.store / ".incoming/lock"]


def test_ollama_pulls_what_s3_has_not_and_s3_gets_it(
    tmp_path: Path, moto: MotoServer, library: MadeModel, ollama: OllamaProcess
) -> None:
    ollama.behave(Behaviour(cut_stream=True))
    download = Download(tmp_path, library, moto.url, ollama.url)

    code, log = download.run("--prefix", "exported", "--export")

    status = download.status()
    assert code == 0, log
    assert (status.status, status.source, status.progress.total_bytes) == (State.READY, "ollama", library.size)
    assert "Ollama's answer broke off" in log
    elsewhere = Download(tmp_path / "elsewhere", library, moto.url)
    assert elsewhere.run("--prefix", "exported")[0] == 0
    assert elsewhere.is_installed


@pytest.mark.parametrize(
    ("told", "code"),
    [("pull model manifest: file does not exist", "not_found"), ("write: no space left on device", "disk_full")],
)
def test_a_pull_that_cannot_succeed_ends_with_an_error(
    tmp_path: Path, library: MadeModel, ollama: OllamaProcess, told: str, code: str
) -> None:
    ollama.behave(Behaviour(stream_error=told))
    download = Download(tmp_path, library, ollama_url=ollama.url)

    assert download.run()[0] == 1
    error = download.status().error
    assert error
    assert error.code == code
    assert len(ollama.asked("/api/pull")) == 1


def test_a_failing_ollama_server_is_tried_again(tmp_path: Path, library: MadeModel, ollama: OllamaProcess) -> None:
    ollama.behave(Behaviour(status=500))
    download = Download(tmp_path, library, ollama_url=ollama.url)

    assert download.run()[0] == 1
    error = download.status().error
    assert error
    assert error.code == "unreachable"
    assert len(ollama.asked("/api/pull")) == 4


def test_an_ollama_server_with_another_store_does_not_confirm(tmp_path: Path, library: MadeModel) -> None:
    with s3_files(tmp_path / "library") as server, ollama_server(tmp_path / "another") as ollama:
        download = Download(tmp_path, library, server.url, ollama.url)

        assert download.run()[0] == 1

    error = download.status().error
    assert error
    assert error.code == "not_confirmed"


@pytest.mark.parametrize("options", [["--bandwidth", "0"], ["--model", "../x"], ["--export"]])
def test_wrong_usage_is_refused(tmp_path: Path, library: MadeModel, options: list[str]) -> None:
    code, log = Download(tmp_path, library).run(*options)

    assert code == 2
    assert options[0] in log
