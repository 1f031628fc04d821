"""Whether net contents agree: metric with U.S. units, and the label with the application (rulebook 3, 4, 7)."""

from __future__ import annotations

from decimal import Decimal

from services.validator.fields.net_contents import parse_net_contents_application
from services.validator.fields.numbers import plain
from services.validator.fields.units import Unit, consistent, same_volume, us_equivalent
from services.validator.label import Label
from services.validator.rules.container import net_contents_on_container
from services.validator.rules.measures import comparison_weight, evidence_of, weight
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
)
from services.validator.submission import ProductType

_SLIP = Decimal("0.1")


@rule(
    "wine.net.us-equivalent",
    title="U.S. equivalent of a wine's net contents",
    citation="27 CFR 4.37(b)",
    severity=Severity.VIOLATION,
    applies_to=(ProductType.WINE,),
)
def wine_net_us_equivalent(label: Label) -> Result:
    """A U.S. equivalent is given in fluid ounces, to one decimal below 100 and whole from there."""
    pairs = label.net_contents.pairs()
    if not pairs:
        return NOT_APPLICABLE
    findings: list[Finding] = []
    for metric, us in pairs:
        exact = us_equivalent(metric.value.millilitres)
        in_ounces = all(part.unit in {Unit.FLUID_OUNCE, Unit.OUNCE} for part in us.value.volume.parts)
        difference = abs(us.value.volume.total - exact)
        if in_ounces and not difference and not us.value.bare_ounce:
            continue
        slip = (in_ounces and difference <= _SLIP) or us.value.bare_ounce
        findings.append(
            Finding(
                Severity.REVIEW if slip else weight(metric, us),
                f"“{us.text}” stands beside “{metric.text}”; 27 CFR 4.37(b) gives {plain(exact)} fl oz for it.",
                expected=f"{plain(exact)} fl oz",
                found=us.text,
                evidence=evidence_of((metric, us)),
            )
        )
    return all_of(findings)


@rule(
    "common.net-units-consistent",
    title="Metric and U.S. net contents agree",
    citation="27 CFR 4.37(b), 5.70(a), 5.102, 7.70(c), 7.102",
    severity=Severity.VIOLATION,
)
def common_net_units_consistent(label: Label) -> Result:
    """Metric and U.S. volumes agree to 0.1 fl oz, from 100 fl oz to 1 fl oz or 0.5 %."""
    pairs = label.net_contents.pairs()
    if not pairs:
        return NOT_APPLICABLE
    return all_of(
        Finding(
            Severity.REVIEW if us.value.bare_ounce else weight(metric, us),
            f"The label states “{metric.text}” and “{us.text}”; {metric.value.volume} are "
            f"{plain(us_equivalent(metric.value.millilitres))} fl oz.",
            expected=f"{plain(us_equivalent(metric.value.millilitres))} fl oz",
            found=us.text,
            evidence=evidence_of((metric, us)),
        )
        for metric, us in pairs
        if not consistent(metric.value.millilitres, us.value.volume.total)
    )


@rule(
    "app.net-contents",
    title="Net contents are those of the application",
    citation="27 CFR 4.37, 5.70, 7.70",
    severity=Severity.VIOLATION,
)
def app_net_contents(label: Label) -> Result:
    """The label's net contents are one of the sizes that the application gives, whatever the unit."""
    try:
        sizes = parse_net_contents_application(label.submission.application.net_contents)
    except ValueError:
        return NOT_CHECKABLE
    if not sizes:
        return NOT_APPLICABLE
    claimed = " or ".join(str(size) for size in sizes)
    reading = label.net_contents
    if reading.chosen is None:
        if any(same_volume(one, size) for one in net_contents_on_container(label) for size in sizes):
            return PASS
        return fail(
            Severity.REVIEW,
            f"The application says {claimed}; no net contents were read on the label.",
            expected=claimed,
            evidence=evidence_of(reading.without_unit),
        )
    matching = [one for one in reading.statements if any(same_volume(one.value.volume, size) for size in sizes)]
    if reading.chosen in matching or any(one.value.choice for one in matching):
        return PASS
    return fail(
        Severity.REVIEW if matching else comparison_weight(label, reading.chosen),
        f"The label states {reading.chosen.value.volume}; the application says {claimed}.",
        expected=claimed,
        found=reading.chosen.text,
        evidence=reading.chosen.evidence,
    )
