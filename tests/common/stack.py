"""The whole system for tests: the real ocr service, validator and gateway as processes on free ports."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.programs import PROGRAMS, local_environment, url
from tests.common.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Stack:
    """A running system: `url` for REST, `grpc_target` for gRPC; `processes` and `logs` by program name."""

    url: str
    grpc_target: str
    processes: dict[str, subprocess.Popen[bytes]]
    logs: dict[str, Path]
    environment: dict[str, str]

    def start(self, name: str) -> None:
        """Start one program, for the first time or after it was killed."""
        program = next(each for each in PROGRAMS if each.name == name)
        with self.logs[name].open("ab") as log:
            self.processes[name] = subprocess.Popen(
                program.command(), cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def wait_until_healthy(self, *, seconds: float = 120) -> None:
        """Return when `GET /health` answers 200; raise with the logs when a process ends before, or it never does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise AssertionError(f"{name} ended with {process.returncode}:\n{self.logs[name].read_text()}")
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health", timeout=5).status_code == httpx.codes.OK:
                    return
            time.sleep(0.1)
        logs = "\n".join(f"{name}:\n{path.read_text()[-3000:]}" for name, path in self.logs.items())
        raise AssertionError(f"not healthy after {seconds} s\n{logs}")

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
    ports = [str(port) for port in free_ports(4)]
    own = dict(zip(("OCR_PORT", "VALIDATOR_PORT", "TTB_PORT", "TTB_ADMIN_PORT"), ports, strict=True))
    return {**os.environ, **own, "TTB_VAR_DIR": str(folder), **(overrides or {})}


@contextlib.contextmanager
def running_stack(folder: Path, overrides: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """The system, healthy, with `overrides` of its environment; its logs and files go below `folder`."""
    environment = local_environment(free_environment(folder, overrides))
    names = [program.name for program in PROGRAMS]
    base = url(environment)
    stack = Stack(base, base.removeprefix("http://"), {}, {name: folder / f"{name}.log" for name in names}, environment)
    try:
        for name in names:
            stack.start(name)
        stack.wait_until_healthy()
        yield stack
    finally:
        stack.stop()
