"""The system under measurement, as a native gRPC client of the gateway sees it."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import grpc
from ttb.common.v1 import backend_pb2
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from evals.answer import Answer, FieldRead, Question, RequestError, RuleFound
from services.validator.decision import Verdict
from services.validator.fields.model import FieldName, FieldState
from services.validator.rules.model import Severity
from services.validator.submission import Application, ProductType

_LARGEST_MESSAGE = 64 << 20
_HEALTH_SECONDS = 10


class GatewayDownError(Exception):
    """No gateway answers, or it cannot verify; the message says how to start one."""


class EvaluationClient:
    """Verifies labels one call at a time, read by `backend`. Safe to share between threads."""

    def __init__(self, url: str, *, backend: str = "auto", timeout: float = 150) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise GatewayDownError(f"{url} is no URL; write it as http://127.0.0.1:8000")
        self._url = url
        self._backend = backend_pb2.OcrBackend.Value.Value(backend)
        self._timeout = timeout
        target = f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        options = [("grpc.max_receive_message_length", _LARGEST_MESSAGE)]
        self._channel = (
            grpc.secure_channel(target, grpc.ssl_channel_credentials(), options)
            if parts.scheme == "https"
            else grpc.insecure_channel(target, options)
        )
        self._stub = validator_pb2_grpc.ValidatorServiceStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()

    def check(self) -> None:
        """Return when labels can be verified. Raises GatewayDownError otherwise."""
        try:
            self._stub.GetHealth(pb.GetHealthRequest(), timeout=_HEALTH_SECONDS)
        except grpc.RpcError as error:
            told = _error(error)
            raise GatewayDownError(
                f"No gateway verifies labels at {self._url} ({told.code}: {told.message}). "
                "Start it with `make up`, or name another one: make eval URL=http://HOST:PORT"
            ) from error

    def verify(self, question: Question) -> Answer | RequestError:
        """The answer to one question. What goes wrong is returned, not raised."""
        request = to_request(question)
        request.ocr_backend = self._backend
        begun = time.perf_counter()
        try:
            reply = self._stub.VerifyLabel(request, timeout=self._timeout)
        except grpc.RpcError as error:
            return _error(error)
        return to_answer(reply, time.perf_counter() - begun)


def to_request(question: Question) -> pb.VerifyLabelRequest:
    """The question as the contract asks it."""
    return pb.VerifyLabelRequest(
        images=[pb.LabelImage(content=path.read_bytes()) for path in question.images],
        product_type=pb.ProductType.Value.Value(question.product_type or "unspecified"),
        origin=pb.Origin.Value.Value(question.origin or "unspecified"),
        panels_complete=question.panels_complete,
        application=_application(question.application) if question.application else None,
        save_artifact=False,
    )


def _application(known: Application) -> pb.Application:
    return pb.Application(
        brand_name=known.brand_name,
        fanciful_name=known.fanciful_name,
        class_type=known.class_type,
        alcohol_content=known.alcohol_content,
        net_contents=known.net_contents,
        name_and_address=known.name_and_address,
        country_of_origin=known.country_of_origin,
        appellation=known.appellation,
        vintage=known.vintage,
        varietals=known.varietals,
    )


def to_answer(reply: pb.Verification, seconds: float) -> Answer:
    """The contract's answer in the evaluation's words; the caller waited for so many seconds."""
    return Answer(
        Verdict(pb.Verdict.Value.Name(reply.verdict)),
        tuple(reply.reasons),
        tuple(
            FieldRead(
                FieldName(each.name),
                each.value,
                each.text,
                FieldState(pb.FieldState.Value.Name(each.state)),
                each.confidence,
                each.reason,
            )
            for each in reply.fields
        ),
        tuple(
            RuleFound(each.rule_id, Severity(pb.Severity.Value.Name(each.severity)), each.message)
            for each in reply.findings
        ),
        tuple(reply.rules_not_checkable),
        seconds,
        tuple((each.stage, each.milliseconds / 1000) for each in reply.timings),
        reply.model_version,
        _known(pb.ProductType.Value.Name(reply.product_type)),
    )


def _known(name: str) -> ProductType | None:
    return None if name == "unspecified" else ProductType(name)


def _error(error: grpc.RpcError) -> RequestError:
    if isinstance(error, grpc.Call):
        return RequestError(error.code().name, error.details() or "")
    return RequestError("UNKNOWN", str(error))
