import pytest

from services.validator.fields.class_type import code_named, designation_of, is_code_without_set, read_designations
from services.validator.fields.passages import label_text
from tests.common.named_labels import panels_of

PRINTED = [
    ("Kentucky Straight Bourbon Whiskey", "Kentucky Straight Bourbon Whiskey", "whisky", False),
    ("Blanco Agave Spirit", "Blanco Agave Spirit", "agave spirits", False),
    ("Cherry Sour Ale", "Cherry Sour Ale", "ale", False),
    ("RED\nWINE", "RED WINE", "grape wine", False),
    ("RED WINE - PRODUCT OF ITALY", "RED WINE", "grape wine", False),
    ("KENTUCKY STRAIGHT\nBOURBON WHISKEY", "KENTUCKY STRAIGHT BOURBON WHISKEY", "whisky", False),
    ("AMERICAN\nSINGLE MALT\nWHISKEY", "AMERICAN SINGLE MALT WHISKEY", "whisky", False),
    ("AMERICAN\nTABLE WINE", "TABLE WINE", "grape wine", False),
    ("Vienna-type lager", "Vienna-type lager", "lager", False),
    ("CHABLIS\n\n\nWHITE WINE", "WHITE WINE", "grape wine", False),
    ("Vodka with natural flavors", "Vodka with natural flavors", "neutral spirits", True),
]


@pytest.mark.parametrize(("text", "phrase", "family", "composition"), PRINTED)
def test_the_longest_designation_with_its_modifiers(text, phrase, family, composition):
    value = read_designations(label_text(panels_of(text)))[0].value

    assert (value.phrase, value.family.name, value.composition) == (phrase, family, composition)


@pytest.mark.parametrize(
    "text",
    [
        "Imported by Elm Wine Merchants, Reno, NV",
        "Aged in Irish Whiskey Barrels",
        "we love this wine and the people who make it",
        "Bourbon Barrel",
        "ELM WINES",
        "IT IS FOR THE MILLERS OF THE VALLEY AND THEIR\nSTRAIGHT RYE WHISKEY.",
        "Full of dark berries and a little\nspice this red wine goes with stew",
        "E X PO R T S",
    ],
)
def test_what_is_no_designation(text):
    assert [
        s.value.phrase for s in read_designations(label_text(panels_of(text))) if s.value.name not in {"wine"}
    ] == []


def test_codes():
    assert code_named("table red wine").colour == "red"
    assert "sparkling" in code_named("table red wine").excludes
    assert code_named("Red Wine") is None
    assert is_code_without_set("OTHER SPECIALTIES & PROPRIETARIES")
    assert designation_of("Tennessee Whiskey").family.name == "whisky"
    assert designation_of("Stone's Throw") is None
