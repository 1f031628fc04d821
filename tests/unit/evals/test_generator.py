"""Drawn labels: the same every time, applications that are true, defects where they belong, text that can be read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from evals.generator.__main__ import main
from evals.generator.blocks import DoesNotFitError
from evals.generator.defects import CATALOGUE, defective, expected
from evals.generator.draw import draw
from evals.generator.looks import PALETTES, READABLE, VISIBLE, contrast
from evals.generator.manifest import WarningTruth, printed
from evals.generator.model import Arrangement, Defect, LabelSpec
from evals.generator.specs import label, truthful_application
from scripts.draw_sample import SAMPLE_LABELS, SAMPLES, form, picture
from services.validator import rules
from services.validator.fields.alcohol import parse_alcohol_application
from services.validator.fields.net_contents import parse_net_contents_application
from services.validator.fields.units import same_volume
from services.validator.rules.model import REGISTRY
from services.validator.submission import Origin, Panel, ProductType

WINE, SPIRITS = ProductType.WINE, ProductType.DISTILLED_SPIRITS
CASES = [(defect, product) for defect, entry in CATALOGUE.items() for product in entry.expected]
SEEDS = range(40)


@pytest.mark.parametrize("product", ProductType)
def test_a_seed_is_a_label(product: ProductType) -> None:
    first, again, other = draw(label(product, 3)), draw(label(product, 3)), draw(label(product, 4))
    assert [drawn.image.tobytes() for drawn in first] == [drawn.image.tobytes() for drawn in again]
    assert [drawn.image.tobytes() for drawn in first] != [drawn.image.tobytes() for drawn in other]


@pytest.mark.parametrize("name", SAMPLE_LABELS)
def test_the_samples_are_as_drawn_here(name: str) -> None:
    """Fails on a machine that draws otherwise, and after a change that `make sample` has not followed."""
    with Image.open(SAMPLES / f"{name}.png") as sample:
        drawn = picture(SAMPLE_LABELS[name])
        assert sample.size == drawn.size
        assert ImageChops.difference(sample, drawn).getbbox() is None
    assert json.loads((SAMPLES / f"{name}.json").read_text()) == form(SAMPLE_LABELS[name])


@pytest.mark.parametrize("product", ProductType)
def test_correct_labels_say_what_their_applications_say(product: ProductType) -> None:
    for spec in (label(product, seed) for seed in SEEDS):
        assert spec.application == truthful_application(spec)
        assert f"{spec.abv}%" in spec.alcohol
        assert parse_alcohol_application(spec.application.alcohol_content).low == spec.abv
        (claimed,) = parse_net_contents_application(spec.application.net_contents)
        (stated,) = parse_net_contents_application(spec.net_contents.split(" (")[0])
        assert same_volume(stated, claimed)
        assert (spec.origin is Origin.IMPORTED) == bool(spec.country) == spec.address.function.startswith("IMPORTED")
        assert printed(spec).government_warning is WarningTruth.CORRECT
        assert expected(spec) is None


@pytest.mark.parametrize("product", ProductType)
def test_whatever_is_chosen_fits_its_panels(product: ProductType) -> None:
    assert all(draw(label(product, seed)) for seed in range(8))


def test_seeds_vary_origin_and_look() -> None:
    specs = [label(product, seed) for product in ProductType for seed in SEEDS]
    assert {spec.origin for spec in specs} == {Origin.DOMESTIC, Origin.IMPORTED}
    assert {spec.style.arrangement for spec in specs} == set(Arrangement)
    assert len({spec.style for spec in specs}) > len(specs) * 0.9


def test_every_defect_is_catalogued_with_a_rule_of_its_product() -> None:
    assert rules
    assert set(CATALOGUE) == set(Defect)
    for defect, product in CASES:
        assert product in REGISTRY[CATALOGUE[defect].expected[product].rule_id].applies_to, defect


@pytest.mark.parametrize(("defect", "product"), CASES)
def test_a_defect_spoils_the_print_or_the_application(defect: Defect, product: ProductType) -> None:
    spec = defective(defect, product, 1)
    entry = CATALOGUE[defect]
    assert (spec.product, spec.defect) == (product, defect)
    assert entry.origin in (None, spec.origin)
    of_application = defect.startswith("application-")
    assert (spec.application != truthful_application(spec)) or not of_application
    correct = label(product, spec.seed, entry.origin)
    assert (printed(spec) == printed(correct)) or not of_application


def test_a_defect_of_another_product_is_refused() -> None:
    with pytest.raises(ValueError, match=r"proof-disagrees is no defect of wine; it applies to distilled_spirits"):
        defective(Defect.PROOF_DISAGREES, WINE, 0)


def test_texts_can_be_read_on_their_ground() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    for palette in PALETTES:
        assert contrast(palette.ink, palette.paper) >= READABLE
        assert contrast(palette.accent, palette.paper) >= VISIBLE


def test_panels_in_images_of_their_own_are_named() -> None:
    spec = label(WINE, 0)
    apart = replace(spec, style=replace(spec.style, arrangement=Arrangement.PANELS))
    assert [drawn.panel for drawn in draw(apart)] == [Panel.FRONT, Panel.BACK]


def test_a_text_too_long_for_its_panel_is_refused() -> None:
    spec: LabelSpec = replace(label(SPIRITS, 0), brand="ANTIDISESTABLISHMENTARIANISM" * 3)
    with pytest.raises(DoesNotFitError, match="too long"):
        draw(spec)


def test_the_command_writes_pictures_and_their_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--out", str(tmp_path), "--product", "wine", "--defect", "all", "--count", "1", "--seed", "5"]
    assert main(command) == 0
    assert str(tmp_path) in capsys.readouterr().out
    lines = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert len(lines) == len({line["id"] for line in lines}) == sum(WINE in e.expected for e in CATALOGUE.values())
    for line in lines:
        assert all((tmp_path / image).is_file() for image in line["images"])
        assert line["rule_id"] in REGISTRY
    truth = {line["defect"]: line for line in lines}["no alcohol content"]
    assert (truth["expected"]["alcohol_content"], truth["verdict"]) == (None, "reject")
    assert truth["application"]["alcohol_content"]


def test_the_command_refuses_a_defect_of_another_product(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path / "none"), "--product", "wine", "--defect", "proof-disagrees"]) == 2
    assert "proof-disagrees is no defect of wine" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
