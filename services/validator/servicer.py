"""`ttb.validator.v1.ValidatorService`: proto in, use case, proto out."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import grpc
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from services.common import metadata, request_id
from services.common.interceptors.validation import check as check_message
from services.validator import convert, rule_convert
from services.validator.assembly import build_label
from services.validator.backend_comparison import compare_backends
from services.validator.fields.model import LabelPanel
from services.validator.reader import Reader
from services.validator.rules.model import REGISTRY
from services.validator.saving import idempotency
from services.validator.saving.artifact import Checked, artifact
from services.validator.saving.saving import Saving
from services.validator.settings import ValidatorSettings
from services.validator.submission import Submission
from services.validator.upload import FormLimits, parse_upload
from services.validator.verification import Verification, Verifier, check

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """What a call's metadata tells of who asks: address as the gateway saw it, and Idempotency-Key; empty if absent."""

    client_ip: str
    idempotency_key: str

    @classmethod
    def of(cls, context: Context) -> Caller:
        """The caller of this call. Raises `TtbError` when the Idempotency-Key is bad."""
        keys = [value for key, value in context.invocation_metadata() or () if key == idempotency.METADATA_KEY]
        return cls(metadata.first(context, metadata.CLIENT_IP_KEY), idempotency.checked_key(keys))


class ValidatorServicer(validator_pb2_grpc.ValidatorServiceServicer):
    """The front door of the system."""

    def __init__(
        self,
        reader: Reader,
        verifier: Verifier,
        saving: Saving,
        settings: ValidatorSettings,
        now: Callable[[], datetime],
        version: str,
    ) -> None:
        self._reader = reader
        self._verifier = verifier
        self._saving = saving
        self._settings = settings
        self._form_limits = FormLimits(settings.form_parts, settings.form_text_kilobytes * 1024)
        self._now = now
        self._version = version

    async def VerifyLabel(self, request: pb.VerifyLabelRequest, context: Context) -> pb.Verification:
        """Verify one label from its images."""
        return await self._verify(request, Caller.of(context), time.perf_counter())

    async def VerifyUpload(self, request: pb.VerifyUploadRequest, context: Context) -> pb.Verification:
        """Verify one label that came over REST."""
        started = time.perf_counter()
        caller = Caller.of(context)
        typed = await asyncio.to_thread(parse_upload, request, self._form_limits)
        check_message(typed)
        return await self._verify(typed, caller, started)

    async def _verify(self, request: pb.VerifyLabelRequest, caller: Caller, started: float) -> pb.Verification:
        images = convert.images(request, self._settings.upload_megabytes)
        submission = self._submission(request)
        backend = convert.backend(request.ocr_backend)
        result = await self._verifier.verify(images, submission, backend)
        answer = convert.verification(
            result, request_id=request_id.current.get(), asked_of=backend, milliseconds=_milliseconds(started)
        )
        wanted = request.save_artifact if request.HasField("save_artifact") else self._settings.default_save
        if wanted:
            answer.artifact.CopyFrom(await self._keep(request, answer, result, caller))
        return answer

    async def _keep(
        self, request: pb.VerifyLabelRequest, answer: pb.Verification, result: Verification, caller: Caller
    ) -> pb.ArtifactReference:
        digest = ""
        if caller.idempotency_key:
            digest = await asyncio.to_thread(idempotency.digest, caller.idempotency_key, request)
        checked = Checked(
            request=request,
            answer=answer,
            image_formats=result.image_formats,
            pages=[panel.page for panel in result.label.panels],
            at=self._now(),
            client_ip=caller.client_ip,
            digest=digest,
        )
        return convert.artifact_reference(await self._saving.keep(answer.request_id, digest, lambda: artifact(checked)))

    async def CompareBackends(
        self, request: pb.VerifyLabelRequest, context: Context
    ) -> AsyncGenerator[pb.BackendReading, None]:
        """What each available backend reads of the images, as it finishes."""
        images = convert.images(request, self._settings.upload_megabytes)
        submission = self._submission(request)
        backends = convert.available(await self._reader.backends())
        readings = compare_backends(self._verifier, backends, images, submission)
        async with contextlib.aclosing(readings):
            async for reading in readings:
                yield convert.backend_reading(reading)

    async def CompareUpload(
        self, request: pb.VerifyUploadRequest, context: Context
    ) -> AsyncGenerator[pb.BackendReading, None]:
        """The same for images that came over REST."""
        typed = await asyncio.to_thread(parse_upload, request, self._form_limits)
        check_message(typed)
        async with contextlib.aclosing(self.CompareBackends(typed, context)) as readings:
            async for reading in readings:
                yield reading

    async def CheckText(self, request: pb.CheckTextRequest, context: Context) -> pb.Verification:
        """Evaluate the rules on pages that were read already."""
        started = time.perf_counter()
        submission = self._submission(request)
        panels = convert.panels(request)
        result = await asyncio.to_thread(_check_text, submission, panels)
        return convert.verification(
            result, request_id=request_id.current.get(), asked_of=None, milliseconds=_milliseconds(started)
        )

    def _submission(self, request: pb.VerifyLabelRequest | pb.CheckTextRequest) -> Submission:
        return convert.submission(request, self._now().date(), self._settings.disabled_rules)

    async def ListRules(self, request: pb.ListRulesRequest, context: Context) -> pb.ListRulesResponse:
        """The rules."""
        return pb.ListRulesResponse(rules=[rule_convert.rule(each) for each in REGISTRY.values()])

    async def GetRule(self, request: pb.GetRuleRequest, context: Context) -> pb.Rule:
        """One rule with its examples."""
        # The first one reads all tables of examples.
        return await asyncio.to_thread(rule_convert.rule_with_examples, request.id)

    async def GetHealth(self, request: pb.GetHealthRequest, context: Context) -> pb.GetHealthResponse:
        """Whether labels can be verified now; to a caller without a token, no more than that."""
        artifacts = convert.artifacts_health(self._saving.storage, self._saving.usage())
        answer = convert.health(await self._reader.backends(), artifacts, self._version)
        return pb.GetHealthResponse(status=answer.status) if metadata.unknown_caller(context) else answer

    async def FindQueuedArtifact(
        self, request: pb.FindQueuedArtifactRequest, context: Context
    ) -> pb.FindQueuedArtifactResponse:
        """Whether an artifact still waits here to be handed over."""
        return pb.FindQueuedArtifactResponse(queued=self._saving.waits(request.id))


def _check_text(submission: Submission, panels: tuple[LabelPanel, ...]) -> Verification:
    return check(build_label(submission, panels))


def _milliseconds(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
