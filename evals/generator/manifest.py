"""The truth about drawn labels as lines of a manifest, in the form that real labels have theirs (`manifest.jsonl`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from evals.generator.defects import CATALOGUE, expected
from evals.generator.model import LabelSpec
from services.validator.decision import Verdict
from services.validator.fields.warning_text import CANONICAL
from services.validator.submission import Application


class WarningTruth(StrEnum):
    """What is printed of the health warning; marks alone make it neither."""

    CORRECT = "correct"
    DEFECTIVE = "defective"
    ABSENT = "absent_on_image"


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed, field by field; None where nothing is. `alcohol_content` is percent by volume."""

    brand_name: str
    fanciful_name: str | None
    class_type: str | None
    alcohol_content: float | None
    net_contents: str | None
    name_and_address: str | None
    country_of_origin: str | None
    appellation: str | None
    vintage: str | None
    government_warning: WarningTruth


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One label. The first nine fields are those of real labels; `verdict` is `approved`, `reject` or `review`."""

    id: str
    images: tuple[str, ...]
    product_type: str
    origin: str
    expected: Printed
    verdict: str
    defect: str | None
    source: str
    notes: str
    application: Application
    rule_id: str | None

    def as_json(self) -> dict[str, object]:
        """The line as JSON has it."""
        return asdict(self)


_VERDICTS = {Verdict.FAILED: "reject", Verdict.NEEDS_REVIEW: "review"}


def printed(spec: LabelSpec) -> Printed:
    """What the label says, whatever its application says."""
    address = " ".join((spec.address.function, ", ".join(part for part in spec.address.lines[1:] if part)))
    return Printed(
        brand_name=spec.brand,
        fanciful_name=spec.fanciful or None,
        class_type=spec.class_type or None,
        alcohol_content=float(spec.abv) if spec.alcohol and spec.abv is not None else None,
        net_contents=spec.net_contents or None,
        name_and_address=address.strip() or None,
        country_of_origin=spec.country or None,
        appellation=spec.appellation or None,
        vintage=spec.vintage or None,
        government_warning=_warning(spec),
    )


def manifest_line(spec: LabelSpec, images: Sequence[str]) -> ManifestLine:
    """The manifest's line for a label whose pictures have these names."""
    finding = expected(spec)
    return ManifestLine(
        id=spec.name,
        images=tuple(images),
        product_type=str(spec.product),
        origin=str(spec.origin),
        expected=printed(spec),
        verdict=_VERDICTS[finding.verdict] if finding is not None else "approved",
        defect=CATALOGUE[spec.defect].told if spec.defect is not None else None,
        source=f"synthetic: evals.generator, seed {spec.seed}",
        notes="",
        application=spec.application,
        rule_id=finding.rule_id if finding is not None else None,
    )


def _warning(spec: LabelSpec) -> WarningTruth:
    if not spec.warning_body:
        return WarningTruth.ABSENT
    statement = f"{spec.warning_heading} {spec.warning_body}"
    capitals = spec.warning_heading.isupper()
    same = _words(statement) == _words(CANONICAL)
    return WarningTruth.CORRECT if same and capitals else WarningTruth.DEFECTIVE


def _words(text: str) -> list[str]:
    return re.sub(r"[.,:]", "", text.casefold()).split()
