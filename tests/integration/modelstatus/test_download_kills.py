"""SIGKILL at random moments of a download, over and over: nothing is lost but the parts that were under way.

`DOWNLOAD_KILLS` and `DOWNLOAD_MEGABYTES` make it longer.
"""

import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.modelstatus.status import State
from tests.common.model_store import make_model
from tests.common.s3_files import Asked, S3Files, s3_files
from tests.integration.modelstatus.downloads import Download

KILLS = int(os.environ.get("DOWNLOAD_KILLS", "8"))
MEGABYTES = int(os.environ.get("DOWNLOAD_MEGABYTES", "40"))
SEED = 20
# A whole download takes about two seconds besides the start of the process.
BANDWIDTH = MEGABYTES / 2


@pytest.mark.timeout(60 + KILLS * 10)
def test_a_killed_download_goes_on_where_it_was(tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 - no secret
    bucket = tmp_path / "bucket"
    model = make_model(bucket, sizes=(700, MEGABYTES * 900_000, MEGABYTES * 100_000, 3))
    kills, rounds, samples = 0, 0, 0
    with s3_files(bucket) as server:
        while kills < KILLS:
            rounds += 1
            download = Download(tmp_path / f"round-{rounds}", model, server.url)
            while True:
                with _watched(download) as seen:
                    killed = _run_and_kill(download, server, chance)
                samples += len(seen)
                assert [problem for problem in seen if problem] == []
                _check(download, ready=not killed)
                if not killed:
                    break
                kills += 1
            shutil.rmtree(download.folder)
    print(f"{kills} kills in {rounds} downloads, {samples} samples, {len(server.asked)} requests")  # noqa: T201


def _run_and_kill(download: Download, server: S3Files, chance: random.Random) -> bool:
    """One run of the process; whether it was killed. Nothing that was safe before may be asked for again."""
    before, asked_before = download.finished(), len(server.asked)
    process = download.start("--bandwidth", str(BANDWIDTH))
    assert process.stderr
    if chance.random() < 0.8:  # the others die while they start, however long that takes on this machine
        _wait(process, lambda: len(server.asked) > asked_before)
    end = time.monotonic() + chance.uniform(0, 1.5)
    _wait(process, lambda: time.monotonic() > end)
    process.kill()
    log = process.stderr.read()
    process.stderr.close()
    assert process.wait() in {0, -9}, log
    again = [asked for asked in server.asked[asked_before:] if _overlaps(asked, before)]
    assert again == [], f"fetched again although it was safe: {again}"
    return process.returncode != 0


def _wait(process: subprocess.Popen[str], over: Callable[[], bool]) -> None:
    while process.poll() is None and not over():
        time.sleep(0.001)


def _overlaps(asked: Asked, safe: dict[str, list[tuple[int, int]]]) -> bool:
    return "blobs/" in asked.key and any(
        asked.start < end and start < asked.end for start, end in safe.get(asked.key, [])
    )


def _check(download: Download, *, ready: bool) -> None:
    """Nobody runs now: what the status says and what the disk holds can be compared exactly."""
    assert download.is_installed or not download.is_visible
    if download.file.exists():
        status = download.status()
        assert (status.status is State.READY) <= download.is_installed
        assert status.progress.downloaded_bytes <= download.finished_bytes()
    assert not ready or (download.status().status is State.READY and download.is_installed)


@contextmanager
def _watched(download: Download) -> Iterator[list[str]]:
    """What is wrong with the status at each sampled moment: an empty text when nothing is."""
    seen: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.003):
            try:
                status = download.status()
            except FileNotFoundError:
                continue
            except ValueError as error:
                seen.append(f"not valid: {error}")
                continue
            # What is on the disk only grows, and was there before the status told of it.
            safe = download.finished_bytes()
            if status.progress.downloaded_bytes > safe:
                seen.append(f"tells of {status.progress.downloaded_bytes} bytes when {safe} are safe")
            elif status.status is State.READY and not download.is_installed:
                seen.append("ready before it is installed")
            else:
                seen.append("")

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()
