"""Invented labels and answers for the tests of the evaluation."""

from __future__ import annotations

from typing import Any

from evals.answer import Answer, FieldRead, RuleFound
from evals.manifest import LabelRecord
from services.validator.decision import Verdict
from services.validator.fields.model import FieldName, FieldState
from services.validator.rules.model import Severity

PRINTED: dict[str, Any] = {
    "brand_name": "Elm Cellars",
    "fanciful_name": "Long Meadow",
    "class_type": "Pinot Noir",
    "alcohol_content": "13.5",
    "net_contents": "750 mL",
    "name_and_address": "Bottled by Elm Cellars, Springfield, Oregon",
    "country_of_origin": None,
    "appellation": "Willamette Valley",
    "vintage": "2021",
    "government_warning": "correct",
}


def label(name: str = "elm", **changes: Any) -> LabelRecord:
    """A real, approved label that shows everything; a keyword changes the record, or what is printed."""
    record: dict[str, Any] = {
        "id": name,
        "images": ["elm.png"],
        "product_type": "wine",
        "origin": "domestic",
        "verdict": "approved",
        "defect": None,
        "source": "real: drawn for a test",
        "notes": "",
    }
    printed = PRINTED | {key: value for key, value in changes.items() if key in PRINTED}
    record |= {key: value for key, value in changes.items() if key not in PRINTED}
    return LabelRecord.model_validate({**record, "expected": printed})


def read(name: FieldName, value: str, state: FieldState = FieldState.READ) -> FieldRead:
    return FieldRead(name, value, value, state, 0.97)


def answer(
    verdict: Verdict = Verdict.PASSED,
    *fields: FieldRead,
    rules: dict[str, Severity] | None = None,
    reasons: tuple[str, ...] | None = None,
    seconds: float = 1.0,
) -> Answer:
    """An answer whose warning was read right, unless a rule or a field says otherwise."""
    findings = tuple(
        RuleFound(rule, severity, f"{rule} says what is wrong.") for rule, severity in (rules or {}).items()
    )
    told = tuple(each.message for each in findings) if reasons is None else reasons
    warning = read(FieldName.HEALTH_WARNING, "GOVERNMENT WARNING: ...")
    return Answer(verdict, told, (*fields, warning), findings, seconds=seconds)
