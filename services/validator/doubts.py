"""Which second looks can still change the verdict: the others cost time and tell nothing new.

A label that passes was surely read. On any other, an alcohol or net contents statement that is surely read, and that no
rule holds against the label, need not be seen twice: two looks are what a violation takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.common.page import bounds, overlap
from services.validator.decision import Decision, Verdict
from services.validator.fields.agreement import places_to_read_again
from services.validator.fields.model import Evidence, FieldName, FieldState, LabelField, LabelPanel
from services.validator.fields.second_look import Place, Purpose, looked_at_for
from services.validator.rules.evaluation import Evaluation
from services.validator.rules.model import Severity

_CONFIRMED: Mapping[Purpose, FieldName] = {
    Purpose.ALCOHOL: FieldName.ALCOHOL_CONTENT,
    Purpose.NET_CONTENTS: FieldName.NET_CONTENTS,
}
"""Looks whose use is to read a statement once more."""

_COMPARISON = "app."
_SCALE = 2.0
_MOST_DISPUTED = 5


def in_doubt(
    places: Iterable[Place], fields: Iterable[LabelField], evaluation: Evaluation, decision: Decision
) -> tuple[Place, ...]:
    """Those of `places` whose reading may change the decision."""
    if decision.verdict is Verdict.PASSED:
        return ()
    sure = {field.name for field in fields if field.state is FieldState.READ}
    disputed = [
        evidence
        for each in evaluation.findings
        if each.finding.severity is not Severity.INFORMATION
        for evidence in each.finding.evidence
    ]
    return tuple(
        place
        for place in places
        if (place.purpose and _CONFIRMED.get(place.purpose)) not in sure
        or any(_shows(place, evidence) for evidence in disputed)
    )


def disputed(panels: tuple[LabelPanel, ...], evaluation: Evaluation, wanted: Iterable[Place]) -> tuple[Place, ...]:
    """What the comparison with the application leaves to a person, as far as no look was or will be taken there.

    Read alike once more it is a violation; a reading error shows as one.
    """
    doubted = [
        each.finding
        for each in evaluation.findings
        if each.rule.rule_id.startswith(_COMPARISON)
        and each.rule.severity is Severity.VIOLATION
        and each.finding.severity is Severity.REVIEW
        and each.finding.evidence
    ]
    places = looked_at_for(Purpose.DISPUTED, places_to_read_again(panels, doubted, scale=_SCALE, most=_MOST_DISPUTED))
    taken = {*wanted, *(place for panel in panels for place in panel.looked_at)}
    return tuple(place for place in places if place not in taken)


def _shows(place: Place, evidence: Evidence) -> bool:
    """Whether the two meet; evidence without a single place may be anywhere on its image."""
    if place.image != evidence.image or not evidence.polygon:
        return place.image == evidence.image
    return overlap(bounds(evidence.polygon), (place.left, place.top, place.right, place.bottom))
