from decimal import Decimal

import pytest

from tests.common.named_labels import DOMESTIC, IMPORTED, MALT, SPIRITS, WINE, check, label, outcome

CLASSES = [
    ("wine.class", WINE, "REDWINE", "pass"),
    ("wine.class", WINE, "ELM WINES", "violation"),
    ("spirits.class", SPIRITS, "Blanco Agave Spirit", "pass"),
    ("spirits.class", SPIRITS, "Spirits distilled from apples with pears", "review"),
    ("malt.class", MALT, "Cherry Sour Ale", "pass"),
    ("malt.class", MALT, "Kolsch", "review"),
]


@pytest.mark.parametrize(("rule_id", "product", "designation", "expected"), CLASSES)
def test_a_class_is_present(rule_id, product, designation, expected):
    assert outcome(check(rule_id, label(f"STONE'S THROW\n\n{designation}", product))) == expected


def test_a_missing_class_is_no_violation_while_panels_may_be_missing():
    assert outcome(check("spirits.class", label("STONE'S THROW", SPIRITS, complete=False))) == "review"


STRENGTHS = [
    ("Tequila Sunrise", "12", "not_applicable"),
    ("Amaretto", "24", "not_applicable"),
]


@pytest.mark.parametrize(("designation", "percent", "expected"), STRENGTHS)
def test_minimum_strength_of_a_class(designation, percent, expected):
    subject = label(f"STONE'S THROW\n\n{designation}\n\n{percent}% ALC/VOL", SPIRITS)

    assert outcome(check("spirits.class.min-abv", subject)) == expected


def test_minimum_strength_on_one_look_asks_for_a_person():
    subject = label("STONE'S THROW\n\nGin\n\n37.5% ALC/VOL", SPIRITS, looks=1)

    assert outcome(check("spirits.class.min-abv", subject)) == "review"


BANDS = [
    ("Sherry", "15", IMPORTED, "review"),
    ("Red Wine", "15", DOMESTIC, "not_applicable"),
]


@pytest.mark.parametrize(("designation", "percent", "origin", "expected"), BANDS)
def test_limited_words_keep_their_band(designation, percent, origin, expected):
    subject = label(f"STONE'S THROW\n\n{designation}\n\nALC. {percent}% BY VOL.", WINE, origin)

    assert outcome(check("wine.class.abv-consistent", subject)) == expected


GEOGRAPHIC = [
    ("Bavarian Lager\n\nProduct of Germany", IMPORTED, "pass"),
    ("American Vienna Lager", DOMESTIC, "pass"),
]


@pytest.mark.parametrize(("text", "origin", "expected"), GEOGRAPHIC)
def test_a_type_named_after_a_place_says_where_it_is_made(text, origin, expected):
    assert outcome(check("malt.class.geographic", label(f"STONE'S THROW\n\n{text}", MALT, origin))) == expected


SULFITES = [
    ("Contains naturally occurring sulfites", WINE, None, "pass"),
    ("Contains potassium metabisulfite", WINE, None, "pass"),
    ("No added sulfites", WINE, None, "review"),
    ("Red Wine", WINE, Decimal(5), "not_applicable"),
    ("Vodka", SPIRITS, None, "not_applicable"),
]


@pytest.mark.parametrize(("text", "product", "so2", "expected"), SULFITES)
def test_sulfites_are_declared(text, product, so2, expected):
    assert outcome(check("common.sulfites", label(f"STONE'S THROW\n\n{text}", product, so2=so2))) == expected
