"""A system that expects a vision model: degraded while the model is on its way, whole as soon as it is there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from services.modelstatus.status import ModelStatus, Progress, State, write
from tests.common.model_store import make_model
from tests.common.ollama_server import Behaviour, ollama_server
from tests.common.stack import Stack, running_stack
from tests.e2e.command_line import ttb
from tests.e2e.refusals import reason_of

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "wine-label.png"
MODEL = "llama3.2-vision"
TOTAL = 7_201_866_752
LINES = ["STONE'S THROW", "NAPA VALLEY CABERNET SAUVIGNON", "ALC. 13.5% BY VOL.", "750 mL"]

pytestmark = pytest.mark.timeout(300)


def tell(stack: Stack, state: State, downloaded: int, seconds: int | None = None) -> None:
    """Write the status file as the downloader does."""
    now = datetime.now(UTC)
    progress = Progress(downloaded, TOTAL, seconds)
    write(Path(stack.environment["MODEL_STATUS_FILE"]), ModelStatus(MODEL, state, progress, "s3", now, now))


def health_when(stack: Stack, condition: Callable[[httpx.Response], bool], *, seconds: float = 10) -> httpx.Response:
    """The health, once the condition holds."""
    end = time.monotonic() + seconds
    while not condition(answer := httpx.get(f"{stack.url}/health")):
        assert time.monotonic() < end, answer.text
        time.sleep(0.1)
    return answer


def verify(stack: Stack, backend: str) -> httpx.Response:
    files = {"file": SAMPLE.read_bytes()}
    return httpx.post(f"{stack.url}/verify", params={"ocr_backend": backend}, files=files, timeout=60)


def test_it_serves_while_the_model_is_on_its_way_and_offers_it_when_it_is_there(tmp_path: Path) -> None:
    store = tmp_path / "models"
    with ollama_server(store) as ollama:
        ollama.behave(Behaviour(answer=json.dumps({"lines": LINES})))
        expected = {"OLLAMA_HOST": ollama.url, "OLLAMA_MODEL": MODEL, "OCR_BACKENDS": "tesseract,rapidocr,ollama"}
        with running_stack(tmp_path, expected) as stack:
            tell(stack, State.DOWNLOADING, 3_221_225_472, 42)

            degraded = health_when(stack, lambda answer: "44.7 %" in answer.text)
            assert degraded.status_code == httpx.codes.OK
            assert degraded.json()["status"] == "degraded"
            (missing,) = [each for each in degraded.json()["backends"] if not each["available"]]
            assert (missing["name"], missing["expected"]) == ("ollama", True)
            assert "about 42 s left" in missing["reason"]

            refused = verify(stack, "ollama")
            assert (refused.status_code, reason_of(refused)) == (503, "MODEL_NOT_READY")
            assert "44.7 % (3.2 of 7.2 GB)" in refused.json()["message"]
            (retry,) = [each for each in refused.json()["details"] if each["@type"].endswith("google.rpc.RetryInfo")]
            assert retry["retry_delay"] == "42s"
            assert verify(stack, "auto").status_code == httpx.codes.OK
            told = ttb(stack, "verify", SAMPLE, "--ocr-backend", "ollama")
            assert (told.returncode, told.stdout) == (4, "")
            assert "44.7 %" in told.stderr

            make_model(store, f"{MODEL}:latest")
            tell(stack, State.READY, TOTAL)
            health_when(stack, lambda answer: answer.json()["status"] == "healthy")
            verified = verify(stack, "ollama")
            assert verified.status_code == httpx.codes.OK, verified.text
            (alcohol,) = [each for each in verified.json()["fields"] if each["name"] == "alcohol_content"]
            assert (alcohol["value"], alcohol["text"]) == ("13.5", "ALC. 13.5% BY VOL.")
            # What a model alone claims is never read surely.
            assert (alcohol["state"], verified.json()["verdict"]) == ("unsure", "needs_review")

            compared = ttb(stack, "ocr", "compare", SAMPLE, "--alcohol-content", "13.5", "--json")
            readings = {each["backend"]: each for each in json.loads(compared.stdout)}
            assert set(readings) == {"tesseract", "rapidocr", "ollama"}
            assert {each["fields"][0]["outcome"] for each in readings.values()} == {"right"}
            assert [line["text"] for line in readings["ollama"]["pages"][0]["lines"]] == LINES
