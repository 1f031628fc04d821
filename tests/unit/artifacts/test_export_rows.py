from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from ttb.artifacts.v1 import artifacts_pb2 as artifacts
from ttb.common.v1 import page_pb2
from ttb.validator.v1 import validator_pb2 as validator

from services.artifacts.convert import metadata_from_proto
from services.artifacts.export.rows import ExportedImage, Rows, rows
from services.artifacts.export.schema import Table, columns
from services.artifacts.model import Artifact, ValidationStatus
from services.common.errors import Reason, TtbError
from services.common.page import Line, Page, Point
from services.validator.saving.artifact import Checked, artifact
from tests.common.kept import PLACE, kept

WHEN = datetime(2026, 1, 31, 12, 30, 15, tzinfo=UTC)
FINDING = {
    "rule_id": "health-warning.wording",
    "severity": "violation",
    "citation": "27 CFR 16.21",
    "message": "The warning says MAY.",
    "expected": "SHOULD",
    "found": "MAY",
    "evidence": [{"image": 0, "polygon": PLACE}],
}
IMAGES = (
    ExportedImage("images/2026-01-31/a.jpg", "ab" * 32, "jpeg"),
    ExportedImage("images/2026-01-31/a-2.png", "cd" * 32, "png"),
)


def in_parquet(found: Rows, *, with_client_ip: bool = False) -> tuple[dict[str, object], list[dict[str, object]]]:
    """The rows as the tables' own types hold them."""
    artifacts = pa.Table.from_pylist([found.artifact], schema=columns(Table.ARTIFACTS, with_client_ip=with_client_ip))
    return artifacts.to_pylist()[0], pa.Table.from_pylist(list(found.fields), schema=columns(Table.FIELDS)).to_pylist()


def test_an_artifact_fills_every_column_with_its_type():
    saved = kept(WHEN, ValidationStatus.FAILED, reasons=["The warning says MAY."], findings=[FINDING])
    row, (brand, vintage) = in_parquet(rows(saved.artifact, IMAGES))

    stored = row.pop("extracted_text"), row.pop("validation_result")
    assert stored == (saved.artifact.extracted_text.decode(), saved.artifact.validation_result.decode())
    application = row.pop("application")
    assert isinstance(application, dict)
    assert {name: value for name, value in application.items() if value} == {"brand_name": "STONE'S THROW"}
    assert row == {
        "id": saved.id,
        "timestamp": WHEN,
        "verdict": "failed",
        "reasons": ["The warning says MAY."],
        "findings": [{name: value for name, value in FINDING.items() if name != "evidence"}],
        "rules_not_checkable": ["health-warning.type-size"],
        "product_type": "wine",
        "origin": None,
        "rule_edition": date(2026, 1, 31),
        "text": "STONE'S THROW",
        "images": [
            {"path": "images/2026-01-31/a.jpg", "sha256": "ab" * 32, "format": "jpeg"},
            {"path": "images/2026-01-31/a-2.png", "sha256": "cd" * 32, "format": "png"},
        ],
        "image_format": "png",
        "image_size_bytes": len(saved.images[0].content),
        "ocr_backend": "auto",
        "model_version": "tesseract 5.5",
        "processing_time_ms": 1523,
        "request": '{"application":{"brand_name":"STONE\'S THROW"},"ocr_backend":"auto"}',
    }
    assert brand == {
        "artifact_id": saved.id,
        "name": "brand_name",
        "value": "STONE'S THROW",
        "text": "STONE'S THROW",
        "state": "read",
        "confidence": 0.98,
        "reason": None,
        "image": 0,
        "polygon": PLACE,
        "evidence": [{"image": 0, "polygon": PLACE}],
        "application_value": "STONE'S THROW",
    }
    assert vintage == {
        "artifact_id": saved.id,
        "name": "vintage",
        "value": None,
        "text": None,
        "state": "not_on_images",
        "confidence": 0,
        "reason": None,
        "image": None,
        "polygon": None,
        "evidence": [],
        "application_value": None,
    }


def test_the_clients_address_is_there_only_when_asked_for():
    saved = kept(WHEN)
    assert "192.0.2.7" not in json.dumps(in_parquet(rows(saved.artifact, IMAGES)), default=str)
    row, _ = in_parquet(rows(saved.artifact, IMAGES, with_client_ip=True), with_client_ip=True)
    assert row["client_ip"] == "192.0.2.7"


def test_keys_of_a_later_schema_are_passed_over():
    saved = kept(WHEN, schema_version="2", novelty={"x": 1})
    assert rows(saved.artifact, ()).artifact["product_type"] == "wine"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"extracted_text": b'{"pages": 3}'}, "extracted_text.json of artifact .*: pages"),
        ({"extracted_text": b"\xff\xfe"}, "extracted_text.json"),
        ({"validation_result": b"[]"}, "validation_result.json"),
        (
            {"validation_result": b'{"fields": [{"value": "13.5"}]}'},
            "validation_result.json of artifact .*: fields.0.name",
        ),
    ],
)
def test_json_of_another_shape_is_told_by_its_name(changed: dict[str, bytes], named: str):
    changed_artifact: Artifact = replace(kept(WHEN).artifact, **changed)
    with pytest.raises(TtbError, match=named) as raised:
        rows(changed_artifact, ())
    assert raised.value.reason is Reason.ARTIFACT_DAMAGED


def test_what_the_validator_saves_fits_the_tables():
    request = validator.VerifyLabelRequest(
        images=[validator.LabelImage(content=b"x")], application=validator.Application(vintage="2021"), container_ml=750
    )
    corner = page_pb2.Point(x=1, y=2)
    answer = validator.Verification(
        request_id=kept(WHEN).id,
        verdict=validator.Verdict.failed,
        product_type=validator.ProductType.wine,
        as_of="2026-01-31",
        fields=[
            validator.LabelField(
                name="vintage",
                value="2020",
                state=validator.FieldState.read,
                confidence=0.5,
                evidence=[validator.Evidence(image=1, polygon=[corner])],
            )
        ],
        findings=[validator.Finding(rule_id="vintage.agreement", severity=validator.Severity.violation)],
    )
    page = Page(10, 20, (Line("2020", 0.5, (Point(1, 2),)),))
    saved = artifacts.SaveArtifactRequest.FromString(
        artifact(Checked(request, answer, ["png"], [page], WHEN, "192.0.2.7", ""))
    )
    found = Artifact(metadata_from_proto(saved.metadata), saved.extracted_text, saved.validation_result)
    row, (vintage,) = in_parquet(rows(found, ()))
    assert (row["verdict"], row["product_type"], row["origin"], row["text"]) == ("failed", "wine", None, "2020")
    assert row["rule_edition"] == WHEN.date()
    assert isinstance(row["findings"], list)
    assert row["findings"][0]["severity"] == "violation"
    assert (vintage["value"], vintage["application_value"], vintage["image"]) == ("2020", "2021", 1)
    assert vintage["polygon"] == [{"x": 1, "y": 2}]
