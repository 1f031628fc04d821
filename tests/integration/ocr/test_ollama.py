"""The real Ollama client against a server that answers as Ollama does. No real model runs here."""

import json
import re
from collections.abc import Iterator

import pytest

from services.common.errors import Reason, TtbError
from services.common.page import Line
from services.ocr.engines.ollama import OllamaEngine
from services.ocr.model_download import NoModelDownload
from tests.common.model_store import make_model
from tests.common.ollama_server import Behaviour, OllamaProcess, ollama_server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OllamaProcess]:
    """Has the model `seer`."""
    store = tmp_path_factory.mktemp("models")
    make_model(store, "seer:latest")
    with ollama_server(store) as server:
        yield server


@pytest.fixture
def server(running: OllamaProcess) -> OllamaProcess:
    running.behave(Behaviour())
    return running


def _engine(server: OllamaProcess, model: str) -> OllamaEngine:
    return OllamaEngine(host=server.url, model=model, seconds=5, concurrency=1, download=NoModelDownload())


async def test_lines_are_read_verbatim_and_without_places(server: OllamaProcess) -> None:
    engine = _engine(server, "seer")
    server.behave(Behaviour(answer=json.dumps({"lines": ["STONE'S  THROW", "", "750 ML"]})))

    lines = await engine.read(b"png")

    assert lines == (Line("STONE'S THROW", 0.5, engine="ollama"), Line("750 ML", 0.5, engine="ollama"))
    asked = server.asked("/api/generate")[-1]
    assert asked["options"]["temperature"] == 0
    assert asked["format"]["required"] == ["lines"]
    assert asked["images"] == ["cG5n"]
    await engine.close()


@pytest.mark.parametrize(
    ("model", "version", "reason"), [("seer", r"seer:latest [0-9a-f]{12}", ""), ("oracle", "", "no model oracle")]
)
async def test_status_tells_whether_the_model_is_there(
    server: OllamaProcess, model: str, version: str, reason: str
) -> None:
    engine = _engine(server, model)

    status = await engine.probe()

    assert re.fullmatch(version, status.version)
    assert reason in status.reason
    assert status.available == bool(version)
    await engine.close()


@pytest.mark.parametrize(
    ("status", "answer"), [(500, ""), (200, "I see a bottle."), (200, '{"rows": []}'), (200, ""), (404, "")]
)
async def test_an_unusable_answer_is_a_failure_not_a_reading(server: OllamaProcess, status: int, answer: str) -> None:
    engine = _engine(server, "seer")
    server.behave(Behaviour(answer=answer, status=status))

    with pytest.raises(TtbError) as error:
        await engine.read(b"png")

    assert error.value.reason is Reason.BACKEND_FAILED
    await engine.close()
