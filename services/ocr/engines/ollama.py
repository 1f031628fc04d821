"""A vision model served by Ollama as an engine. It runs elsewhere, so that this adapter waits instead of working.

A vision model transcribes whole images and gives no places; what it writes can be invented. So its lines carry no
polygon and little confidence, and `auto` takes from it only what another engine read too.
"""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import ollama
from pydantic import BaseModel

from services.common import logs
from services.common.errors import Reason, TtbError
from services.common.page import Line
from services.ocr.engine import EngineName, EngineStatus
from services.ocr.model_download import ModelDownload

log = logs.get_logger(__name__)

_CONFIDENCE = 0.5
_PROBE_SECONDS = 2.0
_PROBE_AGAIN_SECONDS = 10.0
# A model that is awaited is offered soon after it is there.
_PROBE_AWAITED_SECONDS = 2.0
_MAX_LINES = 500
_MAX_CHARACTERS = 2000
_MAX_TOKENS = 4096
# A refused connection is the builtin error; an answer that is not of the expected form is a ValueError, or a TypeError
# when it is no JSON object.
_FAULTS = (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError, TypeError)
_PROMPT = (
    "Transcribe all text printed in this image, exactly as it is printed: same spelling, same capitals, same "
    "punctuation, mistakes included. One entry for each printed line, from top to bottom. Add nothing, correct "
    "nothing, translate nothing. Where nothing is printed, return no lines."
)


class _Transcript(BaseModel):
    """What the model must answer."""

    lines: list[str]


class OllamaEngine:
    """The model `model` of the server at `host`.

    One reading takes at most `seconds`, waiting for its turn included; `concurrency` run at once. An `expected` model
    that is not there is asked for more often.
    """

    def __init__(
        self, *, host: str, model: str, seconds: float, concurrency: int, download: ModelDownload, expected: bool
    ) -> None:
        self._model = model
        self._expected = expected
        self._seconds = seconds
        # `read` has the time limit; the client would wait for ever unless it is told otherwise.
        self._client = ollama.AsyncClient(host=host, timeout=httpx.Timeout(seconds, connect=_PROBE_SECONDS))
        self._prober = ollama.AsyncClient(host=host, timeout=_PROBE_SECONDS)
        self._turns = asyncio.Semaphore(concurrency)
        self._download = download
        self._status = EngineStatus(EngineName.OLLAMA, reason="it was not asked yet; try again in a moment.")
        self._probing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Ask the server from now on, in the background, whether it has the model."""
        self._probing = asyncio.create_task(self._probe_for_ever())

    def status(self) -> EngineStatus:
        """Whether the server answered last and had the model. Never waits."""
        return self._status

    async def _probe_for_ever(self) -> None:
        while True:
            status = await self.probe()
            awaited = not status.available and (self._expected or status.ready_in_seconds is not None)
            await asyncio.sleep(_PROBE_AWAITED_SECONDS if awaited else _PROBE_AGAIN_SECONDS)

    async def probe(self) -> EngineStatus:
        """Ask the server now."""
        try:
            found = await self._version()
        except _FAULTS:
            status = await self._absent("no Ollama server answers; start one and set OLLAMA_HOST.")
        else:
            status = (
                EngineStatus(EngineName.OLLAMA, version=found)
                if found
                else await self._absent(f"the Ollama server has no model {self._model}; download or pull it.")
            )
        if status.available != self._status.available:
            log.info("the vision model is there" if status.available else "no vision model", reason=status.reason)
        self._status = status
        return status

    async def _version(self) -> str:
        models = (await self._prober.list()).models
        wanted = self._model if ":" in self._model else f"{self._model}:latest"
        found = next((model for model in models if model.model == wanted), None)
        return f"{wanted} {(found.digest or '')[:12]}".strip() if found else ""

    async def _absent(self, reason: str) -> EngineStatus:
        arrival = await self._download.arrival(self._model)
        if arrival is None:
            return EngineStatus(EngineName.OLLAMA, reason=reason)
        reason = f"the model {self._model} is not there yet: {arrival.sentence}"
        return EngineStatus(EngineName.OLLAMA, reason=reason, ready_in_seconds=arrival.seconds)

    async def read(self, image: bytes) -> tuple[Line, ...]:
        """The lines the model saw in a PNG or JPEG file, without places. Raises TtbError (BACKEND_FAILED)."""
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                transcript = await self._transcribed(image)
        except TimeoutError as error:
            raise _failed(f"took longer than {self._seconds:.0f} s") from error
        except _FAULTS as error:
            log.warning("the vision model gave no usable answer", error=type(error).__name__)
            raise _failed("gave no usable answer") from error
        texts = (" ".join(text.split())[:_MAX_CHARACTERS] for text in transcript.lines[:_MAX_LINES])
        return tuple(Line(text, _CONFIDENCE, engine=EngineName.OLLAMA) for text in texts if text)

    async def _transcribed(self, image: bytes) -> _Transcript:
        answer = await self._client.generate(
            model=self._model,
            prompt=_PROMPT,
            images=[image],
            format=_Transcript.model_json_schema(),
            options={"temperature": 0, "num_predict": _MAX_TOKENS},
            stream=False,
        )
        if not answer.done or answer.done_reason == "length":
            raise ValueError("the answer was cut off")
        return _Transcript.model_validate_json(answer.response or "")

    async def close(self) -> None:
        """End the probing and close the connections."""
        if self._probing is not None:
            self._probing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._probing
        for client in (self._client, self._prober):
            await client.close()  # type: ignore[no-untyped-call]
        await self._download.close()


def _failed(what: str) -> TtbError:
    message = f"The vision model {what}; try again, or use another backend."
    return TtbError(Reason.BACKEND_FAILED, message, retry_after_seconds=5.0)
