"""Comparing backends through the gateway: over REST, gRPC and the command line."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from ttb.validator.v1 import validator_pb2 as pb

from tests.common.stack import Stack
from tests.e2e.command_line import ttb
from tests.e2e.refusals import fields_of, reason_of
from ttb_client import Application, TtbClient, to_json

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "wine-label.png"
TRUTH = {"brand_name": "STONE'S THROW", "alcohol_content": "13.5", "vintage": "2020"}


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=60) as client:
        yield client


def by_backend(readings: Any) -> dict[str, Any]:
    """The readings without what differs from time to time: how long each took, and who finished first."""
    kept = ("backend", "version", "pages", "fields", "error")
    return {each["backend"]: {name: each[name] for name in kept} for each in readings}


def test_rest_grpc_and_the_command_line_tell_the_same(stack: Stack, client: httpx.Client) -> None:
    rest = client.post("/ocr/compare", data=TRUTH, files={"file": SAMPLE.read_bytes()})
    assert rest.status_code == httpx.codes.OK
    readings = rest.json()
    assert sorted(each["backend"] for each in readings) == ["rapidocr", "tesseract"]
    for each in readings:
        assert each["error"] == ""
        assert each["milliseconds"] > 0
        assert [(field["name"], field["outcome"]) for field in each["fields"]] == [
            ("brand_name", "right"),
            ("alcohol_content", "right"),
            ("vintage", "wrong"),
        ]
        assert each["fields"][-1]["found"] == "2021"
    first, second = readings
    assert first["agreements"] == []
    (agreement,) = second["agreements"]
    assert agreement["backend"] == first["backend"]
    assert agreement["words"] > 0.9
    assert agreement["characters"] > 0.9

    with TtbClient(stack.url) as ttb_client:
        typed = [to_json(each) for each in ttb_client.compare_backends([SAMPLE], application=Application(**TRUTH))]
    assert by_backend(typed) == by_backend(readings)

    options = [part for name, text in TRUTH.items() for part in (f"--{name.replace('_', '-')}", text)]
    told = ttb(stack, "ocr", "compare", SAMPLE, *options, "--json")
    assert (told.returncode, told.stderr) == (0, "")
    assert by_backend(json.loads(told.stdout)) == by_backend(readings)

    shown = ttb(stack, "ocr", "compare", SAMPLE, *options)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "wrong: 2021" in shown.stdout
    assert "[-only tesseract-]" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 100


def test_the_other_bodies_are_those_of_verify(client: httpx.Client) -> None:
    small = io.BytesIO()
    Image.new("L", (64, 64), 255).save(small, "PNG")
    raw = client.post("/ocr/compare?vintage=2021", content=small.getvalue(), headers={"content-type": "image/png"})
    request = pb.VerifyLabelRequest(
        images=[pb.LabelImage(content=small.getvalue())], application=pb.Application(vintage="2021")
    )
    plain = client.post("/ocr/compare", json=to_json(request))
    for answer in (raw, plain):
        assert answer.status_code == httpx.codes.OK, answer.text
        assert {each["fields"][0]["outcome"] for each in answer.json()} == {"absent"}


@pytest.mark.parametrize(
    ("arguments", "reason", "field"),
    [
        pytest.param({"files": {"file": b"a text"}}, "NOT_AN_IMAGE", "images[0]", id="no image"),
        pytest.param({"files": {"file": SAMPLE.read_bytes()[:9000]}}, "IMAGE_TRUNCATED", "images[0]", id="truncated"),
        pytest.param({"data": {"vintage": "2021"}, "files": {"x": b""}}, "UNKNOWN_FIELD", "x", id="unknown field"),
        pytest.param({"content": b"", "headers": {"content-type": "image/png"}}, "NO_IMAGE", "file", id="empty"),
    ],
)
def test_bad_input_is_refused_as_by_verify(
    client: httpx.Client, arguments: dict[str, Any], reason: str, field: str
) -> None:
    answer = client.post("/ocr/compare", **arguments)
    assert (answer.status_code, reason_of(answer), fields_of(answer)) == (400, reason, [field])


def test_a_client_that_leaves_ends_the_reading(stack: Stack) -> None:
    noise = io.BytesIO()
    Image.effect_noise((3000, 3000), 90).save(noise, "PNG")
    impatient = httpx.Timeout(30, read=1)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(httpx.post, f"{stack.url}/ocr/compare", files={"file": noise.getvalue()}, timeout=impatient)
        until(lambda: in_flight(stack) > 0)
        with pytest.raises(httpx.ReadTimeout):
            asked.result()
    until(lambda: in_flight(stack) == 0)


def until(condition: Callable[[], bool]) -> None:
    """Return when it holds."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def in_flight(stack: Stack) -> float:
    """Readings that the ocr service has begun, from its Prometheus endpoint."""
    text = httpx.get(f"http://127.0.0.1:{int(stack.environment['OCR_PORT']) + 10000}/metrics", timeout=5).text
    return sum(
        float(line.rsplit(" ", 1)[1])
        for line in text.splitlines()
        if line.startswith("ttb_rpcs_in_flight") and "ExtractText" in line
    )
