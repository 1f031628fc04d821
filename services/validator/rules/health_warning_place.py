"""Where the health warning stands (27 CFR 16.21): in one piece, apart from other text, on a label that counts.

Rulebook section 2. Other authorities' warnings, which imports may not carry beside it, are looked for here too.
"""

from __future__ import annotations

import re
from itertools import pairwise

from rapidfuzz import fuzz

from services.validator.fields.layout import lay_flat, rows
from services.validator.fields.model import SURE_CONFIDENCE, SURE_LOOKS, Evidence
from services.validator.fields.text import n3
from services.validator.fields.warning import ExtraWords, WarningReading
from services.validator.fields.warning_text import NUMBERS, letters
from services.validator.fields.warning_words import WordState
from services.validator.label import Label
from services.validator.rules.health_warning import to_judge
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
from services.validator.submission import Origin, Panel

_WIDE_GAP = 3.0
_AFTER_STATEMENT = re.compile(r"problems\W*(.*)", re.IGNORECASE)
_SULFITES = re.compile(r"contains sul\w+\W*", re.IGNORECASE)
_PHRASE_LIKENESS = 90
_SECOND_SENTENCE = re.compile(r"operate machinery|health problems")

FOREIGN_WARNINGS = (
    "abus d alcool est dangereux pour la sante",
    "consommer avec moderation",
    "la consommation de boissons alcoolisees pendant la grossesse",
    "alkohol schadet",
    "kein alkohol in der schwangerschaft",
    "kein alkohol wahrend der schwangerschaft",
    "alcohol should not be consumed during pregnancy",
    "drinking during pregnancy can harm",
    "avoid alcohol if pregnant",
    "avoid alcohol during pregnancy",
    "pregnancy warning",
    "alcohol can cause lifelong harm to your baby",
    "drinking alcohol causes liver disease",
    "there is a direct link between alcohol and fatal cancers",
    "el consumo de alcohol es nocivo para la salud",
    "el abuso en el consumo de este producto es nocivo para la salud",
    "o consumo de alcool e prejudicial",
)
"""Statements that other authorities require, at N3; `Drink responsibly` in any language is none."""


@rule(
    "health-warning.continuous",
    title="Health warning in one piece",
    citation="27 CFR 16.21",
    severity=Severity.REVIEW,
)
def continuous(label: Label) -> Result:
    """The words of the health warning form one uninterrupted run; a new line before (2) is allowed."""
    if not to_judge(label):
        return NOT_APPLICABLE
    warning = label.warning
    elsewhere = _second_sentence_elsewhere(label)
    if elsewhere is not None:
        return fail(
            Severity.REVIEW,
            "The second sentence of the health warning stands on another panel than the first; 27 CFR 16.21 gives them "
            "as one statement.",
            evidence=(*warning.evidence, elsewhere),
        )
    if not (warning.confirmed or warning.well_read) or not all(line.polygon for line in warning.lines):
        return NOT_CHECKABLE
    found = rows(lay_flat(line) for line in warning.lines)
    steps = [
        (min(flat.top for flat in after) - max(flat.bottom for flat in before), before[0].height)
        for before, after in pairwise(found)
    ]
    if all(gap <= _WIDE_GAP * height for gap, height in steps):
        return PASS
    return fail(
        Severity.REVIEW,
        "The health warning stands in separate pieces; 27 CFR 16.21 gives it as one statement.",
        evidence=warning.evidence,
    )


def _second_sentence_elsewhere(label: Label) -> Evidence | None:
    """Where the second sentence stands, when no word of it stands with the first."""
    if any(word.state is not WordState.UNREAD for word in label.warning.words[NUMBERS[1] :]):
        return None
    return next(
        (
            Evidence(each.index, line.polygon)
            for each in label.panels
            for line in each.page.lines
            if each.index != label.warning.image and _SECOND_SENTENCE.search(n3(line.text))
        ),
        None,
    )


@rule(
    "health-warning.separate-apart",
    title="Health warning separate and apart from other information",
    citation="27 CFR 16.21",
    severity=Severity.VIOLATION,
)
def separate_apart(label: Label) -> Result:
    """The health warning stands separate and apart from all other information."""
    if not to_judge(label):
        return NOT_APPLICABLE
    warning = label.warning
    findings = [_woven_in(warning, extra) for extra in warning.extra if not extra.inline and extra.within]
    trailing = _trailing(warning)
    if trailing:
        only = _SULFITES.fullmatch(trailing) is not None
        findings.append(
            Finding(
                Severity.INFORMATION if only else Severity.REVIEW,
                f"Other text runs on after the health warning in the same line: {trailing}. 27 CFR 16.21 requires the "
                "warning separate and apart from all other information.",
                "nothing after PROBLEMS",
                trailing,
                warning.evidence,
            )
        )
    if not findings and not (warning.confirmed or warning.well_read):
        return NOT_CHECKABLE
    return all_of(findings)


def _woven_in(warning: WarningReading, extra: ExtraWords) -> Finding:
    """Words on lines of their own between those of the statement; a single reading order may have mixed them in."""
    sure = extra.confidence >= SURE_CONFIDENCE and extra.alike >= SURE_LOOKS and len(extra.text.split()) > 1
    place = (Evidence(warning.image, extra.polygon),) if warning.image is not None else ()
    text = " ".join(extra.text.split())
    return Finding(
        violation_if(sure and not warning.confirmed),
        f"Other words stand between the lines of the health warning: {text}. 27 CFR 16.21 requires the warning "
        "separate and apart from all other information.",
        "nothing between GOVERNMENT and PROBLEMS",
        text,
        place,
    )


def _trailing(warning: WarningReading) -> str:
    """Words that follow PROBLEMS in its own line."""
    for line in reversed(warning.lines):
        found = _AFTER_STATEMENT.search(line.text)
        if found:
            return found[1].strip() if len(letters(found[1])) > 2 else ""
    return ""


@rule(
    "health-warning.panel",
    title="Health warning on a front, back or side label",
    citation="27 CFR 16.21",
    severity=Severity.VIOLATION,
)
def panel(label: Label) -> Result:
    """The health warning stands on the brand label or on a separate front, back or side label."""
    if not to_judge(label):
        return NOT_APPLICABLE
    declared = {each.index: each.panel for each in label.panels}
    kinds = {declared.get(image) for image in label.warning.copies}
    if kinds - {None, Panel.OTHER}:
        return PASS
    if None in kinds:
        return NOT_CHECKABLE
    return fail(
        violation_if(label.complete),
        "The health warning stands only on a part of the container such as cap, cork, capsule or hang tag; 27 CFR "
        "16.21 requires it on the brand label or on a separate front, back or side label.",
        evidence=label.warning.evidence,
    )


@rule(
    "health-warning.foreign-warnings",
    title="No other authority's alcohol warning",
    citation="27 CFR 16.21",
    severity=Severity.REVIEW,
)
def foreign_warnings(label: Label) -> Result:
    """An imported label carries no alcohol health warning of another country's authority."""
    if not to_judge(label) or label.origin is not Origin.IMPORTED:
        return NOT_APPLICABLE
    own = frozenset(label.warning.lines)
    findings: list[Finding] = []
    for each in label.panels:
        for line in each.page.lines:
            phrase = _foreign_phrase(line.text) if line not in own and line.look == 0 else ""
            if phrase:
                findings.append(
                    Finding(
                        Severity.REVIEW,
                        f"The label carries another alcohol warning: {line.text}. Only the statement of 27 CFR 16.21 "
                        "belongs on it.",
                        found=line.text,
                        evidence=(Evidence(each.index, line.polygon),),
                    )
                )
    if findings:
        return all_of(findings)
    return PASS if label.legible else NOT_CHECKABLE


def _foreign_phrase(text: str) -> str:
    read = n3(text)
    return next(
        (
            phrase
            for phrase in FOREIGN_WARNINGS
            if len(read) >= len(phrase) - 3 and fuzz.partial_ratio(phrase, read) >= _PHRASE_LIKENESS
        ),
        "",
    )
