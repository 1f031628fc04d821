from services.common.page import Line, Word, rectangle
from services.validator.fields.print_look import unseen


def line(text: str, left: int, top: int, confidence: float = 0.9, engine: str = "tesseract") -> Line:
    return Line(text, confidence, rectangle(left, top, left + 100, top + 20), engine=engine)


def test_only_text_that_the_main_engine_did_not_see_is_added() -> None:
    main = (line("STONE'S THROW", 0, 0, engine="rapidocr"),)
    seen_too = line("STONES THROW", 5, 2)
    new = line("Estate Bottled", 0, 60)
    unsure = line("lIl|l", 0, 100, confidence=0.4)
    specks = line("~ .", 0, 140)

    assert unseen(main, (seen_too, new, unsure, specks)) == (new,)


def test_a_line_across_columns_is_seen_where_its_words_are() -> None:
    main = (line("STONE'S THROW", 0, 0, engine="rapidocr"),)
    words = (Word("STONE'S", 0.9, rectangle(0, 0, 45, 20)), Word("THROW", 0.9, rectangle(55, 0, 100, 20)))
    noise = Word("Cc", 0.9, rectangle(700, -40, 780, 60))
    across = Line("STONE'S THROW Cc", 0.9, rectangle(0, -40, 780, 60), words=(*words, noise), engine="tesseract")

    assert unseen(main, (across,)) == ()
