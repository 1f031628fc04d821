"""The real service and the real gateway, on free ports, with a folder for status files."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from gateway.settings import GatewaySettings
from services.modelstatus.status import ModelStatus, Progress, State, write
from tests.common.envoy import Gateway, running_envoy
from tests.common.ports import free_ports, wait_for_port

ROOT = Path(__file__).resolve().parents[3]
MODEL = "llama3.2-vision"
TOTAL = 7_201_866_752


@dataclass
class System:
    """A running service behind a running gateway. `process` is the service's; `file` is its status file."""

    gateway: Gateway
    file: Path
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start the service again, and wait until the gateway would send to it."""
        self.process = _start(self.environment, self.log)
        self.gateway.wait_until_healthy("modelstatus")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the service."""
        self.process.send_signal(number)
        self.process.wait(30)

    def streams(self) -> int:
        """How many streams the service serves, as its metrics tell."""
        metrics = httpx.get(f"http://127.0.0.1:{int(self.environment['MODEL_STATUS_PORT']) + 10000}/metrics").text
        found = re.search(r"ttb_rpcs_in_flight\{.*WatchModelStatus.*\} (\S+)", metrics)
        return int(float(found[1])) if found else 0

    def tells(self, state: State, downloaded: int = 0) -> ModelStatus:
        """Write the status file as the downloader does."""
        now = datetime.now(UTC).replace(microsecond=0)
        status = ModelStatus(MODEL, state, Progress(downloaded, TOTAL), "s3", now, now)
        write(self.file, status)
        return status


def _start(environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.modelstatus"], cwd=ROOT, env=environment, stdout=stream, stderr=stream
        )
    wait_for_port(int(environment["MODEL_STATUS_PORT"]), process, log)
    return process


@contextmanager
def running_system(folder: Path, gateway: Mapping[str, object] | None = None, **environment: str) -> Iterator[System]:
    """A system below `folder`; settings of the gateway by name, variables of the service by theirs."""
    service_port, port, admin_port = free_ports(3)
    file = folder / "run" / "model-status.json"
    log = folder / "modelstatus.log"
    variables = {
        **os.environ,
        "MODEL_STATUS_PORT": str(service_port),
        "MODEL_STATUS_FILE": str(file),
        "TTB_DRAIN_SECONDS": "0",
        "TTB_GRACE_SECONDS": "5",
        **environment,
    }
    options: dict[str, object] = {
        "port": port,
        "admin_port": admin_port,
        "upstreams": "validator,modelstatus",
        "modelstatus_endpoints": f"127.0.0.1:{service_port}",
        **(gateway or {}),
    }
    process = _start(variables, log)
    with running_envoy(GatewaySettings.model_validate(options), folder) as running:
        system = System(running, file, log, variables, process)
        try:
            running.wait_until_healthy("modelstatus")
            yield system
        finally:
            if system.process.poll() is None:
                system.stop()


Begin = Callable[..., System]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Starts a system as `running_system` does."""
    with ExitStack() as stack:
        yield lambda *settings, **variables: stack.enter_context(running_system(tmp_path, *settings, **variables))


@pytest.fixture
def system(begin: Begin) -> System:
    """A system that a test may break."""
    return begin()


@pytest.fixture(scope="session")
def _shared_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("shared"), MODEL_STATUS_CACHE_SECONDS="0.001") as system:
        yield system


@pytest.fixture
def shared(_shared_system: System) -> Iterator[System]:
    """A system that tests leave whole; there is no status file yet, but its folder."""
    _shared_system.file.parent.mkdir(exist_ok=True)
    yield _shared_system
    _shared_system.file.unlink(missing_ok=True)
