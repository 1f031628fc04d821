"""What became of applications that are wrong in one field: per kind, and what went unnoticed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.answer import Answer
from evals.falsify import Case, Kind
from evals.rates import Rate
from services.validator.decision import Verdict
from services.validator.rules.model import Severity


@dataclass(frozen=True, slots=True)
class FalsifiedOutcome:
    """One case. `fired` is the right rule's severity, `fired_on_truth` that with the true application."""

    label_id: str
    kind: Kind
    true: str
    false: str
    verdict: Verdict
    fired: Severity | None
    fired_on_truth: Severity | None
    message: str

    @property
    def noticed(self) -> bool:
        """Whether the right rule objects."""
        return self.fired is not None

    @property
    def telling(self) -> bool:
        """Whether the right rule was content with the truth, so that its objection is to the false word."""
        return self.fired_on_truth is None


def falsified_outcomes(
    answered: Iterable[tuple[Case, Answer]], with_truth: Mapping[str, Answer]
) -> tuple[FalsifiedOutcome, ...]:
    """The outcomes. `with_truth` are the answers to the true applications, by label; the others are left out."""
    return tuple(
        FalsifiedOutcome(
            case.label_id,
            case.kind,
            case.true,
            case.false,
            answer.verdict,
            answer.severity_of(case.rules),
            with_truth[case.label_id].severity_of(case.rules),
            next((each.message for each in answer.weighty() if each.rule_id in case.rules), ""),
        )
        for case, answer in answered
        if case.label_id in with_truth
    )


@dataclass(frozen=True, slots=True)
class KindScore:
    """One kind. `noticed` and `failed_by_rule` count among the telling cases only."""

    kind: Kind
    cases: int
    passed: int
    needs_review: int
    failed: int
    noticed: Rate
    failed_by_rule: Rate


def kind_scores(outcomes: Sequence[FalsifiedOutcome]) -> tuple[KindScore, ...]:
    """One score for each kind that occurs."""
    return tuple(
        _score(kind, [each for each in outcomes if each.kind is kind])
        for kind in Kind
        if any(each.kind is kind for each in outcomes)
    )


def _score(kind: Kind, outcomes: Sequence[FalsifiedOutcome]) -> KindScore:
    telling = [each for each in outcomes if each.telling]
    verdicts = [each.verdict for each in outcomes]
    return KindScore(
        kind,
        len(outcomes),
        verdicts.count(Verdict.PASSED),
        verdicts.count(Verdict.NEEDS_REVIEW),
        verdicts.count(Verdict.FAILED),
        Rate.of(each.noticed for each in telling),
        Rate.of(each.fired is Severity.VIOLATION for each in telling),
    )
