"""The formula of the application (TTB F 5100.31, item 9): wordings that a product bears only under one."""

from __future__ import annotations

import re

from services.validator.fields.names import given
from services.validator.fields.text import n2
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.tables import load

_IMPLIES_FORMULA = re.compile(rf"\b(?:{'|'.join(load('formula.toml')['wordings'])})\b")


@rule(
    "app.formula",
    title="Formula on the application",
    citation="27 CFR 5.28, 5.192, 5.193, 7.28; TTB F 5100.31 item 9",
    severity=Severity.REVIEW,
)
def app_formula(label: Label) -> Result:
    """A label that speaks of flavors, colors or a specialty belongs to an application that names its formula."""
    application = label.submission.application
    if not application.formula:
        return NOT_APPLICABLE
    if given(application.formula):
        return PASS
    printed = find_wording(label.text, _IMPLIES_FORMULA)
    claimed = _IMPLIES_FORMULA.search(n2(application.class_type))
    if not printed and claimed is None:
        return PASS
    found = printed[0].text if printed else application.class_type
    return fail(
        Severity.REVIEW,
        f"“{found}” speaks of a product that is made under an approved formula; the application names none.",
        expected="the formula's id in item 9",
        found=found,
        evidence=printed[0].evidence if printed else (),
    )
