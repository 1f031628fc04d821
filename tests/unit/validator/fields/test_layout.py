from services.common.page import Line, Page, rectangle
from services.validator.fields.layout import blocks, looks, page_rows
from tests.common.labels import line


def _texts(page: Page, turn: int = 0) -> list[list[str]]:
    return [[flat.line.text for flat in row] for row in page_rows(page, turn)]


def test_columns_are_blocks_of_their_own() -> None:
    left = [line(f"left {row}", left=0, top=30 * row) for row in range(3)]
    right = [line(f"right {row}", left=400, top=30 * row + 10) for row in range(3)]

    found = blocks(Page(600, 100, (*right, *left)))

    assert [block.text for block in found] == ["left 0\nleft 1\nleft 2", "right 0\nright 1\nright 2"]


def test_a_neighbour_half_a_line_lower_does_not_tie_two_rows_together() -> None:
    """Found on a label whose address stood half a line lower beside the warning."""
    lines = (line("first", top=0), line("second", top=20), line("beside", left=80, top=10))

    rows = _texts(Page(300, 100, lines))

    assert [row[0] for row in rows if row[0] != "beside"] == ["first", "second"]


def test_pieces_of_one_row_read_from_left_to_right() -> None:
    lines = (line("three", left=300, top=3), line("one", top=2), line("two", left=100, top=0))

    assert _texts(Page(400, 50, lines)) == [["one", "two", "three"]]


def test_text_that_reads_downwards_is_ordered_in_its_own_direction() -> None:
    """Reading downwards, the first line stands furthest to the right."""
    first = Line("first", 0.9, rectangle(60, 0, 80, 200), 90.0)
    second = Line("second", 0.9, rectangle(30, 0, 50, 200), 90.0)

    assert _texts(Page(100, 300, (second, first)), turn=90) == [["first"], ["second"]]


def test_text_that_reads_upwards_is_ordered_in_its_own_direction() -> None:
    first = Line("first", 0.9, rectangle(30, 0, 50, 200), 270.0)
    second = Line("second", 0.9, rectangle(60, 0, 80, 200), 270.0)

    assert _texts(Page(100, 300, (second, first)), turn=270) == [["first"], ["second"]]


def test_each_look_has_blocks_of_its_own() -> None:
    page = Page(300, 100, (line("once"), line("once", look=1)))

    assert looks(page) == (0, 1)
    assert [block.text for block in blocks(page, 1)] == ["once"]


def test_blocks_hold_the_lines_of_the_page_that_was_asked_for() -> None:
    """Callers find lines by identity; an equal page that was seen before must not lend its own."""
    first, second = (Page(300, 100, (line("once"),)) for _ in range(2))
    blocks(first)
    assert blocks(second)[0].lines[0] is second.lines[0]
