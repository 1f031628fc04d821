"""Whoever leaves in the middle of a document of ten pages frees the readers for the next one, however he leaves."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import grpc
import httpx
import pytest
from PIL import Image
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc
from ttb.validator.v1 import validator_pb2, validator_pb2_grpc

from services.ocr.settings import OcrSettings
from tests.common.drawn import drawn, file
from tests.common.stack import ROOT, Stack

LABEL = Image.open(ROOT / "samples" / "wine-label.png").convert("RGB")
DOCUMENT = file(LABEL, "PDF", save_all=True, append_images=[LABEL] * 9, resolution=300)
SMALL = file(drawn())
OTHER_PROCESS = """
import sys
from pathlib import Path
import grpc
from ttb.validator.v1 import validator_pb2 as pb, validator_pb2_grpc
stub = validator_pb2_grpc.ValidatorServiceStub(grpc.insecure_channel(sys.argv[1]))
stub.VerifyLabel(pb.VerifyLabelRequest(images=[pb.LabelImage(content=Path(sys.argv[2]).read_bytes())]))
"""

Leave = Callable[[], None]


@contextlib.contextmanager
def by_rest(stack: Stack, _folder: Path) -> Iterator[Leave]:
    """HTTP/1.1, whose connection is closed."""
    host, port = urlsplit(stack.url).hostname, urlsplit(stack.url).port
    with socket.create_connection((host, port)) as connection:
        head = f"POST /verify HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/pdf\r\n"
        connection.sendall(f"{head}content-length: {len(DOCUMENT)}\r\n\r\n".encode() + DOCUMENT)
        yield connection.close


@contextlib.contextmanager
def by_grpc(stack: Stack, _folder: Path) -> Iterator[Leave]:
    """HTTP/2, whose stream is reset."""
    with grpc.insecure_channel(stack.grpc_target) as channel:
        request = validator_pb2.VerifyLabelRequest(images=[validator_pb2.LabelImage(content=DOCUMENT)])
        call = validator_pb2_grpc.ValidatorServiceStub(channel).VerifyLabel.future(request)
        yield lambda: call.cancel() and None


@contextlib.contextmanager
def by_another_process(stack: Stack, folder: Path) -> Iterator[Leave]:
    """HTTP/2, whose client is killed."""
    document = folder / "document.pdf"
    document.write_bytes(DOCUMENT)
    with subprocess.Popen([sys.executable, "-c", OTHER_PROCESS, stack.grpc_target, str(document)], cwd=ROOT) as process:
        yield process.kill


@dataclass(frozen=True)
class Readers:
    """The ocr service, asked directly."""

    stack: Stack
    stub: ocr_pb2_grpc.OcrServiceStub

    def metric(self, name: str) -> float:
        """A number of its Prometheus metrics, for the reading of whole images."""
        text = httpx.get(f"http://127.0.0.1:{int(self.stack.environment['OCR_PORT']) + 10000}/metrics").text
        lines = (line for line in text.splitlines() if line.startswith(name) and "ExtractText" in line)
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    def queue_seconds(self) -> float:
        """How long a small image waits for a reader."""
        answer = self.stub.ExtractText(ocr_pb2.ExtractTextRequest(image=SMALL), timeout=60)
        assert answer.page.lines
        return next(timing.milliseconds for timing in answer.timings if timing.stage == "queue") / 1000


@pytest.fixture
def readers(stack: Stack) -> Iterator[Readers]:
    with grpc.insecure_channel(f"127.0.0.1:{stack.environment['OCR_PORT']}") as channel:
        yield Readers(stack, ocr_pb2_grpc.OcrServiceStub(channel))


@pytest.mark.parametrize("way", [by_rest, by_grpc, by_another_process])
def test_who_leaves_frees_every_reader_within_a_second(
    stack: Stack,
    readers: Readers,
    tmp_path: Path,
    way: Callable[[Stack, Path], contextlib.AbstractContextManager[Leave]],
) -> None:
    workers = OcrSettings().workers
    before = readers.metric("ttb_rpc_seconds_count")
    with way(stack, tmp_path) as leave, ThreadPoolExecutor(workers) as pool:
        until(lambda: readers.metric("ttb_rpc_seconds_count") > before and readers.metric("ttb_rpcs_in_flight") == 9)

        leave()
        left = time.monotonic()
        until(lambda: readers.metric("ttb_rpcs_in_flight") == 0)
        cancelled = time.monotonic() - left
        waits = list(pool.map(lambda _: readers.queue_seconds(), range(workers)))

    freed = cancelled + max(waits)
    sys.stdout.write(f"{way.__name__}: {workers} readers were free after {freed:.2f} s\n")
    assert freed < 1


def until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    """Return when it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
