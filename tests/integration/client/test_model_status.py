"""`ttb model-status` and the two clients against a gateway whose streams break where the test says so."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from ttb.modelstatus.v1 import modelstatus_pb2 as pb
from ttb.modelstatus.v1 import modelstatus_pb2_grpc

from services.common.errors import Reason
from services.common.errors import TtbError as ServiceError
from services.common.status import DETAILS_KEY, STATUS_OF, to_status
from tests.common.ports import free_ports
from tests.integration.client.conftest import Run
from ttb_client import AsyncTtbClient, TtbClient, TtbError


def state(value: pb.DownloadState.Value.ValueType, percent: float = 0) -> pb.ModelStatus:
    progress = pb.DownloadProgress(downloaded_bytes=percent * 1e7, total_bytes=1e9, percentage=percent)
    return pb.ModelStatus(model="llama3.2-vision", status=value, progress=progress, source="s3")


HALF = state(pb.DownloadState.downloading, 50)
READY = state(pb.DownloadState.ready, 100)
FAILED = pb.ModelStatus(
    model="llama3.2-vision",
    status=pb.DownloadState.error,
    error=pb.DownloadError(code="disk_full", message="Make room."),
)
RESTART = ServiceError(Reason.SHUTTING_DOWN, "The service is restarting; watch again.", retry_after_seconds=0.1)

# What one stream sends; an error ends it.
Script = list[pb.ModelStatus | ServiceError | grpc.StatusCode]


@dataclass
class StubModelStatus(modelstatus_pb2_grpc.ModelStatusServiceServicer):
    """Sends the next of its `scripts` to each caller; one-shot calls get its first message."""

    url: str = ""
    scripts: list[Script] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def GetModelStatus(self, request: Any, context: Any) -> pb.ModelStatus:
        return next(self.WatchModelStatus(request, context))

    def WatchModelStatus(self, request: Any, context: Any) -> Iterator[pb.ModelStatus]:
        self.asked.append(request.model)
        for part in self.scripts.pop(0):
            if isinstance(part, pb.ModelStatus):
                yield part
            elif isinstance(part, grpc.StatusCode):
                context.abort(part, "")
            else:
                context.set_trailing_metadata(((DETAILS_KEY, to_status(part).SerializeToString()),))
                context.abort(STATUS_OF[part.reason], part.message)


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubModelStatus]:
    (port,) = free_ports(1)
    stub = StubModelStatus(f"http://127.0.0.1:{port}")
    monkeypatch.setenv("TTB_URL", stub.url)
    server = grpc.server(ThreadPoolExecutor(2))
    modelstatus_pb2_grpc.add_ModelStatusServiceServicer_to_server(stub, server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    yield stub
    server.stop(None).wait()


Lost = Callable[[TtbError, float], None]


def _sync(url: str, lost: Lost) -> list[pb.ModelStatus]:
    with TtbClient(url) as client:
        return list(client.watch_model_status("llava", lost=lost))


def _async(url: str, lost: Lost) -> list[pb.ModelStatus]:
    async def watch() -> list[pb.ModelStatus]:
        async with AsyncTtbClient(url) as client:
            return [status async for status in client.watch_model_status("llava", lost=lost)]

    return asyncio.run(watch())


@pytest.fixture(params=[_sync, _async], ids=["sync", "async"])
def watch(request: pytest.FixtureRequest) -> Callable[[str, Lost], list[pb.ModelStatus]]:
    way: Callable[[str, Lost], list[pb.ModelStatus]] = request.param
    return way


def test_a_watch_goes_on_through_all_that_breaks_it(
    watch: Callable[[str, Lost], list[pb.ModelStatus]], stub: StubModelStatus
) -> None:
    stub.scripts = [[HALF, RESTART], [grpc.StatusCode.UNAVAILABLE], [HALF], [grpc.StatusCode.INTERNAL], [HALF, READY]]
    lost: list[str] = []
    seen = watch(stub.url, lambda error, _: lost.append(error.reason))
    assert seen == [HALF, HALF, HALF, READY]
    assert lost == ["SHUTTING_DOWN", "UNREACHABLE", "UNAVAILABLE", "INTERNAL"]
    assert stub.asked == ["llava"] * 5


def test_what_stays_wrong_is_raised(watch: Callable[[str, Lost], list[pb.ModelStatus]], stub: StubModelStatus) -> None:
    stub.scripts = [[HALF, grpc.StatusCode.PERMISSION_DENIED]]
    with pytest.raises(TtbError) as caught:
        watch(stub.url, lambda *_: None)
    assert caught.value.code is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (HALF, 3, "llama3.2-vision: downloading 50 %, 500.0 MB of 1.0 GB, from s3\n"),
        (READY, 0, "llama3.2-vision: ready, 1.0 GB, from s3\n"),
        (FAILED, 1, "llama3.2-vision: error, disk_full: Make room.\n"),
    ],
)
def test_one_shot_is_one_line_and_an_exit_code(
    ttb: Run, stub: StubModelStatus, status: pb.ModelStatus, code: int, said: str
) -> None:
    stub.scripts = [[status]]
    outcome = ttb("model-status", "--model", "llava:7b")
    assert (outcome.code, outcome.out, outcome.err) == (code, said, "")
    assert stub.asked == ["llava:7b"]


def test_a_model_that_nobody_asked_for_is_no_answer(ttb: Run, stub: StubModelStatus) -> None:
    stub.scripts = [[ServiceError(Reason.MODEL_UNKNOWN, "No download was attempted yet.")]]
    outcome = ttb("model-status")
    assert (outcome.code, outcome.out, outcome.err) == (5, "", "ttb: No download was attempted yet.\n")


def test_a_watch_without_a_terminal_is_a_line_for_each_percent(ttb: Run, stub: StubModelStatus) -> None:
    stub.scripts = [[HALF, HALF, state(pb.DownloadState.downloading, 50.4), RESTART], [HALF, FAILED]]
    outcome = ttb("model-status", "--watch")
    assert outcome.code == 1
    assert [line.split(", ")[0] for line in outcome.out.splitlines()] == [
        "llama3.2-vision: downloading 50 %",
        "llama3.2-vision: error",
    ]
    assert outcome.err.startswith("ttb: the connection was lost (SHUTTING_DOWN); trying again in 0.")


def test_json_is_one_line_for_each_state(ttb: Run, stub: StubModelStatus) -> None:
    stub.scripts = [[HALF, READY]]
    outcome = ttb("model-status", "--watch", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    first, last = [json.loads(line) for line in outcome.out.splitlines()]
    assert first["progress"] == {"downloaded_bytes": 500_000_000, "total_bytes": 1_000_000_000, "percentage": 50}
    assert (list(first), last["status"]) == (["model", "status", "progress", "source"], "ready")


def test_on_a_terminal_it_is_a_bar_and_the_answer_is_still_one_line(stub: StubModelStatus) -> None:
    stub.scripts = [[HALF, RESTART], [READY]]
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ttb_client", "model-status", "--watch"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment) as process:
        os.close(theirs)
        shown = b""
        # A terminal that nobody writes to any more is an error on Linux.
        while part := _read(ours):
            shown += part
        os.close(ours)
        assert process.stdout is not None
        assert process.stdout.read() == "llama3.2-vision: ready, 1.0 GB, from s3\n"
        assert process.wait(30) == 0
    assert "downloading 50 %, 500.0 MB of 1.0 GB" in shown.decode()
    assert "trying again in 0." in shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_nobody_there_is_told_after_the_timeout(ttb: Run) -> None:
    (port,) = free_ports(1)
    outcome = ttb("model-status", "--watch", "--timeout", "0.5", "--url", f"http://127.0.0.1:{port}")
    assert (outcome.code, outcome.out) == (4, "")
    assert "nothing answers" in outcome.err.splitlines()[-1]
