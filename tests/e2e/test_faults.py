"""What a client sees when the ocr service dies under its request, and when it is back."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.common.stack import running_stack

IMAGE = (Path(__file__).resolve().parents[2] / "samples" / "wine-label.png").read_bytes()


def served(metrics: str) -> float:
    """How many readings the ocr service has begun, from its Prometheus endpoint."""
    text = httpx.get(metrics, timeout=5).text
    return sum(
        float(line.rsplit(" ", 1)[1])
        for line in text.splitlines()
        if line.startswith("ttb_rpcs_in_flight") and "ExtractText" in line
    )


def test_a_dead_ocr_service_is_a_503_and_the_next_request_after_it_is_back_succeeds(tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack, ThreadPoolExecutor(1) as pool:
        metrics = f"http://127.0.0.1:{int(stack.environment['OCR_PORT']) + 10000}/metrics"
        request = pool.submit(httpx.post, f"{stack.url}/verify", files={"file": IMAGE}, timeout=60)
        end = time.monotonic() + 30
        while not served(metrics):
            assert time.monotonic() < end, "the request never reached the ocr service"
        os.kill(stack.processes["ocr"].pid, signal.SIGKILL)
        stack.processes["ocr"].wait()
        answer = request.result()
        assert answer.status_code == 503, answer.text
        body = answer.json()
        assert "ocr service" in body["message"]
        assert [detail["reason"] for detail in body["details"] if "reason" in detail] == ["OCR_UNAVAILABLE"]
        assert httpx.get(f"{stack.url}/health", timeout=10).status_code == 503

        stack.start("ocr")
        stack.wait_until_healthy()
        answer = httpx.post(f"{stack.url}/verify", files={"file": IMAGE}, timeout=60)
        assert answer.status_code == httpx.codes.OK


def test_a_dead_validator_is_a_503_from_the_gateway(tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack:
        os.kill(stack.processes["validator"].pid, signal.SIGKILL)
        stack.processes["validator"].wait()
        answer = httpx.post(f"{stack.url}/verify", files={"file": IMAGE}, timeout=60)
        assert answer.status_code == 503
        assert answer.json()["message"]
        stack.start("validator")
        stack.wait_until_healthy()
        assert httpx.post(f"{stack.url}/verify", files={"file": IMAGE}, timeout=60).status_code == httpx.codes.OK


pytestmark = pytest.mark.timeout(240)
