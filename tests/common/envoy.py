"""A real Envoy with the configuration that the project renders, for tests."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.__main__ import command
from gateway.render import render
from gateway.settings import GatewaySettings
from tests.common.ports import wait_for_port


@dataclass(frozen=True)
class Gateway:
    """A running gateway: `url` for REST, `target` for gRPC; `log` holds Envoy's own log and its access log."""

    url: str
    target: str
    log: Path
    settings: GatewaySettings
    process: subprocess.Popen[bytes]

    def wait_for_request(self, trace_id: str, *, seconds: float = 10) -> dict[str, object]:
        """The access log's line of the request with this `x-request-id`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in self.log.read_text().splitlines():
                # The last line may be half written.
                if trace_id in line and line.endswith("}"):
                    found: dict[str, object] = json.loads(line)
                    return found
            time.sleep(0.05)
        raise AssertionError(f"no request {trace_id} in the log:\n{self.log.read_text()}")

    def healthy_endpoints(self, cluster: str) -> int:
        """How many processes of a service Envoy would send to now."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.settings.admin_port}/clusters?format=json") as answer:
            statuses = json.load(answer)["cluster_statuses"]
        hosts = next(each.get("host_statuses", []) for each in statuses if each["name"] == cluster)
        return sum(each["health_status"] == {"eds_health_status": "HEALTHY"} for each in hosts)

    def wait_until_healthy(self, cluster: str, endpoints: int = 1, *, seconds: float = 20) -> None:
        """Return when Envoy would send to exactly so many processes of a service."""
        end = time.monotonic() + seconds
        while (found := self.healthy_endpoints(cluster)) != endpoints:
            if time.monotonic() > end:
                raise AssertionError(f"{cluster}: {found} healthy endpoints, not {endpoints}:\n{self.log.read_text()}")
            time.sleep(0.05)


@contextmanager
def running_envoy(settings: GatewaySettings, folder: Path) -> Iterator[Gateway]:
    """Envoy with these settings; its files go below `folder`. Ends with the block."""
    rendered = render(settings, folder)
    log = folder / "envoy.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(command(rendered, settings), stdout=stream, stderr=subprocess.STDOUT)
    try:
        wait_for_port(settings.port, process, log)
        address = f"127.0.0.1:{settings.port}"
        yield Gateway(f"http://{address}", address, log, settings, process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
