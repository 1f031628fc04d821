"""What the tests have worker processes do."""

import os
import time
from pathlib import Path


def process_id() -> int:
    return os.getpid()


def tell_and_sleep(told: Path, seconds: float) -> None:
    """Write the process id to the file, then work for long."""
    part = told.with_suffix(".part")
    part.write_text(str(os.getpid()))
    part.rename(told)
    time.sleep(seconds)
