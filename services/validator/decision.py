"""From findings and fields to one of three verdicts (design section 6).

Any violation fails the label. Otherwise any review, or a mandatory field that was not surely read, asks for a person.
Only what was read and found right passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.validator.fields.model import SURE_CONFIDENCE, FieldName, FieldState, LabelField
from services.validator.label import Label
from services.validator.rules.container import names_bottler_on_container, net_contents_on_container
from services.validator.rules.evaluation import Evaluation
from services.validator.rules.model import Severity
from services.validator.submission import ProductType

_ALWAYS_MANDATORY = (
    FieldName.BRAND_NAME,
    FieldName.CLASS_TYPE,
    FieldName.NET_CONTENTS,
    FieldName.NAME_AND_ADDRESS,
    FieldName.HEALTH_WARNING,
)
_SPOKEN: Mapping[FieldName, str] = {
    FieldName.BRAND_NAME: "brand name",
    FieldName.CLASS_TYPE: "class and type designation",
    FieldName.ALCOHOL_CONTENT: "alcohol content",
    FieldName.NET_CONTENTS: "net contents",
    FieldName.NAME_AND_ADDRESS: "name and address",
    FieldName.HEALTH_WARNING: "health warning",
}

_PRESENCE_RULES: Mapping[FieldName, tuple[str, ...]] = {
    FieldName.BRAND_NAME: (".brand",),
    FieldName.CLASS_TYPE: (".class",),
    FieldName.ALCOHOL_CONTENT: (".abv.required", ".abv.required-format"),
    FieldName.NET_CONTENTS: (".net.statement", ".net.us-measure"),
    FieldName.NAME_AND_ADDRESS: (".name-address.domestic", ".name-address.imported"),
    FieldName.HEALTH_WARNING: ("health-warning.present",),
}
"""Ends of the ids of the rules that tell of a missing field, so that it is not told twice."""


_NO_TEXT = "No text could be read on the images; send a sharp image of each panel of the label, large enough to read."


class Verdict(StrEnum):
    """The answer."""

    PASSED = "passed"
    FAILED = "failed"
    NEEDS_REVIEW = "needs_review"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, and why it is not `passed`: each reason in one line, the weightiest first."""

    verdict: Verdict
    reasons: tuple[str, ...]


def decide(label: Label, fields: Sequence[LabelField], evaluation: Evaluation) -> Decision:
    """Decide on a label from what was read and what the rules said."""
    weight: dict[Severity, list[str]] = {Severity.VIOLATION: [], Severity.REVIEW: []}
    for each in evaluation.findings:
        if each.finding.severity in weight:
            weight[each.finding.severity].append(each.finding.message)
    if not any(panel.page.lines for panel in label.panels):
        return Decision(Verdict.NEEDS_REVIEW, (_NO_TEXT,))
    doubts = list(weight[Severity.REVIEW])
    if label.product_type is None:
        doubts.append("The product type could not be judged from the label; give product_type.")
    doubts.extend(_unread(label, fields, evaluation))
    verdict = Verdict.FAILED if weight[Severity.VIOLATION] else Verdict.NEEDS_REVIEW if doubts else Verdict.PASSED
    reasons = (" ".join(reason.split()) for reason in (*weight[Severity.VIOLATION], *doubts))
    return Decision(verdict, tuple(dict.fromkeys(reasons)))


def mandatory_fields(label: Label) -> tuple[FieldName, ...]:
    """Fields without which a label cannot pass: 27 CFR 4.32 and 4.36(a), 5.63, 7.63 and 16.21; none for export.

    What the application gives as embossed on the container need not stand on a label (27 CFR 4.37(c), 7.61(a)(2)).
    """
    if label.submission.for_export:
        return ()
    mandatory = list(_ALWAYS_MANDATORY)
    if label.product_type is ProductType.DISTILLED_SPIRITS:
        mandatory.append(FieldName.ALCOHOL_CONTENT)
    if net_contents_on_container(label):
        mandatory.remove(FieldName.NET_CONTENTS)
    if names_bottler_on_container(label):
        mandatory.remove(FieldName.NAME_AND_ADDRESS)
    return tuple(mandatory)


def _only_which_is_open(label: Label) -> bool:
    """Whether several designations were surely read, any of which is enough (27 CFR 4.34(a)): no doubt of the label."""
    choice = label.names.class_choice
    return choice.rivals and choice.statement is not None and choice.statement.confidence >= SURE_CONFIDENCE


def _unread(label: Label, fields: Sequence[LabelField], evaluation: Evaluation) -> list[str]:
    told = [each.rule.rule_id for each in evaluation.findings if each.finding.severity is not Severity.INFORMATION]
    states = {field.name: field for field in fields}
    reasons: list[str] = []
    for name in mandatory_fields(label):
        field = states[name]
        if field.state is FieldState.UNSURE and not (name is FieldName.CLASS_TYPE and _only_which_is_open(label)):
            why = f"; {_within(field.reason)}" if field.reason else "."
            reasons.append(f"The {_SPOKEN[name]} could not be read surely: the image shows “{field.text}”{why}")
        elif field.state is FieldState.UNREADABLE:
            why = _within(field.reason).removesuffix(".") or "its print is illegible here"
            reasons.append(
                f"The {_SPOKEN[name]} could not be read: {why}. Send a sharper or larger image of its place."
            )
        elif field.state is FieldState.NOT_ON_IMAGES and not any(
            rule_id.endswith(_PRESENCE_RULES[name]) for rule_id in told
        ):
            reasons.append(f"The {_SPOKEN[name]} was not found on the images given.")
    return reasons


def _within(sentence: str) -> str:
    """A sentence as it goes on another one."""
    return sentence[:1].lower() + sentence[1:]
