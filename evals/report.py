"""All numbers of one run in one value: what the JSON file holds and the Markdown shows."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.answer import Answer, RequestError, Sent
from evals.compare import Match
from evals.falsified import FalsifiedOutcome, KindScore, falsified_outcomes, kind_scores
from evals.manifest import LabelRecord
from evals.rates import Rate, Times
from evals.reliability import Reliability, Stated, reliability
from evals.run import Done
from evals.scoring import (
    FieldOutcome,
    FieldScore,
    Pair,
    ReasonCount,
    Standing,
    VerdictOutcome,
    WarningOutcome,
    field_outcomes,
    field_scores,
    reason_counts,
    verdict_outcomes,
    warning_outcomes,
)
from services.validator.decision import Verdict
from services.validator.fields.model import FieldName

SCHEMA_VERSION = 1

GOOD = (Standing.GOOD, Standing.GOOD_IN_PART)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and when the run was made.

    `commit` is the working tree's when the run began, `modified` whether it then held changes to the system on top.
    `load_before` and `load_after` are processes that wanted a core, averaged over the minute before. `backend` is the
    one that the requests asked for.
    """

    date: str
    commit: str
    modified: bool
    url: str
    machine: str
    load_before: float
    load_after: float
    clients: int
    backend: str
    tesseract: str | None
    minutes: float
    seed: int
    all_cases: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that got no answer."""

    what: str
    error: RequestError


@dataclass(frozen=True, slots=True)
class Against:
    """Time beside one plain tesseract command: ratio of the totals, and median of the labels' own ratios."""

    labels: int
    tesseract_median: float
    of_totals: float
    of_labels: float


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds by product type (`all` first), mean seconds of each stage, and the yardstick."""

    by_product: tuple[tuple[str, Times], ...]
    stages: tuple[tuple[str, float], ...]
    slowest: tuple[tuple[str, float], ...]
    against_tesseract: Against | None


@dataclass(frozen=True, slots=True)
class Trust:
    """How far stated confidence can be trusted: over all values, and for each field that has any.

    A health warning counts as right when it was judged right.
    """

    overall: Reliability | None
    by_field: tuple[tuple[FieldName, Reliability], ...]


@dataclass(frozen=True, slots=True)
class PassReport:
    """One pass over all labels. `reasons` are those of good labels that show everything and did not pass."""

    requests: int
    failures: tuple[Failure, ...]
    fields: tuple[FieldScore, ...]
    field_outcomes: tuple[FieldOutcome, ...]
    warnings: tuple[WarningOutcome, ...]
    verdicts: tuple[VerdictOutcome, ...]
    reasons: tuple[ReasonCount, ...]
    product_type_right: Rate
    trust: Trust
    speed: Speed | None

    def verdict_rate(self, standings: Sequence[Standing], *verdicts: Verdict) -> Rate:
        """How many of the labels of these standings got one of these verdicts."""
        return Rate.of(each.verdict in verdicts for each in self.verdicts if each.standing in standings)

    @property
    def false_fails(self) -> Rate:
        """Good labels that failed, of all good labels."""
        return self.verdict_rate(GOOD, Verdict.FAILED)

    @property
    def false_passes(self) -> Rate:
        """Faulty labels, and labels for a person to judge, that passed."""
        return self.verdict_rate((Standing.FAULTY, Standing.OPEN), Verdict.PASSED)


@dataclass(frozen=True, slots=True)
class FalsifiedReport:
    """The pass with one field false."""

    requests: int
    failures: tuple[Failure, ...]
    kinds: tuple[KindScore, ...]
    outcomes: tuple[FalsifiedOutcome, ...]

    @property
    def passed(self) -> Rate:
        """False applications that passed."""
        return Rate.of(each.verdict is Verdict.PASSED for each in self.outcomes)

    @property
    def noticed(self) -> Rate:
        """Cases in which the right rule objects, of those in which it was content with the truth."""
        return Rate.of(each.noticed for each in self.outcomes if each.telling)


@dataclass(frozen=True, slots=True)
class Report:
    """A run: with the true applications, with none, and with false ones; None for a pass that was not run."""

    schema_version: int
    partial: bool
    circumstances: Circumstances
    labels: int
    real_labels: int
    model_version: str
    compared: PassReport | None
    blind: PassReport | None
    falsified: FalsifiedReport | None


def make_report(labels: Sequence[LabelRecord], done: Done, circumstances: Circumstances) -> Report:
    """Score everything that came back."""
    by_id = {label.id: label for label in labels}
    answers = [sent.outcome for sent in (*done.compared, *done.blind) if isinstance(sent.outcome, Answer)]
    return Report(
        SCHEMA_VERSION,
        done.partial,
        circumstances,
        len(labels),
        sum(label.real for label in labels),
        answers[0].model_version if answers else "",
        _pass_report(by_id, done.compared) if done.compared else None,
        _pass_report(by_id, done.blind) if done.blind else None,
        _falsified_report(done) if done.falsified else None,
    )


def _pass_report(labels: Mapping[str, LabelRecord], sent: Sequence[Sent]) -> PassReport:
    pairs = [(labels[each.label_id], each.outcome) for each in sent if isinstance(each.outcome, Answer)]
    outcomes = field_outcomes(pairs)
    verdicts = verdict_outcomes(pairs)
    return PassReport(
        len(sent),
        tuple(Failure(each.label_id, each.outcome) for each in sent if isinstance(each.outcome, RequestError)),
        field_scores(outcomes),
        outcomes,
        warning_outcomes(pairs),
        verdicts,
        reason_counts(v for v in verdicts if v.standing is Standing.GOOD and v.verdict is not Verdict.PASSED),
        Rate.of(answer.product_type is label.product_type for label, answer in pairs),
        _trust(pairs),
        _speed(pairs, sent) if pairs else None,
    )


def _trust(pairs: Sequence[Pair]) -> Trust:
    stated: dict[FieldName, list[Stated]] = {}
    for each in field_outcomes(pairs):
        if each.match is not Match.ABSENT:
            value = Stated(each.read.confidence, each.match is Match.RIGHT)
            stated.setdefault(each.read.name, []).append(value)
    warnings = (each for each in warning_outcomes(pairs) if each.confidence)
    stated[FieldName.HEALTH_WARNING] = [Stated(each.confidence, each.right) for each in warnings]
    tables = ((field, reliability(values)) for field, values in stated.items())
    return Trust(
        reliability(value for values in stated.values() for value in values),
        tuple((field, table) for field, table in tables if table is not None),
    )


def _speed(pairs: Sequence[Pair], sent: Sequence[Sent]) -> Speed:
    kinds = sorted({label.product_type for label, _ in pairs})
    timed = [("all", Times.of([answer.seconds for _, answer in pairs]))]
    timed += [
        (str(kind), Times.of([answer.seconds for label, answer in pairs if label.product_type is kind]))
        for kind in kinds
    ]
    stages = list(dict.fromkeys(stage for _, answer in pairs for stage, _ in answer.stages))
    return Speed(
        tuple((name, times) for name, times in timed if times is not None),
        tuple(
            (stage, statistics.fmean(dict(answer.stages).get(stage, 0.0) for _, answer in pairs)) for stage in stages
        ),
        tuple(sorted(((label.id, answer.seconds) for label, answer in pairs), key=lambda each: -each[1])[:5]),
        _against_tesseract(sent),
    )


def _against_tesseract(sent: Sequence[Sent]) -> Against | None:
    both = [
        (each.outcome.seconds, each.tesseract_seconds)
        for each in sent
        if isinstance(each.outcome, Answer) and each.tesseract_seconds
    ]
    if not both:
        return None
    ours, theirs = zip(*both, strict=True)
    return Against(
        len(both),
        statistics.median(theirs),
        sum(ours) / sum(theirs),
        statistics.median(one / other for one, other in both),
    )


def _falsified_report(done: Done) -> FalsifiedReport:
    with_truth = {each.label_id: each.outcome for each in done.compared if isinstance(each.outcome, Answer)}
    answered = [(case, outcome) for case, outcome in done.falsified if isinstance(outcome, Answer)]
    outcomes = falsified_outcomes(answered, with_truth)
    return FalsifiedReport(
        len(done.falsified),
        tuple(
            Failure(f"{case.label_id}, {case.kind}", outcome)
            for case, outcome in done.falsified
            if isinstance(outcome, RequestError)
        ),
        kind_scores(outcomes),
        outcomes,
    )
