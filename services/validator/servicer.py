"""`ttb.validator.v1.ValidatorService`: proto in, use case, proto out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import grpc
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from services.common import request_id
from services.common.interceptors.validation import check as check_message
from services.validator import convert
from services.validator.assembly import build_label
from services.validator.fields.model import LabelPanel
from services.validator.reader import Reader
from services.validator.rules.model import REGISTRY
from services.validator.settings import ValidatorSettings
from services.validator.submission import Submission
from services.validator.upload import parse_upload
from services.validator.verification import Verification, Verifier, check

Context = grpc.aio.ServicerContext[Any, Any]


class ValidatorServicer(validator_pb2_grpc.ValidatorServiceServicer):
    """The front door of the system."""

    def __init__(
        self, reader: Reader, verifier: Verifier, settings: ValidatorSettings, today: Callable[[], date], version: str
    ) -> None:
        self._reader = reader
        self._verifier = verifier
        self._settings = settings
        self._today = today
        self._version = version

    async def VerifyLabel(self, request: pb.VerifyLabelRequest, context: Context) -> pb.Verification:
        """Verify one label from its images."""
        return await self._verify(request, time.perf_counter())

    async def VerifyUpload(self, request: pb.VerifyUploadRequest, context: Context) -> pb.Verification:
        """Verify one label that came over REST."""
        started = time.perf_counter()
        typed = await asyncio.to_thread(parse_upload, request)
        check_message(typed)
        return await self._verify(typed, started)

    async def _verify(self, request: pb.VerifyLabelRequest, started: float) -> pb.Verification:
        images = convert.images(request, self._settings.upload_megabytes)
        submission = convert.submission(request, self._today())
        backend = convert.backend(request.ocr_backend)
        result = await self._verifier.verify(images, submission, backend)
        answer = convert.verification(
            result, request_id=request_id.current.get(), asked_of=backend, milliseconds=_milliseconds(started)
        )
        if request.save_artifact:
            answer.artifact.id = answer.request_id
            answer.artifact.state = pb.ArtifactState.failed
        return answer

    async def CheckText(self, request: pb.CheckTextRequest, context: Context) -> pb.Verification:
        """Evaluate the rules on pages that were read already."""
        started = time.perf_counter()
        submission = convert.submission(request, self._today())
        panels = convert.panels(request)
        result = await asyncio.to_thread(_check_text, submission, panels)
        return convert.verification(
            result, request_id=request_id.current.get(), asked_of=None, milliseconds=_milliseconds(started)
        )

    async def ListRules(self, request: pb.ListRulesRequest, context: Context) -> pb.ListRulesResponse:
        """The rules."""
        return pb.ListRulesResponse(rules=[convert.rule(each) for each in REGISTRY.values()])

    async def GetHealth(self, request: pb.GetHealthRequest, context: Context) -> pb.GetHealthResponse:
        """Whether labels can be verified now."""
        return convert.health(await self._reader.backends(), self._version)


def _check_text(submission: Submission, panels: tuple[LabelPanel, ...]) -> Verification:
    return check(build_label(submission, panels))


def _milliseconds(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
