"""What the answers are worth against the truth: fields, health warning, verdicts. Pure: no clock, no files, no gRPC."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evals.answer import Answer, FieldRead
from evals.compare import Match, match_field
from evals.manifest import LabelRecord, PrintedWarning, TrueVerdict
from evals.rates import Rate
from services.validator.decision import Verdict
from services.validator.fields.model import FieldName, FieldState
from services.validator.rules.model import Severity

Pair = tuple[LabelRecord, Answer]

MEASURED_FIELDS = tuple(field for field in FieldName if field not in (FieldName.VARIETALS, FieldName.HEALTH_WARNING))
"""Fields whose print the manifest knows; the warning is classified instead."""

_WORDING_RULES = frozenset({"health-warning.wording", "health-warning.numbering", "health-warning.heading-capitals"})


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """One field of one label whose truth is known."""

    label_id: str
    truth: str
    read: FieldRead
    match: Match


@dataclass(frozen=True, slots=True)
class FieldScore:
    """One field over all labels whose truth is known: how many became what, and how far `state` can be trusted."""

    field: FieldName
    right: int
    partial: int
    wrong: int
    absent: int
    right_when_read: Rate
    right_when_unsure: Rate

    @property
    def recall(self) -> Rate:
        """Right of all that are printed."""
        return Rate(self.right, self.right + self.partial + self.wrong + self.absent)

    @property
    def precision(self) -> Rate:
        """Right of all that were read; a partial value is not right."""
        return Rate(self.right, self.right + self.partial + self.wrong)


def field_outcomes(pairs: Iterable[Pair]) -> tuple[FieldOutcome, ...]:
    """Every field whose truth is known, label by label."""
    found: list[FieldOutcome] = []
    for label, answer in pairs:
        for field in MEASURED_FIELDS:
            truth = label.expected.text(field)
            if truth is not None:
                read = answer.field(field)
                found.append(FieldOutcome(label.id, truth, read, match_field(truth, read)))
    return tuple(found)


def field_scores(outcomes: Sequence[FieldOutcome]) -> tuple[FieldScore, ...]:
    """One score a field, in the order of the answer."""
    return tuple(_score(field, [each for each in outcomes if each.read.name is field]) for field in MEASURED_FIELDS)


def _score(field: FieldName, outcomes: Sequence[FieldOutcome]) -> FieldScore:
    count = Counter(each.match for each in outcomes)
    with_value = [each for each in outcomes if each.match is not Match.ABSENT]

    def right_in(state: FieldState) -> Rate:
        return Rate.of(each.match is Match.RIGHT for each in with_value if each.read.state is state)

    return FieldScore(
        field,
        count[Match.RIGHT],
        count[Match.PARTIAL],
        count[Match.WRONG],
        count[Match.ABSENT],
        right_in(FieldState.READ),
        right_in(FieldState.UNSURE),
    )


class JudgedWarning(StrEnum):
    """What an answer says of the health warning's words. Punctuation, place and bold type are not asked here."""

    CORRECT = "correct"
    DEFECTIVE = "defective"
    ABSENT = "absent"
    NOT_FOUND = "not found"
    UNSURE = "unsure"


def judge_warning(answer: Answer) -> JudgedWarning:
    """The answer's word on the warning.

    `defective` and `absent` are violations; `not found` leaves it to a person whether it is missing, `unsure` what it
    says.
    """
    if answer.severity_of(_WORDING_RULES) is Severity.VIOLATION:
        return JudgedWarning.DEFECTIVE
    if answer.severity_of(frozenset({"health-warning.present"})) is Severity.VIOLATION:
        return JudgedWarning.ABSENT
    state = answer.field(FieldName.HEALTH_WARNING).state
    if state is FieldState.NOT_ON_IMAGES:
        return JudgedWarning.NOT_FOUND
    doubtful = answer.severity_of(_WORDING_RULES) is not None or "health-warning.wording" in answer.not_checkable
    return JudgedWarning.UNSURE if doubtful or state is not FieldState.READ else JudgedWarning.CORRECT


WARNING_ANSWERS: Mapping[PrintedWarning, frozenset[JudgedWarning]] = {
    PrintedWarning.CORRECT: frozenset({JudgedWarning.CORRECT}),
    PrintedWarning.DEFECTIVE: frozenset({JudgedWarning.DEFECTIVE}),
    PrintedWarning.ABSENT_ON_IMAGE: frozenset({JudgedWarning.ABSENT, JudgedWarning.NOT_FOUND}),
}
"""What is right for each truth: of a warning that is not there, nothing but that it was not found has to be said."""


@dataclass(frozen=True, slots=True)
class WarningOutcome:
    """One label whose warning is known.

    `text` is the warning as read, `objections` what the rules say of it, `confidence` the field's.
    """

    label_id: str
    printed: PrintedWarning
    judged: JudgedWarning
    text: str
    objections: tuple[str, ...]
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the answer says what is printed."""
        return self.judged in WARNING_ANSWERS[self.printed]


def warning_outcomes(pairs: Iterable[Pair]) -> tuple[WarningOutcome, ...]:
    """Every label whose warning is known."""
    return tuple(
        WarningOutcome(
            label.id,
            label.expected.government_warning,
            judge_warning(answer),
            answer.field(FieldName.HEALTH_WARNING).text,
            tuple(each.message for each in answer.weighty() if each.rule_id.startswith("health-warning.")),
            answer.field(FieldName.HEALTH_WARNING).confidence,
        )
        for label, answer in pairs
        if label.expected.government_warning is not None
    )


class Standing(StrEnum):
    """What a label is, for its verdict."""

    GOOD = "good, everything shown"
    GOOD_IN_PART = "good, not everything shown"
    UNCHECKED = "approved, print of its warning not known"
    FAULTY = "faulty: reject, or the warning misprinted"
    OPEN = "for a person to judge"


def standing(label: LabelRecord) -> Standing:
    """Misprinted labels are faulty, approved or not. Only a good label that shows everything ought to pass.

    Approval alone does not make a label good: some approved ones print a faulty warning, so that a failure is not
    known to be false where the warning was not looked at.
    """
    if label.verdict is TrueVerdict.REJECT or label.misprinted:
        return Standing.FAULTY
    if label.verdict is TrueVerdict.REVIEW:
        return Standing.OPEN
    if label.expected.government_warning is None:
        return Standing.UNCHECKED
    return Standing.GOOD if label.complete else Standing.GOOD_IN_PART


@dataclass(frozen=True, slots=True)
class VerdictOutcome:
    """One label's verdict, and why it did not pass."""

    label_id: str
    standing: Standing
    defect: str
    verdict: Verdict
    reasons: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def false_fail(self) -> bool:
        """A label failed that no specialist would fail."""
        return self.verdict is Verdict.FAILED and self.standing not in (Standing.FAULTY, Standing.UNCHECKED)

    @property
    def unsettled(self) -> bool:
        """A label failed, and the manifest does not know whether rightly."""
        return self.verdict is Verdict.FAILED and self.standing is Standing.UNCHECKED

    @property
    def false_pass(self) -> bool:
        """A label passed that no specialist would pass."""
        return self.verdict is Verdict.PASSED and self.standing in (Standing.FAULTY, Standing.OPEN)


def verdict_outcomes(pairs: Iterable[Pair]) -> tuple[VerdictOutcome, ...]:
    """Every label's verdict. `rules` are what stood against passing: rule ids with weight, and unread fields."""
    return tuple(
        VerdictOutcome(label.id, standing(label), label.defect or "", answer.verdict, answer.reasons, _against(answer))
        for label, answer in pairs
    )


_QUOTED = re.compile(r"\s*[:;].*$|“[^”]*”", re.DOTALL)


def _against(answer: Answer) -> tuple[str, ...]:
    weighty = answer.weighty()
    told = {each.message for each in weighty}
    unread = [_QUOTED.sub("", reason).rstrip(".") for reason in answer.reasons if reason not in told]
    return tuple(dict.fromkeys([*(each.rule_id for each in weighty), *unread]))


_SUBJECTS = (
    ("health-warning", "health warning"),
    ("health warning", "health warning"),
    ("brand", "brand name"),
    ("fanciful", "fanciful name"),
    ("class and type", "class and type"),
    (".class", "class and type"),
    ("class-type", "class and type"),
    ("varietal", "class and type"),
    ("abv", "alcohol content"),
    ("alcohol", "alcohol content"),
    ("proof", "alcohol content"),
    ("name-address", "name and address"),
    ("name and address", "name and address"),
    (".net", "net contents"),
    ("net-", "net contents"),
    ("net contents", "net contents"),
    ("origin", "origin"),
    ("source", "origin"),
    ("appellation", "appellation"),
    ("vintage", "vintage"),
    ("sulfites", "sulfites"),
)


def subject_of(rule: str) -> str:
    """The part of the label that a rule id or a reason is about; itself when it is about none of them."""
    lowered = rule.casefold()
    return next((subject for mark, subject in _SUBJECTS if mark in lowered), rule)


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """On how many labels a subject stood against passing, on how many nothing else did, and by which rules."""

    subject: str
    labels: int
    alone: int
    rules: tuple[tuple[str, int], ...]


def reason_counts(outcomes: Iterable[VerdictOutcome]) -> tuple[ReasonCount, ...]:
    """What keeps labels from passing, the most frequent first, then by name: two runs tell the same."""
    labels: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    rules: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        subjects = {subject_of(rule) for rule in outcome.rules}
        labels.update(subjects)
        if len(subjects) == 1:
            alone.update(subjects)
        for rule in outcome.rules:
            rules.setdefault(subject_of(rule), Counter())[rule] += 1
    return tuple(
        ReasonCount(subject, count, alone[subject], tuple(rules[subject].most_common()))
        for subject, count in sorted(labels.items(), key=lambda each: (-each[1], each[0]))
    )
