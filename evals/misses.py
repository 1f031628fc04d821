"""Every miss, with what is printed and what was read, so that the next piece of work can start from it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from evals.cells import table, text
from evals.compare import Match
from evals.manifest import LabelRecord
from evals.report import FalsifiedReport, PassReport, Report
from evals.scoring import MEASURED_FIELDS, FieldOutcome, Standing, VerdictOutcome
from services.validator.decision import Verdict
from services.validator.fields.model import FieldName
from services.validator.fields.text import n3, squeezed
from services.validator.fields.warning_text import CANONICAL
from services.validator.rules.model import Severity

_MOST_DEPARTURES = 4
_CONTEXT = 6


def misses(report: Report, labels: Mapping[str, LabelRecord]) -> Iterator[str]:
    """The lists, one part for each kind of miss; parts without a row are left out."""
    given = report.compared
    if given:
        yield from _wrong_verdicts(given)
        yield from _not_passed(given)
        yield from _faulty(given)
    for which, name in ((given, "the true application given"), (report.blind, "nothing but the images given")):
        if which:
            yield from _warnings(which, labels, name)
    if report.falsified:
        yield from _unnoticed(report.falsified)
    yield from _fields(report)


def _wrong_verdicts(given: PassReport) -> Iterator[str]:
    rows = [_verdict_row(each) for each in given.verdicts if each.false_fail or each.false_pass]
    head = ("label", "it is", "verdict", "reasons")
    if rows:
        yield f"## False fails and false passes\n\n{table(head, rows)}"
    unsettled = [_verdict_row(each) for each in given.verdicts if each.unsettled]
    if unsettled:
        why = "Approved labels; whether the print is faulty has to be looked up, and written into the manifest."
        yield f"## Failed, and not known whether rightly\n\n{why}\n\n{table(head, unsettled)}"


def _verdict_row(each: VerdictOutcome) -> tuple[str, ...]:
    what = f"{each.standing.value}: {each.defect}" if each.defect else each.standing.value
    return each.label_id, text(what), each.verdict.value, text(" ".join(each.reasons), 300)


def _not_passed(given: PassReport) -> Iterator[str]:
    rows = [
        (each.label_id, each.verdict.value, "<br>".join(text(reason, 160) for reason in each.reasons))
        for each in given.verdicts
        if each.standing is Standing.GOOD and each.verdict is not Verdict.PASSED
    ]
    if rows:
        head = ("label", "verdict", "reasons")
        yield f"## Good labels that show everything and did not pass\n\n{table(head, rows)}"


def _faulty(given: PassReport) -> Iterator[str]:
    rows = [
        (each.label_id, text(each.defect, 120), each.verdict.value, text(", ".join(each.rules), 250))
        for each in given.verdicts
        if each.standing in (Standing.FAULTY, Standing.OPEN)
    ]
    if rows:
        head = ("label", "what is wrong", "verdict", "what was found")
        yield f"## Faulty and doubtful labels, and what was found on them\n\n{table(head, rows)}"


def _warnings(given: PassReport, labels: Mapping[str, LabelRecord], name: str) -> Iterator[str]:
    rows = []
    for each in given.warnings:
        if not each.right:
            printed = labels[each.label_id].defect or "27 CFR 16.21"
            read = (text(departures(each.text), 240), text(" ".join(each.objections), 240))
            rows.append((each.label_id, f"{each.printed.value}: {text(printed)}", each.judged.value, *read))
    if rows:
        head = ("label", "printed", "judged", "letters read `[instead of→read]`", "the rules say")
        yield f"## Health warnings judged wrong or not surely, {name}\n\n{table(head, rows)}"


def departures(read: str) -> str:
    """Where a reading of the warning leaves the law's letters (no case, spaces, punctuation), with letters around."""
    if not read:
        return "nothing"
    law, letters = squeezed(CANONICAL), squeezed(read)
    changes = [
        change
        for change in difflib.SequenceMatcher(None, law, letters, autojunk=False).get_opcodes()
        if change[0] != "equal"
    ]
    shown = [
        f"{law[max(0, a - _CONTEXT) : a]}[{law[a:b][:40]}→{letters[c:d][:40]}]{law[b : b + _CONTEXT]}"
        for _, a, b, c, d in changes[:_MOST_DEPARTURES]
    ]
    more = len(changes) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "") if shown else "every letter of the law"


def _unnoticed(given: FalsifiedReport) -> Iterator[str]:
    head = ("label", "what is false", "true", "application says", "verdict")
    passed = [each for each in given.outcomes if each.verdict is Verdict.PASSED]
    silent = [each for each in given.outcomes if not each.noticed and each.verdict is not Verdict.PASSED]
    for title, listed in (
        ("False applications that pass", passed),
        ("False fields that the right rule does not notice (something else stood against passing)", silent),
    ):
        rows = [
            (each.label_id, each.kind.value, text(each.true), text(each.false), each.verdict.value) for each in listed
        ]
        if rows:
            yield f"## {title}\n\n{table(head, rows)}"
    heavy = [
        (each.label_id, each.kind.value, text(each.true), text(each.false), text(each.message, 160))
        for each in given.outcomes
        if each.telling and each.fired is Severity.REVIEW
    ]
    if heavy:
        head = ("label", "what is false", "true", "application says", "the rule says")
        yield f"## False fields that the right rule leaves to a person\n\n{table(head, heavy)}"


def _fields(report: Report) -> Iterator[str]:
    given = _by_place(report.compared)
    blind = _by_place(report.blind)
    yield "## Fields missed: what is printed and what was read"
    for field in MEASURED_FIELDS:
        rows = []
        for place in dict.fromkeys((*given, *blind)):
            both = (given.get(place), blind.get(place))
            if place[1] is field and any(each and each.match is not Match.RIGHT for each in both):
                printed = next(each.truth for each in both if each)
                rows.append((place[0], text(printed), *map(_read, both)))
        if rows:
            head = ("label", "printed", "read, application given", "read, nothing given")
            yield f"### {field.value}\n\n{table(head, rows)}"


def _by_place(given: PassReport | None) -> Mapping[tuple[str, FieldName], FieldOutcome]:
    return {(each.label_id, each.read.name): each for each in given.field_outcomes} if given else {}


def _read(outcome: FieldOutcome | None) -> str:
    if outcome is None:
        return ""
    if outcome.match is Match.RIGHT:
        return "right"
    read = outcome.read
    if outcome.match is Match.ABSENT:
        seen = f", text “{text(read.text, 60)}”" if read.text else ""
        return f"**absent** ({read.state.value}{seen})"
    seen = "" if n3(read.value) == n3(read.text) else f", text “{text(read.text, 60)}”"
    return f"**{outcome.match.value}** {text(read.value)} ({read.state.value} {read.confidence:.2f}{seen})"
