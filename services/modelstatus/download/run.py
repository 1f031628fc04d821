"""The use case: have the model ready, and its status true at every moment."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import partial
from time import sleep
from typing import Protocol

from services.common.logs import get_logger
from services.modelstatus.download.export import export
from services.modelstatus.download.faults import Code, FinalError, Stopped, TransientError, of_disk
from services.modelstatus.download.reporter import Reporter
from services.modelstatus.download.retry import RetryPolicy, keep_trying
from services.modelstatus.download.s3_model import S3Model, S3Place
from services.modelstatus.names import ModelName
from services.modelstatus.store import OllamaStore, StoreBusyError

_CONFIRMATIONS = 5
_CONFIRMATION_SECONDS = 0.5
_log = get_logger(__name__)


class Exit(IntEnum):
    """How the command ends. A stop by a signal ends the process by that signal."""

    READY = 0
    ERROR = 1
    USAGE = 2
    BUSY = 75


class Server(Protocol):
    """What is needed of the Ollama server; see `OllamaServer`."""

    def size(self, name: ModelName) -> int | None:
        """Bytes of the model when the server lists it, else None. Raises TransientError when no server answers."""
        ...

    def pull(self, name: ModelName, reporter: Reporter) -> None:
        """Have the server pull the model. Raises TransientError, FinalError."""
        ...


class ModelDownload:
    """Has the model `name` ready in `store`. `bucket` makes the way to S3, or is None when no bucket is set."""

    def __init__(
        self,
        name: ModelName,
        store: OllamaStore,
        server: Server,
        reporter: Reporter,
        policy: RetryPolicy,
        *,
        bucket: Callable[[], tuple[S3Place, S3Model]] | None,
        to_export: bool,
        pause: Callable[[float], object] = sleep,
    ) -> None:
        self._name = name
        self._store = store
        self._server = server
        self._reporter = reporter
        self._policy = policy
        self._bucket = bucket
        self._to_export = to_export
        self._pause = pause

    def run(self) -> Exit:
        """Download what is missing and install it; the outcome is in the status file. Raises Stopped."""
        try:
            with self._store.locked():
                return self._told(self._obtain)
        except StoreBusyError:
            _log.warning("download_busy", why="another downloader is at work in this model store")
            return Exit.BUSY
        except OSError as error:
            return self._told(partial(_fail, error))

    def _told(self, work: Callable[[], None]) -> Exit:
        with self._reporter:
            try:
                work()
            except Stopped:
                message = "The downloader was stopped. Start it again: it continues where it was."
                self._reporter.failed(Code.STOPPED, message)
                raise
            except Exception as error:  # the status tells of every end
                fault = _of(error)
                expected = isinstance(error, FinalError)
                cause = str(error.__cause__ or error)
                _log.error("download_failed", code=fault.code, cause=cause, exc_info=None if expected else error)
                self._reporter.failed(fault.code, fault.message)
                return Exit.ERROR
        return self._exported() if self._to_export else Exit.READY

    def _obtain(self) -> None:
        size = self._size_when_ready()
        if size is not None:
            self._reporter.still_ready(size)
            return
        if self._bucket:
            self._reporter.downloading("s3", 0, 0)
            size = keep_trying(self._try_s3, self._reporter, self._policy)
        if size is not None:
            self._confirm()
            self._reporter.ready("s3", size)
            return
        self._reporter.downloading("ollama", 0, 0)
        keep_trying(lambda: self._server.pull(self._name, self._reporter), self._reporter, self._policy)
        self._reporter.ready("ollama", self._confirm() or self._reporter.downloaded_bytes)

    def _size_when_ready(self) -> int | None:
        """Bytes of the model when nothing has to be downloaded."""
        manifest = self._store.manifest(self._name)
        if manifest is None:
            try:  # its store may be elsewhere
                return self._server.size(self._name)
            except TransientError:
                return None
        if self._store.missing(manifest):
            return None
        self._store.clear_workshop(self._name)  # a kill may have come between the last step and the clearing
        self._confirm()
        return manifest.size

    def _try_s3(self) -> int | None:
        """Bytes that were to be downloaded, or None when S3 has no such model."""
        assert self._bucket  # noqa: S101 - tells mypy what the caller knows
        _, model = self._bucket()
        if model.install():
            return self._reporter.downloaded_bytes
        _log.info("model_not_in_s3", model=str(self._name), then="the Ollama server pulls it")
        return None

    def _confirm(self) -> int | None:
        """Have the server list the model; its size, or None when no server answers.

        A server that starts later finds the files; whether it answers is for the ocr service's probe to tell.
        """
        for _ in range(_CONFIRMATIONS):
            try:
                size = self._server.size(self._name)
            except TransientError:
                _log.warning("model_not_confirmed", why="no Ollama server answers; the files are in place")
                return None
            if size is not None:
                return size
            self._pause(_CONFIRMATION_SECONDS)
        message = (
            "The model is installed, but the Ollama server does not list it. Set OLLAMA_MODELS to the folder that the "
            "server uses, then start the download again."
        )
        raise FinalError(Code.NOT_CONFIRMED, message)

    def _exported(self) -> Exit:
        assert self._bucket  # noqa: S101 - the command line sees to it
        try:
            place, _ = self._bucket()
            export(place, self._store, self._name)
        except (FinalError, TransientError) as fault:
            _log.error("export_failed", why=fault.message, cause=str(fault.__cause__ or fault))
            return Exit.ERROR
        return Exit.READY


def _of(error: Exception) -> FinalError:
    if isinstance(error, FinalError):
        return error
    if isinstance(error, OSError):
        return of_disk(error)
    return FinalError(Code.INTERNAL, "The downloader failed. See its log, then start the download again.")


def _fail(error: OSError) -> None:
    raise error
