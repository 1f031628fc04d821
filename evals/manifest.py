"""The labels that are measured, with their truth: one JSON object a line in `manifest.jsonl`.

The file is read strictly, so that a slip in it stops the run instead of bending its numbers.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from services.validator.fields.model import FieldName
from services.validator.submission import Application, Origin, ProductType

MANIFEST = "manifest.jsonl"


class ManifestError(Exception):
    """The manifest is missing or wrong; the message says where."""


class PrintedWarning(StrEnum):
    """What the images show of the health warning; differences of punctuation and bold type do not make it defective."""

    CORRECT = "correct"
    DEFECTIVE = "defective"
    ABSENT_ON_IMAGE = "absent_on_image"


class TrueVerdict(StrEnum):
    """`approved` is the registry's word for real labels; `reject` and `review` are what a specialist would say."""

    APPROVED = "approved"
    REJECT = "reject"
    REVIEW = "review"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Printed(_Strict):
    """What is printed on the images; None where it is not known or not on them. `alcohol_content` in percent."""

    brand_name: str | None
    fanciful_name: str | None
    class_type: str | None
    alcohol_content: Decimal | None
    net_contents: str | None
    name_and_address: str | None
    country_of_origin: str | None
    appellation: str | None
    vintage: str | None
    government_warning: PrintedWarning | None

    def text(self, field: FieldName) -> str | None:
        """The truth of one field as text; None when it is not known. The warning has no text here."""
        if field in (FieldName.HEALTH_WARNING, FieldName.VARIETALS):
            return None
        value = getattr(self, field)
        return None if value is None else str(value)


class LabelRecord(_Strict):
    """One label application: its images (paths below the manifest's folder), what is printed, and the verdict."""

    id: str
    images: tuple[Path, ...]
    product_type: ProductType
    origin: Origin | None
    expected: Printed
    verdict: TrueVerdict
    defect: str | None
    source: str
    notes: str

    @property
    def real(self) -> bool:
        """Whether it is an approved label as it is, neither generated nor altered."""
        return self.source.startswith("real:")

    @property
    def good(self) -> bool:
        """Approved, and its print is not known to be faulty."""
        return self.verdict is TrueVerdict.APPROVED and not self.misprinted

    @property
    def misprinted(self) -> bool:
        """Whether the warning is printed with a fault, also where the label was approved nevertheless."""
        return self.expected.government_warning is PrintedWarning.DEFECTIVE

    @property
    def complete(self) -> bool:
        """Whether the images show brand name, alcohol content, net contents and a health warning."""
        known = self.expected
        shown = known.government_warning in (PrintedWarning.CORRECT, PrintedWarning.DEFECTIVE)
        return shown and None not in (known.brand_name, known.alcohol_content, known.net_contents)

    @property
    def panels_complete(self) -> bool:
        """What the request says: all panels are given, so that something can be missing."""
        return self.complete or self.verdict is TrueVerdict.REJECT

    @property
    def application(self) -> Application:
        """The application that is true of the print: every known field."""
        known = {name: self.expected.text(name) or "" for name in FieldName if name is not FieldName.HEALTH_WARNING}
        return Application(**known)


def load_manifest(folder: Path) -> tuple[LabelRecord, ...]:
    """All labels of a folder, image paths resolved.

    Raises ManifestError when the manifest is missing or a line is wrong, when an id occurs twice, or an image is
    missing.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ManifestError(f"There is no {path}; give a folder with a manifest: make eval LABELS=...")
    records: dict[str, LabelRecord] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = LabelRecord.model_validate_json(line)
        except ValidationError as error:
            raise ManifestError(f"{path}:{number}: {error}") from error
        if record.id in records:
            raise ManifestError(f"{path}:{number}: the id {record.id} occurs twice")
        images = tuple(folder / image for image in record.images)
        missing = [str(image) for image in images if not image.is_file()]
        if missing:
            raise ManifestError(f"{path}:{number}: no such image: {', '.join(missing)}")
        records[record.id] = record.model_copy(update={"images": images})
    return tuple(records.values())
