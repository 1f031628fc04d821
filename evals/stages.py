"""`python -m evals.stages`: what each stage of the reading gains and costs, by leaving it out.

A stage that does not pay goes; this is how it is told. Every label is verified over recorded readings (see
`evals.recorded`) with all stages, without each one, and with fewer rounds of second looks. `make stages` calls it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic_core import to_json

from evals import machine
from evals.answer import Answer, Sent
from evals.cells import seconds, table
from evals.manifest import LabelRecord, ManifestError, load_manifest
from evals.recorded import RecordedClient
from evals.run import Plan, run
from evals.scoring import Pair, Standing, field_outcomes, field_scores, verdict_outcomes, warning_outcomes
from services.common.settings import load
from services.validator.decision import Verdict
from services.validator.fields.second_look import Purpose
from services.validator.settings import ValidatorSettings

RESULTS = Path(__file__).resolve().parent / "results"
USAGE = 2

_METHOD = """\
Each line is a run over all labels with their true applications, and one with nothing but the images; counts are of
both. *Taken* is the share of verifications that look again for this purpose, *places* how many they look at, *cost* the
time to read those places one after the other on an idle service; a place that two purposes ask for is counted for the
first. The other columns say what becomes of the labels without the stage: *passed* are good labels that show
everything, *fields right* right values, *sure* right values of those called `read`. Stages help each other: what two of
them gain together need not be the sum."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a set of stages achieves over all labels, both passes counted."""

    passed: int
    faulty_failed: int
    false_passes: int
    false_fails: int
    fields_right: int
    read_right: int
    read: int
    warnings_right: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The share of verifications that take a stage; of those, mean places and mean seconds of reading."""

    taken: float
    places: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Stage:
    """One line: what was left out, what that achieves, and what the stage costs when it is there."""

    name: str
    worth: Worth
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class StagesReport:
    """All stages, the full reading first."""

    date: str
    commit: str
    modified: bool
    machine: str
    labels: int
    stages: tuple[Stage, ...]


def worth_of(pairs: Sequence[Pair]) -> Worth:
    """Score the answers as the evaluation does."""
    verdicts = verdict_outcomes(pairs)
    scores = field_scores(field_outcomes(pairs))
    return Worth(
        passed=sum(each.verdict is Verdict.PASSED and each.standing is Standing.GOOD for each in verdicts),
        faulty_failed=sum(each.verdict is Verdict.FAILED and each.standing is Standing.FAULTY for each in verdicts),
        false_passes=sum(each.false_pass for each in verdicts),
        false_fails=sum(each.false_fail for each in verdicts),
        fields_right=sum(each.right for each in scores),
        read_right=sum(each.right_when_read.hits for each in scores),
        read=sum(each.right_when_read.total for each in scores),
        warnings_right=sum(each.right for each in warning_outcomes(pairs)),
    )


def cost_of(answers: Sequence[Answer], purpose: Purpose) -> Cost | None:
    """What reading for this purpose cost; None when nothing was read for it."""
    taken = [looks for answer in answers if (looks := [look for look in answer.looks if look.purpose is purpose])]
    if not taken:
        return None
    return Cost(
        len(taken) / len(answers),
        statistics.fmean(len(looks) for looks in taken),
        statistics.fmean(sum(look.seconds for look in looks) for looks in taken),
    )


Answers = dict[str, Answer]
"""By label."""

Passes = tuple[Answers, Answers]


@dataclass(frozen=True, slots=True)
class _Labels:
    """Verifies all labels over the recordings."""

    labels: tuple[LabelRecord, ...]
    folder: Path
    ocr: str
    rounds: int

    def full(self) -> Passes:
        """With all stages: answers with the true applications, and with nothing but the images."""
        with RecordedClient(self.folder, self.ocr, rounds=self.rounds) as client:
            done = run(Plan(self.labels, with_tesseract=False), client)
        return _answers(done.compared), _answers(done.blind)

    def without(self, full: Passes, rounds: int, left_out: Iterable[Purpose]) -> Passes:
        """With fewer rounds or purposes. Only labels that looked again for them are verified again."""
        left_out, fewer_rounds = frozenset(left_out), rounds < self.rounds
        purposes = frozenset(Purpose) - left_out
        with RecordedClient(self.folder, self.ocr, rounds=rounds, purposes=purposes) as client:

            def again(answers: Answers, *, compare: bool) -> Answers:
                changed = tuple(
                    label
                    for label in self.labels
                    if any(fewer_rounds or look.purpose in left_out for look in answers[label.id].looks)
                )
                done = run(Plan(changed, compare=compare, blind=not compare, with_tesseract=False), client)
                return {**answers, **_answers(done.compared), **_answers(done.blind)}

            return again(full[0], compare=True), again(full[1], compare=False)

    def worth(self, passes: Passes) -> Worth:
        """Both passes scored."""
        return worth_of([(label, answers[label.id]) for answers in passes for label in self.labels])


def _answers(sent: Sequence[Sent]) -> Answers:
    answers: dict[str, Answer] = {}
    for each in sent:
        if not isinstance(each.outcome, Answer):
            raise SystemExit(f"{each.label_id}: {each.outcome.message}")
        answers[each.label_id] = each.outcome
    return answers


def measure(labels: _Labels) -> Iterator[Stage]:
    """The full reading, then without each stage, then with fewer rounds."""
    full = labels.full()
    answers = [answer for each in full for answer in each.values()]
    yield Stage("(all stages)", labels.worth(full))
    for purpose in Purpose:
        if cost := cost_of(answers, purpose):
            yield Stage(purpose, labels.worth(labels.without(full, labels.rounds, {purpose})), cost)
    for fewer in reversed(range(1, labels.rounds)):
        yield Stage(f"rounds after {fewer}", labels.worth(labels.without(full, fewer, ())))
    yield Stage("second looks", labels.worth(labels.without(full, 0, Purpose)))


def markdown(report: StagesReport) -> str:
    """The page for people."""
    changed = " with changes on top" if report.modified else ""
    head = (
        "without",
        "taken",
        "places",
        "cost",
        "passed",
        "faulty failed",
        "fields right",
        "sure",
        "warnings",
        "false pass",
        "fail",
    )
    full = report.stages[0].worth
    rows = [_row(stage, None if stage is report.stages[0] else full) for stage in report.stages]
    return f"""\
# Stages of the reading, {report.date[:10]}, commit {report.commit}{changed}

{report.labels} applications over recorded readings, on {report.machine}.

{table(head, rows)}

{_METHOD}
"""


def _row(stage: Stage, full: Worth | None) -> tuple[str, ...]:
    cost, worth = stage.cost, stage.worth
    costs = (f"{100 * cost.taken:.0f} %", f"{cost.places:.1f}", seconds(cost.seconds)) if cost else ("", "", "")

    def count(value: int, before: int) -> str:
        return f"{value} ({value - before:+d})" if full and value != before else str(value)

    base = full or worth
    return (
        stage.name,
        *costs,
        count(worth.passed, base.passed),
        count(worth.faulty_failed, base.faulty_failed),
        count(worth.fields_right, base.fields_right),
        f"{worth.read_right} of {worth.read}",
        count(worth.warnings_right, base.warnings_right),
        str(worth.false_passes),
        str(worth.false_fails),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run every set of stages and write the report; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.stages", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="folder with manifest.jsonl and its images")
    parser.add_argument("--recorded", type=Path, required=True, help="folder of readings; what is missing is recorded")
    parser.add_argument(
        "--ocr", default="127.0.0.1:50051", help="gRPC target that reads what is not recorded yet (%(default)s)"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the report goes")
    options = parser.parse_args(arguments)
    try:
        labels = load_manifest(options.labels)
    except ManifestError as error:
        print(error, file=sys.stderr)
        return USAGE
    started, commit, modified = datetime.now(UTC), machine.commit(), machine.modified()
    stages = measure(_Labels(labels, options.recorded, options.ocr, load(ValidatorSettings).second_look_rounds))
    report = StagesReport(
        started.strftime("%Y-%m-%dT%H:%M:%SZ"), commit, modified, machine.machine(), len(labels), tuple(stages)
    )
    options.results.mkdir(parents=True, exist_ok=True)
    target = options.results / f"{started:%Y-%m-%d}-{commit}-stages.md"
    target.write_text(markdown(report), encoding="utf-8")
    target.with_suffix(".json").write_bytes(to_json(report, indent=1) + b"\n")
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
