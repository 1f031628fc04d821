"""The shared server over a real connection: errors of both kinds of calls, deadlines, health, and a graceful stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from pydantic_settings import SettingsConfigDict
from ttb.modelstatus.v1 import modelstatus_pb2 as pb
from ttb.modelstatus.v1 import modelstatus_pb2_grpc

from services.common import request_id, response_headers
from services.common.errors import Reason, TtbError
from services.common.server import Server, Service
from services.common.settings import ServiceSettings, SharedSettings

NAME = "ttb.modelstatus.v1.ModelStatusService"
Context = grpc.aio.ServicerContext[Any, Any]


class LoopbackSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="TEST_", frozen=True)
    port: int = 0


class Behaviours(modelstatus_pb2_grpc.ModelStatusServiceServicer):
    """Stands for any service: does what the request's `model` says. No service of ours misbehaves on demand."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.hanging = 0

    async def GetModelStatus(self, request: pb.GetModelStatusRequest, context: Context) -> pb.ModelStatus:
        await self._do(request.model)
        return pb.ModelStatus(model=request.model)

    async def WatchModelStatus(
        self, request: pb.WatchModelStatusRequest, context: Context
    ) -> AsyncIterator[pb.ModelStatus]:
        yield pb.ModelStatus(model="first")
        await self._do(request.model)
        yield pb.ModelStatus(model="last")

    async def _do(self, what: str) -> None:
        if "header" in what:
            response_headers.add("etag", '"1"')
        if "refuse" in what:
            raise TtbError(Reason.QUEUE_FULL, "Too busy; try again.", retry_after_seconds=2)
        if what == "crash":
            raise ValueError("a secret path: /etc/shadow")
        if what in ("hang", "linger"):
            self.entered.set()
            self.hanging += 1
            try:
                await asyncio.sleep(0.5 if what == "linger" else 60)
            except asyncio.CancelledError:
                self.cancelled.set()
                raise


class Running:
    def __init__(self, behaviours: Behaviours, server: Server, port: int, able: list[bool]) -> None:
        self.behaviours = behaviours
        self.server = server
        self.able = able
        self.channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        self.stub = modelstatus_pb2_grpc.ModelStatusServiceStub(self.channel)
        self.health: Any = health_pb2_grpc.HealthStub(self.channel)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    behaviours = Behaviours()
    able = [True]

    async def is_able() -> bool:
        return able[0]

    service = Service(
        NAME,
        lambda server: modelstatus_pb2_grpc.add_ModelStatusServiceServicer_to_server(behaviours, server),
        able=is_able,
    )
    shared = SharedSettings(
        rpc_seconds=5,
        concurrent_rpcs=3,
        max_message_megabytes=1,
        drain_seconds=0.1,
        grace_seconds=5,
        health_interval_seconds=0.05,
    )
    server = Server(service, LoopbackSettings(), shared)
    held = Running(behaviours, server, await server.start(), able)
    yield held
    await held.channel.close()
    await server.stop()


def details(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    raw = dict(error.trailing_metadata() or ())["grpc-status-details-bin"]
    found: dict[str, Any] = {}
    for detail in status_pb2.Status.FromString(raw).details:
        for kind in (error_details_pb2.ErrorInfo, error_details_pb2.RetryInfo, error_details_pb2.BadRequest):
            if detail.Is(kind.DESCRIPTOR):
                found[kind.__name__] = kind.FromString(detail.value)
    return found


async def call(running: Running, *, streaming: bool, model: str) -> None:
    if streaming:
        async for _ in running.stub.WatchModelStatus(pb.WatchModelStatusRequest(model=model)):
            pass
    else:
        await running.stub.GetModelStatus(pb.GetModelStatusRequest(model=model))


@pytest.mark.parametrize("streaming", [False, True])
async def test_a_domain_error_comes_with_its_details(running: Running, streaming: bool) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(running, streaming=streaming, model="refuse")
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    found = details(caught.value)
    assert (found["ErrorInfo"].reason, found["ErrorInfo"].domain) == ("QUEUE_FULL", "ttb")
    assert found["RetryInfo"].retry_delay.seconds == 2


@pytest.mark.parametrize("streaming", [False, True])
async def test_a_crash_tells_nothing_of_the_inside(running: Running, streaming: bool) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(running, streaming=streaming, model="crash")
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "secret" not in str(caught.value)
    assert details(caught.value)["ErrorInfo"].reason == "INTERNAL"


@pytest.mark.parametrize("streaming", [False, True])
async def test_bytes_that_are_no_message_are_the_callers_fault(running: Running, streaming: bool) -> None:
    method = f"/{NAME}/{'WatchModelStatus' if streaming else 'GetModelStatus'}"
    multicallable: Any = running.channel.unary_stream(method) if streaming else running.channel.unary_unary(method)
    answer = multicallable(b"\x0a\x01\xff")
    assert await answer.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("model", ["", "refuse", "crash", "x" * 201])
async def test_answers_and_errors_carry_the_request_id(running: Running, streaming: bool, model: str) -> None:
    given = request_id.new()
    metadata = ((request_id.METADATA_KEY, given),)
    if streaming:
        answer: Any = running.stub.WatchModelStatus(pb.WatchModelStatusRequest(model=model), metadata=metadata)
    else:
        answer = running.stub.GetModelStatus(pb.GetModelStatusRequest(model=model), metadata=metadata)
    refused_before_headers = streaming and len(model) > 200
    sent = await (answer.trailing_metadata() if refused_before_headers else answer.initial_metadata())
    assert dict(sent)[request_id.METADATA_KEY] == given
    answer.cancel()


@pytest.mark.parametrize(("model", "etag"), [("header", '"1"'), ("header, then refuse", None)])
async def test_a_unary_method_adds_headers_to_its_answer_but_not_to_an_error(
    running: Running, model: str, etag: str | None
) -> None:
    answer: Any = running.stub.GetModelStatus(pb.GetModelStatusRequest(model=model))
    assert dict(await answer.initial_metadata()).get("etag") == etag
    answer.cancel()


async def test_a_bad_field_is_named(running: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(running, streaming=False, model="x" * 201)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert details(caught.value)["BadRequest"].field_violations[0].field == "model"


async def test_the_work_of_a_client_that_left_is_cancelled(running: Running) -> None:
    waiting = asyncio.ensure_future(call(running, streaming=False, model="hang"))
    await running.behaviours.entered.wait()
    waiting.cancel()
    await asyncio.wait_for(running.behaviours.cancelled.wait(), 5)


async def test_a_call_without_deadline_ends_at_the_services_own(running: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(running, streaming=False, model="hang")
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert details(caught.value)["ErrorInfo"].reason == "DEADLINE_TOO_SHORT"


async def test_a_message_may_have_so_many_bytes(running: Running) -> None:
    method: Any = running.channel.unary_unary(f"/{NAME}/GetModelStatus")
    # Both are nonsense: what is not too large is read, and refused for that.
    for size, code in (
        (1 << 20, grpc.StatusCode.INVALID_ARGUMENT),
        ((1 << 20) + 1, grpc.StatusCode.RESOURCE_EXHAUSTED),
    ):
        assert await method(b"\xff" * size).code() is code
    await call(running, streaming=False, model="")


async def test_more_calls_than_a_service_holds_are_told_when_to_come_back(running: Running) -> None:
    hanging = [asyncio.ensure_future(call(running, streaming=stream, model="hang")) for stream in (False, False, True)]
    async with asyncio.timeout(5):
        while running.behaviours.hanging < 3:  # noqa: ASYNC110 - counted on the other side of a connection
            await asyncio.sleep(0.01)

    for streaming in (False, True):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(running, streaming=streaming, model="")
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        found = details(caught.value)
        assert (found["ErrorInfo"].reason, found["RetryInfo"].retry_delay.seconds) == ("TOO_MANY_CALLS", 1)
    assert (await running.health.Check(health_pb2.HealthCheckRequest())).status

    for one in hanging:
        one.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    await asyncio.wait_for(running.behaviours.cancelled.wait(), 5)
    await call(running, streaming=False, model="")


async def test_health_follows_what_the_service_can_do(running: Running) -> None:
    serving = health_pb2.HealthCheckResponse.SERVING
    assert (await running.health.Check(health_pb2.HealthCheckRequest(service=NAME))).status == serving
    watch = running.health.Watch(health_pb2.HealthCheckRequest(service=NAME))
    assert (await watch.read()).status == serving
    running.able[0] = False
    assert (await asyncio.wait_for(watch.read(), 5)).status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert (await running.health.Check(health_pb2.HealthCheckRequest())).status == serving


async def test_reflection_lists_the_service(running: Running) -> None:
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(running.channel)
    answers = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
    answer = await answers.read()
    assert NAME in [service.name for service in answer.list_services_response.service]


async def test_a_stop_lets_the_call_in_flight_finish(running: Running) -> None:
    lingering = asyncio.ensure_future(
        running.stub.GetModelStatus(pb.GetModelStatusRequest(model="linger"))  # type: ignore[arg-type]
    )
    await running.behaviours.entered.wait()
    stopping = asyncio.ensure_future(running.server.stop())
    assert (await lingering).model == "linger"
    await stopping


async def test_a_taken_port_is_a_clear_error(running: Running) -> None:
    class Taken(LoopbackSettings):
        port: int = running.server.port

    with pytest.raises(OSError, match="TEST_PORT"):
        await Server(Service(NAME, lambda _: None), Taken(), SharedSettings()).start()
