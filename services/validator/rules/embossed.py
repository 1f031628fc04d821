"""Whether anything that must be on a label stands only on the container (TTB F 5100.31, item 15)."""

from __future__ import annotations

from collections.abc import Iterator

from services.validator.fields.class_type import designation_of
from services.validator.fields.passages import key_of
from services.validator.fields.units import same_volume
from services.validator.label import Label
from services.validator.rules.container import net_contents_on_container, parts_on_container
from services.validator.rules.measures import evidence_of
from services.validator.rules.model import NOT_APPLICABLE, Finding, Result, Severity, all_of, rule


@rule(
    "app.embossed",
    title="What stands only on the container",
    citation="27 CFR 4.37(c), 5.61(a)(2), 7.61(a)(2); TTB F 5100.31 item 15",
    severity=Severity.REVIEW,
)
def app_embossed(label: Label) -> Result:
    """Text on the container may give net contents, and of malt beverages name and address; the rest needs a label."""
    if not parts_on_container(label):
        return NOT_APPLICABLE
    return all_of((*_only_on_container(label), *_other_net_contents(label)))


def _only_on_container(label: Label) -> Iterator[Finding]:
    embossed = label.submission.application.embossed
    match = label.names.brand_match
    if match is not None and match.statement is None and key_of(match.wanted) in key_of(embossed):
        yield _needs_a_label("brand name", match.wanted)
    named = next((part for part in parts_on_container(label) if designation_of(part)), None)
    if named is not None and label.names.class_type is None:
        yield _needs_a_label("class and type designation", named)


def _needs_a_label(what: str, text: str) -> Finding:
    return Finding(
        Severity.REVIEW,
        f"The {what} {text} was read on no label; the application gives it only as embossed on the container, which "
        "does not replace a label.",
        expected=f"the {what} on a label",
        found=text,
    )


def _other_net_contents(label: Label) -> Iterator[Finding]:
    """The container and the label state different volumes."""
    on_container, printed = net_contents_on_container(label), label.net_contents.statements
    if not on_container or not printed:
        return
    if any(same_volume(one.value.volume, other) for one in printed for other in on_container):
        return
    stated = " or ".join(str(volume) for volume in on_container)
    yield Finding(
        Severity.REVIEW,
        f"The label states {printed[0].value.volume}; the application says that {stated} is embossed on the container.",
        expected=stated,
        found=printed[0].text,
        evidence=evidence_of(printed[:1]),
    )
