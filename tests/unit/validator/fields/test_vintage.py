import pytest

from services.validator.fields.passages import label_text
from services.validator.fields.vintage import read_vintages
from tests.common.named_labels import panels_of

LINES = [
    ("2021", [2021]),
    ("-2024-", [2024]),
    ("WHITE WINE VINTAGE 2017", [2017]),
    ("Est. 1987", []),
    ("Since 1987", []),
    ("Bottled in 2023", []),
    ("Our 2012 wine is made with fruit from our own hills", []),
    ("6 1987 20210 55501", []),
    ("2000 ML", []),
]


@pytest.mark.parametrize(("text", "years"), LINES)
def test_years_that_may_be_vintages(text, years):
    assert [statement.value for statement in read_vintages(label_text(panels_of(text)))] == years
