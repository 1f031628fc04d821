import pytest

from tests.common.named_labels import DOMESTIC, IMPORTED, MALT, SPIRITS, WINE, check, label, outcome

CASES = [
    ("wine.name-address.domestic", "PRODUCED AND BOTTLED\nBY ELM ACRES - LEE, MAINE", "pass"),
    ("wine.name-address.domestic", "Vinted and Bottled by:\nElm Winery, Mitchell,\nIN 812-555-0100", "pass"),
    ("wine.name-address.domestic", "Red Wine", "violation"),
    ("wine.name-address.imported", "Importedby:\nVINE IMPORTS\nDALY CITY. CA", "pass"),
    ("wine.name-address.imported", "Imported by Vine Imports Concord CA", "pass"),
    ("spirits.name-address.domestic", "Bottled By:Elm 360 Spirits CO.\nFort Worth Texas", "pass"),
    ("spirits.name-address.domestic", "Produced for XYZ Cocktails, Verona, WI", "review"),
    ("malt.name-address.domestic", "River Bend Brewing Co., Bend, OR", "pass"),
    ("malt.name-address.domestic", "Brewed and canned by XYZ Beer, Dayton, Ohio", "pass"),
    ("malt.name-address.domestic", "River Bend Brewing Co.", "violation"),
    ("malt.name-address.domestic", "www.riverbend.example", "violation"),
    ("malt.name-address.domestic", "Brewed for Z Markets, Boise, ID", "violation"),
    ("malt.name-address.imported", "Importer: XYZ Beverages, Dallas, Texas", "pass"),
    ("malt.name-address.imported", "Imported by Euro Beer Inc., Chicago, IL", "pass"),
    ("malt.name-address.imported", "Brewed by Olm, Munich", "violation"),
    ("malt.name-address.imported", "Imported by Euro Beer Inc.", "violation"),
]
PRODUCTS = {"wine": WINE, "spirits": SPIRITS, "malt": MALT}


@pytest.mark.parametrize(("rule_id", "text", "expected"), CASES)
def test_rulebook_examples(rule_id, text, expected):
    origin = IMPORTED if rule_id.endswith("imported") else DOMESTIC
    subject = label(f"STONE'S THROW\n\n{text}", PRODUCTS[rule_id.split(".")[0]], origin)

    assert outcome(check(rule_id, subject)) == expected


def test_what_may_stand_on_another_panel_is_no_violation():
    subject = label("STONE'S THROW\n\nBottled by Elm Winery", WINE, complete=False)

    assert outcome(check("wine.name-address.domestic", subject)) == "review"


def test_an_unknown_origin_is_never_a_pass():
    subject = label("STONE'S THROW\n\nBottled by Elm Winery, Lodi, CA", WINE, None)

    assert outcome(check("wine.name-address.domestic", subject)) == "not_checkable"
