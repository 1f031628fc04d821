"""Examples of each rule: what passes, what fails, and how much it weighs.

The tables below `rules/data/examples` are the rulebook's examples, written down as labels. They are shown with the rule
(`GET /rules/{id}`, `docs/rules.md`), and a test judges every one of them, so that what is shown is true.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from services.validator.submission import Application, ApplicationType, Mode, Origin, Panel, ProductType

_TABLES = Path(__file__).parent / "rules" / "data" / "examples"


class Answer(StrEnum):
    """What the rule says of the example: a failure by its severity, else the outcome."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    VIOLATION = "violation"
    REVIEW = "review"
    INFORMATION = "information"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class Example:
    """One label, or the part of one that matters, and what rule `rule` says of it.

    `shows` is the example in a few words. `text` holds the rows of print; an empty row is a gap, a row `---` begins
    the next panel. Every row is read alike in `looks` looks with `confidence`, and its letters are `heights` pixels
    high (by row, `*` for all others, else 14); `contrasts` and `strokes` (stroke width in pixels) are measured only for
    the rows that they name. The rest is what is submitted with the label.
    """

    rule: str
    verdict: Answer
    shows: str
    product: ProductType
    text: str = ""
    origin: Origin | None = Origin.DOMESTIC
    panels: tuple[Panel, ...] = ()
    application: Application = field(default_factory=Application)
    application_type: ApplicationType = ApplicationType.COLA
    mode: Mode = Mode.PRE_APPROVAL
    as_of: date = date(2026, 1, 15)
    complete: bool = True
    for_export: bool = False
    scale_mm_per_px: Decimal | None = None
    container_ml: Decimal | None = None
    lab_abv: Decimal | None = None
    lab_so2_ppm: Decimal | None = None
    lab_solids: Decimal | None = None
    confidence: float = 0.98
    looks: int = 2
    heights: Mapping[str, float] = field(default_factory=dict)
    contrasts: Mapping[str, float] = field(default_factory=dict)
    strokes: Mapping[str, float] = field(default_factory=dict)


_EXAMPLES = TypeAdapter(tuple[Example, ...])


@cache
def examples() -> tuple[Example, ...]:
    """Every example, in the order of tables and rows. Raises pydantic's `ValidationError` for a bad table."""
    found: list[object] = []
    for table in sorted(_TABLES.glob("*.toml")):
        found.extend(tomllib.loads(table.read_text("utf-8"))["example"])
    return _EXAMPLES.validate_python(found)


def examples_of(rule_id: str) -> tuple[Example, ...]:
    """The examples of one rule."""
    return tuple(each for each in examples() if each.rule == rule_id)
