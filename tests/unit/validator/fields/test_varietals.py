import pytest

from services.validator.fields.passages import label_text
from services.validator.fields.varietals import GRAPES, grape_named, read_grapes, same_grape, split_grapes
from tests.common.named_labels import panels_of


def test_the_list_of_the_regulation_is_whole():
    first, last = grape_named("Aglianico"), grape_named("Zweigelt")

    assert (first, last, grape_named("gewurztraminer")) == ("Aglianico", "Zweigelt", "Gewürztraminer")
    assert len(GRAPES) > 347


LINES = [
    ("Cabernet\nSauvignon", ["Cabernet Sauvignon"]),
    ("86% CHARDONNAY\n14% VIOGNIER", ["Chardonnay", "Viognier"]),
    ("Concord", ["Concord"]),
    ("Elm Imports, Concord, NC", []),
    ("Our Merlot ripens late on the hills above the bay", []),
]


@pytest.mark.parametrize(("text", "names"), LINES)
def test_grapes_outside_prose_and_addresses(text, names):
    assert [statement.value for statement in read_grapes(label_text(panels_of(text)))] == names


def test_synonyms_are_one_grape():
    assert same_grape("Pinot Grigio", "Pinot gris")
    assert same_grape("Shiraz", "SYRAH")
    assert not same_grape("Merlot", "Malbec")


def test_lists_are_split():
    assert split_grapes("60% Merlot / 40% Syrah") == ("Merlot", "Syrah")
