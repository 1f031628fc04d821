"""A drawn label through the whole system: the four ways in, the shape of the answer, and a label with a defect."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from google.protobuf import json_format
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from evals.generator.defects import spoilt
from evals.generator.model import Defect
from scripts.draw_sample import WINE, picture
from tests.common.stack import Stack

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
IMAGE = (SAMPLES / "wine-label.png").read_bytes()
FORM: dict[str, str] = json.loads((SAMPLES / "wine-label.json").read_text())
APPLICATION = {name: text for name, text in FORM.items() if name in pb.Application.DESCRIPTOR.fields_by_name}
OPTIONS = {"product_type": "wine", "origin": "domestic", "panels_complete": True}
CHANGES_WITH_EVERY_REQUEST = ("request_id", "processing_time_ms", "timings")


def by_form(stack: Stack) -> dict[str, Any]:
    answer = httpx.post(f"{stack.url}/verify", data=FORM, files={"file": ("label.png", IMAGE)}, timeout=60)
    assert answer.headers["x-ttb-request-id"] == answer.json()["request_id"]
    return dict(answer.raise_for_status().json())


def by_raw_image(stack: Stack) -> dict[str, Any]:
    answer = httpx.post(
        f"{stack.url}/verify", params=FORM, content=IMAGE, headers={"content-type": "image/png"}, timeout=60
    )
    return dict(answer.raise_for_status().json())


def by_json(stack: Stack) -> dict[str, Any]:
    body = {"images": [{"content": base64.b64encode(IMAGE).decode()}], "application": APPLICATION, **OPTIONS}
    return dict(httpx.post(f"{stack.url}/verify", json=body, timeout=60).raise_for_status().json())


def by_stub(stack: Stack) -> dict[str, Any]:
    with grpc.insecure_channel(stack.grpc_target) as channel:
        answer = validator_pb2_grpc.ValidatorServiceStub(channel).VerifyLabel(
            pb.VerifyLabelRequest(
                images=[pb.LabelImage(content=IMAGE)],
                application=pb.Application(**APPLICATION),
                product_type=pb.ProductType.wine,
                origin=pb.Origin.domestic,
                panels_complete=True,
            ),
            timeout=60,
        )
    return json_format.MessageToDict(
        answer, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def lasting(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in CHANGES_WITH_EVERY_REQUEST}


def test_the_four_ways_in_give_the_same_answer(stack: Stack) -> None:
    form, *others = (lasting(way(stack)) for way in (by_form, by_raw_image, by_json, by_stub))
    assert form["verdict"] == "passed", form["reasons"]
    for other in others:
        assert other == form


def test_the_answer_has_the_contracts_shape(stack: Stack) -> None:
    answer = by_form(stack)
    assert list(answer)[:13] == [
        "request_id",
        "verdict",
        "validation_passed",
        "reasons",
        "product_type",
        "as_of",
        "fields",
        "findings",
        "rules_not_checkable",
        "ocr_backend",
        "model_version",
        "processing_time_ms",
        "timings",
    ]
    alcohol = next(field for field in answer["fields"] if field["name"] == "alcohol_content")
    assert (alcohol["value"], alcohol["text"], alcohol["state"]) == ("13.5", "ALC. 13.5% BY VOL.", "read")
    assert {(type(corner["x"]), type(corner["y"])) for corner in alcohol["evidence"][0]["polygon"]} == {(int, int)}
    assert "health-warning.type-size" in answer["rules_not_checkable"]
    assert answer["ocr_backend"] == "auto"


def test_a_missing_word_in_the_warning_fails_with_its_place(stack: Stack) -> None:
    file = io.BytesIO()
    picture(spoilt(WINE, Defect.WARNING_WORD_MISSING)).save(file, "PNG")
    answer = httpx.post(f"{stack.url}/verify", data=FORM, files={"file": file.getvalue()}, timeout=60).json()
    assert (answer["verdict"], answer["validation_passed"]) == ("failed", False)
    finding = answer["findings"][0]
    assert (finding["rule_id"], finding["severity"], finding["citation"]) == (
        "health-warning.wording",
        "violation",
        "27 CFR 16.21",
    )
    assert "SHOULD DRINK" in answer["reasons"][0]
    assert finding["evidence"][0]["polygon"]


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("brand_name", "STONE'S THRONE", "app.brand-name"),
        ("alcohol_content", "13.6", "app.alcohol-content"),
        ("net_contents", "700 mL", "app.net-contents"),
        ("vintage", "2020", "app.vintage"),
        ("appellation", "OAKVILLE", "app.appellation"),
        ("varietals", "MERLOT", "app.varietal"),
        ("name_and_address", "STONE'S THROW CELLARS, NAPA, OREGON", "app.name-address"),
    ],
)
def test_an_application_that_says_otherwise_never_passes(stack: Stack, field: str, value: str, rule: str) -> None:
    form = {**FORM, field: value}
    answer = httpx.post(f"{stack.url}/verify", data=form, files={"file": IMAGE}, timeout=60).json()
    assert rule in [finding["rule_id"] for finding in answer["findings"] if finding["severity"] != "information"]
    assert answer["verdict"] != "passed"


@pytest.mark.parametrize("backend", ["tesseract", "rapidocr"])
def test_each_engine_alone_can_be_asked(stack: Stack, backend: str) -> None:
    form = {**FORM, "ocr_backend": backend}
    answer = httpx.post(f"{stack.url}/verify", data=form, files={"file": IMAGE}, timeout=60).json()
    assert answer["ocr_backend"] == backend
    assert backend in answer["model_version"]
    assert answer["verdict"] in ("passed", "needs_review")


def test_a_backend_that_is_not_there_is_a_503_that_says_why(stack: Stack) -> None:
    answer = httpx.post(f"{stack.url}/verify", data={"ocr_backend": "ollama"}, files={"file": IMAGE}, timeout=60)
    assert answer.status_code == 503
    assert "ollama" in answer.json()["message"].lower()


def test_a_rule_that_is_switched_off_says_so(stack: Stack) -> None:
    form = {**FORM, "alcohol_content": "13.6", "disabled_rules": "app.alcohol-content"}
    answer = httpx.post(f"{stack.url}/verify", data=form, files={"file": IMAGE}, timeout=60).json()
    assert (answer["verdict"], answer["rules_disabled"]) == ("passed", ["app.alcohol-content"])


def test_health_and_rules(stack: Stack) -> None:
    health = httpx.get(f"{stack.url}/health").json()
    assert health["status"] == "healthy"
    backends = {backend["name"]: backend for backend in health["backends"]}
    assert [name for name, backend in backends.items() if backend["available"]] == ["tesseract", "rapidocr"]
    assert backends["ollama"]["reason"]
    rules = {rule["rule_id"]: rule for rule in httpx.get(f"{stack.url}/rules").json()["rules"]}
    assert rules["health-warning.wording"]["citation"] == "27 CFR 16.21"
    assert all(rule["title"] and rule["citation"] and rule["description"] for rule in rules.values())
    assert not any(rule["examples"] for rule in rules.values())


def test_a_rule_shows_its_examples(stack: Stack) -> None:
    rule = httpx.get(f"{stack.url}/rules/app.vintage").json()
    assert {"passed", "violation"} <= {example["answer"] for example in rule["examples"]}
    unknown = httpx.get(f"{stack.url}/rules/app.vintag")
    assert (unknown.status_code, unknown.json()["details"][0]["reason"]) == (404, "NO_SUCH_RULE")
    assert "app.vintage" in unknown.json()["message"]


def test_rules_can_be_checked_on_text_alone(stack: Stack) -> None:
    with grpc.insecure_channel(stack.grpc_target) as channel:
        stub = validator_pb2_grpc.ValidatorServiceStub(channel)
        request = pb.CheckTextRequest(product_type=pb.ProductType.wine)
        page = request.pages.add(width=600, height=400)
        line = page.lines.add(text="ALC. 13.5% BY VOL.", confidence=0.99)
        for x, y in ((10, 10), (200, 10), (200, 30), (10, 30)):
            line.polygon.add(x=x, y=y)
        answer = stub.CheckText(request, timeout=10)
    assert answer.verdict == pb.Verdict.needs_review
    alcohol = next(field for field in answer.fields if field.name == "alcohol_content")
    assert alcohol.value == "13.5"
