import pytest

from services.validator.fields.appellation import AppellationKind, appellation_named, read_appellations
from services.validator.fields.phrases import label_text
from tests.common.named_labels import panels_of

PRINTED = [
    ("Napa Valley", "Napa Valley", AppellationKind.VITICULTURAL_AREA),
    ("CENTRAL COAST | CA", "Central Coast", AppellationKind.VITICULTURAL_AREA),
    ("Yadkin Valley Appellation", "Yadkin Valley", AppellationKind.VITICULTURAL_AREA),
    ("SONOMA COUNTY", "SONOMA COUNTY", AppellationKind.COUNTY),
    ("CALIFORNIA", "California", AppellationKind.STATE),
    ("VALLE VERDE\nDENOMINAZIONE DI ORIGINE PROTETTA", "VALLE VERDE", AppellationKind.FOREIGN),
    ("Terre Verdi IGP", "Terre Verdi", AppellationKind.FOREIGN),
    ("VALLE DE OLMO - CHILE", "VALLE DE OLMO", AppellationKind.FOREIGN),
]


@pytest.mark.parametrize(("text", "name", "kind"), PRINTED)
def test_appellations_as_labels_print_them(text, name, kind):
    value = read_appellations(label_text(panels_of(text)))[0].value

    assert (value.name, value.kind) == (name, kind)


def test_an_address_is_no_appellation():
    assert read_appellations(label_text(panels_of("Elm Winery\nReno, Nevada"))) == ()


def test_an_added_state_changes_nothing():
    assert appellation_named("Napa Valley, California") == appellation_named("NAPA VALLEY")
