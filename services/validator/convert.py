"""Between the contract and the domain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from google.protobuf.descriptor import EnumDescriptor
from ttb.common.v1 import backend_pb2, page_pb2
from ttb.validator.v1 import validator_pb2 as pb

from services.common.errors import Reason, TtbError, invalid_field
from services.common.page_convert import page_from_proto, page_to_proto, polygon_to_proto
from services.validator.backend_comparison import BackendReading
from services.validator.fields.alcohol import parse_alcohol_application
from services.validator.fields.model import Evidence, LabelField, LabelPanel
from services.validator.fields.net_contents import parse_net_contents_application
from services.validator.reader import Backend, BackendHealth
from services.validator.rules.evaluation import RuleFinding
from services.validator.rules.model import REGISTRY
from services.validator.saving.model import Kept, Storage
from services.validator.saving.saving import OFF
from services.validator.saving.spool import Usage
from services.validator.submission import (
    Application,
    ApplicationType,
    Mode,
    Origin,
    Panel,
    ProductType,
    Submission,
)
from services.validator.verification import UploadedImage, Verification

EMPTY_WORDS = frozenset({"", "n/a", "na", "none"})
"""What applicants write into a field that they leave out (rulebook A1)."""


def submission(
    request: pb.VerifyLabelRequest | pb.CheckTextRequest, today: date, disabled_rules: frozenset[str] = frozenset()
) -> Submission:
    """What was submitted besides the images; `disabled_rules` are off for every request.

    Raises `TtbError` naming the field that is wrong.
    """
    unknown = sorted(set(request.disabled_rules) - REGISTRY.keys())
    if unknown:
        raise invalid_field("disabled_rules", f"`{unknown[0]}` is no rule; see GET /rules", reason=Reason.UNKNOWN_RULE)
    return Submission(
        as_of=_day(request.as_of, today),
        application=_application(request.application),
        product_type=ProductType(_name(pb.ProductType.Value.DESCRIPTOR, request.product_type))
        if request.product_type
        else None,
        origin=Origin(_name(pb.Origin.Value.DESCRIPTOR, request.origin)) if request.origin else None,
        application_type=ApplicationType(_name(pb.ApplicationType.Value.DESCRIPTOR, request.application_type or 1)),
        for_export=request.for_export,
        mode=Mode(_name(pb.Mode.Value.DESCRIPTOR, request.mode or 1)),
        panels_complete=request.panels_complete,
        scale_mm_per_px=_decimal(request, "scale_mm_per_px"),
        container_ml=_decimal(request, "container_ml"),
        lab_abv=_decimal(request, "lab_abv"),
        lab_so2_ppm=_decimal(request, "lab_so2_ppm"),
        lab_solids=_decimal(request, "lab_solids"),
        disabled_rules=disabled_rules | frozenset(request.disabled_rules),
    )


def _name(enum: EnumDescriptor, number: int) -> str:
    name: str = enum.values_by_number[number].name
    return name


_Measure = Literal["scale_mm_per_px", "container_ml", "lab_abv", "lab_so2_ppm", "lab_solids"]


def _decimal(request: pb.VerifyLabelRequest | pb.CheckTextRequest, name: _Measure) -> Decimal | None:
    # repr gives the shortest text that means this double: 0.1 and not 0.1000000000000000055.
    return Decimal(repr(getattr(request, name))) if request.HasField(name) else None


def _day(text: str, today: date) -> date:
    if not text:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise invalid_field("as_of", "must be a day of the calendar as YYYY-MM-DD, for example 2026-01-31") from error


def _application(application: pb.Application) -> Application:
    texts = {
        field.name: "" if (text := getattr(application, field.name).strip()).casefold() in EMPTY_WORDS else text
        for field in pb.Application.DESCRIPTOR.fields
    }
    # An application that says it has no formula is not one that does not say.
    texts["formula"] = application.formula.strip()
    for name, parse in (
        ("alcohol_content", parse_alcohol_application),
        ("net_contents", parse_net_contents_application),
    ):
        if texts[name]:
            try:
                parse(texts[name])
            except ValueError as error:
                raise invalid_field(name, str(error)) from error
    if texts["vintage"] and not re.fullmatch(r"(19|20)\d\d", texts["vintage"]):
        raise invalid_field("vintage", "must be a year of four digits, for example 2021")
    return Application(**texts)


def images(request: pb.VerifyLabelRequest, limit_megabytes: int) -> list[UploadedImage]:
    """The images. Raises `TtbError` when they are too large together."""
    size = sum(len(image.content) for image in request.images)
    if size > limit_megabytes * 1024 * 1024:
        message = f"have {size} bytes in all; send at most {limit_megabytes} MB ({limit_megabytes * 1024 * 1024} bytes)"
        raise invalid_field("images", message, reason=Reason.IMAGE_TOO_LARGE)
    return [UploadedImage(image.content, panel(image.panel)) for image in request.images]


def panel(value: int) -> Panel | None:
    """The panel, or None when it is not known."""
    return Panel(_name(pb.Panel.Value.DESCRIPTOR, value)) if value else None


def panels(request: pb.CheckTextRequest) -> tuple[LabelPanel, ...]:
    """The pages that were read already. Raises `TtbError` when the panels named do not match them."""
    if request.panels and len(request.panels) != len(request.pages):
        raise invalid_field("panels", f"names {len(request.panels)} for {len(request.pages)} pages; give one each")
    kinds = [panel(value) for value in request.panels] or [None] * len(request.pages)
    return tuple(
        LabelPanel(index, page_from_proto(page), kind)
        for index, (page, kind) in enumerate(zip(request.pages, kinds, strict=True))
    )


def backend(value: int) -> Backend:
    """The backend; absent means `auto`."""
    return Backend(_name(backend_pb2.OcrBackend.Value.DESCRIPTOR, value or backend_pb2.OcrBackend.auto))


def health(backends: Sequence[BackendHealth], artifacts: pb.ArtifactsHealth, version: str) -> pb.GetHealthResponse:
    """The state of the system. Raises `TtbError` when no backend can read."""
    available(backends)
    missing = any(each.expected and not each.available for each in backends)
    return pb.GetHealthResponse(
        status=pb.HealthStatus.degraded if missing else pb.HealthStatus.healthy,
        backends=[
            backend_pb2.BackendHealth(
                name=each.name,
                available=each.available,
                expected=each.expected,
                reason=each.reason,
                version=each.version,
            )
            for each in backends
        ],
        version=version,
        artifacts=artifacts,
    )


def artifacts_health(storage: Storage, usage: Usage | None) -> pb.ArtifactsHealth:
    """Where artifacts are kept and what waits; `usage` is None when artifact storage is switched off."""
    told = pb.ArtifactsHealth(
        enabled=usage is not None,
        store=storage.store,
        available=storage.available and usage is not None,
        reason=storage.reason if usage is not None else OFF,
        retention=storage.retention,
    )
    if usage is not None:
        told.spool_depth = usage.waiting
        told.spool_bytes = usage.bytes
        told.spool_capacity_bytes = usage.capacity
        told.spool_full = usage.full
        told.spool_rejected = usage.rejected
    return told


def artifact_reference(kept: Kept) -> pb.ArtifactReference:
    """How far the artifact is kept, as the answer tells it."""
    return pb.ArtifactReference(
        id=kept.identifier, state=pb.ArtifactState.Value.Value(kept.state.value), reason=kept.reason
    )


def available(backends: Sequence[BackendHealth]) -> tuple[Backend, ...]:
    """The backends that answer now. Raises `TtbError` when there are none."""
    found = tuple(Backend(each.name) for each in backends if each.available)
    if not found:
        why = "; ".join(f"{each.name}: {each.reason}" for each in backends)
        raise TtbError(Reason.BACKEND_UNAVAILABLE, f"No OCR backend is available: {why}", retry_after_seconds=5)
    return found


def backend_reading(reading: BackendReading) -> pb.BackendReading:
    """What one backend read, against the others and the truth."""
    return pb.BackendReading(
        backend=reading.backend.value,
        version=reading.version,
        pages=[page_to_proto(page) for page in reading.pages],
        milliseconds=reading.milliseconds,
        agreements=[
            pb.BackendAgreement(
                backend=each.backend.value, characters=round(each.characters, 3), words=round(each.words, 3)
            )
            for each in reading.agreements
        ],
        fields=[
            pb.FieldAccuracy(
                name=each.name.value,
                truth=each.truth,
                found=each.found,
                outcome=pb.FieldAccuracy.Outcome.Value(each.outcome.value),
            )
            for each in reading.fields
        ],
        error=reading.error,
    )


def verification(
    result: Verification, *, request_id: str, asked_of: Backend | None, milliseconds: int
) -> pb.Verification:
    """The answer. `asked_of` is the backend that was asked to read, None when nothing was read."""
    label = result.label
    return pb.Verification(
        request_id=request_id,
        verdict=pb.Verdict.Value.Value(result.decision.verdict.value),
        validation_passed=result.decision.verdict.value == "passed",
        reasons=result.decision.reasons,
        product_type=pb.ProductType.Value.Value(label.product_type.value if label.product_type else "unspecified"),
        as_of=label.submission.as_of.isoformat(),
        fields=[_field(each) for each in result.fields],
        findings=[_finding(each) for each in result.evaluation.findings],
        rules_not_checkable=result.evaluation.not_checkable,
        ocr_backend=backend_pb2.OcrBackend.Value.Value(asked_of.value if asked_of else "unspecified"),
        model_version="; ".join(result.engines),
        processing_time_ms=milliseconds,
        timings=[page_pb2.Timing(stage=each.stage, milliseconds=each.milliseconds) for each in result.timings],
        origin=pb.Origin.Value.Value(label.origin.value if label.origin else "unspecified"),
        rules_disabled=result.evaluation.disabled,
    )


def _evidence(places: Sequence[Evidence]) -> list[pb.Evidence]:
    return [pb.Evidence(image=place.image, polygon=polygon_to_proto(place.polygon)) for place in places]


def _field(field: LabelField) -> pb.LabelField:
    return pb.LabelField(
        name=field.name.value,
        value=field.value,
        text=field.text,
        state=pb.FieldState.Value.Value(field.state.value),
        confidence=round(field.confidence, 3),
        evidence=_evidence(field.evidence),
        reason=field.reason,
    )


def _finding(each: RuleFinding) -> pb.Finding:
    return pb.Finding(
        rule_id=each.rule.rule_id,
        severity=pb.Severity.Value.Value(each.finding.severity.value),
        citation=each.rule.citation,
        message=each.finding.message,
        expected=each.finding.expected,
        found=each.finding.found,
        evidence=_evidence(each.finding.evidence),
    )
