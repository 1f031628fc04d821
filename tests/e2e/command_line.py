"""Runs `ttb` as a process of its own against the system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.common.stack import Stack


def ttb(stack: Stack, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ttb_client", *map(str, arguments), "--url", stack.url]
    environment = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=environment)
