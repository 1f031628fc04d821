"""The rules on net contents against the examples of the rulebook."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.validator.rules import net_contents, net_contents_agreement  # noqa: F401 - registers
from services.validator.rules.standards_of_fill import EDITIONS, standards_of_fill
from services.validator.submission import Application, Mode, Panel, ProductType
from tests.common.measures import Case, judge, label_of, weightiest

WINE, SPIRITS, MALT = ProductType.WINE, ProductType.DISTILLED_SPIRITS, ProductType.MALT_BEVERAGE
EDITION_2024 = date(2024, 6, 1)
EDITION_2025 = date(2025, 1, 10)


def front_and_back(front: str, back: str, product: ProductType) -> Case:
    return Case(product=product, sides=((Panel.FRONT, (front,)), (Panel.BACK, (back,))))


STATEMENTS = [
    (WINE, "1.5 Litre", "pass"),
    (WINE, "Net Contents 750 mL", "pass"),
    (WINE, "e 750 ml", "pass"),
    (WINE, "75Oml", "pass"),
    (WINE, "750 mL (25.4 fl oz)", "pass"),
    (WINE, "0.75 L", "review"),
    (SPIRITS, "750 mL", "pass"),
    (SPIRITS, "700 mL 70 cl", "pass"),
    (SPIRITS, "1.75 L (59.2 FL OZ)", "pass"),
    (SPIRITS, "70 CL", "violation"),
    (SPIRITS, "1 PINT", "violation"),
    (SPIRITS, "750", "review"),
    (SPIRITS, "LONDON DRY GIN", "violation"),
    (MALT, "ONE PINT 9.4 FL OZ", "pass"),
    (MALT, "1 PT 6 FL OZ", "pass"),
    (MALT, "1/2 GALLON", "pass"),
    (MALT, "2 QUARTS", "pass"),
    (MALT, "5 GALLONS", "pass"),
    (MALT, "7 3/4 GAL", "pass"),
    (MALT, "3/4 PINT", "pass"),
    (MALT, "12 FLUID OUNCES", "pass"),
    (MALT, "0.63 quart", "pass"),
    (MALT, "1.25 gallons", "pass"),
    (MALT, "5.16 15.5 U.S. Gallons", "pass"),
    (MALT, "355 mL", "violation"),
    (MALT, "16 FL OZ", "violation"),
    (MALT, "12 OZ", "violation"),
    (MALT, "22 FL OZ", "violation"),
    (MALT, "19.2 FL OZ", "violation"),
    (MALT, "25.4 FL OZ", "violation"),
    (MALT, "1/2 QT", "review"),
    (MALT, "AMBER LAGER", "violation"),
]
RULE_OF = {WINE: "wine.net.statement", SPIRITS: "spirits.net.statement", MALT: "malt.net.us-measure"}


@pytest.mark.parametrize(("product", "text", "expected"), STATEMENTS)
def test_statement(product: ProductType, text: str, expected: str) -> None:
    result = judge(RULE_OF[product], Case((text,), product))
    assert weightiest(result) == expected, [finding.message for finding in result.findings]


@pytest.mark.parametrize(("product", "text"), [(p, t) for p, t, expected in STATEMENTS if expected == "violation"])
@pytest.mark.parametrize("doubt", ["panels missing", "one look", "low confidence"])
def test_no_violation_in_doubt(product: ProductType, text: str, doubt: str) -> None:
    case = Case(
        (text,),
        product,
        complete=doubt != "panels missing",
        looks=1 if doubt == "one look" else 2,
        confidence=0.8 if doubt == "low confidence" else 0.98,
    )
    nothing_stated = text in {"MERLOT", "LONDON DRY GIN", "AMBER LAGER"}
    expected = "violation" if nothing_stated and doubt != "panels missing" else "review"
    assert weightiest(judge(RULE_OF[product], case)) == expected


def test_units_over_two_lines() -> None:
    assert weightiest(judge("malt.net.us-measure", Case(("12", "FL OZ"), MALT))) == "pass"


def test_u_s_units_apart_from_the_metric_statement_of_spirits() -> None:
    assert weightiest(judge("spirits.net.statement", front_and_back("750 mL", "25.4 FL OZ", SPIRITS))) == "review"


@pytest.mark.parametrize(
    ("product", "text", "as_of", "expected"),
    [
        (WINE, "20 L", EDITION_2025, "not_applicable"),
        (WINE, "25.4 FL OZ", EDITION_2025, "not_checkable"),
        (SPIRITS, "750 mL", EDITION_2024, "pass"),
        (SPIRITS, "355 mL CANNED BY ELM", EDITION_2024, "pass"),
        (SPIRITS, "500 mL", EDITION_2025, "pass"),
        (SPIRITS, "500 mL", EDITION_2024, "violation"),
        (SPIRITS, "355 mL", EDITION_2024, "review"),
        (SPIRITS, "650 mL", EDITION_2025, "violation"),
    ],
)
def test_standard_of_fill(product: ProductType, text: str, as_of: date, expected: str) -> None:
    rule_id = "wine.net.standard-fill" if product is WINE else "spirits.net.standard-fill"
    assert weightiest(judge(rule_id, Case((text,), product, as_of=as_of))) == expected


def test_sake_has_no_standard_of_fill() -> None:
    assert weightiest(judge("wine.net.standard-fill", Case(("650 mL",), class_type="Sake"))) == "not_applicable"


def test_standards_of_fill_change_on_the_day_of_the_decision() -> None:
    sizes = {edition: standards_of_fill(WINE, edition).sizes for edition in (date(2025, 1, 9), EDITION_2025)}
    assert (len(sizes[date(2025, 1, 9)]), len(sizes[EDITION_2025])) == (12, 25)
    assert len(standards_of_fill(SPIRITS, EDITION_2025).sizes) == 25
    assert all(size > 0 for edition in EDITIONS for size in edition.sizes)
    with pytest.raises(KeyError):
        standards_of_fill(MALT, EDITION_2025)


@pytest.mark.parametrize(
    ("rule_id", "text", "expected"),
    [
        ("wine.net.us-equivalent", "3 L (101 FL OZ)", "pass"),
        ("wine.net.us-equivalent", "750 mL (25.3 fl oz)", "review"),
        ("wine.net.us-equivalent", "750 mL", "not_applicable"),
        ("common.net-units-consistent", "5.16 GAL / 19.5 L", "pass"),
        ("malt.net.lowest-terms", "12 FL OZ", "not_applicable"),
    ],
)
def test_units(rule_id: str, text: str, expected: str) -> None:
    result = judge(rule_id, Case((text,)))
    assert weightiest(result) == expected, [finding.message for finding in result.findings]


@pytest.mark.parametrize(
    ("applied", "text", "expected"),
    [
        ("750 MILLILITERS", "750 mL", "pass"),
        ("1 PT. 8 FL. OZ.", "1 PINT 8 FL OZ", "pass"),
        (".75 L", "750ML", "pass"),
        ("12 fl oz", "355 mL", "pass"),
        ("750 mL; 1.5 L", "1.5 L", "pass"),
        ("15.5 gallons", "5.16 15.5 U.S. GALLONS", "pass"),
        ("750", "700 mL", "violation"),
        ("12 fl oz", "11.2 FL OZ", "violation"),
        ("750 mL", "25 FL OZ", "violation"),
        ("750 mL", "MERLOT", "review"),
        ("N/A", "750 mL", "not_applicable"),
    ],
)
def test_application(applied: str, text: str, expected: str) -> None:
    case = Case((text,), application=Application(net_contents=applied))
    assert weightiest(judge("app.net-contents", case)) == expected


def test_a_marketed_label_may_have_changed_its_net_contents() -> None:
    case = Case(("750 mL",), mode=Mode.MARKET_CHECK, application=Application(net_contents="1.5 L"))
    assert weightiest(judge("app.net-contents", case)) == "information"


def test_a_keg_of_application_size_is_one_of_the_choices() -> None:
    label = label_of(Case(("5.16 U.S. GALLONS", "15.5 U.S. GALLONS"), MALT))
    assert {one.value.volume.total for one in label.net_contents.choices} == {Decimal("660.48"), Decimal(1984)}


@pytest.mark.parametrize("product", [WINE, SPIRITS, MALT])
def test_nothing_is_missing_where_its_place_could_not_be_read(product: ProductType) -> None:
    result = judge(RULE_OF[product], Case(("NET CONTENTS:",), product))
    assert weightiest(result) == "review"
    assert result.findings[0].evidence
