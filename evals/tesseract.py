"""The yardstick of speed: one plain `tesseract` command over the same images on the same machine in the same run."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

PROGRAM = "tesseract"


def version() -> str | None:
    """What the installed command calls itself; None when there is none."""
    if shutil.which(PROGRAM) is None:
        return None
    told = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
    return (told.stdout or told.stderr).splitlines()[0].strip()


def plain_seconds(images: Iterable[Path]) -> float | None:
    """Seconds that the command takes for all images, one after the other, on one thread; None when it fails."""
    begun = time.perf_counter()
    for image in images:
        done = subprocess.run(
            [PROGRAM, str(image), "stdout"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            check=False,
        )
        if done.returncode:
            return None
    return time.perf_counter() - begun
