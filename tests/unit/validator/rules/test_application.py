import pytest

from services.validator.submission import Application
from tests.common.named_labels import DOMESTIC, IMPORTED, MALT, SPIRITS, WINE, check, label, outcome

NAMES = [
    ("Château Élan Bleu", "CHATEAU ELAN BLEU", "pass"),
    ("Stone's Throw", "STONE'S\nTHROW", "pass"),
    ("Stone's Throw", "STONE'S THROW MERLOT", "pass"),
    ("Elm Winery", "ELM", "review"),
    ("Mountain", "MOUNTAIN\nVALLEY", "review"),
    ("Golden Hill", "Silver Heron", "review"),
    ("Golden Hill", "GOLDENHILLESTATE", "review"),
]


@pytest.mark.parametrize(("wanted", "printed", "expected"), NAMES)
def test_brand_name(wanted, printed, expected):
    subject = label(f"{printed}\n\n\n750 mL", WINE, application=Application(brand_name=wanted))

    assert outcome(check("app.brand-name", subject)) == expected


def test_a_brand_read_otherwise_only_once_asks_for_a_person():
    subject = label("Stone's Throne", WINE, application=Application(brand_name="Stone's Throw"), looks=1)

    assert outcome(check("app.brand-name", subject)) == "review"


def test_the_brand_in_the_name_and_address_is_found():
    text = "CHARDONNAY\n\nBottled by Elm Hill Cellars, Lodi, CA"

    assert (
        outcome(check("app.brand-name", label(text, application=Application(brand_name="Elm Hill Cellars")))) == "pass"
    )


def test_a_given_brand_is_never_a_pass_on_an_empty_page():
    assert outcome(check("app.brand-name", label("", application=Application(brand_name="Elm")))) == "review"


CLASSES = [
    ("TABLE RED WINE", "Red Wine", WINE, "pass"),
    ("TABLE RED WINE", "White Wine", WINE, "violation"),
    ("TABLE RED WINE", "Chardonnay", WINE, "review"),
    ("ROSE WINE", "White Wine", WINE, "violation"),
    ("ROSE WINE", "Dry Rosé Wine", WINE, "pass"),
    ("ROSE WINE", "Table Wine\n\n\nZinfandel", WINE, "review"),
    ("ROSE WINE", "White Wine\n\n\nRosato", WINE, "violation"),
    ("TABLE WHITE WINE", "Riesling", WINE, "pass"),
    ("BOURBON WHISKY", "Straight Bourbon Whiskey", SPIRITS, "violation"),
    ("BEER", "Amber Lager", MALT, "pass"),
    ("OTHER SPECIALTIES & PROPRIETARIES", "Vodka with natural flavors", SPIRITS, "pass"),
    ("Gin", "Rum", SPIRITS, "violation"),
]


@pytest.mark.parametrize(("wanted", "printed", "product", "expected"), CLASSES)
def test_class_and_type(wanted, printed, product, expected):
    subject = label(f"STONE'S THROW\n\n\n{printed}", product, application=Application(class_type=wanted))

    assert outcome(check("app.class-type", subject)) == expected


ADDRESSES = [
    ("ABC Distilling, Austin, TX", "Bottled by ABC Distilling\n1 Main Street\nAustin, TX 78701", "pass"),
    ("Bottled by ABC Distilling Austin, TX", "Bottled by\nABC DISTILLING\nAUSTIN, TX", "pass"),
    ("ABC Distilling, Austin, TX", "Bottled by Silver Heron, Reno, NV", "review"),
    ("ABC Distilling, Austin, TX", "Vodka", "review"),
]


@pytest.mark.parametrize(("wanted", "printed", "expected"), ADDRESSES)
def test_name_and_address(wanted, printed, expected):
    subject = label(f"STONE'S THROW\n\n\n{printed}", SPIRITS, application=Application(name_and_address=wanted))

    assert outcome(check("app.name-address", subject)) == expected


def test_a_country_that_is_not_known_is_left_to_a_person():
    subject = label("Product of Italy", WINE, IMPORTED, application=Application(country_of_origin="Atlantis"))

    assert outcome(check("app.origin-code", subject)) == "review"


APPELLATIONS = [
    ("Napa Valley, California", "NAPA VALLEY", "pass"),
    ("Valle Verde", "VALLE VERDE\nDENOMINAZIONE DI ORIGINE CONTROLLATA", "pass"),
]


@pytest.mark.parametrize(("wanted", "printed", "expected"), APPELLATIONS)
def test_appellation(wanted, printed, expected):
    subject = label(f"STONE'S THROW\n\n\n{printed}", WINE, application=Application(appellation=wanted))

    assert outcome(check("app.appellation", subject)) == expected


def test_the_state_of_the_address_is_no_appellation():
    text = "STONE'S THROW\n\n\nLodi\n\n\nBottled by Elm Winery, Lodi, California"

    assert outcome(check("app.appellation", label(text, application=Application(appellation="California")))) != "pass"


def test_a_year_that_is_no_vintage_is_none():
    subject = label("STONE'S THROW\n\n\nSince 2019", WINE, application=Application(vintage="2019"))

    assert outcome(check("app.vintage", subject)) == "review"


def test_a_source_that_is_not_given_is_not_compared():
    assert (
        outcome(check("app.source", label("STONE'S THROW\n\n\nRed Wine", WINE, None, source=None))) == "not_applicable"
    )


OTHER_AREAS = [
    ("Rioja", "MENDOZA", True, "violation"),
    ("Rioja", "MENDOZA", False, "review"),
    ("Rioja", "VALLE VERDE\nDENOMINAZIONE DI ORIGINE CONTROLLATA", True, "review"),
    ("Rioja", "OREGON", True, "review"),
    ("Mondoza", "MENDOZA", False, "violation"),
]


@pytest.mark.parametrize(("wanted", "printed", "complete", "expected"), OTHER_AREAS)
def test_another_area_is_a_violation_when_the_claimed_one_cannot_be_elsewhere(wanted, printed, complete, expected):
    text = f"STONE'S THROW\n\n\n{printed}\n\n\nRed Wine"
    subject = label(text, WINE, IMPORTED, application=Application(appellation=wanted), complete=complete)

    assert outcome(check("app.appellation", subject)) == expected


def test_another_grape_in_the_place_of_the_claimed_one_is_another_class():
    claimed = Application(class_type="Riesling")
    text = "STONE'S THROW\n\n\nPinot Noir"

    assert outcome(check("app.class-type", label(text, application=claimed))) == "violation"
    assert outcome(check("app.class-type", label(text, application=claimed, complete=False))) == "review"
    assert outcome(check("app.class-type", label("STONE'S THROW\n\n\nRed Wine", application=claimed))) == "review"


def test_an_address_without_a_name_is_compared_by_its_place():
    claimed = Application(name_and_address="12 Mill Street, Reno, NV 89501")
    printed = "STONE'S THROW\n\n\nBrewed by Silver Heron, {}"

    assert outcome(check("app.name-address", label(printed.format("Reno, NV"), MALT, application=claimed))) == "pass"
    assert (
        outcome(check("app.name-address", label(printed.format("Elko, NV"), MALT, application=claimed))) == "violation"
    )


def test_one_sure_foreign_origin_contradicts_a_domestic_source():
    once = label("Imported by Elm Imports, Reno, NV", looks=1, source=DOMESTIC)
    twice = label("Imported by Elm Imports, Reno, NV", source=DOMESTIC)

    assert outcome(check("app.source", once)) == "review"
    assert outcome(check("app.source", twice)) == "violation"


def test_a_city_run_together_with_the_name_is_no_other_city():
    claimed = Application(name_and_address="imported by Elmholt new york, ny")
    text = "STONE'S THROW\n\n\nimported by\n\n\n\nnew york, ny"

    assert outcome(check("app.name-address", label(text, WINE, IMPORTED, application=claimed))) == "review"
