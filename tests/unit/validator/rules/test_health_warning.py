"""The health warning's rules against the examples of the rulebook, section 2."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from services.common.page import Line, Page
from services.validator.fields.alcohol import read_alcohol
from services.validator.fields.names import NamesReading
from services.validator.fields.net_contents import read_net_contents
from services.validator.fields.passages import label_text
from services.validator.fields.warning import read_warning
from services.validator.fields.warning_text import CANONICAL
from services.validator.label import Label
from services.validator.rules import health_warning, health_warning_place, health_warning_print  # noqa: F401 - registers
from services.validator.rules.model import REGISTRY, Result, Severity
from services.validator.submission import Origin, Panel, Submission
from tests.common.labels import line, panels

CONFIDENT, DOUBTFUL = 0.98, 0.80
OTHER_TEXT = ("Elm Cellars Red Wine", "Stone's Throw Road", "Napa, California")


@dataclass(frozen=True)
class Case:
    """A label that prints `statement` in lines of `width` characters between `before` and `after`."""

    statement: str = CANONICAL
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    width: int = 70
    looks: int = 2
    confidence: float = CONFIDENT
    close_up: str = ""
    complete: bool = True
    for_export: bool = False
    panel: Panel | None = Panel.BACK
    origin: Origin = Origin.DOMESTIC
    scale: Decimal | None = None
    container_ml: Decimal | None = Decimal(750)
    heading_stroke: float | None = None
    body_stroke: float | None = None
    glyph_height_px: float = 14.0
    contrast: float | None = None


def printed(old: str, new: str, **known: object) -> Case:
    """The statement with one thing printed otherwise."""
    assert old in CANONICAL
    return replace(Case(CANONICAL.replace(old, new, 1)), **known)  # type: ignore[arg-type]


def judge(rule_id: str, case: Case) -> Result:
    texts = (*case.before, *textwrap.wrap(case.statement, case.width, break_on_hyphens=False), *case.after)
    lines = [
        _measured(line(text, left=40, top=40 + 30 * row, confidence=case.confidence, look=look), case)
        for look in range(case.looks)
        for row, text in enumerate(texts)
    ]
    if case.close_up:
        lines.append(line(case.close_up, left=60, top=45, look=case.looks))
    seen = panels(Page(1500, 900, tuple(lines)), kinds=(case.panel,))
    return REGISTRY[rule_id].check(
        Label(
            submission=Submission(
                as_of=date(2026, 1, 1),
                panels_complete=case.complete,
                for_export=case.for_export,
                scale_mm_per_px=case.scale,
                container_ml=case.container_ml,
            ),
            text=label_text(seen),
            product_type=None,
            origin=case.origin,
            warning=read_warning(seen),
            alcohol=read_alcohol(seen),
            net_contents=read_net_contents(seen),
            names=NamesReading(),
            legible=True,
        )
    )


def _measured(one: Line, case: Case) -> Line:
    stroke = case.heading_stroke if "GOVERNMENT" in one.text else case.body_stroke
    return replace(one, stroke_width_px=stroke, glyph_height_px=case.glyph_height_px, contrast_ratio=case.contrast)


def outcome(rule_id: str, case: Case) -> str:
    result = judge(rule_id, case)
    return result.findings[0].severity.value if result.findings else result.outcome.value


NONE = Case(statement="", before=OTHER_TEXT, looks=3)
CAPITALS = CANONICAL.upper()

ODD_GROUND = [
    ("present", replace(NONE, before=(*OTHER_TEXT, "ALC. 0.4% BY VOL.")), "not_applicable"),
    ("present", replace(NONE, before=(*OTHER_TEXT, "ALC. 0.5% BY VOL.")), "violation"),
    ("present", replace(NONE, for_export=True), "not_applicable"),
    ("wording", NONE, "not_applicable"),
    ("wording", printed("women", "wornen"), "pass"),
    ("wording", printed("may cause", "can cause"), "violation"),
    ("wording", printed("may cause", "can cause", looks=1), "review"),
    ("wording", printed("may cause", "can cause", confidence=DOUBTFUL), "review"),
    ("wording", printed("drive a car", "drive car", width=300), "review"),
    ("wording", printed("GOVERNMENT", "GOVERMENT"), "review"),
    ("wording", printed("GOVERNMENT", "GOVERMENT", close_up="GOVERMENT WARNING: (1) According"), "violation"),
    ("wording", printed("drink", "orink"), "review"),
    ("wording", printed(", and may cause health problems.", ""), "review"),
    ("numbering", printed("(1)", "(1", confidence=0.7), "pass"),
    ("numbering", printed("(1)", "(1"), "review"),
    ("numbering", printed("(1)", "1.", looks=1), "review"),
    ("numbering", printed("(1) ", "", confidence=DOUBTFUL), "review"),
    ("numbering", printed("(1)", "(T)"), "review"),
    ("punctuation", printed("General,", "General."), "pass"),
    ("punctuation", Case(CANONICAL.replace(",", "")), "review"),
    ("punctuation", Case(CANONICAL.replace(",", ""), looks=1), "review"),
    ("punctuation", Case(CANONICAL.replace(",", ""), looks=1, confidence=DOUBTFUL), "information"),
    ("heading-capitals", printed("GOVERNMENT WARNING", "Government Warning", looks=1), "review"),
    ("heading-capitals", printed("GOVERNMENT WARNING", "Government Warning", confidence=DOUBTFUL), "review"),
    ("heading-bold", Case(CAPITALS, width=19), "not_checkable"),
    ("heading-bold", Case(width=19, heading_stroke=2.0, body_stroke=2.0), "not_checkable"),
    ("continuous", printed("may cause", "can cause"), "not_checkable"),
    ("panel", Case(panel=Panel.OTHER, complete=False), "review"),
    ("type-size", Case(scale=Decimal("0.10")), "not_checkable"),
    ("characters-per-inch", Case(), "not_checkable"),
    ("legible-contrast", Case(), "not_checkable"),
    ("legible-contrast", Case(CAPITALS, contrast=12.0, glyph_height_px=40.0), "review"),
    ("foreign-warnings", Case(after=("L'abus d'alcool est dangereux pour la santé",)), "not_applicable"),
]


@pytest.mark.parametrize(("name", "case", "expected"), ODD_GROUND)
def test_odd_ground(name: str, case: Case, expected: str) -> None:
    assert outcome(f"health-warning.{name}", case) == expected


def test_a_violation_says_what_is_printed_and_what_is_required() -> None:
    (finding,) = judge("health-warning.wording", printed("should not drink", "should drink", width=300)).findings
    assert finding.message == ("The health warning prints SHOULD DRINK where 27 CFR 16.21 requires SHOULD NOT DRINK.")
    assert (finding.expected, finding.found) == ("SHOULD NOT DRINK", "SHOULD DRINK")
    assert finding.evidence[0].polygon


def test_all_doubts_make_one_finding() -> None:
    worn = CANONICAL.replace("ou", "ow").replace("ri", "vi").replace("ec", "oc")
    result = judge("health-warning.wording", Case(worn, confidence=0.6))
    assert [finding.severity for finding in result.findings] == [Severity.REVIEW]
    assert "more" in result.findings[0].message
