"""A vision model served by Ollama as an engine. It runs elsewhere, so that this adapter waits instead of working.

A vision model transcribes whole images and gives no places; what it writes can be invented, which is why `auto` never
uses it and its lines carry no polygon.
"""

from __future__ import annotations

import time

import httpx
import ollama
from pydantic import BaseModel

from services.common.errors import Reason, TtbError
from services.common.page import Line
from services.ocr.engine import EngineName, EngineStatus

_CONFIDENCE = 0.5
_PROBE_SECONDS = 2.0
_STATUS_SECONDS = 10.0
_MAX_LINES = 500
_MAX_CHARACTERS = 2000
# A refused connection is the builtin error; an answer that is not of the expected form is a ValueError.
_FAULTS = (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError)
_PROMPT = (
    "Transcribe all text printed in this image, exactly as it is printed: same spelling, same capitals, same "
    "punctuation, mistakes included. One entry for each printed line, from top to bottom. Add nothing, correct "
    "nothing, translate nothing. Where nothing is printed, return no lines."
)


class _Transcript(BaseModel):
    """What the model must answer."""

    lines: list[str]


class OllamaEngine:
    """The model `model` of the server at `host`; one reading takes at most `seconds`."""

    def __init__(self, *, host: str, model: str, seconds: float) -> None:
        self._model = model
        # The client waits for ever unless it is told otherwise.
        self._client = ollama.AsyncClient(host=host, timeout=httpx.Timeout(seconds, connect=_PROBE_SECONDS))
        self._prober = ollama.AsyncClient(host=host, timeout=_PROBE_SECONDS)
        self._status: tuple[EngineStatus, float] | None = None

    async def status(self) -> EngineStatus:
        """Whether the server answers and has the model; asked at most every 10 seconds, never waits for a model."""
        if self._status is None or self._status[1] < time.monotonic():
            self._status = (await self._probed(), time.monotonic() + _STATUS_SECONDS)
        return self._status[0]

    async def _probed(self) -> EngineStatus:
        try:
            models = (await self._prober.list()).models
        except _FAULTS:
            return EngineStatus(EngineName.OLLAMA, reason="no Ollama server answers; start one and set OLLAMA_HOST.")
        wanted = self._model if ":" in self._model else f"{self._model}:latest"
        found = next((model for model in models if model.model == wanted), None)
        if found is None:
            return EngineStatus(
                EngineName.OLLAMA,
                reason=f"the Ollama server has no model {self._model}; wait for its download or pull it.",
            )
        return EngineStatus(EngineName.OLLAMA, version=f"{wanted} {(found.digest or '')[:12]}".strip())

    async def read(self, image: bytes) -> tuple[Line, ...]:
        """The lines the model saw in a PNG or JPEG file, without places. Raises TtbError (BACKEND_FAILED)."""
        try:
            answer = await self._client.generate(
                model=self._model,
                prompt=_PROMPT,
                images=[image],
                format=_Transcript.model_json_schema(),
                options={"temperature": 0},
                stream=False,
            )
            transcript = _Transcript.model_validate_json(answer.response or "")
        except _FAULTS as error:
            self._status = None
            message = "The vision model gave no usable answer; try again, or use another backend."
            raise TtbError(Reason.BACKEND_FAILED, message, retry_after_seconds=5.0) from error
        texts = (" ".join(text.split())[:_MAX_CHARACTERS] for text in transcript.lines[:_MAX_LINES])
        return tuple(Line(text, _CONFIDENCE, engine=EngineName.OLLAMA) for text in texts if text)

    async def close(self) -> None:
        """Close the connections."""
        for client in (self._client, self._prober):
            await client.close()  # type: ignore[no-untyped-call]
