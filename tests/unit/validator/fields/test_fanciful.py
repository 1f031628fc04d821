"""The fanciful name without an application: shown for a person to judge, and only beside a brand."""

import pytest

from services.common.page import Page
from services.validator.fields.model import FieldName, FieldState
from services.validator.fields.names import read_names
from services.validator.fields.names_fields import names_fields
from services.validator.fields.passages import label_text
from services.validator.submission import Application
from tests.common.labels import panels
from tests.unit.validator.fields.test_brand import drawn

BRAND = drawn("STONE'S THROW", 40, 60)
ADDRESS = drawn("Bottled by Stone's Throw Cellars, Napa, CA", 600, 16)


def fanciful(*lines, application=None):
    text = label_text(panels(Page(1000, 800, (BRAND, ADDRESS, *lines))))
    reading = read_names(text, application or Application())
    return next(field for field in names_fields(reading) if field.name is FieldName.FANCIFUL_NAME)


def test_another_prominent_name_is_shown_but_not_as_surely_read():
    field = fanciful(drawn("NIGHT OWL", 300, 50), drawn("MERLOT", 400, 40))

    assert (field.value, field.state) == ("NIGHT OWL", FieldState.UNSURE)


@pytest.mark.parametrize(
    "other", ["CHARDONNAY", "NAPA VALLEY", "STONES THROVV", "Elm Hill Winery", "a love for wine", "750mle"]
)
def test_other_items_are_no_fanciful_name(other):
    assert fanciful(drawn(other, 300, 50)).value == ""


def test_small_print_is_no_fanciful_name():
    assert fanciful(drawn("NIGHT OWL", 300, 20)).value == ""


def test_an_application_without_one_says_that_there_is_none():
    application = Application(brand_name="Stone's Throw")

    assert fanciful(drawn("NIGHT OWL", 300, 50), application=application).value == ""
