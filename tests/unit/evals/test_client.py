from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from ttb.common.v1 import backend_pb2
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from evals.answer import Answer, Question
from evals.client import EvaluationClient
from services.validator.decision import Verdict
from services.validator.reader import Backend


class Asked(validator_pb2_grpc.ValidatorServiceServicer):
    """Lets every label pass."""

    def __init__(self) -> None:
        self.requests: list[pb.VerifyLabelRequest] = []
        self.url = ""

    def VerifyLabel(self, request: pb.VerifyLabelRequest, context: Any) -> pb.Verification:
        self.requests.append(request)
        return pb.Verification(verdict=pb.Verdict.passed)


@pytest.fixture
def asked() -> Iterator[Asked]:
    asked = Asked()
    server = grpc.server(ThreadPoolExecutor(1))
    validator_pb2_grpc.add_ValidatorServiceServicer_to_server(asked, server)
    asked.url = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield asked
    server.stop(None).wait()


@pytest.mark.parametrize("backend", Backend)
def test_every_question_is_asked_of_the_chosen_backend_and_nothing_is_kept(asked: Asked, backend: Backend) -> None:
    with EvaluationClient(asked.url, backend=backend) as client:
        answer = client.verify(Question((), panels_complete=False))
    assert isinstance(answer, Answer)
    assert answer.verdict is Verdict.PASSED
    (request,) = asked.requests
    assert backend_pb2.OcrBackend.Value.Name(request.ocr_backend) == backend
    assert request.HasField("save_artifact")
    assert not request.save_artifact
