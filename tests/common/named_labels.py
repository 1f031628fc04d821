"""Builders of whole labels for the tests of names: rows of text, read twice alike, as one `Label`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.validator.fields.alcohol import read_alcohol
from services.validator.fields.model import LabelPanel
from services.validator.fields.names import read_names
from services.validator.fields.net_contents import read_net_contents
from services.validator.fields.passages import label_text
from services.validator.fields.warning import read_warning
from services.validator.label import Label
from services.validator.rules.model import REGISTRY, Outcome, Result
from services.validator.submission import Application, Mode, Origin, ProductType, Submission
from tests.common.labels import page, panels

AS_OF = date(2026, 11, 22)

WINE, SPIRITS, MALT = ProductType.WINE, ProductType.DISTILLED_SPIRITS, ProductType.MALT_BEVERAGE
DOMESTIC, IMPORTED = Origin.DOMESTIC, Origin.IMPORTED


def panels_of(text: str, *, confidence: float = 0.98, looks: int = 2) -> tuple[LabelPanel, ...]:
    """Panels from text: rows separated by line breaks, panels by a line `---`; an empty row is a gap."""
    return panels(
        *(page(*part.strip("\n").split("\n"), confidence=confidence, looks=looks) for part in text.split("\n---\n"))
    )


def label(
    text: str,
    product: ProductType | None = WINE,
    origin: Origin | None = DOMESTIC,
    *,
    application: Application | None = None,
    source: Origin | None = None,
    complete: bool = True,
    confidence: float = 0.98,
    looks: int = 2,
    mode: Mode = Mode.PRE_APPROVAL,
    so2: Decimal | None = None,
) -> Label:
    """The label with that text; `source` is the origin that the submission states, `origin` the one that is known."""
    found = panels_of(text, confidence=confidence, looks=looks)
    submission = Submission(
        AS_OF, application or Application(), product, source, panels_complete=complete, mode=mode, lab_so2_ppm=so2
    )
    return Label(
        submission,
        label_text(found),
        product,
        origin,
        read_warning(found),
        read_alcohol(found),
        read_net_contents(found),
        read_names(label_text(found), submission.application),
        legible=True,
    )


def check(rule_id: str, subject: Label) -> Result:
    """What one rule says."""
    return REGISTRY[rule_id].check(subject)


def outcome(result: Result) -> str:
    """The severity of a failure, else the outcome."""
    return str(result.findings[0].severity) if result.outcome is Outcome.FAIL else str(result.outcome)
