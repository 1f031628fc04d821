"""Stands in for the validator, so that what Envoy does with requests and answers is seen without any OCR.

It records each request and its metadata, and answers what the test has put into `answers`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
from google.protobuf.message import Message
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from ttb.common.v1 import backend_pb2, page_pb2
from ttb.validator.v1 import validator_pb2, validator_pb2_grpc

from services.common.errors import TtbError
from services.common.request_id import METADATA_KEY
from services.common.status import to_status

REQUEST_ID = "0198f3a1-0000-7000-8000-000000000001"

VERIFICATION = validator_pb2.Verification(
    request_id=REQUEST_ID,
    verdict=validator_pb2.Verdict.failed,
    validation_passed=False,
    reasons=["The health warning prints SHOULD DRINK where 27 CFR 16.21 requires SHOULD NOT DRINK."],
    product_type=validator_pb2.ProductType.wine,
    as_of="2026-11-22",
    fields=[
        validator_pb2.LabelField(
            name="alcohol_content",
            value="13.5",
            text="ALC. 13.5% BY VOL.",
            state=validator_pb2.FieldState.read,
            confidence=0.98,
            evidence=[validator_pb2.Evidence(image=0, polygon=[page_pb2.Point(x=102, y=711)])],
        )
    ],
    findings=[
        validator_pb2.Finding(
            rule_id="health-warning.wording",
            severity=validator_pb2.Severity.violation,
            citation="27 CFR 16.21",
            message="...",
            evidence=[validator_pb2.Evidence(image=1)],
        )
    ],
    ocr_backend=backend_pb2.OcrBackend.auto,
    model_version="1",
    processing_time_ms=1523,
    timings=[page_pb2.Timing(stage="ocr", milliseconds=1310)],
    artifact=validator_pb2.ArtifactReference(id=REQUEST_ID, state=validator_pb2.ArtifactState.stored),
)

Context = grpc.aio.ServicerContext[Message, Message]


@dataclass
class StubValidator(validator_pb2_grpc.ValidatorServiceServicer):
    """Records calls as (request, metadata); raises `error` when there is one; waits `delay` seconds first."""

    error: TtbError | None = None
    delay: float = 0
    calls: list[tuple[Message, dict[str, str | bytes]]] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def reset(self) -> None:
        """Forget calls, errors and delays."""
        self.calls.clear()
        self.error = None
        self.delay = 0

    def wait_for_calls(self, count: int, *, seconds: float = 10) -> None:
        """Return when so many calls have arrived, answered or not."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.calls) >= count, seconds):
                raise AssertionError(f"{len(self.calls)} calls arrived, not {count}")

    async def _answer(self, request: Message, context: Context, answer: Message) -> Message:
        with self._arrived:
            self.calls.append((request, dict(context.invocation_metadata() or ())))
            self._arrived.notify_all()
        await context.send_initial_metadata(((METADATA_KEY, REQUEST_ID),))
        await asyncio.sleep(self.delay)
        if self.error is not None:
            status = to_status(self.error, REQUEST_ID)
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
            code = next(each for each in grpc.StatusCode if each.value[0] == status.code)
            await context.abort(code, status.message)
        return answer

    async def VerifyLabel(self, request, context):  # type: ignore[no-untyped-def]
        return await self._answer(request, context, VERIFICATION)

    async def VerifyUpload(self, request, context):  # type: ignore[no-untyped-def]
        return await self._answer(request, context, VERIFICATION)

    async def CheckText(self, request, context):  # type: ignore[no-untyped-def]
        return await self._answer(request, context, validator_pb2.Verification())

    async def ListRules(self, request, context):  # type: ignore[no-untyped-def]
        return await self._answer(request, context, validator_pb2.ListRulesResponse())

    async def GetRule(self, request, context):  # type: ignore[no-untyped-def]
        return await self._answer(request, context, validator_pb2.Rule(rule_id=request.id))

    async def GetHealth(self, request, context):  # type: ignore[no-untyped-def]
        answer = validator_pb2.GetHealthResponse(status=validator_pb2.HealthStatus.healthy)
        return await self._answer(request, context, answer)


async def _serve(stub: StubValidator, port: int, ready: threading.Event, stop: threading.Event) -> None:
    limit = 64 * 1024 * 1024
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", limit), ("grpc.so_reuseport", 0)])
    checks = health.aio.HealthServicer()
    await checks.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    validator_pb2_grpc.add_ValidatorServiceServicer_to_server(stub, server)
    reflection.enable_server_reflection(["ttb.validator.v1.ValidatorService", reflection.SERVICE_NAME], server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    ready.set()
    await asyncio.to_thread(stop.wait)
    await server.stop(0)


@contextmanager
def running_stub(port: int) -> Iterator[StubValidator]:
    """The stub, listening on a loopback port in a thread of its own."""
    stub = StubValidator()
    ready, stop = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(stub, port, ready, stop)))
    thread.start()
    try:
        if not ready.wait(10):
            raise AssertionError("the stub validator did not start")
        yield stub
    finally:
        stop.set()
        thread.join()
