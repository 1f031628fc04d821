import pytest

from services.validator.submission import Application, Mode
from tests.common.named_labels import DOMESTIC, IMPORTED, MALT, SPIRITS, WINE, check, label, outcome

NAMES = [
    ("Stone's Throw", "STONE'S THROW", "pass"),
    ("Black and Tan Co", "BLACK & TAN CO.", "pass"),
    ("Golden Hill", "goldenhill", "pass"),
    ("Château Élan Bleu", "CHATEAU ELAN BLEU", "pass"),
    ("Stone's Throw", "STONE'S\nTHROW", "pass"),
    ("Stone's Throw", "STONE'S THROW MERLOT", "pass"),
    ("Stone's Throw", "Stone's Throne", "violation"),
    ("Elm", "ELM GROVE", "violation"),
    ("Red Fox", "Red Fox Reserve", "review"),
    ("Elm", "Elm Winery", "review"),
    ("Elm Winery", "ELM", "review"),
    ("Mountain", "MOUNTAIN\nVALLEY", "review"),
    ("Corner Mill", "Comer Mill", "review"),
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


FANCIFUL = [
    ("N/A", "STONE'S THROW", "not_applicable"),
    ("Guiding Light", "STONE'S THROW\n\n\nGUIDING LIGHT", "pass"),
    ("Guiding Light", "STONE'S THROW\n\n\nGUIDING STAR", "violation"),
    ("Guiding Light", "STONE'S THROW", "review"),
]


@pytest.mark.parametrize(("wanted", "text", "expected"), FANCIFUL)
def test_fanciful_name(wanted, text, expected):
    application = Application(brand_name="Stone's Throw", fanciful_name=wanted)

    assert outcome(check("app.fanciful-name", label(text, MALT, application=application))) == expected


CLASSES = [
    ("TABLE RED WINE", "Merlot", WINE, "pass"),
    ("TABLE RED WINE", "Red Wine", WINE, "pass"),
    ("TABLE RED WINE", "White Wine", WINE, "violation"),
    ("TABLE RED WINE", "Chardonnay", WINE, "review"),
    ("TABLE WHITE WINE", "Sparkling Wine", WINE, "violation"),
    ("ROSE WINE", "White Wine", WINE, "violation"),
    ("ROSE WINE", "Dry Rosé Wine", WINE, "pass"),
    ("ROSE WINE", "Table Wine\n\n\nZinfandel", WINE, "review"),
    ("ROSE WINE", "White Wine\n\n\nRosato", WINE, "violation"),
    ("TABLE WHITE WINE", "Riesling", WINE, "pass"),
    ("VODKA", "Premium Vodka", SPIRITS, "pass"),
    ("VODKA", "Lemon Flavored Vodka", SPIRITS, "violation"),
    ("STRAIGHT BOURBON WHISKY", "Kentucky Straight Bourbon Whiskey", SPIRITS, "pass"),
    ("STRAIGHT BOURBON WHISKY", "Bourbon Whiskey", SPIRITS, "violation"),
    ("BOURBON WHISKY", "Straight Bourbon Whiskey", SPIRITS, "violation"),
    ("ALE", "India Pale Ale", MALT, "pass"),
    ("BEER", "Amber Lager", MALT, "pass"),
    ("LAGER", "Ale", MALT, "violation"),
    ("OTHER SPECIALTIES & PROPRIETARIES", "Vodka with natural flavors", SPIRITS, "pass"),
    ("OTHER SPECIALTIES & PROPRIETARIES", "Vodka", SPIRITS, "review"),
    ("Tennessee Whiskey", "TENNESSEE WHISKY", SPIRITS, "pass"),
    ("Bourbon Whiskey", "Straight Bourbon Whiskey", SPIRITS, "violation"),
    ("Gin", "Rum", SPIRITS, "violation"),
    ("Gin", "", SPIRITS, "review"),
]


@pytest.mark.parametrize(("wanted", "printed", "product", "expected"), CLASSES)
def test_class_and_type(wanted, printed, product, expected):
    subject = label(f"STONE'S THROW\n\n\n{printed}", product, application=Application(class_type=wanted))

    assert outcome(check("app.class-type", subject)) == expected


ADDRESSES = [
    (
        "ABC Distilling Company, Inc., 1 Main St, Austin, TX 78701",
        "Bottled by ABC DISTILLING CO., AUSTIN, TEXAS",
        "information",
    ),
    ("ABC Distilling, Austin, TX", "Bottled by ABC Distilling\n1 Main Street\nAustin, TX 78701", "pass"),
    ("Bottled by ABC Distilling Austin, TX", "Bottled by\nABC DISTILLING\nAUSTIN, TX", "pass"),
    ("ABC Distilling, Austin, TX", "Bottled by ABC Distilling, Dallas, TX", "violation"),
    ("ABC Distilling, Austin, TX", "Bottled by ABC Distilling, Reno, NV", "violation"),
    ("ABC Distilling, Austin, TX", "Bottled by ABD Distilling, Austin, TX", "review"),
    ("ABC Distilling, Austin, TX", "Bottled by Silver Heron, Reno, NV", "review"),
    ("ABC Distilling, Austin, TX", "Vodka", "review"),
]


@pytest.mark.parametrize(("wanted", "printed", "expected"), ADDRESSES)
def test_name_and_address(wanted, printed, expected):
    subject = label(f"STONE'S THROW\n\n\n{printed}", SPIRITS, application=Application(name_and_address=wanted))

    assert outcome(check("app.name-address", subject)) == expected


def test_an_approved_product_may_move_inside_its_state():
    application = Application(name_and_address="ABC Distilling, Austin, TX")
    subject = label("Bottled by ABC Distilling, Dallas, TX", SPIRITS, application=application, mode=Mode.MARKET_CHECK)

    assert outcome(check("app.name-address", subject)) == "information"


ORIGINS = [
    ("SCOTLAND", "Product of Scotland", SPIRITS, IMPORTED, "pass"),
    ("CALIFORNIA", "Napa Valley", WINE, DOMESTIC, "pass"),
    ("CALIFORNIA", "American", WINE, DOMESTIC, "pass"),
    ("OREGON", "Napa Valley", WINE, DOMESTIC, "review"),
    ("FRANCE", "Product of Italy", WINE, IMPORTED, "violation"),
    ("FRANCE", "Red Wine", WINE, IMPORTED, "review"),
    ("Atlantis", "Product of Italy", WINE, IMPORTED, "review"),
]


@pytest.mark.parametrize(("wanted", "printed", "product", "origin", "expected"), ORIGINS)
def test_origin(wanted, printed, product, origin, expected):
    subject = label(f"STONE'S THROW\n\n\n{printed}", product, origin, application=Application(country_of_origin=wanted))

    assert outcome(check("app.origin-code", subject)) == expected


APPELLATIONS = [
    ("Napa Valley", "Napa Valley, California", "pass"),
    ("Napa Valley, California", "NAPA VALLEY", "pass"),
    ("Sonoma County", "SONOMA COUNTY", "pass"),
    ("Valle Verde", "VALLE VERDE\nDENOMINAZIONE DI ORIGINE CONTROLLATA", "pass"),
    ("Napa Valley", "Oakville", "violation"),
    ("California", "Lodi", "violation"),
    ("Lodi", "Lodi\n\nSan Joaquin County", "review"),
    ("Napa Valley", "Red Wine", "violation"),
]


@pytest.mark.parametrize(("wanted", "printed", "expected"), APPELLATIONS)
def test_appellation(wanted, printed, expected):
    subject = label(f"STONE'S THROW\n\n\n{printed}", WINE, application=Application(appellation=wanted))

    assert outcome(check("app.appellation", subject)) == expected


def test_the_state_of_the_address_is_no_appellation():
    text = "STONE'S THROW\n\n\nLodi\n\n\nBottled by Elm Winery, Lodi, California"

    assert outcome(check("app.appellation", label(text, application=Application(appellation="California")))) != "pass"


VINTAGES = [
    ("", "2021", "not_applicable"),
    ("2021", "2021", "pass"),
    ("2021", "-2021-", "pass"),
    ("2021", "2020", "violation"),
    ("2019", "Red Wine", "review"),
    ("2019", "Since 2019", "review"),
]


@pytest.mark.parametrize(("wanted", "printed", "expected"), VINTAGES)
def test_vintage(wanted, printed, expected):
    subject = label(f"STONE'S THROW\n\n\n{printed}", WINE, application=Application(vintage=wanted))

    assert outcome(check("app.vintage", subject)) == expected


GRAPES = [
    ("Pinot Grigio", "Pinot gris", "pass"),
    ("PINOT NOIR", "Pinot Noir", "pass"),
    ("Syrah", "SHIRAZ", "pass"),
    ("Merlot, Syrah", "60% Syrah 40% Merlot", "pass"),
    ("Merlot", "Malbec", "violation"),
    ("Merlot", "60% Merlot, 40% Syrah", "violation"),
    ("Merlot", "Red Wine", "review"),
]


@pytest.mark.parametrize(("wanted", "printed", "expected"), GRAPES)
def test_varietals(wanted, printed, expected):
    subject = label(f"STONE'S THROW\n\n\n{printed}", WINE, application=Application(varietals=wanted))

    assert outcome(check("app.varietal", subject)) == expected


SOURCES = [
    (DOMESTIC, "Bottled by Elm Winery, Napa, CA", "pass"),
    (IMPORTED, "Imported by Elm Imports, Miami, FL", "pass"),
    (DOMESTIC, "Imported by Elm Imports, Miami, FL", "violation"),
    (IMPORTED, "Bottled by Elm Winery, Napa, CA", "violation"),
    (IMPORTED, "Red Wine", "review"),
    (None, "Red Wine", "not_applicable"),
]


@pytest.mark.parametrize(("source", "printed", "expected"), SOURCES)
def test_source(source, printed, expected):
    assert outcome(check("app.source", label(f"STONE'S THROW\n\n\n{printed}", WINE, source, source=source))) == expected
