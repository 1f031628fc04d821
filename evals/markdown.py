"""The report for people: first how good, how fast and what is worst; then the numbers; then every miss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evals.cells import rate, seconds, table, text
from evals.falsified import KindScore
from evals.manifest import LabelRecord, PrintedWarning
from evals.misses import misses
from evals.rates import Rate
from evals.report import FalsifiedReport, PassReport, Report, Speed
from evals.scoring import FieldScore, JudgedWarning, Standing
from services.validator.decision import Verdict

_METHOD = """\
## How it is counted

- A field counts where the manifest knows its print. *Recall*: right values of all printed. *Precision*: right values of
  all that were given. `partial` (the value contains the truth as whole words, or is contained in it) and `wrong` are
  not right; `absent` is no value. *Right when read* tells how far state `read` can be trusted.
- Names are equal without case, accents, punctuation, spaces and the usual abbreviations (rulebook N4), brand names
  also without business words such as Winery. Alcohol content and vintage are equal as numbers, net contents as
  volumes, countries as countries. Name and address: 90 % alike without the function (`bottled by`), ZIP code and the
  spelling of the State. A label may print several designations and addresses; only the manifest's counts. The
  comparison uses the validator's own pure helpers for text, volumes, States and countries.
- A label is *good* when it is approved and its warning is known not to be misprinted; it *shows everything* when brand
  name, alcohol content, net contents and warning are known to be printed. Those, and labels to be rejected, are sent
  with `panels_complete`. *Faulty* are labels to be rejected and approved ones whose warning is misprinted. Some
  approved labels were never looked at: when one fails, the manifest cannot tell whether rightly.
- A faulty label counts as failed whatever failed it; the list of faulty labels tells whether it was its own fault.
- The true application goes with product type and origin; the pass without one sends nothing but the images (and
  `panels_complete`).
- A false application differs in one field by a change that OCR confusions do not explain. *Noticed*: the right rule
  objects, on labels where it had nothing against the true application.
- *Stated* is the confidence of values that were given, whatever their state; a warning is right when it was judged so.
  *As stated*: the mean stated lies in the interval. The weights were fitted to these very labels; what to expect on
  others is in the report of `python -m evals.calibrate`. The Brier score is the mean squared error: 0 is perfect.
- Brackets hold Wilson's 95 % interval in percent. Labels of one producer resemble each other, so the true
  uncertainty is larger.
- Times are what the caller waited. `tesseract` is one plain command for each image with OMP_THREAD_LIMIT=1, run right
  after the label's own request. The commit is that of the working tree of the evaluation; the gateway may have been
  started from another.
"""


def markdown(report: Report, labels: Mapping[str, LabelRecord]) -> str:
    """The whole page."""
    return "\n\n".join(part.strip() for part in _parts(report, labels)) + "\n"


def _parts(report: Report, labels: Mapping[str, LabelRecord]) -> Iterator[str]:
    yield _title(report)
    yield table(("", "result"), _summary(report))
    if report.compared:
        yield _verdicts(report.compared)
        yield _reasons(report.compared)
    yield _fields(report)
    yield _trust(report)
    for which in (report.compared, report.blind):
        if which:
            yield _warnings(which, "the application given" if which is report.compared else "no application")
            break
    if report.falsified:
        yield _falsified(report.falsified, report.circumstances.all_cases)
    for which in (report.compared, report.blind):
        if which and which.speed:
            yield _speed(which.speed)
            break
    yield from _failures(report)
    yield from misses(report, labels)
    yield _METHOD


def _title(report: Report) -> str:
    at = report.circumstances
    partial = "\n\n**Partial: the run was stopped before its end.**" if report.partial else ""
    changed = " with changes on top" if at.modified else ""
    labels = f"{report.labels} applications: {report.real_labels} real and approved, the others generated or altered."
    how = f"Backend {at.backend}: read by {report.model_version}; requests at a time: {at.clients}."
    where = f"{at.minutes:.0f} minutes on {at.machine}, load {at.load_before:.1f} before and {at.load_after:.1f} after."
    return f"# Evaluation of {at.date[:10]}, commit {at.commit}{changed}{partial}\n\n{labels} {how} {where}"


def _summary(report: Report) -> Iterator[tuple[str, str]]:
    if report.compared:
        yield from _summary_of_verdicts(report.compared)
    for which, name in ((report.compared, "true application given"), (report.blind, "nothing but the images given")):
        if which:
            right = Rate(sum(f.right for f in which.fields), sum(f.recall.total for f in which.fields))
            given = Rate(right.hits, sum(f.precision.total for f in which.fields))
            trust = [f.right_when_read for f in which.fields]
            called = Rate(sum(each.hits for each in trust), sum(each.total for each in trust))
            yield f"Fields read right, {name}", f"recall {rate(right)}; precision {rate(given)}"
            yield f"Fields called `read` that are right, {name}", rate(called)
            yield f"Health warning judged right, {name}", rate(Rate.of(each.right for each in which.warnings))
    if report.blind:
        yield "Product type judged right from the images", rate(report.blind.product_type_right)
    if report.falsified:
        yield "False applications that pass", rate(report.falsified.passed)
        yield "False fields that the right rule notices", rate(report.falsified.noticed)
    speed = next((each.speed for each in (report.compared, report.blind) if each and each.speed), None)
    if speed:
        times = dict(speed.by_product)["all"]
        against = speed.against_tesseract
        beside = f"; {against.of_totals:.1f} times a plain tesseract" if against else ""
        yield "Time", f"median {seconds(times.median)}, p95 {seconds(times.p95)}{beside}"
    failures = sum(len(each.failures) for each in (report.compared, report.blind, report.falsified) if each)
    if failures:
        yield "**Requests without an answer**", str(failures)
    yield from _worst(report)


def _summary_of_verdicts(given: PassReport) -> Iterator[tuple[str, str]]:
    good = (Standing.GOOD,)
    yield "Good labels that show everything: passed", rate(given.verdict_rate(good, Verdict.PASSED))
    yield "The same: sent to a person", rate(given.verdict_rate(good, Verdict.NEEDS_REVIEW))
    yield "Good labels, all: failed (**false fail**)", rate(given.false_fails)
    yield (
        "Approved, print of the warning not known: failed",
        rate(given.verdict_rate((Standing.UNCHECKED,), Verdict.FAILED)),
    )
    yield "Faulty or doubtful labels: passed (**false pass**)", rate(given.false_passes)
    yield "Faulty labels: failed", rate(given.verdict_rate((Standing.FAULTY,), Verdict.FAILED))


def _worst(report: Report) -> Iterator[tuple[str, str]]:
    given = report.compared
    if given:
        known = [field for field in given.fields if field.recall.total]
        if known:
            field = min(known, key=lambda each: each.recall.share or 0)
            yield "**Worst** field", f"{field.field}: recall {rate(field.recall)}"
        called = max(known, key=lambda each: each.right_when_read.total - each.right_when_read.hits, default=None)
        if called:
            yield "**Worst** trust: most wrong though `read`", f"{called.field}: right {rate(called.right_when_read)}"
        reason = max(given.reasons, key=lambda each: (each.alone, each.labels), default=None)
        if reason:
            yield (
                "**Worst** hindrance of good labels",
                f"{reason.subject}: {reason.labels}, {reason.alone} of them alone",
            )
    if report.falsified:
        kind = min(report.falsified.kinds, key=lambda each: _share(each.noticed), default=None)
        if kind and _share(kind.noticed) < 1:
            yield "**Worst** blind spot: false field noticed least", f"{kind.kind}: {rate(kind.noticed)}"


def _share(value: Rate) -> float:
    return 1.0 if value.share is None else value.share


def _verdicts(given: PassReport) -> str:
    head = ("label is", "labels", "passed", "needs review", "failed")
    rows = [
        (
            standing.value,
            str(given.verdict_rate([standing], *Verdict).total),
            *(
                str(given.verdict_rate([standing], verdict).hits)
                for verdict in (Verdict.PASSED, Verdict.NEEDS_REVIEW, Verdict.FAILED)
            ),
        )
        for standing in Standing
    ]
    return f"## Verdicts, the true application given\n\n{table(head, rows)}"


def _reasons(given: PassReport) -> str:
    rows = [
        (
            reason.subject,
            str(reason.labels),
            str(reason.alone),
            text(", ".join(f"{rule} {count}" for rule, count in reason.rules), 200),
        )
        for reason in given.reasons
    ]
    head = ("what stands against passing", "labels", "nothing else does", "rules and unread fields")
    return f"### Why good labels that show everything did not pass\n\n{table(head, rows)}"


def _fields(report: Report) -> str:
    parts = ["## Fields"]
    head = ("field", "recall", "precision", "partial", "wrong", "absent", "right when `read`", "right when `unsure`")
    for which, name in ((report.compared, "The true application given"), (report.blind, "Nothing but the images")):
        if which:
            parts.append(f"{name}:\n\n{table(head, map(_field_row, which.fields))}")
    return "\n\n".join(parts)


def _field_row(field: FieldScore) -> tuple[str, ...]:
    counts = (str(field.partial), str(field.wrong), str(field.absent))
    trust = (rate(field.right_when_read), rate(field.right_when_unsure))
    return (field.field.value, rate(field.recall), rate(field.precision), *counts, *trust)


_ENOUGH = 15
"""Values from which a field's own shares tell something."""


def _trust(report: Report) -> str:
    parts = ["## Stated confidence, and how many values are right"]
    head = ("stated", "values", "mean stated", "right", "as stated")
    for which, name in ((report.compared, "The true application given"), (report.blind, "Nothing but the images")):
        if which and which.trust.overall:
            table_of_all = which.trust.overall
            rows = [
                (f"{each.low:.2f} to {each.high:.2f}", *_stated(each.mean, each.right), "yes" if each.kept else "no")
                for each in table_of_all.bins
            ]
            parts.append(f"{name}, Brier score {table_of_all.brier:.4f}:\n\n{table(head, rows)}")
            fields = [
                (field.value, *_stated(each.mean, each.right), f"{each.brier:.4f}")
                for field, each in which.trust.by_field
                if each.right.total >= _ENOUGH
            ]
            if fields:
                parts.append(table(("field", "values", "mean stated", "right", "Brier score"), fields))
    return "\n\n".join(parts)


def _stated(mean: float, right: Rate) -> tuple[str, str, str]:
    return str(right.total), f"{mean:.3f}", rate(right)


def _warnings(given: PassReport, name: str) -> str:
    rows = []
    for printed in PrintedWarning:
        judged = [each.judged for each in given.warnings if each.printed is printed]
        right = Rate.of(each.right for each in given.warnings if each.printed is printed)
        rows.append((printed.value, *(str(judged.count(each)) for each in JudgedWarning), rate(right)))
    head = ("printed", *(each.value for each in JudgedWarning), "right")
    return f"""\
## Health warning, {name}

`defective` and `absent` are violations; `not found` and `unsure` leave it to a person.

{table(head, rows)}"""


def _falsified(given: FalsifiedReport, all_cases: int) -> str:
    rows = [_kind_row(kind) for kind in given.kinds]
    head = ("what is false", "cases", "passed", "needs review", "failed", "noticed", "as a violation")
    return f"""\
## False applications

{given.requests} of {all_cases} possible cases were asked. A label that needs a person anyway does so here too: what
tells is whether the right rule notices.

{table(head, rows)}"""


def _kind_row(kind: KindScore) -> tuple[str, ...]:
    counts = (kind.cases, kind.passed, kind.needs_review, kind.failed)
    return (kind.kind.value, *map(str, counts), rate(kind.noticed), rate(kind.failed_by_rule))


def _speed(speed: Speed) -> str:
    rows = [
        (name, str(times.count), seconds(times.median), seconds(times.p95), seconds(times.mean))
        for name, times in speed.by_product
    ]
    stages = ", ".join(f"{stage} {seconds(mean)}" for stage, mean in speed.stages)
    slowest = ", ".join(f"{label} {seconds(time)}" for label, time in speed.slowest)
    against = speed.against_tesseract
    beside = (
        f"Plain tesseract over the same images: median {seconds(against.tesseract_median)} a label; a verification "
        f"takes {against.of_totals:.2f} times its total and, in the median, {against.of_labels:.2f} times a label's."
        if against
        else "No plain tesseract was measured."
    )
    return f"""\
## Speed

{table(("product type", "labels", "median", "p95", "mean"), rows)}

Mean of the stages: {stages}. Slowest: {slowest}.

{beside}"""


def _failures(report: Report) -> Iterator[str]:
    failures = [f for each in (report.compared, report.blind, report.falsified) if each for f in each.failures]
    if failures:
        rows = [(each.what, each.error.code, text(each.error.message)) for each in failures]
        yield f"## Requests without an answer\n\n{table(('label', 'status', 'message'), rows)}"
