import pytest

from services.validator.fields.address_grammar import parse_name_and_address, without_suffix
from services.validator.fields.name_address import chosen_address, is_doubtful, read_names_and_addresses
from services.validator.fields.passages import label_text
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


WHOLE = [
    (
        "BREWED AND KEGGED BY\nELM BREWING\n20 5TH AVENUE SOUTH\nBOISE, ID 83701",
        "brewed and kegged by ELM BREWING, 20 5TH AVENUE SOUTH, BOISE, Idaho",
    ),
    (
        "Bottled by Elm Cellars\nMt. Vernon, OH\n43050\nfor\nGolden Elm",
        "bottled by Elm Cellars, Mt. Vernon, Ohio for Golden Elm",
    ),
    ("1PINT\nELMBREWING\nELMBREWING.COM\n12 N Mill St, Reno, NV", "12 N Mill St, Reno, Nevada"),
    ("SHAKE THE BOTTLE\nBottled By\nELM\nRENO, NV", "bottled by ELM, RENO, Nevada"),
]


@pytest.mark.parametrize(("text", "shown"), WHOLE)
def test_the_statement_is_shown_as_a_whole(text, shown):
    assert read_names_and_addresses(label_text(panels_of(text)))[0].value.shown == shown


@pytest.mark.parametrize(
    "text",
    [
        "Elm grew from a very small\nbrewery in Reno, NV",
        "PRODUCED AND BOTTLED BY\nOLMO VERDE AZ. AGR.\nLUCCA",
        "ELM SELECTIONS, IN",
    ],
)
def test_what_is_no_united_states_place(text):
    assert not [s for s in read_names_and_addresses(label_text(panels_of(text))) if s.value.in_the_united_states]


def test_the_end_of_a_statement_is_no_second_one():
    (statement,) = read_names_and_addresses(label_text(panels_of("Produced and\nbottled by Elm\nReno, NV")))

    assert statement.value.function == "produced and bottled by"


def test_the_claimed_statement_is_shown_first():
    text = "Imported by Elm Imports, Miami, FL\n\n\nBottled by Oak Cellars, Reno, NV"
    read = read_names_and_addresses(label_text(panels_of(text)))
    claimed = parse_name_and_address("Oak Cellars, Reno, NV")

    assert chosen_address(read, None).value.name == "Elm Imports"
    assert chosen_address(read, claimed).value.name == "Oak Cellars"


def test_a_name_apart_from_its_phrase_is_doubtful():
    read = read_names_and_addresses(label_text(panels_of("IMPORTED BY:\n\n\n\nO&K\nRENO, NV")))
    chosen = chosen_address(read, None)

    assert is_doubtful(chosen.value, read)
    assert not is_doubtful(chosen.value, [chosen])


def test_the_applications_form_drops_street_and_zip():
    value = parse_name_and_address("ABC Distilling Company, Inc., 1 Main St, Austin, TX 78701")

    assert (without_suffix(value.name), value.city, value.state) == ("abc distilling", "Austin", "Texas")
