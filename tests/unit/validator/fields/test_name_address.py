import pytest

from services.validator.fields.name_address import parse_name_and_address, read_names_and_addresses, without_suffix
from services.validator.fields.phrases import label_text
from tests.common.named_labels import panels_of

PRINTED = [
    ("Bottled By:Elm 360 Brewery CO.\nFort Worth Texas", "bottled by", "Elm 360 Brewery CO", "Fort Worth", "Texas"),
    ("Importedby: ELM IMPORTS,NAPA,CA", "imported by", "ELM IMPORTS", "NAPA", "California"),
    ("MADE AND BOTTLED BY\n3 ELMS WINERY LODI, CA", "made and bottled by", "3 ELMS WINERY", "LODI", "California"),
    (
        "BOTTLED BY\nELM DISTILLING\nIN HOUSTON, TEXAS, USA FOR HERON",
        "bottled by",
        "ELM DISTILLING",
        "HOUSTON",
        "Texas",
    ),
    ("Brewed and canned at ELM CELLARS - COLUMBIA, MD", "brewed and canned at", "ELM CELLARS", "COLUMBIA", "Maryland"),
    ("Elm Brewing Co., Bend, OR", "", "Elm Brewing Co", "Bend", "Oregon"),
]


@pytest.mark.parametrize(("text", "function", "name", "city", "state"), PRINTED)
def test_statements_as_labels_print_them(text, function, name, city, state):
    value = read_names_and_addresses(label_text(panels_of(text)))[0].value

    assert (value.function, value.name, value.city, value.state) == (function, name, city, state)


def test_producer_and_importer_are_two_statements():
    text = "Produced and bottled by Cantina Olmo\nVerona - Italy\nImported by Elm Imports, Miami, FL"
    values = [statement.value for statement in read_names_and_addresses(label_text(panels_of(text)))]

    assert any(value.importer and value.state == "Florida" for value in values)
    assert any(not value.importer and value.country.name == "Italy" for value in values if value.country)


def test_bottled_for_names_somebody_else():
    (statement,) = read_names_and_addresses(label_text(panels_of("Bottled for Elm Markets, Boise, ID", looks=1)))

    assert not statement.value.does("bottled")


def test_the_applications_form_drops_street_and_zip():
    value = parse_name_and_address("ABC Distilling Company, Inc., 1 Main St, Austin, TX 78701")

    assert (without_suffix(value.name), value.city, value.state) == ("abc distilling", "Austin", "Texas")
