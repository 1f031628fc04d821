"""The words of the health warning (27 CFR part 16): there, exact, numbered, punctuated, its heading in capitals.

Rulebook section 2. How it is printed is judged in `health_warning_print`.
"""

from __future__ import annotations

import re
from decimal import Decimal

from services.validator.fields.model import SURE_CONFIDENCE, SURE_LOOKS, Evidence
from services.validator.fields.text import n1
from services.validator.fields.warning import WarningReading, WarningWord
from services.validator.fields.warning_faults import Fault, FaultKind, faults
from services.validator.fields.warning_text import CANONICAL, NUMBERS, letters
from services.validator.fields.warning_words import WordState
from services.validator.label import Label
from services.validator.rules.model import (
    NOT_APPLICABLE,
    NOT_CHECKABLE,
    PASS,
    Finding,
    Result,
    Severity,
    all_of,
    fail,
    rule,
    violation_if,
)

LEAST_ALCOHOL = Decimal("0.5")
"""Percent by volume from which part 16 applies (27 CFR 16.10)."""

_DOUBTS_SHOWN = 3
_SMALL_LETTERS = 2
_MARKS_MISSING = 2
_OTHER_NUMBERS = frozenset({"a", "b", "ii", "one", "two", "first", "second"})
_BRACKETS = re.compile(r"[(){}\[\]|]")
_FOREIGN_MARKS = frozenset("!?;")


def in_scope(label: Label) -> bool:
    """Whether part 16 asks for the warning: not for export, and not known to be under 0.5 % (16.10, 16.31)."""
    return not label.submission.for_export and not label.alcohol.below(LEAST_ALCOHOL)


def to_judge(label: Label) -> bool:
    """Whether there is a warning whose text and print the rules judge."""
    return in_scope(label) and label.warning.found and bool(label.warning.words)


@rule(
    "health-warning.present",
    title="Health warning on the container",
    citation="27 CFR 16.21",
    severity=Severity.VIOLATION,
)
def present(label: Label) -> Result:
    """Every product of at least 0.5 % alcohol by volume carries the health warning on its container."""
    if not in_scope(label):
        return NOT_APPLICABLE
    if label.warning.found:
        return PASS
    if label.shows_everything:
        return fail(
            Severity.VIOLATION, "The label has no health warning, which 27 CFR 16.21 requires.", expected=CANONICAL
        )
    return fail(
        Severity.REVIEW,
        "No health warning was found on the images given; 27 CFR 16.21 requires one. Give sharp images of all panels.",
        expected=CANONICAL,
    )


@rule(
    "health-warning.wording",
    title="Exact words of the health warning",
    citation="27 CFR 16.21",
    severity=Severity.VIOLATION,
)
def wording(label: Label) -> Result:
    """The health warning has every word of 27 CFR 16.21, once and in order; the case of its body is free."""
    if not to_judge(label):
        return NOT_APPLICABLE
    warning = label.warning
    departures = faults(warning)
    sure = [fault for fault in departures if fault.sure]
    if sure:
        return all_of(_departure(warning, fault) for fault in sure)
    if departures:
        return _doubt(warning, departures)
    if any(word.state is WordState.UNREAD for word in warning.words) and not warning.confirmed:
        return fail(
            Severity.REVIEW,
            "The health warning is partly unreadable here. Supply a sharper image of it."
            if warning.partly_unreadable
            else "Too little of the health warning could be read to compare it with 27 CFR 16.21. Give a sharper one.",
            expected=CANONICAL,
            found=n1(warning.text),
            evidence=warning.evidence,
        )
    return PASS


def _departure(warning: WarningReading, fault: Fault) -> Finding:
    return Finding(Severity.VIOLATION, _told(fault), fault.expected, fault.found, _at(warning, fault))


def _told(fault: Fault) -> str:
    return f"The health warning prints {fault.found} where 27 CFR 16.21 requires {fault.expected}."


def _doubt(warning: WarningReading, departures: tuple[Fault, ...]) -> Result:
    """One finding for all doubts: a poorly read statement would else bring dozens."""
    shown = [f"{fault.found} for {fault.expected}" for fault in departures[:_DOUBTS_SHOWN]]
    more = len(departures) - len(shown)
    listed = "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
    steady = any(fault.steady and fault.kind is not FaultKind.ADDED for fault in departures)
    advice = "Compare the print." if steady else "Compare the print, or supply a sharper image."
    return fail(
        Severity.REVIEW,
        f"The health warning may differ from 27 CFR 16.21: it was read as {listed}. {advice}",
        expected=CANONICAL,
        found=n1(warning.text),
        evidence=[place for fault in departures[:_DOUBTS_SHOWN] for place in _at(warning, fault)],
    )


def _at(warning: WarningReading, fault: Fault) -> tuple[Evidence, ...]:
    if warning.image is None or not fault.polygon:
        return warning.evidence
    return (Evidence(warning.image, fault.polygon),)


@rule(
    "health-warning.numbering",
    title="(1) and (2) in the health warning",
    citation="27 CFR 16.21",
    severity=Severity.VIOLATION,
)
def numbering(label: Label) -> Result:
    """The health warning numbers its two sentences (1) and (2), each figure in parentheses."""
    if not to_judge(label):
        return NOT_APPLICABLE
    warning = label.warning
    numbers = [warning.words[index] for index in NUMBERS]
    if any(word.state is WordState.UNREAD for word in numbers) and not warning.confirmed:
        return NOT_CHECKABLE
    return all_of(finding for word in numbers if (finding := _number(warning, word)) is not None)


def _number(warning: WarningReading, word: WarningWord) -> Finding | None:
    printed = _as_numbered(warning, word)
    steady = word.confidence >= SURE_CONFIDENCE and word.alike >= SURE_LOOKS
    severity = Severity.REVIEW
    if word.right or warning.confirmed:
        if "(" in printed and ")" in printed:
            return None
        brackets = _BRACKETS.findall(printed)
        if brackets and "[" not in brackets and "]" not in brackets and word.confidence < SURE_CONFIDENCE:
            return None
        if not brackets and steady:
            severity = Severity.VIOLATION
    elif steady and (word.state is WordState.MISSING or letters(printed) in _OTHER_NUMBERS):
        severity = Severity.VIOLATION
    place = (Evidence(warning.image, word.polygon),) if warning.image is not None and word.polygon else ()
    return Finding(
        severity,
        f"The health warning prints {printed or 'no number'} where 27 CFR 16.21 requires {word.required}.",
        word.required,
        printed,
        place or warning.evidence,
    )


def _as_numbered(warning: WarningReading, word: WarningWord) -> str:
    """The number with brackets that an engine parted from it."""
    if not word.text:
        return ""
    before = warning.words[word.index - 1].marks
    opening = before[0][-1] if before and before[0].endswith(("(", "[", "{", "|")) else ""
    closing = word.marks[0][:1] if word.marks else ""
    text = word.text if word.text.startswith(("(", "[", "{")) else opening + word.text
    return text if not closing or closing in text else text + closing


@rule(
    "health-warning.punctuation",
    title="Punctuation of the health warning",
    citation="27 CFR 16.21",
    severity=Severity.REVIEW,
)
def punctuation(label: Label) -> Result:
    """The health warning is punctuated as in 27 CFR 16.21: colon, two commas and two periods, no other marks."""
    if not to_judge(label):
        return NOT_APPLICABLE
    read = [word for word in label.warning.words if word.marks and word.index not in NUMBERS]
    if not any(word.required_mark for word in read):
        return NOT_CHECKABLE
    lost = [word for word in read if word.mark_missing]
    wrong = [word for word in read if all(set(mark) & _FOREIGN_MARKS for mark in word.marks)]
    if not lost and not wrong:
        return PASS
    surely_lost = all(_surely_read_around(label.warning, word) for word in lost)
    review = bool(wrong) or (len(lost) >= _MARKS_MISSING and surely_lost)
    told = [f"no {word.required_mark} after {letters(word.required).upper()}" for word in lost]
    told += [f"{word.marks[0]} after {letters(word.required).upper()}" for word in wrong]
    return fail(
        Severity.REVIEW if review else Severity.INFORMATION,
        f"The health warning was read with {', '.join(told)}, unlike 27 CFR 16.21.",
        expected=CANONICAL,
        found=n1(label.warning.text),
        evidence=label.warning.evidence,
    )


def _surely_read_around(warning: WarningReading, word: WarningWord) -> bool:
    """Whether looks agree on what follows the word, or one look read it and its neighbour surely."""
    beside = warning.words[word.index : word.index + 2]
    return len(word.marks) > SURE_LOOKS or all(each.confidence >= SURE_CONFIDENCE for each in beside)


@rule(
    "health-warning.heading-capitals",
    title="GOVERNMENT WARNING in capital letters",
    citation="27 CFR 16.22(a)(2)",
    severity=Severity.VIOLATION,
)
def heading_capitals(label: Label) -> Result:
    """The words GOVERNMENT WARNING are in capital letters; small capitals are capitals."""
    if not to_judge(label):
        return NOT_APPLICABLE
    headings = label.warning.headings
    if not headings:
        return NOT_CHECKABLE
    small = [heading for heading in headings if heading.unlike_capitals >= _SMALL_LETTERS]
    sure = [heading for heading in small if heading.confidence >= SURE_CONFIDENCE]
    if small:
        certain = len(sure) >= SURE_LOOKS and len(small) > len(headings) / 2
        return fail(
            violation_if(certain),
            f"The health warning's heading was read as {n1(small[0].text)}; 27 CFR 16.22(a)(2) requires GOVERNMENT "
            "WARNING in capital letters.",
            expected="GOVERNMENT WARNING",
            found=n1(small[0].text),
            evidence=_heading_place(label.warning),
        )
    doubtful = [heading for heading in headings if heading.small_letters]
    if len(doubtful) == len(headings):
        return fail(
            Severity.INFORMATION,
            f"One letter of the health warning's heading was read as a small letter: {n1(doubtful[0].text)}.",
            expected="GOVERNMENT WARNING",
            found=n1(doubtful[0].text),
            evidence=_heading_place(label.warning),
        )
    return PASS


def _heading_place(warning: WarningReading) -> tuple[Evidence, ...]:
    if warning.image is None or not warning.words[0].polygon:
        return warning.evidence
    return (Evidence(warning.image, warning.words[0].polygon),)
