"""The whole system for tests: the real services and gateway as processes on free ports."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from scripts.programs import PROGRAMS, local_environment, url
from tests.common.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
# Before any download, the model's status is 404.
_READY = ("/health", "/artifacts?page_size=1", "/model-status")


@dataclass(frozen=True)
class Stack:
    """A running system: `url` for REST, `grpc_target` for gRPC; `processes` and `logs` by program name.

    With `headers`, such as a token, it is asked whether it is healthy.
    """

    url: str
    grpc_target: str
    processes: dict[str, subprocess.Popen[bytes]]
    logs: dict[str, Path]
    environment: dict[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start one program, for the first time or after it was killed."""
        program = next(each for each in PROGRAMS if each.name == name)
        with self.logs[name].open("ab") as log:
            self.processes[name] = subprocess.Popen(
                program.command(), cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def wait_until_healthy(self, *, seconds: float = 120) -> None:
        """Return when all services answer; raise with the logs when a process ends before, or never."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise AssertionError(f"{name} ended with {process.returncode}:\n{self.logs[name].read_text()}")
            with contextlib.suppress(httpx.TransportError):
                if not any(self._ask(path).is_server_error for path in _READY):
                    return
            time.sleep(0.1)
        logs = "\n".join(f"{name}:\n{path.read_text()[-3000:]}" for name, path in self.logs.items())
        raise AssertionError(f"not healthy after {seconds} s\n{logs}")

    def _ask(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=self.headers, timeout=5)

    def stop(self) -> None:
        """End all processes, the gateway first."""
        for name in reversed(list(self.processes)):
            process = self.processes[name]
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_environment(folder: Path, overrides: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment with free ports and files below `folder`, so that it meets no other system."""
    variables = [program.ports[0].variable for program in PROGRAMS] + ["TTB_ADMIN_PORT"]
    ports = dict(zip(variables, map(str, free_ports(len(variables))), strict=True))
    files = {
        "TTB_VAR_DIR": str(folder),
        "ARTIFACT_DIRECTORY": str(folder / "artifacts"),
        "ARTIFACT_S3_BUCKET": "",
        "VALIDATOR_SPOOL_DIRECTORY": str(folder / "spool"),
        "MODEL_STATUS_FILE": str(folder / "model-status.json"),
    }
    return {**os.environ, **ports, **files, **(overrides or {})}


@contextlib.contextmanager
def running_stack(
    folder: Path, overrides: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """The system, healthy, with `overrides` of its environment; its logs and files go below `folder`."""
    environment = local_environment(free_environment(folder, overrides))
    names = [program.name for program in PROGRAMS]
    base = url(environment)
    logs = {name: folder / f"{name}.log" for name in names}
    stack = Stack(base, base.removeprefix("http://"), {}, logs, environment, headers or {})
    try:
        for name in names:
            stack.start(name)
        stack.wait_until_healthy()
        yield stack
    finally:
        stack.stop()
