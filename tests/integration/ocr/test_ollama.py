"""The real Ollama client against a small HTTP server that answers as Ollama does. No real model runs here."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.common.errors import Reason, TtbError
from services.common.page import Line
from services.ocr.engines.ollama import OllamaEngine


class Ollama(ThreadingHTTPServer):
    """Has one model; `answer` is what it generates, `status` how."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.status = "", 200
        self.asked: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Ollama

    def do_GET(self) -> None:
        model = {"name": "seer:latest", "model": "seer:latest", "digest": "0123456789abcdef", "size": 1}
        self._send(200, {"models": [model]})

    def do_POST(self) -> None:
        self.server.asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = {"model": "seer", "created_at": "2026-01-01T00:00:00Z", "done": True, "response": self.server.answer}
        self._send(self.server.status, answer)

    def _send(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[Ollama]:
    with Ollama() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_lines_are_read_verbatim_and_without_places(server: Ollama) -> None:
    engine = OllamaEngine(host=server.url, model="seer", seconds=5)
    server.answer = json.dumps({"lines": ["STONE'S  THROW", "", "750 ML"]})

    lines = await engine.read(b"png")

    assert lines == (Line("STONE'S THROW", 0.5, engine="ollama"), Line("750 ML", 0.5, engine="ollama"))
    assert server.asked["options"] == {"temperature": 0}
    assert server.asked["format"]["required"] == ["lines"]
    assert server.asked["images"] == ["cG5n"]
    await engine.close()


@pytest.mark.parametrize(
    ("model", "version", "reason"), [("seer", "seer:latest 0123456789ab", ""), ("oracle", "", "no model oracle")]
)
async def test_status_tells_whether_the_model_is_there(server: Ollama, model: str, version: str, reason: str) -> None:
    engine = OllamaEngine(host=server.url, model=model, seconds=5)

    status = await engine.status()

    assert status.version == version
    assert reason in status.reason
    assert status.available == bool(version)
    await engine.close()


@pytest.mark.parametrize(
    ("status", "answer"), [(500, ""), (200, "I see a bottle."), (200, '{"rows": []}'), (200, ""), (404, "")]
)
async def test_an_unusable_answer_is_a_failure_not_a_reading(server: Ollama, status: int, answer: str) -> None:
    engine = OllamaEngine(host=server.url, model="seer", seconds=5)
    server.status, server.answer = status, answer

    with pytest.raises(TtbError) as error:
        await engine.read(b"png")

    assert error.value.reason is Reason.BACKEND_FAILED
    await engine.close()
