"""`make run` and `make up`, with the real services."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scripts.programs import PROGRAMS, taken_ports, url
from tests.common.stack import ROOT, free_environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "scripts.stack", *words]


def _call(environment: dict[str, str], word: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(word), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def _wait_until_free(environment: dict[str, str], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while taken := list(taken_ports(environment)):
        if time.monotonic() > end:
            raise AssertionError(taken)
        time.sleep(0.1)


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    own = free_environment(tmp_path)
    yield own
    _call(own, "down")
    _wait_until_free(own)


def test_run_verifies_the_sample_and_ctrl_c_stops_everything(environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        _command("run"), cwd=ROOT, env={**environment, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "stop with Ctrl-C" in line:
            break
    text = "".join(said)
    assert "verdict: " in text, text
    assert "ALC. 13.5% BY VOL" in text
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == 0
    process.stdout.close()
    assert list(taken_ports(environment)) == []


def test_a_crash_does_not_block_the_next_start(environment: dict[str, str], tmp_path: Path) -> None:
    assert _call(environment, "up").returncode == 0
    again = _call(environment, "up")
    assert (again.returncode, "running already" in again.stderr) == (1, True)

    os.kill(int((tmp_path / "supervisord.pid").read_text()), signal.SIGKILL)
    _wait_until_free(environment)
    assert (tmp_path / "supervisor.sock").exists()
    assert _call(environment, "status").returncode == 1

    assert _call(environment, "up").returncode == 0
    assert httpx.get(f"{url(environment)}/health").status_code == httpx.codes.OK
    assert _call(environment, "status").stdout.count("RUNNING") == len(PROGRAMS)
    assert _call(environment, "down").returncode == 0
    assert list(taken_ports(environment)) == []


def test_a_program_that_does_not_start_is_named_with_its_log(environment: dict[str, str]) -> None:
    done = _call({**environment, "VALIDATOR_PANELS": "many"}, "up")
    assert done.returncode == 1
    assert "validator does not start" in done.stderr
    assert "VALIDATOR_PANELS" in done.stderr
    assert list(taken_ports(environment)) == []
