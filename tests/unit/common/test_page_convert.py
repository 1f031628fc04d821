"""Pages survive the way through protobuf."""

from services.common.page import Line, Page, Word, rectangle
from services.common.page_convert import page_from_proto, page_to_proto


def test_a_page_survives_the_wire() -> None:
    word = Word("WARNING", 0.5, rectangle(1, 2, 3, 4))
    measured = Line("WARNING", 0.75, rectangle(1, 2, 3, 4), 270.0, (word,), "tesseract", 12.5, 1.5, 4.5, look=2)
    page = Page(640, 480, (measured, Line("not measured", 0.25)))
    assert page_from_proto(page_to_proto(page)) == page
