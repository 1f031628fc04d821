"""The Ollama server: what it lists, and having it pull a model by itself. The only module that knows its client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import ollama

from services.modelstatus.download.faults import Code, FinalError, TransientError
from services.modelstatus.download.reporter import Reporter
from services.modelstatus.names import ModelName

_PROBE_SECONDS = 5.0
# While it checks a layer of several GB, Ollama sends nothing.
_SILENCE_SECONDS = 600.0
_NOT_FOUND = ("file does not exist", "not found")
_DISK_FULL = "no space left"


class OllamaServer:
    """The server at `host`."""

    def __init__(self, host: str) -> None:
        self._prober = ollama.Client(host=host, timeout=_PROBE_SECONDS)
        self._client = ollama.Client(host=host, timeout=httpx.Timeout(_SILENCE_SECONDS, connect=_PROBE_SECONDS))

    def size(self, name: ModelName) -> int | None:
        """Bytes of the model when the server lists it, else None. Raises TransientError when no server answers."""
        with _translated():
            models = self._prober.list().models
        return next((int(model.size or 0) for model in models if model.model == str(name)), None)

    def pull(self, name: ModelName, reporter: Reporter) -> None:
        """Have the server pull the model; one attempt, which goes on where the last one stopped.

        Raises TransientError, also when the stream ends without success, or FinalError.
        """
        here: dict[str, int] = {}
        totals: dict[str, int] = {}
        reporter.downloading("ollama", 0, 0)
        with _translated():
            for message in self._client.pull(str(name), stream=True):
                if message.status == "success":
                    return
                if message.digest:
                    before = here.get(message.digest, 0)
                    here[message.digest] = max(before, message.completed or 0)
                    totals[message.digest] = max(message.total or 0, here[message.digest])
                    reporter.received(here[message.digest] - before)
                    reporter.kept(sum(here.values()), sum(totals.values()))
                elif message.status and message.status.startswith("verifying"):
                    reporter.extracting()
        raise TransientError("Ollama's answer broke off")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the client's errors into ours; a failure inside a stream is told in words only."""
    try:
        yield
    except ollama.ResponseError as error:
        words = error.error.lower()
        if _DISK_FULL in words:
            message = "The disk of the Ollama server is full. Make room, then start the download again."
            raise FinalError(Code.DISK_FULL, message) from error
        if error.status_code == httpx.codes.NOT_FOUND or any(phrase in words for phrase in _NOT_FOUND):
            message = "Neither S3 nor Ollama's library has the model; check OLLAMA_MODEL and MODEL_STATUS_S3_PREFIX."
            raise FinalError(Code.NOT_FOUND, message) from error
        raise TransientError("the Ollama server reported a failure") from error
    except (ConnectionError, httpx.HTTPError, ValueError) as error:
        raise TransientError("no Ollama server gave a usable answer") from error
