import pytest

from services.validator.fields.appellation import (
    AppellationKind,
    appellation_named,
    chosen_appellation,
    read_appellations,
)
from services.validator.fields.known_names import match_name
from services.validator.fields.passages import label_text
from tests.common.named_labels import panels_of

PRINTED = [
    ("Napa Valley", "Napa Valley", AppellationKind.VITICULTURAL_AREA),
    ("CENTRAL COAST | CA", "Central Coast", AppellationKind.VITICULTURAL_AREA),
    ("Yadkin Valley Appellation", "Yadkin Valley", AppellationKind.VITICULTURAL_AREA),
    ("SONOMA COUNTY", "SONOMA COUNTY", AppellationKind.COUNTY),
    ("CALIFORNIA", "California", AppellationKind.STATE),
    ("VALLE VERDE\nDENOMINAZIONE DI ORIGINE PROTETTA", "VALLE VERDE", AppellationKind.FOREIGN),
    ("Vino de la Tierra de Olmo", "Olmo", AppellationKind.FOREIGN),
    ("White Wine of Collio", "Collio", AppellationKind.FOREIGN),
    ("PRODUCT OF CHILE - MAIPO VALLEY", "Maipo Valley", AppellationKind.FOREIGN),
    ("Terre Verdi IGP", "Terre Verdi", AppellationKind.FOREIGN),
    ("VALLE DE OLMO - CHILE", "VALLE DE OLMO", AppellationKind.FOREIGN),
]


@pytest.mark.parametrize(("text", "name", "kind"), PRINTED)
def test_appellations_as_labels_print_them(text, name, kind):
    value = read_appellations(label_text(panels_of(text)))[0].value

    assert (value.name, value.kind) == (name, kind)


@pytest.mark.parametrize(
    "text",
    [
        "Elm Winery\nReno, Nevada",
        "Produced and bottled by\nCantina Olmo\nCasale Verde (PV) - Italy",
        "Abfüller: Ulme KG, A-1234 Grünau/Austria",
        "THE UNIVERSITY OF NEVADA",
        "Q U Xyl DOC",
    ],
)
def test_what_is_no_appellation(text):
    assert read_appellations(label_text(panels_of(text))) == ()


def test_the_applications_appellation_is_shown_when_the_label_prints_it():
    text = "COLLIO\n\n\nOLMO VERDE"
    match = match_name(label_text(panels_of(text)), "Olmo Verde")
    chosen = chosen_appellation(read_appellations(label_text(panels_of(text))), match)

    assert chosen.value.name == "OLMO VERDE"


def test_an_added_state_changes_nothing():
    assert appellation_named("Napa Valley, California") == appellation_named("NAPA VALLEY")
