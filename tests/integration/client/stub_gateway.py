"""Stands in for gateway and services, so that what the client makes of each answer is seen without any OCR."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.api import httpbody_pb2
from google.protobuf import timestamp_pb2
from google.protobuf.message import Message
from ttb.artifacts.v1 import artifacts_pb2, artifacts_pb2_grpc
from ttb.common.v1 import backend_pb2, page_pb2
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from services.common.errors import TtbError
from services.common.status import DETAILS_KEY, STATUS_OF, to_status
from tests.common.ports import free_ports

REQUEST_ID = "0198f3a1-0000-7000-8000-000000000001"

HEALTH = pb.GetHealthResponse(
    status=pb.HealthStatus.degraded,
    version="1.2.3",
    backends=[
        backend_pb2.BackendHealth(name="tesseract", available=True, expected=True, version="5.3.0 (eng)"),
        backend_pb2.BackendHealth(name="rapidocr", expected=True, reason="Its models are missing; install them."),
    ],
    artifacts=pb.ArtifactsHealth(
        enabled=True,
        store="directory",
        available=True,
        retention="Kept for 365 days.",
        spool_depth=3,
        spool_bytes=2_500_000,
        spool_capacity_bytes=1_000_000_000,
        spool_rejected=1,
    ),
)
RULES = pb.ListRulesResponse(
    rules=[
        pb.Rule(
            rule_id="health-warning.wording",
            title="Exact words of the health warning",
            citation="27 CFR 16.21",
            severity=pb.Severity.violation,
            applies_to=[pb.ProductType.wine, pb.ProductType.malt_beverage],
        ),
        pb.Rule(
            rule_id="app.brand-name",
            title="Brand name as on the application",
            citation="27 CFR 4.33",
            severity=pb.Severity.violation,
            applies_to=[pb.ProductType.wine],
            description="The label prints the application's brand name.",
            effective_from="2025-01-10",
        ),
    ]
)
EXAMPLES = [
    pb.RuleExample(
        answer=pb.RuleAnswer.passed,
        shows="another case",
        text="STONE'S THROW\n\nMERLOT",
        product_type=pb.ProductType.wine,
        application=pb.Application(brand_name="Stone's Throw"),
    ),
    pb.RuleExample(answer=pb.RuleAnswer.not_applicable, shows="no brand on the application"),
]
TEXT = ocr_pb2.ExtractTextResponse(
    page=page_pb2.Page(
        width=600,
        height=400,
        lines=[
            page_pb2.Line(
                text="STONE'S THROW",
                confidence=0.98,
                engine="tesseract",
                angle_degrees=90,
                polygon=[page_pb2.Point(x=x, y=y) for x, y in ((40, 30), (40, 200), (20, 200), (20, 30))],
            )
        ],
    ),
    frame_count=3,
    image_format="pdf",
    engines=["tesseract 5.3.0 (eng)"],
)
# 2026-11-22T20:15:45Z
TIME = timestamp_pb2.Timestamp(seconds=1795378545)


def artifact_id(number: int) -> str:
    """Ids that sort by number."""
    return f"0198f3a1-0000-7000-8000-{number:012d}"


@dataclass
class StubGateway(
    validator_pb2_grpc.ValidatorServiceServicer,
    ocr_pb2_grpc.OcrServiceServicer,
    artifacts_pb2_grpc.ArtifactsServiceServicer,
):
    """Records calls as (request, metadata); raises `errors` in turn before it answers with `verification`.

    `readings` are streamed, up to an error; `listed` is what there is to list, `artifact` what every id gives. With
    `hold`, calls wait for that event first.
    """

    url: str = ""
    verification: pb.Verification = field(default_factory=pb.Verification)
    artifact: artifacts_pb2.Artifact = field(default_factory=artifacts_pb2.Artifact)
    readings: list[pb.BackendReading | grpc.StatusCode] = field(default_factory=list)
    listed: list[artifacts_pb2.ArtifactMetadata] = field(default_factory=list)
    errors: list[TtbError | grpc.StatusCode] = field(default_factory=list)
    calls: list[tuple[Any, dict[str, str | bytes]]] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    hold: threading.Event | None = None

    def VerifyLabel(self, request, context):  # type: ignore[no-untyped-def]
        return self._answer(request, context, self.verification)

    def CompareBackends(self, request, context):  # type: ignore[no-untyped-def]
        self._answer(request, context, request)
        for reading in self.readings:
            if isinstance(reading, grpc.StatusCode):
                context.abort(reading, "as it is")
            yield reading

    def GetHealth(self, request, context):  # type: ignore[no-untyped-def]
        return self._answer(request, context, HEALTH)

    def ListRules(self, request, context):  # type: ignore[no-untyped-def]
        return self._answer(request, context, RULES)

    def GetRule(self, request, context):  # type: ignore[no-untyped-def]
        rule = pb.Rule(examples=EXAMPLES)
        rule.MergeFrom(next(each for each in RULES.rules if each.rule_id == request.id))
        return self._answer(request, context, rule)

    def ExtractText(self, request, context):  # type: ignore[no-untyped-def]
        return self._answer(request, context, TEXT)

    def ListArtifacts(self, request, context):  # type: ignore[no-untyped-def]
        begin = int(request.page_token or 0)
        end = begin + (request.page_size or 100)
        page = artifacts_pb2.ListArtifactsResponse(artifacts=self.listed[begin:end])
        if end < len(self.listed):
            page.next_page_token = str(end)
        return self._answer(request, context, page)

    def GetArtifact(self, request, context):  # type: ignore[no-untyped-def]
        return self._answer(request, context, self.artifact)

    def GetArtifactImage(self, request, context):  # type: ignore[no-untyped-def]
        return self._answer(request, context, httpbody_pb2.HttpBody(content_type="image/png", data=b"\x89PNG\r\n"))

    def DeleteArtifact(self, request, context):  # type: ignore[no-untyped-def]
        return self._answer(request, context, artifacts_pb2.DeleteArtifactResponse(id=request.id, deleted_at=TIME))

    def _answer(self, request: Message, context: grpc.ServicerContext, answer: Message) -> Message:
        self.calls.append((request, dict(context.invocation_metadata())))
        self.arrived.set()
        if self.hold is not None:
            self.hold.wait(60)
        if self.errors:
            error = self.errors.pop(0)
            if isinstance(error, grpc.StatusCode):
                # As Envoy does, which tells its own errors from those of a dead connection.
                context.set_trailing_metadata((("server", "ttb"),))
                context.abort(error, "as it is")
            else:
                details = to_status(error, REQUEST_ID).SerializeToString()
                context.set_trailing_metadata(((DETAILS_KEY, details),))
                context.abort(STATUS_OF[error.reason], error.message)
        return answer


@contextmanager
def running_gateway() -> Iterator[StubGateway]:
    (port,) = free_ports(1)
    stub = StubGateway(url=f"http://127.0.0.1:{port}")
    server = grpc.server(ThreadPoolExecutor(2), options=[("grpc.max_receive_message_length", 64 << 20)])
    validator_pb2_grpc.add_ValidatorServiceServicer_to_server(stub, server)
    ocr_pb2_grpc.add_OcrServiceServicer_to_server(stub, server)
    artifacts_pb2_grpc.add_ArtifactsServiceServicer_to_server(stub, server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    try:
        yield stub
    finally:
        server.stop(None).wait()
