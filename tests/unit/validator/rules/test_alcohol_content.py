"""The rules on alcohol content against the examples of the rulebook."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.validator.rules import alcohol_agreement, alcohol_content, alcohol_tolerance  # noqa: F401 - registers
from services.validator.rules.model import REGISTRY, Outcome
from services.validator.submission import Application, Mode, Panel, ProductType
from tests.common.measures import Case, judge, weightiest

WINE, SPIRITS, MALT = ProductType.WINE, ProductType.DISTILLED_SPIRITS, ProductType.MALT_BEVERAGE


def wine(*lines: str, class_type: str = "", lab: str = "", complete: bool = True, applied: str = "") -> Case:
    return Case(
        lines,
        WINE,
        class_type=class_type,
        complete=complete,
        lab_abv=Decimal(lab) if lab else None,
        application=Application(alcohol_content=applied),
    )


def spirits(*lines: str, lab: str = "", complete: bool = True) -> Case:
    return Case(lines, SPIRITS, complete=complete, lab_abv=Decimal(lab) if lab else None)


def malt(*lines: str, lab: str = "", complete: bool = True, class_code: str = "") -> Case:
    return Case(
        lines,
        MALT,
        complete=complete,
        lab_abv=Decimal(lab) if lab else None,
        application=Application(class_type=class_code),
    )


def front_and_back(front: str, back: str, product: ProductType = SPIRITS) -> Case:
    return Case(product=product, sides=((Panel.FRONT, (front,)), (Panel.BACK, (back,))))


EXAMPLES = [
    ("wine.abv.required", wine("CALIFORNIA MERLOT", class_type="Merlot", complete=False), "review"),
    ("wine.abv.required", wine("RED TABLE WINE", class_type="Red Table Wine", lab="14.5"), "violation"),
    ("wine.abv.required", wine("RED TABLE WINE", class_type="Red Table Wine", applied="15"), "violation"),
    (
        "wine.abv.required",
        Case(sides=((Panel.FRONT, ("ELM",)), (Panel.BACK, ("TABLE WINE",))), class_type="Table Wine", class_image=1),
        "review",
    ),
    ("wine.abv.format", wine("contains 12.5% alcohol by volume"), "pass"),
    ("wine.abv.format", wine("ALC. 13,5% BY VOL"), "information"),
    ("wine.abv.format", wine("ALC. 14% BY VOL", "", "14% vol"), "information"),
    ("wine.abv.format", wine("ALC. 135% BY VOL"), "review"),
    ("wine.abv.format", wine("13.5% vol"), "review"),
    ("wine.abv.format", wine("14% ALC"), "review"),
    ("wine.abv.format", wine("ALC. 12 BY VOL."), "review"),
    ("wine.abv.format", wine("__ % ALC/VOL"), "review"),
    ("wine.abv.format", wine("27 proof", complete=False), "review"),
    ("wine.abv.format", wine("10.8% by weight"), "violation"),
    ("wine.abv.format", wine("CALIFORNIA MERLOT"), "not_applicable"),
    ("wine.abv.range", wine("15% to 17% ALC/VOL"), "review"),
    ("wine.abv.range", wine("13% ALC/VOL"), "not_applicable"),
    ("wine.abv.tolerance", wine("13.5% ALC/VOL", class_type="Merlot", lab="14.2"), "review"),
    ("wine.abv.tolerance", wine("11-13% ALC/VOL", lab="13.2"), "violation"),
    ("wine.abv.tolerance", wine("MERLOT", lab="13.2"), "not_checkable"),
    ("wine.abv.tolerance", wine("13% ALC/VOL"), "not_applicable"),
    ("spirits.abv.required-format", spirits("Bottled at 40 percent alcohol by volume"), "pass"),
    ("spirits.abv.required-format", spirits("80 PROOF", complete=False), "review"),
    ("spirits.abv.required-format", spirits("40% ABV", complete=False), "review"),
    ("spirits.abv.required-format", spirits("40% vol"), "violation"),
    ("spirits.abv.required-format", spirits("40% ALC/VOL", "", "40% A.B.V."), "information"),
    ("spirits.abv.required-format", spirits("LONDON DRY GIN"), "violation"),
    ("spirits.abv.required-format", spirits("LONDON DRY GIN", complete=False), "review"),
    (
        "spirits.abv.required-format",
        Case(("40% ABV", "", "750 mL"), SPIRITS, complete=False, self_contained=True),
        "violation",
    ),
    (
        "spirits.proof.placement",
        Case(product=SPIRITS, sides=((Panel.WRAP, ("100 PROOF", "", "", "", "", "", "50% ALC/VOL")),)),
        "not_checkable",
    ),
    ("spirits.proof.placement", spirits("45% ALC/VOL"), "not_applicable"),
    ("malt.abv.required", malt("5% ALC/VOL", class_code="MALT BEVERAGE SPECIALTY - FLAVORED"), "pass"),
    ("malt.abv.format", front_and_back("5.0% ALC/VOL", "4.0% by weight", MALT), "review"),
    ("malt.abv.precision", malt("less than 0.5% alcohol by volume"), "pass"),
    ("malt.abv.precision", malt("less than 5% alcohol by volume"), "violation"),
    ("malt.abv.tolerance", malt("ALCOHOL FREE", lab="0.1"), "violation"),
    ("malt.abv.tolerance", malt("AMBER LAGER", lab="5"), "not_checkable"),
    ("common.proof-abv-consistent", spirits("40% ALC/VOL"), "not_applicable"),
    ("common.abv-single-value", front_and_back("5.0% ALC/VOL", "5.5% ABV", MALT), "violation"),
    ("common.abv-single-value", spirits("40-43% ALC/VOL"), "violation"),
    ("common.abv-single-value", spirits("40% ALC/VOL"), "not_applicable"),
]


@pytest.mark.parametrize(("rule_id", "case", "expected"), EXAMPLES)
def test_rulebook_example(rule_id: str, case: Case, expected: str) -> None:
    result = judge(rule_id, case)
    assert weightiest(result) == expected, [finding.message for finding in result.findings]


@pytest.mark.parametrize(
    ("applied", "lines", "expected"),
    [
        ("13.5", ("ALC. 13.5% BY VOL.",), "pass"),
        ("40", ("80 PROOF 40% ALC/VOL",), "pass"),
        ("45.0", ("45% ALC/VOL",), "pass"),
        ("90 proof", ("45% ALC/VOL",), "pass"),
        ("40", ("80 PROOF",), "pass"),
        ("3.2/wt", ("3.2% by weight",), "pass"),
        ("3.2/wt", ("4% ALC/VOL",), "pass"),
        ("3.2/wt", ("5% ALC/VOL",), "review"),
        ("45", ("44.8% ALC/VOL",), "violation"),
        ("12.5", ("13.0% ALC/VOL",), "violation"),
        ("40", ("43% ALC/VOL",), "violation"),
        ("40", ("90 PROOF",), "violation"),
        ("11-13", ("12% ALC/VOL",), "violation"),
        ("40", ("LONDON DRY GIN",), "review"),
        ("table", ("RED WINE",), "review"),
        ("N/A", ("43% ALC/VOL",), "not_applicable"),
        ("", ("43% ALC/VOL",), "not_applicable"),
    ],
)
def test_application(applied: str, lines: tuple[str, ...], expected: str) -> None:
    case = Case(lines, application=Application(alcohol_content=applied))
    assert weightiest(judge("app.alcohol-content", case)) == expected


def test_difference_to_the_application_says_both_values() -> None:
    case = Case(("13% ALC/VOL",), application=Application(alcohol_content="13.5"))
    (finding,) = judge("app.alcohol-content", case).findings
    assert finding.message == "The label states 13 % alcohol by volume; the application says 13.5 %."


def test_table_wine_in_the_application_is_found_in_the_designation() -> None:
    case = Case(("RED TABLE WINE",), class_type="Red Table Wine", application=Application(alcohol_content="table"))
    assert judge("app.alcohol-content", case).outcome is Outcome.PASS


@pytest.mark.parametrize(("looks", "confidence"), [(1, 0.98), (2, 0.85)])
def test_what_is_not_surely_read_is_never_a_violation(looks: int, confidence: float) -> None:
    case = Case(
        ("40% ABV", "", "90 PROOF"),
        SPIRITS,
        looks=looks,
        confidence=confidence,
        lab_abv=Decimal(50),
        application=Application(alcohol_content="45"),
    )
    ours = {rule_id for rule_id, _, _ in EXAMPLES} | {"app.alcohol-content"}
    alcohol = {rule_id: weightiest(judge(rule_id, case)) for rule_id in ours if SPIRITS in REGISTRY[rule_id].applies_to}
    assert alcohol["spirits.abv.required-format"] == "review"
    assert alcohol["app.alcohol-content"] == "review"
    assert "violation" not in alcohol.values()


def test_a_marketed_label_may_have_changed_its_alcohol_content() -> None:
    case = Case(("13% ALC/VOL",), mode=Mode.MARKET_CHECK, application=Application(alcohol_content="13.5"))
    assert weightiest(judge("app.alcohol-content", case)) == "information"


@pytest.mark.parametrize(
    ("rule_id", "product", "container", "millimetres", "expected"),
    [
        ("wine.abv.type-size", WINE, 6000, "4.5", "not_applicable"),
        ("malt.abv.type-size", MALT, 1893, "4.0", "pass"),
        ("malt.abv.type-size", MALT, 355, "2.5", "pass"),
        ("malt.abv.type-size", MALT, 473, "6.0", "review"),
        ("malt.abv.type-size", MALT, 1893, "5.0", "review"),
    ],
)
def test_type_size(rule_id: str, product: ProductType, container: int, millimetres: str, expected: str) -> None:
    case = Case(
        ("5% ALC/VOL",),
        product,
        scale_mm_per_px=Decimal("0.1"),
        glyph_height_px=float(millimetres) * 10,
        container_ml=Decimal(container),
    )
    assert weightiest(judge(rule_id, case)) == expected


def test_type_size_without_scale_is_not_checkable() -> None:
    case = Case(("5% ALC/VOL",), glyph_height_px=30.0, container_ml=Decimal(750))
    assert judge("wine.abv.type-size", case).outcome is Outcome.NOT_CHECKABLE


@pytest.mark.parametrize(
    ("rule_id", "product"), [("wine.abv.required", WINE), ("spirits.abv.required-format", SPIRITS)]
)
def test_nothing_is_missing_where_its_place_could_not_be_read(rule_id: str, product: ProductType) -> None:
    result = judge(rule_id, Case(("MERLOT", "ALC. % BY VOL."), product))
    assert weightiest(result) == "review"
    assert result.findings[0].evidence
