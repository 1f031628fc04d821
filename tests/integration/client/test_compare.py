"""`ttb ocr compare` and the two clients against a stub of the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from ttb.common.v1 import page_pb2
from ttb.validator.v1 import validator_pb2 as pb

from tests.integration.client.conftest import Run
from tests.integration.client.stub_gateway import StubGateway
from ttb_client import Application, AsyncTtbClient, TtbClient, TtbError


def reading(backend: str, text: str) -> pb.BackendReading:
    return pb.BackendReading(backend=backend, pages=[page_pb2.Page(lines=[page_pb2.Line(text=text)])])


RAPIDOCR = reading("rapidocr", "ALC. 13.5%")
TESSERACT = reading("tesseract", "ALC. 12.5%")
FAILED = pb.BackendReading(backend="ollama", error="It was late.")

Compare = Callable[..., list[pb.BackendReading]]


def _sync(url: str, got: list[pb.BackendReading], **options: Any) -> None:
    with TtbClient(url) as client:
        got.extend(client.compare_backends([b"a picture"], **options))


def _async(url: str, got: list[pb.BackendReading], **options: Any) -> None:
    async def compare() -> None:
        async with AsyncTtbClient(url) as client:
            async for each in client.compare_backends([b"a picture"], **options):
                got.append(each)  # noqa: PERF401 - what came before an error counts

    asyncio.run(compare())


@pytest.fixture(params=[_sync, _async], ids=["sync", "async"])
def compare(request: pytest.FixtureRequest) -> Compare:
    way: Compare = request.param
    return way


def test_each_reading_is_given(compare: Compare, gateway: StubGateway) -> None:
    gateway.readings = [RAPIDOCR, FAILED, TESSERACT]
    # Before the first reading it is repeated as every call.
    gateway.errors = [grpc.StatusCode.UNAVAILABLE]
    got: list[pb.BackendReading] = []
    compare(gateway.url, got, application=Application(vintage="2021"), product_type="wine")
    assert got == gateway.readings
    first, again = [request for request, _ in gateway.calls]
    assert first == again
    assert first == pb.VerifyLabelRequest(
        images=[pb.LabelImage(content=b"a picture")],
        application=pb.Application(vintage="2021"),
        product_type=pb.ProductType.wine,
    )


def test_after_the_first_reading_an_error_ends_it(compare: Compare, gateway: StubGateway) -> None:
    gateway.readings = [RAPIDOCR, grpc.StatusCode.UNAVAILABLE]
    got: list[pb.BackendReading] = []
    with pytest.raises(TtbError) as caught:
        compare(gateway.url, got)
    assert (got, caught.value.code, len(gateway.calls)) == ([RAPIDOCR], grpc.StatusCode.UNAVAILABLE, 1)


@pytest.mark.parametrize(
    ("readings", "code"),
    [([RAPIDOCR, TESSERACT], 0), ([FAILED, TESSERACT], 0), ([FAILED], 4), ([RAPIDOCR, grpc.StatusCode.UNKNOWN], 70)],
)
def test_one_that_read_is_enough(
    ttb: Run, gateway: StubGateway, image: Path, readings: list[pb.BackendReading | grpc.StatusCode], code: int
) -> None:
    gateway.readings = readings
    outcome = ttb("ocr", "compare", image)
    assert outcome.code == code
    for each in readings:
        assert isinstance(each, grpc.StatusCode) or each.backend in outcome.out
    assert (outcome.err == "") is (code != 70)


def test_json_is_the_list_that_rest_gives(ttb: Run, gateway: StubGateway, image: Path) -> None:
    gateway.readings = [TESSERACT, FAILED]
    outcome = ttb("ocr", "compare", image, image, "--brand-name", "ELM", "--origin", "imported", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    answer = json.loads(outcome.out)
    assert [(each["backend"], each["error"]) for each in answer] == [("tesseract", ""), ("ollama", "It was late.")]
    ((request, _),) = gateway.calls
    assert (len(request.images), request.application.brand_name) == (2, "ELM")
    assert request.origin == pb.Origin.imported


def test_half_a_list_is_no_json(ttb: Run, gateway: StubGateway, image: Path) -> None:
    gateway.readings = [TESSERACT, grpc.StatusCode.UNAVAILABLE]
    outcome = ttb("ocr", "compare", image, "--json")
    assert (outcome.code, outcome.out) == (4, "")


def test_on_a_terminal_each_is_seen_as_it_finishes(gateway: StubGateway, image: Path) -> None:
    gateway.readings = [RAPIDOCR, TESSERACT]
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ttb_client", "ocr", "compare", str(image)]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment) as process:
        os.close(theirs)
        seen = b""
        # A terminal that nobody writes to any more is an error on Linux.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 4096):
                seen += part
        os.close(ours)
        assert process.stdout is not None
        out = process.stdout.read()
        assert process.wait(30) == 0
    assert "reading front.png" in seen.decode()
    assert "rapidocr" in seen.decode()
    assert "ALC. [-12.5%-] {+13.5%+}" in out


def test_ocr_lists_both_ways_and_reads_by_default(ttb: Run, gateway: StubGateway, image: Path) -> None:
    shown = ttb("ocr", "--help").out
    assert "read " in shown
    assert "compare " in shown
    plain = ttb("ocr", "--backend", "tesseract", image)
    assert (plain.code, plain.out) == (0, ttb("ocr", "read", image, "--backend", "tesseract").out)
