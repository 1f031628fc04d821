"""The ocr service with a vision model: real Ollama client, real model status service, a server that plays Ollama."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest
import pytest_asyncio
from PIL import Image
from ttb.common.v1 import backend_pb2
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc

from services.common.errors import Reason, TtbError
from services.common.server import Server
from services.common.settings import SharedSettings
from services.common.status import from_rpc_error
from services.modelstatus.bootstrap import build as build_modelstatus
from services.modelstatus.settings import ModelStatusSettings
from services.modelstatus.status import ModelStatus, Progress, State, write
from services.ocr.bootstrap import build
from services.ocr.engine import EngineName
from services.ocr.settings import OcrSettings
from tests.common.drawn import drawn, file
from tests.common.model_store import make_model
from tests.common.ollama_server import Behaviour, OllamaProcess, ollama_server
from tests.integration.ocr.waiting import until

if TYPE_CHECKING:  # the name exists in the type stubs only
    from ttb.ocr.v1.ocr_pb2_grpc import OcrServiceAsyncStub as Stub

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODEL = "seer"
SIDE = 300
REQUEST = ocr_pb2.ExtractTextRequest(image=file(drawn()), backend=backend_pb2.OcrBackend.Value.ollama)
TOTAL = 7_201_866_752


@dataclass(frozen=True)
class System:
    """The service, and what is around it: Ollama, its store, the status file of the download."""

    ocr: Stub
    ollama: OllamaProcess
    store: Path
    status_file: Path

    async def available(self) -> bool:
        backends = (await self.ocr.ListBackends(ocr_pb2.ListBackendsRequest())).backends
        return next(each.available for each in backends if each.name == "ollama")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """The model is not there yet."""
    folder = tmp_path_factory.mktemp("vision")
    status_file = folder / "run" / "model-status.json"
    shared = SharedSettings(drain_seconds=0, grace_seconds=1)
    status_settings = ModelStatusSettings(port=0, file=status_file, model=MODEL, cache_seconds=0.01)
    modelstatus = Server(build_modelstatus(status_settings, shared), status_settings, shared)
    target = f"127.0.0.1:{await modelstatus.start()}"
    with ollama_server(folder / "models") as ollama:
        settings = OcrSettings(
            port=0,
            backends=tuple(EngineName),
            workers=1,
            ollama_host=ollama.url,
            ollama_model=MODEL,
            ollama_side=SIDE,
            ollama_seconds=20,
            modelstatus_target=target,
        )
        ocr = Server(build(settings, shared), settings, shared)
        port = await ocr.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield System(ocr_pb2_grpc.OcrServiceStub(channel), ollama, folder / "models", status_file)
        await ocr.stop()
    await modelstatus.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def ready(system: System) -> System:
    """The model is there."""
    make_model(system.store, f"{MODEL}:latest")
    await until_available(system)
    return system


async def until_available(system: System) -> None:
    async with asyncio.timeout(5):
        while not await system.available():  # noqa: ASYNC110 - a service's doing raises no event here
            await asyncio.sleep(0.05)


async def refusal(call: object) -> TtbError:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call  # type: ignore[misc]
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE
    told = from_rpc_error(error.value)
    assert told is not None
    return told


def answers(*lines: str, **behaviour: float) -> Behaviour:
    return Behaviour(answer=json.dumps({"lines": lines}), **behaviour)


# In this order: the model arrives in the first test and stays.
async def test_a_model_on_its_way_is_promised_and_then_the_same_request_is_answered(system: System) -> None:
    system.ollama.behave(answers("STONE'S THROW"))
    assert (await refusal(system.ocr.ExtractText(REQUEST))).reason is Reason.BACKEND_UNAVAILABLE
    now = datetime.now(UTC)
    progress = Progress(3_221_225_472, TOTAL, estimated_time_remaining_seconds=42)
    write(system.status_file, ModelStatus(MODEL, State.DOWNLOADING, progress, "s3", now, now))

    async with asyncio.timeout(5):
        error = await refusal(system.ocr.ExtractText(REQUEST))
        while error.reason is not Reason.MODEL_NOT_READY:
            await asyncio.sleep(0.05)
            error = await refusal(system.ocr.ExtractText(REQUEST))

    assert "44.7 % (3.2 of 7.2 GB), about 42 s left" in error.message
    assert error.retry_after_seconds == 42

    make_model(system.store, f"{MODEL}:latest")
    await until_available(system)
    answer = await system.ocr.ExtractText(REQUEST)
    assert [(line.text, line.engine, list(line.polygon)) for line in answer.page.lines] == [
        ("STONE'S THROW", "ollama", [])
    ]
    assert answer.engines[0].startswith("ollama seer:latest ")


@pytest.mark.parametrize(("size", "sent"), [((1200, 600), (300, 150)), ((200, 100), (200, 100))])
async def test_the_model_gets_an_image_of_at_most_its_size(
    ready: System, size: tuple[int, int], sent: tuple[int, int]
) -> None:
    ready.ollama.behave(answers("STONE'S THROW"))
    image = file(Image.effect_noise(size, 90))

    answer = await ready.ocr.ExtractText(
        ocr_pb2.ExtractTextRequest(image=image, backend=backend_pb2.OcrBackend.Value.ollama)
    )

    (encoded,) = ready.ollama.asked("/api/generate")[-1]["images"]
    assert Image.open(io.BytesIO(base64.b64decode(encoded))).size == sent
    assert (answer.page.width, answer.page.height) == size


async def test_a_model_that_fails_is_told_as_such(ready: System) -> None:
    ready.ollama.behave(Behaviour(status=500))

    error = await refusal(ready.ocr.ExtractText(REQUEST))

    assert error.reason is Reason.BACKEND_FAILED
    assert error.retry_after_seconds


async def test_a_deadline_or_a_client_that_leaves_ends_the_models_work(ready: System) -> None:
    left = ready.ollama.answering().left
    ready.ollama.behave(answers("STONE'S THROW", seconds=60))

    with pytest.raises(grpc.aio.AioRpcError):
        await ready.ocr.ExtractText(REQUEST, timeout=2)
    await until(lambda: ready.ollama.answering().left == left + 1)

    call = ready.ocr.ExtractText(REQUEST)
    await until(lambda: ready.ollama.answering().now == 1)
    call.cancel()
    await until(lambda: ready.ollama.answering().left == left + 2)
