import pytest

from services.validator.submission import Application
from tests.common.named_labels import DOMESTIC, IMPORTED, SPIRITS, WINE, check, label, outcome

COUNTRIES = [
    ("PRODUCT OFItaly", "pass"),
    ("Wine of Chile", "pass"),
    ("VALLE DE OLMO - CHILE", "pass"),
    ("PRODUCT\nOF ITALY", "pass"),
    ("Mexican beer", "review"),
    ("Wein aus Österreich", "review"),
]


@pytest.mark.parametrize(("text", "expected"), COUNTRIES)
def test_imports_name_their_country(text, expected):
    assert outcome(check("common.country-of-origin", label(f"STONE'S THROW\n\n{text}", WINE, IMPORTED))) == expected


def test_a_country_is_missing_only_on_complete_panels():
    subject = label("STONE'S THROW", WINE, IMPORTED, complete=False)

    assert outcome(check("common.country-of-origin", subject)) == "review"


CONSISTENT = [
    ("Product of Scotland", "United Kingdom", IMPORTED, "pass"),
    ("Taste of Italy", "", DOMESTIC, "not_applicable"),
    ("Product of California", "", DOMESTIC, "pass"),
    ("made in New Mexico", "", DOMESTIC, "not_applicable"),
    ("oak imported from France", "", DOMESTIC, "not_applicable"),
]


@pytest.mark.parametrize(("text", "country", "source", "expected"), CONSISTENT)
def test_origin_contradicts_nothing(text, country, source, expected):
    application = Application(country_of_origin=country)
    subject = label(f"STONE'S THROW\n\n{text}", SPIRITS, source, application=application, source=source)

    assert outcome(check("common.origin-consistent", subject)) == expected


def test_a_contradiction_read_once_asks_for_a_person():
    application = Application(country_of_origin="Chile")
    subject = label("STONE'S THROW\n\nProduct of Argentina", WINE, IMPORTED, application=application, looks=1)

    assert outcome(check("common.origin-consistent", subject)) == "review"
