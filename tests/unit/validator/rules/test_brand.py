import pytest

from tests.common.named_labels import IMPORTED, MALT, WINE, check, label, outcome

CASES = [
    ("malt.brand", "RIVER BEND\n\nLager", MALT, "pass"),
    ("malt.brand", "LAGER\n\nElm Brewing Co., Troy, NY", MALT, "pass"),
    ("malt.brand", "LAGER\n---\nBrewed by Elm Brewing Co., Troy, NY", MALT, "review"),
]


@pytest.mark.parametrize(("rule_id", "text", "product", "expected"), CASES)
def test_rulebook_examples(rule_id, text, product, expected):
    assert outcome(check(rule_id, label(text, product))) == expected


def test_a_brand_is_missing_only_on_complete_panels():
    subject = label("CHARDONNAY", WINE, IMPORTED, complete=False)

    assert outcome(check("wine.brand", subject)) == "review"
