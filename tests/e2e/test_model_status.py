"""The real downloader, watched through the whole system: from before it begins until the model is there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.common.model_store import make_model
from tests.common.s3_files import s3_files
from tests.common.stack import ROOT, Stack

MODEL = "llama3.2-vision"


@pytest.fixture
def status_file(stack: Stack) -> Iterator[Path]:
    """The status file of the system; other tests know nothing of a download."""
    path = Path(stack.environment["MODEL_STATUS_FILE"])
    yield path
    path.unlink(missing_ok=True)


def test_a_download_is_seen_from_before_it_begins_to_its_end(stack: Stack, status_file: Path, tmp_path: Path) -> None:
    missing = httpx.get(f"{stack.url}/model-status")
    assert (missing.status_code, missing.json()["details"][0]["reason"]) == (404, "MODEL_UNKNOWN")
    make_model(tmp_path / "library", f"{MODEL}:latest", (1000, 4_000_000))
    ttb = [sys.executable, "-m", "ttb_client", "model-status", "--watch", "--json", "--url", stack.url]
    with (
        s3_files(tmp_path / "library") as s3,
        subprocess.Popen(ttb, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching,
    ):
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["status"] == "not_started"
        environment = {
            **stack.environment,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "MODEL_STATUS_S3_BUCKET": "models",
            "MODEL_STATUS_PART_MEGABYTES": "1",
            "S3_ENDPOINT_URL": s3.url,
            "OLLAMA_MODELS": str(tmp_path / "store"),
            "OLLAMA_HOST": "http://127.0.0.1:9",
        }
        command = [sys.executable, "-m", "services.modelstatus", "download", "--bandwidth", "2"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        out, err = watching.communicate(timeout=30)
    assert (watching.returncode, err) == (0, "")
    states = [json.loads(line) for line in out.splitlines()]
    assert {state["status"] for state in states} <= {"downloading", "extracting", "ready"}
    assert states[0]["status"] == "downloading"
    answer = httpx.get(f"{stack.url}/model-status")
    assert json.loads(status_file.read_text()) == answer.json() == states[-1]
    assert list(answer.json()) == ["model", "status", "progress", "source", "started_at", "updated_at"]
    assert answer.json()["progress"] == {"downloaded_bytes": 4_001_000, "total_bytes": 4_001_000, "percentage": 100}
    assert answer.json()["source"] == "s3"
