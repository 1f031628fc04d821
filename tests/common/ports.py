"""Ports for tests that start real servers: picked free, and waited for."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path


def free_ports(count: int) -> tuple[int, ...]:
    """So many TCP ports on loopback that nothing listens on, all different, none in the range that clients get."""
    found: list[int] = []
    with socket.socket() as seed:
        seed.bind(("127.0.0.1", 0))
        candidate = 10000 + seed.getsockname()[1] % 10000
    while len(found) < count:
        candidate = candidate + 1 if candidate < 20000 else 10000
        # A service's metrics are on its port + 10000, so that one has to be free as well.
        if _is_free(candidate) and _is_free(candidate + 10000):
            found.append(candidate)
    return tuple(found)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path, *, seconds: float = 20) -> None:
    """Return when something listens on the port; raise with the process's log when it ends before, or never does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode} before it listened on {port}:\n{log.read_text()}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"does not listen on {port} after {seconds} s:\n{log.read_text()}")
