"""A handful of real labels through the whole system. They are not part of the repository: LABELS names their folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.common.stack import Stack

LABELS = Path(os.environ.get("LABELS", "../shared/labels"))
MANIFEST = LABELS / "manifest.jsonl"
APPLICATION_FIELDS = (
    "brand_name",
    "class_type",
    "alcohol_content",
    "net_contents",
    "name_and_address",
    "country_of_origin",
    "appellation",
    "vintage",
)

pytestmark = pytest.mark.skipif(not MANIFEST.is_file(), reason=f"NOT RUN: there are no real labels at LABELS={LABELS}")


def verify(stack: Stack, label_id: str) -> dict[str, Any]:
    label = next(row for row in map(json.loads, MANIFEST.read_text().splitlines()) if row["id"] == label_id)
    expected = label["expected"]
    form = {name: str(expected[name]) for name in APPLICATION_FIELDS if expected.get(name) is not None}
    # The labels to be reviewed are fronts only: to say that nothing else exists would be false.
    complete = "false" if label["verdict"] == "review" else "true"
    form |= {"product_type": label["product_type"], "origin": label["origin"], "panels_complete": complete}
    files = [("file", (LABELS / image).read_bytes()) for image in label["images"]]
    answer = httpx.post(f"{stack.url}/verify", data=form, files=files, timeout=60)
    return dict(answer.raise_for_status().json())


@pytest.mark.parametrize(
    "label_id",
    [
        "ana-luisa-gran-reserva",  # wine on two panels, grape percentages beside the alcohol content
        "approved-wine-109",  # decimal comma
        "the-wine-trust-rum",  # imported spirits
        "sapwood-albura-lager",  # beer with a standing warning
        "pilok-broumy",  # imported beer in kegs
    ],
)
def test_a_good_label_with_its_true_application_passes(stack: Stack, label_id: str) -> None:
    answer = verify(stack, label_id)
    assert answer["verdict"] == "passed", answer["reasons"]


@pytest.mark.parametrize(
    ("label_id", "rule_id"),
    [
        ("syn-perfect-beer-label", "health-warning.wording"),
        ("syn-spirit-warning-errors", "health-warning.heading-capitals"),
        ("syn-warning-completely-missing", "health-warning.present"),
        ("syn-spirits-abv-abbreviation", "spirits.abv.required-format"),
        ("syn-imported-without-country-of-origin", "common.country-of-origin"),
        ("approved-wine-106", "health-warning.wording"),
    ],
)
def test_a_defective_label_fails_by_the_right_rule(stack: Stack, label_id: str, rule_id: str) -> None:
    answer = verify(stack, label_id)
    violated = [finding["rule_id"] for finding in answer["findings"] if finding["severity"] == "violation"]
    assert (answer["verdict"], rule_id in violated) == ("failed", True), answer["reasons"]


@pytest.mark.parametrize("label_id", ["neg-black-widow-blur", "neg-uncorked-low-contrast", "syn-whisky-age-ambiguity"])
def test_what_cannot_be_read_or_judged_needs_review_with_a_reason(stack: Stack, label_id: str) -> None:
    answer = verify(stack, label_id)
    assert answer["verdict"] == "needs_review"
    assert answer["reasons"]
