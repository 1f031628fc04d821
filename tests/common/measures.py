"""Builders of labels for the rules on alcohol content and net contents: lines of text and what is known beside them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import cast

from services.common.page import Line, Page
from services.validator.fields.alcohol import read_alcohol
from services.validator.fields.model import Evidence, Statement
from services.validator.fields.names import NamesReading
from services.validator.fields.net_contents import read_net_contents
from services.validator.fields.passages import label_text
from services.validator.fields.warning import WarningReading
from services.validator.label import Label
from services.validator.rules.model import REGISTRY, Outcome, Result
from services.validator.submission import Application, Mode, Panel, ProductType, Submission
from tests.common.labels import page, panels


@dataclass(frozen=True)
class _Names:
    brand: Statement[str] | None = None
    class_type: Statement[str] | None = None
    name_and_address: Statement[str] | None = None


@dataclass(frozen=True)
class Case:
    """A label by its lines. `sides` replaces `lines` when there are several images, each with its panel."""

    lines: tuple[str, ...] = ()
    product: ProductType = ProductType.WINE
    sides: tuple[tuple[Panel | None, tuple[str, ...]], ...] = ()
    application: Application = field(default_factory=Application)
    class_type: str = ""
    class_image: int = 0
    complete: bool = True
    self_contained: bool = False
    looks: int = 2
    confidence: float = 0.98
    as_of: date = date(2026, 1, 1)
    mode: Mode = Mode.PRE_APPROVAL
    lab_abv: Decimal | None = None
    scale_mm_per_px: Decimal | None = None
    glyph_height_px: float | None = None
    container_ml: Decimal | None = None


def label_of(case: Case) -> Label:
    """The label as the verification would build it; brand, class and address are known, not read."""
    sides = case.sides or ((None, case.lines),)
    seen = panels(
        *(_sized(page(*lines, confidence=case.confidence, looks=case.looks), case) for _, lines in sides),
        kinds=tuple(kind for kind, _ in sides),
    )
    known = Statement("Elm", "Elm", 0.98, (Evidence(0),), 2)
    class_type = case.class_type or ("Elm" if case.self_contained else "")
    names = _Names(
        known,
        replace(known, text=class_type, evidence=(Evidence(case.class_image),)) if class_type else None,
        known if case.self_contained else None,
    )
    return Label(
        submission=Submission(
            as_of=case.as_of,
            application=case.application,
            product_type=case.product,
            mode=case.mode,
            panels_complete=case.complete,
            scale_mm_per_px=case.scale_mm_per_px,
            container_ml=case.container_ml,
            lab_abv=case.lab_abv,
        ),
        text=label_text(seen),
        product_type=case.product,
        origin=None,
        warning=WarningReading(found=case.self_contained, evidence=(Evidence(0),) if case.self_contained else ()),
        alcohol=read_alcohol(seen),
        net_contents=read_net_contents(seen),
        names=cast("NamesReading", names),
        legible=True,
    )


def _sized(read: Page, case: Case) -> Page:
    def sized(line: Line) -> Line:
        return replace(line, glyph_height_px=case.glyph_height_px)

    return replace(read, lines=tuple(sized(line) for line in read.lines))


def judge(rule_id: str, case: Case) -> Result:
    """The rule's answer to the case."""
    return REGISTRY[rule_id].check(label_of(case))


def weightiest(result: Result) -> str:
    """`pass`, `not_applicable`, `not_checkable`, or the severity of the weightiest finding."""
    if result.outcome is not Outcome.FAIL:
        return str(result.outcome)
    order = ("violation", "review", "information")
    return min((str(finding.severity) for finding in result.findings), key=order.index)
