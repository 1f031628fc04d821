"""Drawn labels through the whole system: correct ones pass, and each named defect is found by its rule."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any

import httpx
import pytest

from evals.generator.defects import CATALOGUE, defective, expected
from evals.generator.draw import draw
from evals.generator.model import Defect, LabelSpec
from evals.generator.specs import label
from services.validator.decision import Verdict
from services.validator.submission import Origin, ProductType
from tests.common.stack import Stack

SEED = 1
SEVERITIES = {Verdict.FAILED: "violation", Verdict.NEEDS_REVIEW: "review"}


def verified(stack: Stack, spec: LabelSpec) -> dict[str, Any]:
    """The system's answer for a label, all panels given, and its application."""
    form = {name: value for name, value in asdict(spec.application).items() if value}
    form |= {"product_type": str(spec.product), "origin": str(spec.origin), "panels_complete": "true"}
    files = []
    for drawn in draw(spec):
        file = io.BytesIO()
        drawn.image.save(file, "PNG")
        files.append(("file", (f"{spec.name}.png", file.getvalue())))
    answer = httpx.post(f"{stack.url}/verify", data=form, files=files, timeout=120)
    return dict(answer.raise_for_status().json())


def cases() -> list[Any]:
    """Every defect and product type; the first product type of each is quick enough for every run."""
    return [
        pytest.param(defect, product, id=f"{defect}-{product}", marks=[pytest.mark.slow] if at else [])
        for defect, entry in CATALOGUE.items()
        for at, product in enumerate(entry.expected)
    ]


@pytest.mark.parametrize("origin", [Origin.DOMESTIC, Origin.IMPORTED])
@pytest.mark.parametrize("product", ProductType)
def test_a_correct_label_passes(stack: Stack, product: ProductType, origin: Origin) -> None:
    answer = verified(stack, label(product, SEED, origin))
    assert answer["verdict"] == "passed", answer["reasons"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 10))
@pytest.mark.parametrize("product", ProductType)
def test_correct_labels_of_any_look_pass(stack: Stack, product: ProductType, seed: int) -> None:
    answer = verified(stack, label(product, seed))
    assert answer["verdict"] == "passed", answer["reasons"]


@pytest.mark.parametrize(("defect", "product"), cases())
def test_a_defect_is_found_by_its_rule(stack: Stack, defect: Defect, product: ProductType) -> None:
    spec = defective(defect, product, SEED)
    awaited = expected(spec)
    assert awaited is not None
    answer = verified(stack, spec)
    found = {finding["rule_id"]: finding["severity"] for finding in answer["findings"]}
    assert found.get(awaited.rule_id) == SEVERITIES[awaited.verdict], (spec.name, found, answer["reasons"])
    assert answer["verdict"] == awaited.verdict, answer["reasons"]
