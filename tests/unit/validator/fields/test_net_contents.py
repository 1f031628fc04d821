"""Net contents: every unit, every misreading, and what is no statement of contents."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.page import Page
from services.validator.fields.model import FieldState
from services.validator.fields.net_contents import (
    NetContentsReading,
    net_contents_field,
    net_contents_second_looks,
    parse_net_contents_application,
    read_net_contents,
)
from services.validator.fields.units import Measure, System, Unit, Volume, consistent, same_volume, us_equivalent
from tests.common.labels import line, page, panels


def read(*lines: str, looks: int = 2) -> NetContentsReading:
    return read_net_contents(panels(page(*lines, looks=looks)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("750 mL", "750 mL"),
        ("NET CONTENTS 750ML", "750 mL"),
        ("75OML", "750 mL"),
        ("7S0 ml", "750 mL"),
        ("75Oml", "750 mL"),
        ("750mle", "750 mL"),
        ("Netcont750mle", "750 mL"),
        ("NETCONT750ML.e", "750 mL"),
        ("NET. CONT.750 ML ALCOHOL 14% BY VOLUME", "750 mL"),
        ("ALC. 13.5% BY VOL750ML", "750 mL"),
        ("12.5% ALC750ml", "750 mL"),
        ("ALC.BY VOL.: 47.8%50ML", "50 mL"),
        ("750 mI CONTENT", "750 mL"),
        ("1Le Qualitätswein", "1 L"),
        ("1 LITER- 40% ALC", "1 L"),
        ("1.75 LITER", "1.75 L"),
        (".75 L", "0.75 L"),
        ("l.5 L", "1.5 L"),
        ("75cl", "75 cL"),
        ("1,75 L", "1.75 L"),
        ("750 ml 75 cl", "750 mL"),
        ("70 cl 700 mL", "700 mL"),
        ("750 mL (25.4 fl oz)", "750 mL"),
        ("12 FL OZ (355 mL)", "12 FL OZ"),
        ("12 FLOZ", "12 FL OZ"),
        ("4.5% ALC. BY VOL. |12 FL OZ (355 mL)", "12 FL OZ"),
        ("l2 fl. oz.", "12 FL OZ"),
        ("12 FLUID OUNCES", "12 FL OZ"),
        ("1 PINT", "1 PINT"),
        ("ONE PINT, 9.4 FL OZ", "1 PINT 9.4 FL OZ"),
        ("1 PT. 8 FL. OZ.", "1 PINT 8 FL OZ"),
        ("1 QUART 1 PINT 12 FL OZ", "1 QUART 1 PINT 12 FL OZ"),
        ("1 PINT (16 FL OZ)", "1 PINT"),
        ("3/4 PINT", "3/4 PINT"),
        ("½ GAL", "1/2 GALLON"),
        ("7 ¾ GAL", "7 3/4 GALLONS"),
        ("15.5 U.S. GALLONS", "15.5 GALLONS"),
        ("5.16 U.S. GALLONS", "5.16 GALLONS"),
    ],
)
def test_one_statement(text: str, value: str) -> None:
    field = net_contents_field(read(text))
    assert (field.value, field.state) == (value, FieldState.READ)


@pytest.mark.parametrize(
    ("text", "fluid_ounces"),
    [
        ("ONE PINT, 9.4 FL OZ", "25.4"),
        ("1 PT. 8 FL. OZ.", "24"),
        ("1 QUART 1 PINT 12 FL OZ", "60"),
        ("3/4 PINT", "12"),
        ("1/2 GAL", "64"),
    ],
)
def test_parser_cases_of_the_rulebook(text: str, fluid_ounces: str) -> None:
    (volume,) = parse_net_contents_application(text)
    assert volume.total == Decimal(fluid_ounces)


@pytest.mark.parametrize(
    "text",
    [
        "95 CAL PER 12 FL OZ",
        "SERVING SIZE: 12 FL OZ",
        "ADD 2 OZ OF GIN",
        "200 mL TOMATO JUICE",
        "AGED IN 225 LITER BARRELS",
        "L-2600",
        "LOT 12 L-2600",
        "CALL 800-555-0134",
        "CA CRV 5c ME 15c",
        "0 12345 67890 5",
        "SUITE 102, ELM CITY, WA 98671",
        "ALC. 13.5% BY VOL.",
        "ESTATE 2020 MIS EN BOUTEILLE",
    ],
)
def test_no_statement(text: str) -> None:
    assert net_contents_field(read(text)).state is FieldState.NOT_ON_IMAGES


def test_number_and_unit_in_separate_boxes() -> None:
    beside = Page(400, 100, (line("750"), line("ml", left=40)))
    below = Page(400, 100, (line("12"), line("FLOZ", top=30)))
    assert net_contents_field(read_net_contents(panels(beside))).value == "750 mL"
    assert net_contents_field(read_net_contents(panels(below))).value == "12 FL OZ"


def test_metric_and_u_s_measures_side_by_side_are_one_group_of_two_statements() -> None:
    reading = read("750 mL (25.4 FL OZ)", "", "", "", "", "", "", "375 mL")
    ((metric, us),) = reading.pairs()
    assert (metric.value.system, us.value.system, us.value.parenthesised) == (System.METRIC, System.US, True)
    assert len(reading.statements) == 3


def test_sizes_to_be_ticked() -> None:
    reading = read("5.16 U.S. GALLONS", "", "15.5 U.S. GALLONS")
    assert net_contents_field(reading).value == "5.16 GALLONS or 15.5 GALLONS"
    assert all(one.value.choice for one in reading.statements)
    assert reading.millilitres is None


def test_a_number_without_unit_is_no_value() -> None:
    reading = read("750")
    assert reading.chosen is None
    field = net_contents_field(reading)
    assert (field.value, field.text, field.state) == ("", "750", FieldState.UNSURE)


def test_a_recipe_does_not_outweigh_the_statement() -> None:
    reading = read("750 mL", "", "2 OZ ELM GIN, STIRRED WITH ICE")
    assert net_contents_field(reading).value == "750 mL"
    assert reading.chosen is not None
    assert not reading.chosen.value.bare_ounce


def test_second_look_only_while_read_once() -> None:
    once, twice = panels(page("750 mL", looks=1)), panels(page("750 mL"))
    assert len(net_contents_second_looks(once, read_net_contents(once), 1)) == 1
    assert net_contents_second_looks(once, read_net_contents(once), 2) == ()
    assert net_contents_second_looks(twice, read_net_contents(twice), 1) == ()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("750 MILLILITERS", ("750 mL",)),
        (".75 L", ("0.75 L",)),
        ("1 PT. 8 FL. OZ.", ("1 PINT 8 FL OZ",)),
        ("750", ("750 mL",)),
        ("50 mL, 375 mL; 750 mL", ("50 mL", "375 mL", "750 mL")),
        ("NONE", ()),
        ("", ()),
    ],
)
def test_application(text: str, values: tuple[str, ...]) -> None:
    assert tuple(str(volume) for volume in parse_net_contents_application(text)) == values


@pytest.mark.parametrize("text", ["lots", "seven hundred", "13.5%", "0 mL"])
def test_application_that_makes_no_sense(text: str) -> None:
    with pytest.raises(ValueError, match="give a volume with its unit"):
        parse_net_contents_application(text)


MILLILITRES = st.integers(50, 5000)


@given(MILLILITRES)
def test_equal_volumes_in_different_units_are_equal(millilitres: int) -> None:
    metric = Volume((Measure(Decimal(millilitres), Unit.MILLILITRE),))
    litres = Volume((Measure(Decimal(millilitres) / 1000, Unit.LITRE),))
    ounces = us_equivalent(Decimal(millilitres))
    us = Volume((Measure(ounces, Unit.FLUID_OUNCE),))
    pints = Volume((Measure(ounces // 16, Unit.PINT), Measure(ounces % 16, Unit.FLUID_OUNCE)))
    assert same_volume(metric, litres)
    assert same_volume(us, pints)
    assert same_volume(metric, us)
    assert same_volume(us, metric)
    assert not same_volume(metric, Volume((Measure(Decimal(millilitres + 1), Unit.MILLILITRE),)))


@given(MILLILITRES)
def test_what_is_beyond_rounding_is_not_consistent(millilitres: int) -> None:
    ounces = us_equivalent(Decimal(millilitres))
    beyond = Decimal("0.2") if ounces < 99 else Decimal(3)
    assert consistent(Decimal(millilitres), ounces)
    assert not consistent(Decimal(millilitres), ounces + beyond)


@given(MILLILITRES, st.sampled_from(["{} mL", "{}ML", "NET CONT. {} ml.", "{} milliliters", "e {}ml"]))
def test_any_metric_statement_parses_to_its_value(millilitres: int, form: str) -> None:
    (statement,) = read(form.format(millilitres), looks=1).statements
    assert statement.value.millilitres == millilitres


@pytest.mark.parametrize(
    ("millilitres", "ounces"),
    [
        *((50, "1.7"), (187, "6.3"), (331, "11.2"), (375, "12.7"), (568, "19.2"), (620, "21.0"), (750, "25.4")),
        *((945, "32.0"), (1000, "33.8"), (1500, "50.7"), (1750, "59.2"), (2250, "76.1")),
        *((3000, "101"), (3750, "127"), (6000, "203")),
    ],
)
def test_equivalents_of_the_regulation(millilitres: int, ounces: str) -> None:
    assert us_equivalent(Decimal(millilitres)) == Decimal(ounces)


@pytest.mark.parametrize("text", ["mL", "NET CONTENTS", "NET CONTENTS:", "FL. OZ.", "U.S. Gallons", "NET CONT. ML"])
def test_a_unit_or_its_heading_alone_is_an_unreadable_place(text: str) -> None:
    field = net_contents_field(read("RED WINE", text))
    assert (field.state, field.value, field.text) == (FieldState.UNREADABLE, "", text)
    assert field.evidence[0].polygon


@pytest.mark.parametrize("texts", [("ML", "750 mL"), ("M1",), ("a pint of ale",), ("THE NET RESULT",)])
def test_other_words_are_no_unreadable_place(texts: tuple[str, ...]) -> None:
    assert not read(*texts).unreadable


def test_a_number_without_a_unit_is_unsure() -> None:
    field = net_contents_field(read("750"))
    assert (field.state, field.value) == (FieldState.UNSURE, "")
    assert "unit" in field.reason
