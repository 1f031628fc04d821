"""What each OCR backend reads of the same images: how far they agree, how long they take, and who finds the fields."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz import fuzz

from services.common.errors import Reason, TtbError
from services.common.page import Page
from services.validator.assembly import build_label
from services.validator.fields.model import FieldName, LabelPanel
from services.validator.label import Label
from services.validator.reader import Backend
from services.validator.rules.model import REGISTRY, Outcome, Result, Severity
from services.validator.submission import Submission
from services.validator.verification import UploadedImage, Verifier

_RULES = {
    FieldName.BRAND_NAME: "app.brand-name",
    FieldName.FANCIFUL_NAME: "app.fanciful-name",
    FieldName.CLASS_TYPE: "app.class-type",
    FieldName.ALCOHOL_CONTENT: "app.alcohol-content",
    FieldName.NET_CONTENTS: "app.net-contents",
    FieldName.NAME_AND_ADDRESS: "app.name-address",
    FieldName.COUNTRY_OF_ORIGIN: "app.origin-code",
    FieldName.APPELLATION: "app.appellation",
    FieldName.VINTAGE: "app.vintage",
    FieldName.VARIETALS: "app.varietal",
}
"""The rule that compares each field of the application with the label."""

_BACKEND_FAULTS = frozenset({Reason.BACKEND_FAILED, Reason.BACKEND_UNAVAILABLE, Reason.MODEL_NOT_READY})


class FieldOutcome(StrEnum):
    """What became of a field whose truth is known."""

    RIGHT = "right"
    WRONG = "wrong"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class FieldAccuracy:
    """One field: the truth, what was read (or nothing), and the outcome."""

    name: FieldName
    truth: str
    found: str
    outcome: FieldOutcome


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readings agree, whatever the order of their lines: shares of characters and words, 0 to 1."""

    backend: Backend
    characters: float
    words: float


@dataclass(frozen=True, slots=True)
class BackendReading:
    """What one backend read, in the engine's own milliseconds; `error` tells why it did not."""

    backend: Backend
    version: str = ""
    pages: tuple[Page, ...] = ()
    milliseconds: int = 0
    agreements: tuple[Agreement, ...] = ()
    fields: tuple[FieldAccuracy, ...] = ()
    error: str = ""


async def compare_backends(
    verifier: Verifier, backends: Sequence[Backend], images: Sequence[UploadedImage], submission: Submission
) -> AsyncGenerator[BackendReading, None]:
    """What each backend reads, as it finishes; all read at once.

    Raises `TtbError` when the images are bad or nothing can be read now. A backend that fails is told in its reading,
    and so is everything that goes wrong after the first one: over REST an error could not be seen any more.
    """
    work = [asyncio.ensure_future(_outcome(verifier, backend, images, submission)) for backend in backends]
    texts: dict[Backend, str] = {}
    begun = False
    try:
        for next_done in asyncio.as_completed(work):
            backend, outcome = await next_done
            if isinstance(outcome, TtbError):
                if not begun and outcome.reason not in _BACKEND_FAULTS:
                    raise outcome
                reading = BackendReading(backend, error=outcome.message)
            else:
                text = "\n".join(line.text for page in outcome.pages for line in page.lines)
                agreements = tuple(agreement(other, text, theirs) for other, theirs in texts.items())
                reading = replace(outcome, agreements=agreements)
                texts[backend] = text
            begun = True
            yield reading
    finally:
        for each in work:
            each.cancel()


async def _outcome(
    verifier: Verifier, backend: Backend, images: Sequence[UploadedImage], submission: Submission
) -> tuple[Backend, BackendReading | TtbError]:
    try:
        return backend, await _read(verifier, backend, images, submission)
    except TtbError as error:
        return backend, error


async def _read(
    verifier: Verifier, backend: Backend, images: Sequence[UploadedImage], submission: Submission
) -> BackendReading:
    frames = await verifier.read(images, backend)
    panels = tuple(LabelPanel(index, each.reading.page, images[each.image].panel) for index, each in enumerate(frames))
    label = await asyncio.to_thread(build_label, submission, panels)
    return BackendReading(
        backend,
        version=", ".join(dict.fromkeys(engine for each in frames for engine in each.reading.engines)),
        pages=tuple(panel.page for panel in panels),
        milliseconds=sum(
            time.milliseconds for each in frames for time in each.reading.timings if time.stage == backend.value
        ),
        fields=accuracies(label),
    )


def agreement(backend: Backend, text: str, other: str) -> Agreement:
    """How far `text` agrees with `other`, which `backend` read. Two empty ones agree."""
    words, others = Counter(text.split()), Counter(other.split())
    total = words.total() + others.total()
    shared = 2 * (words & others).total() / total if total else 1.0
    characters = fuzz.token_sort_ratio(text, other) / 100 if total else 1.0
    return Agreement(backend, characters, shared)


def accuracies(label: Label) -> tuple[FieldAccuracy, ...]:
    """What became of each field that the application gives, by the rules of the comparison (rulebook A2)."""
    found: list[FieldAccuracy] = []
    for name, rule_id in _RULES.items():
        truth: str = getattr(label.submission.application, name.value)
        result = REGISTRY[rule_id].check(label)
        if not truth or result.outcome is Outcome.NOT_APPLICABLE:
            continue
        read = next((finding.found for finding in result.findings if finding.found), "")
        if result.outcome is Outcome.PASS or (read and _is_only_information(result)):
            found.append(FieldAccuracy(name, truth, read or truth, FieldOutcome.RIGHT))
        else:
            found.append(FieldAccuracy(name, truth, read, FieldOutcome.WRONG if read else FieldOutcome.ABSENT))
    return tuple(found)


def _is_only_information(result: Result) -> bool:
    return all(finding.severity is Severity.INFORMATION for finding in result.findings)
