"""What a server or a disk can do to a download: it ends whole, or with a clear error and nothing visible."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.modelstatus.status import State
from tests.common.model_store import make_model
from tests.common.s3_files import Asked, Fault, S3Files, s3_files
from tests.integration.modelstatus.downloads import PART, Download


@pytest.fixture
def server(tmp_path: Path) -> Iterator[S3Files]:
    (tmp_path / "bucket").mkdir()
    with s3_files(tmp_path / "bucket") as server:
        yield server


@pytest.fixture
def download(tmp_path: Path, server: S3Files) -> Download:
    return Download(tmp_path, make_model(server.root, sizes=(700, 12 * PART + 5, PART)), server.url)


def _parts(server: S3Files) -> list[Asked]:
    return [asked for asked in server.asked if "blobs/" in asked.key]


def _is_layer(asked: Asked) -> bool:
    return "blobs/" in asked.key


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.TRUNCATED, Fault.UNAVAILABLE, Fault.SILENT])
def test_a_broken_answer_costs_its_part_and_nothing_else(download: Download, server: S3Files, fault: Fault) -> None:
    broken: list[Asked] = []

    def once(asked: Asked) -> Fault | None:
        if _is_layer(asked) and asked.start and not broken:
            broken.append(asked)
            return fault
        return None

    server.fault = once

    code, log = download.run()

    assert code == 0, log
    assert download.is_installed
    times = Counter((asked.key, asked.start) for asked in _parts(server))
    assert [place for place, count in times.items() if count > 1] == [(broken[0].key, broken[0].start)]
    assert "attempt 2" in log


def test_a_server_that_stays_away_ends_the_download_with_an_error(download: Download, server: S3Files) -> None:
    server.fault = lambda asked: Fault.UNAVAILABLE if asked.number > 5 else None

    code, log = download.run()

    status = download.status()
    assert code == 1, log
    assert status.error
    assert (status.status, status.error.code, status.attempt) == (State.ERROR, "unreachable", 5)
    assert 0 < status.progress.downloaded_bytes < status.progress.total_bytes == download.model.size
    assert not download.is_visible


def test_a_wait_is_told_with_the_attempt_and_its_time(download: Download, server: S3Files) -> None:
    server.fault = lambda asked: Fault.UNAVAILABLE
    download.environment |= {"MODEL_STATUS_BACKOFF_SECONDS": "60"}

    process = download.start()
    try:
        assert process.stderr
        while "begins at" not in process.stderr.readline():
            assert process.poll() is None
        status = download.status()
    finally:
        process.kill()
        process.communicate()

    assert status.status is State.DOWNLOADING
    assert status.attempt == 2
    assert status.retry_at
    assert status.updated_at
    assert status.retry_at >= status.updated_at


def test_an_object_that_is_replaced_is_fetched_anew(download: Download, server: S3Files) -> None:
    replaced: list[Asked] = []

    def replace(asked: Asked) -> None:
        if asked.start == 6 * PART and not replaced:
            replaced.append(asked)
            os.utime(server.root / asked.key, (0, 0))

    server.fault = replace

    code, log = download.run()

    assert code == 0, log
    assert download.is_installed
    assert "download_begins_again" in log
    assert all(asked.if_match for asked in _parts(server))
    assert [asked.start for asked in _parts(server) if asked.key == replaced[0].key].count(0) == 2


def test_wrong_bytes_are_fetched_again_once(download: Download, server: S3Files) -> None:
    wrong: list[Asked] = []

    def once(asked: Asked) -> Fault | None:
        if asked.start == 2 * PART and not wrong:
            wrong.append(asked)
            return Fault.CORRUPT
        return None

    server.fault = once

    code, log = download.run()

    assert code == 0, log
    assert download.is_installed


@pytest.mark.parametrize(("fault", "code"), [(Fault.CORRUPT, "checksum_mismatch"), (Fault.DENIED, "access_denied")])
def test_what_cannot_be_repaired_ends_with_an_error(
    download: Download, server: S3Files, fault: Fault, code: str
) -> None:
    server.fault = lambda asked: fault if _is_layer(asked) else None

    assert download.run()[0] == 1
    status = download.status()
    assert status.status is State.ERROR
    assert status.error
    assert status.error.code == code
    assert str(download.folder) not in status.error.message
    assert not download.is_visible
    assert not any((download.store / place).exists() for place in download.model.files)


def _remove_a_layer(server: S3Files, download: Download) -> None:
    (server.root / next(place for place in download.model.files if "blobs/" in place)).unlink()


def _spoil_the_manifest(server: S3Files, download: Download) -> None:
    (server.root / download.model.manifest).write_text('{"schemaVersion": 2, "config": {"digest": "sha256:../x"}}')


def _remove_all(server: S3Files, download: Download) -> None:
    (server.root / download.model.manifest).unlink()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(_remove_a_layer, "not_found"), (_spoil_the_manifest, "invalid_manifest"), (_remove_all, "unreachable")],
)
def test_a_model_that_s3_does_not_have_is_an_error(
    download: Download, server: S3Files, spoil: Callable[[S3Files, Download], None], code: str
) -> None:
    """Without the model in S3, and without an Ollama server that pulls it, nothing is reached."""
    spoil(server, download)

    assert download.run()[0] == 1
    error = download.status().error
    assert error
    assert error.code == code
    assert not download.is_visible


def test_a_full_disk_is_told_and_the_download_goes_on_when_there_is_room(download: Download) -> None:
    code, log = download.run(file_limit=6 * PART)

    error = download.status().error
    assert code == 1, log
    assert error
    assert error.code == "disk_full"
    assert not download.is_visible
    assert download.run()[0] == 0
    assert download.is_installed


def test_a_store_that_cannot_be_written_is_told(download: Download) -> None:
    download.store.mkdir()
    download.store.chmod(0o555)
    # Root writes everywhere unless that right is taken away.
    prefix = ["setpriv", "--bounding-set=-dac_override", "--"] if os.geteuid() == 0 else []

    code, log = download.run(prefix=prefix)

    error = download.status().error
    assert code == 1, log
    assert error
    assert error.code == "read_only"


def test_one_downloader_at_a_time(download: Download, server: S3Files) -> None:
    first = _slow(download, server)
    try:
        before = download.status()
        assert download.run()[0] == 75
        assert download.status().started_at == before.started_at
    finally:
        first.kill()
        first.communicate()


def test_sigterm_ends_it_soon_and_truthfully(download: Download, server: S3Files) -> None:
    process = _slow(download, server)

    process.terminate()
    process.communicate(timeout=5)

    status = download.status()
    assert process.returncode == -signal.SIGTERM
    assert status.error
    assert status.error.code == "stopped"
    assert 0 < status.progress.downloaded_bytes <= download.finished_bytes()
    server.bytes_per_second = 0
    assert download.run()[0] == 0
    assert download.is_installed


def _slow(download: Download, server: S3Files) -> "subprocess.Popen[str]":
    """A download that lasts, some parts of which are there."""
    server.bytes_per_second = PART / 4
    process = download.start()
    while not download.file.exists() or not download.status().progress.downloaded_bytes:
        assert process.poll() is None
    return process
