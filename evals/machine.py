"""What the numbers of a report depend on: the machine, and the state of the code."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
# Changes elsewhere do not make a commit another system.
_MEASURED = ("services", "gateway", "protos", "stubs", "requirements.txt")


def commit() -> str:
    """The short name of the commit; `unknown` outside git."""
    return _git("rev-parse", "--short=7", "HEAD") or "unknown"


def modified() -> bool:
    """Whether what is measured differs from the commit."""
    return bool(_git("status", "--porcelain", "--", *_MEASURED))


def machine() -> str:
    """Processor and number of cores."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        cpu = names[0] if names else cpu
    return f"{cpu}, {os.cpu_count()} cores"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=_ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.strip()
