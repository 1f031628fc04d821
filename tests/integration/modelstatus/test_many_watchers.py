"""A crowd watches a whole download through the gateway; memory and processor time of both servers are reported.

`TTB_TEST_WATCHERS` (200) and `TTB_TEST_WATCH_SECONDS` (15) make it larger or longer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.common.model_store import make_model
from tests.common.s3_files import s3_files
from tests.integration.modelstatus.conftest import MODEL, ROOT, System
from tests.integration.modelstatus.downloads import Download

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WATCHERS = int(os.environ.get("TTB_TEST_WATCHERS", "200"))
SECONDS = int(os.environ.get("TTB_TEST_WATCH_SECONDS", "15"))
MEGABYTE = 1_000_000


def megabytes(pid: int) -> float:
    """Memory that the process holds."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) * 1024 / MEGABYTE


def processor_seconds(pid: int) -> float:
    """Processor time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_everyone_sees_the_download_through_to_its_end(
    system: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = tmp_path / "library"
    model = make_model(library, f"{MODEL}:latest", (1000, 2 * MEGABYTE * SECONDS))
    environment = {"MODEL_STATUS_FILE": str(system.file), "OLLAMA_MODEL": MODEL}
    pids = {"modelstatus": system.process.pid, "envoy": system.gateway.process.pid}
    alone = {name: megabytes(pid) for name, pid in pids.items()}
    command = [sys.executable, "-m", "tests.integration.modelstatus.watchers", str(system.gateway.settings.port)]
    crowd = subprocess.Popen([*command, str(WATCHERS)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert crowd.stdout is not None
        assert crowd.stdout.readline() == "watching\n"
        crowded = {name: megabytes(pid) for name, pid in pids.items()}
        assert system.streams() == WATCHERS
        used = {name: processor_seconds(pid) for name, pid in pids.items()}
        began = time.monotonic()
        slowest = 0.0
        with s3_files(library) as server:
            download = Download(tmp_path, model, server.url, environment=environment)
            process = download.start("--bandwidth", "2")
            while process.poll() is None:
                asked = time.monotonic()
                assert httpx.get(f"{system.gateway.url}/model-status").status_code in (200, 404)
                slowest = max(slowest, time.monotonic() - asked)
                crowded = {name: max(crowded[name], megabytes(pid)) for name, pid in pids.items()}
                time.sleep(0.5)
            assert process.returncode == 0, process.communicate()[1]
            process.communicate()
        took = time.monotonic() - began
        load = {name: (processor_seconds(pid) - used[name]) / took for name, pid in pids.items()}
        told = json.loads(crowd.communicate(timeout=60)[0])
    finally:
        crowd.kill()
        crowd.communicate()
    with capsys.disabled():
        report = f"\n{WATCHERS} watchers, {took:.0f} s, slowest GET /model-status {slowest * 1000:.0f} ms: {told}\n"
        for name in pids:
            memory = f"{alone[name]:.0f} -> {crowded[name]:.0f} MB"
            report += f"  {name}: {memory}, {load[name] * 100:.0f} % of one processor\n"
        sys.stdout.write(report)
    assert told["ended_with"] == {"ready": WATCHERS}
    assert told["failed"] == 0
    # The downloader writes about once a second, and nobody here is slow.
    assert told["messages"][0] > SECONDS / 2
    # They take no place of a call.
    assert slowest < 5
