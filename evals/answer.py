"""What the system is asked and what it answers, in the evaluation's own words: scoring knows no gRPC."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.validator.decision import Verdict
from services.validator.fields.model import FieldName, FieldState
from services.validator.fields.second_look import Purpose
from services.validator.rules.model import Severity
from services.validator.submission import Application, Origin, ProductType


@dataclass(frozen=True, slots=True)
class Question:
    """One request. Without an application nothing is compared; what is None is judged from the label."""

    images: tuple[Path, ...]
    panels_complete: bool
    application: Application | None = None
    product_type: ProductType | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One field of an answer: normalised value and text as read, both empty when nothing was read; why it is unsure."""

    name: FieldName
    value: str = ""
    text: str = ""
    state: FieldState = FieldState.NOT_ON_IMAGES
    confidence: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RuleFound:
    """One finding of an answer."""

    rule_id: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Look:
    """One place that was looked at again, and the seconds that its reading took when it was recorded."""

    purpose: Purpose | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One verification. `seconds` is what the caller waited, `stages` the service's own stages in seconds.

    `looks` are told only by verifications over recorded readings.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    fields: tuple[FieldRead, ...] = ()
    findings: tuple[RuleFound, ...] = ()
    not_checkable: tuple[str, ...] = ()
    seconds: float = 0.0
    stages: tuple[tuple[str, float], ...] = ()
    model_version: str = ""
    product_type: ProductType | None = None
    looks: tuple[Look, ...] = ()

    def field(self, name: FieldName) -> FieldRead:
        """One field; nothing read when the answer does not have it."""
        return next((each for each in self.fields if each.name is name), FieldRead(name))

    def weighty(self) -> tuple[RuleFound, ...]:
        """The findings that change a verdict: violations and reviews."""
        return tuple(each for each in self.findings if each.severity is not Severity.INFORMATION)

    def severity_of(self, rule_ids: frozenset[str]) -> Severity | None:
        """The heaviest severity with which any of the rules fired; None when none did, information aside."""
        fired = {each.severity for each in self.weighty() if each.rule_id in rule_ids}
        return next((each for each in (Severity.VIOLATION, Severity.REVIEW) if each in fired), None)


@dataclass(frozen=True, slots=True)
class RequestError:
    """A request that got no answer: gRPC status name and message."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One request and what came back. `tesseract_seconds` is a plain command over the same images, when it was run."""

    label_id: str
    outcome: Answer | RequestError
    tesseract_seconds: float | None = None
