"""What all services together keep in memory, seen from outside: the kernel's own count of their processes.

Pages that processes share are counted once (PSS), so that the sum is what the machine really gives.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Self

_PROC = Path("/proc")
_INTERVAL_SECONDS = 0.5
_KIB = 1024


def supervisor_of(config: Path) -> int | None:
    """The process that was started with this configuration file of supervisord; None when there is none."""
    name = str(config).encode()
    for process in _PROC.glob("[0-9]*"):
        words = _bytes(process / "cmdline").split(b"\0")
        if name in words and any(b"supervisord" in word for word in words):
            return int(process.name)
    return None


def family(root: int) -> frozenset[int]:
    """The process and all that descend from it."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for process in _PROC.glob("[0-9]*"):
        # The name in brackets may hold spaces and brackets itself.
        fields = _bytes(process / "stat").rpartition(b")")[2].split()
        if len(fields) > 1:
            children[int(fields[1])].append(int(process.name))
    found, waiting = {root}, [root]
    while waiting:
        more = [child for child in children[waiting.pop()] if child not in found]
        found.update(more)
        waiting.extend(more)
    return frozenset(found)


def pss_bytes(processes: frozenset[int]) -> int:
    """Proportional set size of all of them; processes that ended meanwhile count nothing."""
    total = 0
    for process in processes:
        for line in _bytes(_PROC / str(process) / "smaps_rollup").splitlines():
            if line.startswith(b"Pss:"):
                total += int(line.split()[1]) * _KIB
    return total


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


class PeakMemory:
    """Watches the family of a process while the block runs; `bytes` is the most that was seen at a time."""

    def __init__(self, root: int) -> None:
        self.bytes = pss_bytes(family(root))
        self._root = root
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="peak-memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_INTERVAL_SECONDS):
            self.bytes = max(self.bytes, pss_bytes(family(self._root)))
