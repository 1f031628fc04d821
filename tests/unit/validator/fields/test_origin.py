import pytest

from services.validator.fields.names import read_names
from services.validator.fields.origin import OriginForm
from services.validator.fields.passages import label_text
from services.validator.submission import Application
from tests.common.named_labels import panels_of

LINES = [
    ("PRODUCT OF ITALY - L209-24", "Italy", OriginForm.PHRASE),
    ("PRODUCT OFUnited States", "United States", OriginForm.PHRASE),
    ("Product of Trinidad and Tobago", "Trinidad", OriginForm.PHRASE),
    ("Bottled by Cantina Olmo\nVerona - Italy", "Italy", OriginForm.AFTER_PLACE),
    ("Blended Scotch Whisky", "Scotland", OriginForm.ADJECTIVE),
    ("PROOUCT OF CANADA", "Canada", OriginForm.PHRASE),
    ("Produit de France - Product of France", "France", OriginForm.PHRASE),
]


@pytest.mark.parametrize(("text", "country", "form"), LINES)
def test_how_the_country_is_told(text, country, form):
    value = read_names(label_text(panels_of(text)), Application()).country_of_origin.value

    assert (value.country.name, value.form) == (country, form)


@pytest.mark.parametrize(
    "text",
    [
        "Taste of Italy",
        "a conduct of Italy",
        "made in New Mexico",
        "Aged in Irish Whiskey Barrels",
        "Mexican-style Lager",
        "Elm Winery, Tate, Georgia",
    ],
)
def test_what_is_no_origin(text):
    assert read_names(label_text(panels_of(text)), Application()).country_of_origin is None
