"""The model status service as a process, behind the real gateway: REST, events, gRPC, restarts, limits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import httpx
import pytest
from ttb.modelstatus.v1 import modelstatus_pb2 as pb
from ttb.modelstatus.v1 import modelstatus_pb2_grpc

from services.common.status import from_rpc_error
from services.modelstatus.status import State
from tests.common.envoy import running_envoy
from tests.integration.modelstatus.conftest import ROOT, TOTAL, Begin, System

# As the design shows it, byte for byte but for the blanks.
CONTRACT = (
    b'{"model":"llama3.2-vision","status":"downloading","progress":{"downloaded_bytes":3221225472,'
    b'"total_bytes":7201866752,"percentage":44.7,"estimated_time_remaining_seconds":120},"source":"s3",'
    b'"started_at":"2099-02-17T20:15:45Z","updated_at":"2099-02-17T20:16:30Z"}'
)
RETRYING = CONTRACT[:-1] + b',"attempt":3,"retry_at":"2099-02-17T20:16:38Z"}'
FAILED = (
    b'{"model":"llama3.2-vision","status":"error","progress":{"downloaded_bytes":0,"total_bytes":0,"percentage":0},'
    b'"source":"s3","started_at":"2026-02-17T20:15:45Z","updated_at":"2026-02-17T20:16:30Z",'
    b'"error":{"code":"access_denied","message":"Allow it."}}'
)


@pytest.mark.parametrize("content", [CONTRACT, RETRYING, FAILED], ids=["downloading", "retrying", "failed"])
def test_rest_answers_the_contract_byte_for_byte(shared: System, content: bytes) -> None:
    shared.file.write_bytes(content)
    answer = httpx.get(f"{shared.gateway.url}/model-status")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.content == content


@pytest.mark.parametrize("query", ["", "?model=llava:7b"])
def test_before_any_attempt_there_is_nothing_and_it_says_how_to_begin(shared: System, query: str) -> None:
    answer = httpx.get(f"{shared.gateway.url}/model-status{query}")
    assert answer.status_code == 404
    assert answer.json()["details"][0]["reason"] == "MODEL_UNKNOWN"
    assert "python -m services.modelstatus download" in answer.json()["message"]


def test_a_name_that_is_none_is_400(shared: System) -> None:
    for path in ("/model-status", "/model-status/stream"):
        answer = httpx.get(f"{shared.gateway.url}{path}", params={"model": "../secret"})
        assert answer.status_code == 400
        assert answer.json()["details"][1]["field_violations"][0]["field"] == "model"


@contextmanager
def events(system: System) -> Iterator[Iterator[dict[str, object]]]:
    """The messages of `GET /model-status/stream`."""
    with httpx.stream("GET", f"{system.gateway.url}/model-status/stream", timeout=20) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
        yield (json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line)


def test_events_come_from_before_the_beginning_to_the_end(shared: System) -> None:
    with events(shared) as stream:
        first = next(stream)
        assert first.pop("updated_at")
        assert first == {
            "model": "llama3.2-vision",
            "status": "not_started",
            "progress": {"downloaded_bytes": 0, "total_bytes": 0, "percentage": 0},
            "source": "",
        }
        shared.tells(State.DOWNLOADING, TOTAL // 2)
        assert next(stream)["progress"] == {
            "downloaded_bytes": TOTAL // 2,
            "total_bytes": TOTAL,
            "percentage": 50,
        }
        shared.tells(State.READY, TOTAL)
        assert [event["status"] for event in stream] == ["ready"]


def test_a_stream_outlives_the_time_limit_of_calls_by_heartbeats(begin: Begin) -> None:
    system = begin(TTB_RPC_SECONDS="0.5", MODEL_STATUS_HEARTBEAT_SECONDS="0.3")
    with events(system) as stream:
        assert [next(stream)["status"] for _ in range(6)] == ["not_started"] * 6


def test_a_service_that_stops_ends_its_streams_and_the_next_is_served_when_it_is_back(system: System) -> None:
    system.tells(State.DOWNLOADING, 1)
    with grpc.insecure_channel(system.gateway.target) as channel:
        stub = modelstatus_pb2_grpc.ModelStatusServiceStub(channel)
        stream = stub.WatchModelStatus(pb.WatchModelStatusRequest())
        assert next(stream).status == pb.DownloadState.downloading
        system.stop()
        with pytest.raises(grpc.RpcError) as caught:
            next(stream)
        error = from_rpc_error(caught.value)
        assert error is not None
        assert (error.reason, error.retry_after_seconds) == ("SHUTTING_DOWN", 1)
        system.start()
        assert next(stub.WatchModelStatus(pb.WatchModelStatusRequest())).status == pb.DownloadState.downloading


def test_ttb_watches_on_through_the_death_of_the_service_and_of_the_gateway(system: System, tmp_path: Path) -> None:
    system.tells(State.DOWNLOADING, TOTAL // 4)
    command = [sys.executable, "-m", "ttb_client", "model-status", "--watch", "--json", "--url", system.gateway.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ttb:
        assert ttb.stdout is not None
        told = (json.loads(line)["progress"]["percentage"] for line in ttb.stdout)
        assert next(told) == 25
        system.stop(signal.SIGKILL)
        system.tells(State.DOWNLOADING, TOTAL // 2)
        system.start()
        assert next(told) == 50
        system.gateway.process.kill()
        system.gateway.process.wait()
        (tmp_path / "again").mkdir()
        with running_envoy(system.gateway.settings, tmp_path / "again"):
            assert next(told) == 50
            system.tells(State.READY, TOTAL)
            assert list(told)[-1] == 100
            assert ttb.wait(10) == 0
        assert ttb.stderr is not None
        assert "trying again in" in ttb.stderr.read()


def test_watchers_have_a_limit_of_their_own(begin: Begin) -> None:
    system = begin({"max_streams": 2, "max_calls": 1})
    system.tells(State.DOWNLOADING, 1)
    with events(system) as one, events(system) as two:
        next(one)
        next(two)
        third = httpx.get(f"{system.gateway.url}/model-status/stream")
        assert (third.status_code, third.json()["details"][0]["reason"]) == (429, "TOO_MANY_CALLS")
        assert httpx.get(f"{system.gateway.url}/model-status").status_code == 200


def test_the_service_has_the_same_limit(begin: Begin) -> None:
    system = begin(TTB_MAX_STREAMS="1")
    with events(system) as one:
        next(one)
        second = httpx.get(f"{system.gateway.url}/model-status/stream")
        assert (second.status_code, second.json()["details"][0]["reason"]) == (429, "QUEUE_FULL")


def test_a_stream_that_is_silent_for_too_long_is_cut(begin: Begin) -> None:
    system = begin({"stream_idle_seconds": 1}, MODEL_STATUS_HEARTBEAT_SECONDS="30")
    system.tells(State.DOWNLOADING, 1)
    with events(system) as stream:
        next(stream)
        with pytest.raises(httpx.RemoteProtocolError):
            next(stream)
    assert httpx.get(f"{system.gateway.url}/model-status").status_code == 200


def test_heartbeats_keep_a_stream(begin: Begin) -> None:
    system = begin({"stream_idle_seconds": 1}, MODEL_STATUS_HEARTBEAT_SECONDS="0.5")
    system.tells(State.DOWNLOADING, 1)
    with events(system) as stream:
        assert [next(stream)["status"] for _ in range(4)] == ["downloading"] * 4


def test_a_client_that_leaves_is_forgotten(shared: System) -> None:
    with events(shared) as one:
        next(one)
        assert shared.streams() == 1
    end = time.monotonic() + 5
    while shared.streams():
        assert time.monotonic() < end, "the stream of a client that left is still served"
        time.sleep(0.02)


def test_a_broken_file_is_an_answer(shared: System) -> None:
    os.mkfifo(shared.file)
    answer = httpx.get(f"{shared.gateway.url}/model-status")
    assert answer.status_code == 200
    assert answer.json()["error"]["code"] == "status_unreadable"


def test_help_names_both_commands() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "services.modelstatus", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "download" in told.stdout


def test_a_kill_leaves_nothing_that_hinders_the_next_start(system: System) -> None:
    system.stop(signal.SIGKILL)
    system.start()
    system.tells(State.READY, TOTAL)
    assert httpx.get(f"{system.gateway.url}/model-status").json()["status"] == "ready"
