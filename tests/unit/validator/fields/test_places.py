import pytest

from services.validator.fields.places import country_named, places_in, state_named

PRINTED = [
    ("Concord CA", "Concord", "California"),
    ("Albany-NY - 12207", "Albany", "New York"),
    ("in Reno, Nevada", "Reno", "Nevada"),
    ("Miami (FL) 33101", "Miami", "Florida"),
    ("Dayton, Ohio, 45402", "Dayton", "Ohio"),
    ("ELM WINERY LIVERMORE, CA", "LIVERMORE", "California"),
    ("Elm Wines Inc. Stamford, CT", "Stamford", "Connecticut"),
    ("ELM IMPORTS INC. Delray Beach (FL)", "Delray Beach", "Florida"),
    ("Elm Winery, Mitchell,\nIN 812-555-0100", "Mitchell", "Indiana"),
    ("1666 1ST AVENUE NORTH\nFARGO, ND 58102", "FARGO", "North Dakota"),
    ("Elm Brewing 1666 1st Avenue North Fargo, ND 58102", "Fargo", "North Dakota"),
    ("Elm Society Co., Pendergrass, GA.", "Pendergrass", "Georgia"),
    ("ELM U.S. INC, ASTORIA OR 97103", "ASTORIA", "Oregon"),
    ("new york, ny", "new york", "New York"),
    ("ELM, NEW YORK, NY", "NEW YORK", "New York"),
    ("DALY CITY. CA", "DALY CITY", "California"),
    ("Mt. Airy, NC\n27030", "Mt. Airy", "North Carolina"),
]


@pytest.mark.parametrize(("text", "city", "state"), PRINTED)
def test_city_and_state_as_labels_print_them(text, city, state):
    (place,) = places_in(text)

    assert (place.city, place.state) == (city, state)


@pytest.mark.parametrize(
    "text",
    [
        "CA CRV",
        "IA 5c ME 15c",
        "made in New Mexico",
        "PRODUCT OF FRANCE",
        "Elm Co",
        "sweet or dry",
        "DE RAISINS\nDE OLMO",
    ],
)
def test_what_is_no_address(text):
    assert places_in(text) == ()


def test_states_are_known_by_full_name_and_postal_form_only():
    assert state_named("N.Y.") == "New York"
    assert state_named("Fl") == "Florida"
    assert state_named("Calif.") is None


def test_countries_are_known_in_english_and_their_own_language():
    assert country_named("Republic of Korea").name == "South Korea"
    assert country_named("Österreich").name == "Austria"
    assert country_named("Scotland").same(country_named("United Kingdom"))
    assert not country_named("Spain").same(country_named("Italy"))
