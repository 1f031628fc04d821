"""What a crop cut is told from what it shows whole."""

import pytest

from services.common.page import Page, rectangle
from services.validator.fields.second_look import Place, is_cut

PAGE = Page(1000, 500, ())
PLACE = Place(0, 100, 0, 1000, 200)

LINES = [
    ((300, 50, 600, 80), False),
    ((101, 50, 600, 80), True),
    ((300, 180, 600, 200), True),
    ((300, 0, 1000, 30), False),
]


@pytest.mark.parametrize(("box", "cut"), LINES)
def test_a_line_at_an_edge_inside_the_page_may_be_cut(box, cut):
    assert is_cut(rectangle(*box), PLACE, PAGE) is cut
