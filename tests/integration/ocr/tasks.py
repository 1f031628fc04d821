"""What the tests have worker processes do."""

import os
import signal
import subprocess
import time
from pathlib import Path


def process_id() -> int:
    return os.getpid()


def tell_and_sleep(told: Path, seconds: float) -> None:
    """Write the process id to the file, then work for long."""
    _tell(told, os.getpid())
    time.sleep(seconds)


def tell_and_sleep_deaf(told: Path, seconds: float) -> None:
    """The same, as in native code that never comes back to Python."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    tell_and_sleep(told, seconds)


def tell_and_wait_for_a_program(told: Path) -> None:
    """Start a program, write its process id to the file, and wait for its end."""
    program = subprocess.Popen(["/bin/sleep", "300"])
    _tell(told, program.pid)
    program.wait()


def _tell(told: Path, process: int) -> None:
    part = told.with_suffix(".part")
    part.write_text(str(process))
    part.rename(told)
