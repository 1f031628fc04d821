"""Where the rules of part 4 hold back: readings in one look, names in addresses, prose, areas that no list knows."""

from datetime import date

import pytest

from services.validator.assembly import build_label, second_looks
from services.validator.fields.model import LabelPanel
from services.validator.rules.model import REGISTRY
from services.validator.submission import Application, Origin, ProductType, Submission
from tests.common.labels import page, turned_looks
from tests.common.named_labels import DOMESTIC, IMPORTED, WINE, check, label, outcome

ADDRESS = "Bottled by Elm Hill Winery, Lodi, CA"
NAMED = Application(brand_name="Elm Hill")


def test_a_brand_that_was_read_in_the_address_only_places_no_class():
    subject = label(f"White Wine\n---\nProduced and {ADDRESS}", WINE, application=NAMED)

    assert outcome(check("wine.class", subject)) == "pass"


@pytest.mark.parametrize(
    ("rule_id", "text"),
    [
        ("wine.age-claims", "Red Wine\n\nfrom the rescued vines of the 105-year-old\nRosas Vineyard. These ungrafted"),
        ("wine.ingredient-representation", "Red Wine\n\na long and gentle palate infused with ripe cherries and spice"),
        ("wine.dates-explained", "Red Wine\n\n1776 Olmo Road"),
        ("wine.spirits-impression", f"COLLINS\n\nRed Wine\n\n{ADDRESS}"),
        ("wine.estate-bottled", "Red Wine\n\nEstate Grown\nProduced & bottled by Elm Hill Winery, Lodi, CA"),
        ("wine.foreign-wine-percentage", "Red Wine\n\nOur love of California and Italian wines began here long ago"),
        ("wine.semi-generic", "Red Wine\n\nPort Townsend"),
    ],
)
def test_words_that_mean_something_else_are_no_finding(rule_id, text):
    assert outcome(check(rule_id, label(text, WINE, DOMESTIC, source=DOMESTIC))) == "not_applicable"


@pytest.mark.parametrize("rule_id", ["wine.appellation.required", "wine.vintage"])
@pytest.mark.parametrize(
    ("text", "application"),
    [
        (f"Merlot\n\n2021\n\nOlmo Ridge\n\n{ADDRESS}", Application()),
        (f"Merlot\n\n2021\n\n{ADDRESS}", Application(appellation="Olmo")),
    ],
)
def test_an_area_that_no_list_knows_is_no_missing_one(rule_id, text, application):
    assert outcome(check(rule_id, label(text, WINE, DOMESTIC, application=application))) == "review"


def test_a_brand_label_of_two_that_has_all_is_enough():
    subject = label(
        f"ELM HILL\n\nMerlot\n---\nELM HILL\n\nNapa Valley\n\nMerlot\n\n{ADDRESS}", WINE, DOMESTIC, application=NAMED
    )

    assert outcome(check("wine.appellation.required", subject)) == "pass"


def test_an_area_above_its_county_is_no_list_of_areas():
    subject = label("Merlot\n\nColumbia Valley\n\nOregon - Washington", WINE, DOMESTIC, source=DOMESTIC)

    assert outcome(check("wine.appellation.form", subject)) == "pass"


def test_what_american_wine_may_not_say_weighs_less_while_the_origin_is_only_judged():
    text = "Oregon Riesling Kabinett"

    assert outcome(check("wine.foreign-terms", label(text, WINE, DOMESTIC, source=DOMESTIC))) == "violation"
    assert outcome(check("wine.foreign-terms", label(text, WINE, DOMESTIC))) == "review"
    assert outcome(check("wine.foreign-terms", label(text, WINE, IMPORTED))) == "not_applicable"


def places(*rows: str, looks: int) -> int:
    """How many places a complete label asks to be read again, besides the whole page in standing directions."""
    sheet = page("STONE'S THROW", *rows, "750 mL", "13.5% ALC/VOL", ADDRESS, looks=looks)
    submission = Submission(date(2026, 11, 22), Application(), ProductType.WINE, Origin.DOMESTIC, panels_complete=True)
    subject = build_label(submission, (LabelPanel(0, sheet, looked_at=turned_looks(0, sheet)),))
    return len(set(second_looks(subject, 1)) - set(turned_looks(0, sheet)))


@pytest.mark.parametrize("doubt", ["60% Merlot 30% Syrah", "Merlot-Syrah", "2031"])
def test_another_look_settles_what_would_be_a_violation(doubt):
    rows = ("Red Wine", "Napa Valley")

    assert places(*rows, doubt, looks=1) > places(*rows, looks=1)


def test_a_missing_appellation_is_looked_for_in_standing_text():
    sheet = page("STONE'S THROW", "Merlot", "750 mL", "13.5% ALC/VOL", "Product of Elm", ADDRESS, looks=2)
    submission = Submission(date(2026, 11, 22), Application(), ProductType.WINE, Origin.DOMESTIC, panels_complete=True)

    asked = second_looks(build_label(submission, (LabelPanel(0, sheet),)), 1)

    assert set(turned_looks(0, sheet)) <= set(asked)


def test_every_rule_of_wine_has_a_citation_of_part_4():
    rules = [rule for rule_id, rule in REGISTRY.items() if rule_id.startswith("wine.")]

    assert all("27 CFR 4." in rule.citation for rule in rules)
