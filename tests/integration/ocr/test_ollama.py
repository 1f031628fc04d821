"""The real Ollama client against a server that answers as Ollama does. No real model runs here but in the last test."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from services.common.errors import Reason, TtbError
from services.common.page import Line
from services.ocr.engines.ollama import OllamaEngine
from services.ocr.model_download import NoModelDownload
from tests.common.model_store import MadeModel, make_model
from tests.common.ollama_server import Behaviour, OllamaProcess, ollama_server
from tests.integration.ocr.waiting import until

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "wine-label.png"
ANSWER = json.dumps({"lines": ["STONE'S  THROW", "", "750 ML"]})
LINES = (Line("STONE'S THROW", 0.5, engine="ollama"), Line("750 ML", 0.5, engine="ollama"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def model(store: Path) -> MadeModel:
    return make_model(store, "seer:latest")


@pytest.fixture(scope="module")
def running(store: Path, model: MadeModel) -> Iterator[OllamaProcess]:
    """Has the model `seer`."""
    with ollama_server(store) as server:
        yield server


@pytest.fixture
def server(running: OllamaProcess) -> OllamaProcess:
    running.behave(Behaviour(answer=ANSWER))
    return running


Connect = Callable[..., OllamaEngine]


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    """Makes engines, which are closed at the end."""
    engines: list[OllamaEngine] = []

    def connect(url: str, model: str = "seer", seconds: float = 20, concurrency: int = 1) -> OllamaEngine:
        engine = OllamaEngine(
            host=url, model=model, seconds=seconds, concurrency=concurrency, download=NoModelDownload(), expected=True
        )
        engines.append(engine)
        return engine

    yield connect
    for engine in engines:
        await engine.close()


async def test_lines_are_read_verbatim_and_without_places(server: OllamaProcess, connect: Connect) -> None:
    assert await connect(server.url).read(b"png") == LINES

    asked = server.asked("/api/generate")[-1]
    assert asked["options"]["temperature"] == 0
    assert asked["format"]["required"] == ["lines"]
    assert asked["images"] == ["cG5n"]
    assert asked["stream"] is False


@pytest.mark.parametrize(
    ("name", "version", "reason"), [("seer", r"seer:latest [0-9a-f]{12}", ""), ("oracle", "", "no model oracle")]
)
async def test_status_tells_whether_the_model_is_there(
    server: OllamaProcess, connect: Connect, name: str, version: str, reason: str
) -> None:
    status = await connect(server.url, name).probe()

    assert re.fullmatch(version, status.version)
    assert reason in status.reason
    assert status.available == bool(version)


async def test_a_model_that_disappears_is_missing(
    server: OllamaProcess, connect: Connect, store: Path, model: MadeModel
) -> None:
    engine = connect(server.url)
    assert (await engine.probe()).available
    manifest, aside = store / model.manifest, store / "aside"
    manifest.rename(aside)
    try:
        assert "no model seer" in (await engine.probe()).reason
    finally:
        aside.rename(manifest)


async def test_a_model_that_arrives_is_offered_within_seconds(connect: Connect, tmp_path: Path) -> None:
    with ollama_server(tmp_path) as server:
        engine = connect(server.url)
        engine.start()
        await until(lambda: "no model seer" in engine.status().reason)
        make_model(tmp_path, "seer:latest")
        async with asyncio.timeout(5):
            await until(lambda: engine.status().available)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(Behaviour(status=500), id="500"),
        pytest.param(Behaviour(status=404), id="404"),
        pytest.param(Behaviour(answer="I see a bottle."), id="no JSON"),
        pytest.param(Behaviour(answer='{"rows": []}'), id="other JSON"),
        pytest.param(Behaviour(answer=""), id="empty"),
        pytest.param(Behaviour(answer='{"lines": ["STONE'), id="cut off inside"),
        pytest.param(Behaviour(answer=ANSWER, done_reason="length"), id="cut off between lines"),
        pytest.param(Behaviour(body='{"error": "out of memory"}'), id="error in a 200"),
        pytest.param(Behaviour(body="[1]"), id="body of another form"),
        pytest.param(Behaviour(body=""), id="no body"),
        pytest.param(Behaviour(body='{"model": "seer"'), id="body cut off"),
    ],
)
async def test_an_unusable_answer_is_a_failure_not_a_reading(
    server: OllamaProcess, connect: Connect, behaviour: Behaviour
) -> None:
    server.behave(behaviour)
    engine = connect(server.url)

    with pytest.raises(TtbError, match="gave no usable answer; try again, or use another backend") as error:
        await engine.read(b"png")

    assert error.value.reason is Reason.BACKEND_FAILED
    assert error.value.retry_after_seconds
    server.behave(Behaviour(answer=ANSWER))
    assert await engine.read(b"png") == LINES


async def test_a_refused_connection_is_a_failure_and_a_reason(connect: Connect) -> None:
    engine = connect("http://127.0.0.1:9")

    with pytest.raises(TtbError) as error:
        await engine.read(b"png")

    assert error.value.reason is Reason.BACKEND_FAILED
    assert "OLLAMA_HOST" in (await engine.probe()).reason


async def test_a_late_answer_is_a_failure_and_the_model_is_told_to_stop(
    server: OllamaProcess, connect: Connect
) -> None:
    left = server.answering().left
    server.behave(Behaviour(answer=ANSWER, seconds=30))

    with pytest.raises(TtbError, match="took longer than 1 s") as error:
        await connect(server.url, seconds=1).read(b"png")

    assert error.value.reason is Reason.BACKEND_FAILED
    await until(lambda: server.answering().left == left + 1)


async def test_a_client_that_leaves_takes_its_request_with_it(server: OllamaProcess, connect: Connect) -> None:
    left = server.answering().left
    server.behave(Behaviour(answer=ANSWER, seconds=30))
    reading = asyncio.create_task(connect(server.url).read(b"png"))
    await until(lambda: server.answering().now == 1)

    reading.cancel()

    await until(lambda: server.answering().left == left + 1)
    with pytest.raises(asyncio.CancelledError):
        await reading


@pytest.mark.parametrize("concurrency", [1, 2])
async def test_so_many_images_are_read_at_once_and_the_others_wait(
    connect: Connect, store: Path, model: MadeModel, concurrency: int
) -> None:
    with ollama_server(store) as server:
        server.behave(Behaviour(answer=ANSWER, seconds=1))
        engine = connect(server.url, concurrency=concurrency)

        assert await asyncio.gather(*(engine.read(b"png") for _ in range(3))) == [LINES] * 3

        assert server.answering().most == concurrency


async def test_waiting_for_a_turn_counts_as_time(server: OllamaProcess, connect: Connect) -> None:
    server.behave(Behaviour(answer=ANSWER, seconds=30))
    engine = connect(server.url, seconds=2)

    outcomes = await asyncio.gather(*(engine.read(b"png") for _ in range(3)), return_exceptions=True)

    assert [str(each) for each in outcomes if isinstance(each, TtbError)] == [str(outcomes[0])] * 3


@pytest.mark.timeout(660)
@pytest.mark.skipif("OLLAMA_HOST" not in os.environ, reason="NOT RUN: no real model is asked without OLLAMA_HOST")
async def test_a_real_model_reads_the_sample(connect: Connect) -> None:
    engine = connect(os.environ["OLLAMA_HOST"], os.environ.get("OLLAMA_MODEL", "llama3.2-vision"), seconds=600)

    lines = await engine.read(SAMPLE.read_bytes())

    text = " ".join(line.text for line in lines).upper()
    assert "STONE" in text
    assert "13.5" in text
