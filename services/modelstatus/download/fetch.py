"""Many parts of many files at the same time, each counted as soon as it is safe.

Threads fetch and write; the calling thread makes finished parts durable, several at once when they come faster than
the disk syncs, so that safety costs little speed.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TypeAlias

from services.modelstatus.download.bandwidth import Bandwidth
from services.modelstatus.download.faults import ObjectChangedError, Stopped, TransientError
from services.modelstatus.download.parts import PartFile
from services.modelstatus.download.reporter import Reporter
from services.modelstatus.download.source import Source

_Job: TypeAlias = tuple[PartFile, int]
_Outcome: TypeAlias = tuple[_Job, BaseException | None]


class Fetcher:
    """Fetches with `connections` threads, within the bandwidth."""

    def __init__(self, source: Source, reporter: Reporter, bandwidth: Bandwidth, connections: int) -> None:
        self._source = source
        self._reporter = reporter
        self._bandwidth = bandwidth
        self._connections = connections

    def fetch(self, files: Sequence[PartFile], *, elsewhere: int) -> None:
        """Fetch every missing part of these open files; `elsewhere` is how many bytes of the model are here besides.

        A part that fails is left for the next attempt while the others go on, until as many failed as there are
        connections. Raises the first fault then, or when nothing else is left to do.
        """
        jobs = deque((file, part) for file in files for part in file.missing())
        total = elsewhere + sum(file.remote.size for file in files)
        outcomes: SimpleQueue[_Outcome] = SimpleQueue()
        stop = threading.Event()
        faults: list[BaseException] = []
        running = len(jobs)
        pool = ThreadPoolExecutor(self._connections, thread_name_prefix="part")
        try:
            for _ in range(min(self._connections, len(jobs))):
                pool.submit(self._work, jobs, outcomes, stop)
            while running and not stop.is_set():
                finished: dict[PartFile, list[int]] = defaultdict(list)
                for (file, part), fault in _waiting(outcomes):
                    running -= 1
                    if fault is None:
                        finished[file].append(part)
                    else:
                        faults.append(fault)
                for file, parts in finished.items():
                    file.commit(parts)
                self._reporter.kept(elsewhere + sum(file.finished_bytes for file in files), total)
                if len(faults) >= self._connections or any(_is_hopeless(fault) for fault in faults):
                    stop.set()
        except Stopped:
            stop.set()
            pool.shutdown(wait=False)  # a thread may wait long for the server, and the process ends
            raise
        finally:
            stop.set()
        pool.shutdown(wait=True)
        if faults:
            raise next((fault for fault in faults if _is_hopeless(fault)), faults[0])

    def _work(self, jobs: deque[_Job], outcomes: SimpleQueue[_Outcome], stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                job = jobs.popleft()
            except IndexError:
                return
            try:
                self._fetch_part(*job, stop)
            except BaseException as fault:
                outcomes.put((job, fault))
            else:
                outcomes.put((job, None))

    def _fetch_part(self, file: PartFile, part: int, stop: threading.Event) -> None:
        offset, length = file.span(part)
        for piece in self._source.read(file.remote, offset, length):
            if stop.is_set():
                raise TransientError("the download was interrupted")
            file.write(piece, offset)
            offset += len(piece)
            self._reporter.received(len(piece))
            self._bandwidth.spend(len(piece))


def _is_hopeless(fault: BaseException) -> bool:
    return isinstance(fault, ObjectChangedError) or not isinstance(fault, TransientError)


def _waiting(outcomes: SimpleQueue[_Outcome]) -> list[_Outcome]:
    """At least one outcome, and all that are there."""
    found = [outcomes.get()]
    while True:
        try:
            found.append(outcomes.get_nowait())
        except Empty:
            return found
