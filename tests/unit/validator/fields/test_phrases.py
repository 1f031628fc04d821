from services.validator.fields.passages import key_of, label_text
from services.validator.fields.phrases import find, is_prose, statements
from tests.common.labels import line, page, panels
from tests.common.named_labels import panels_of


def sightings(text, phrase):
    return [s for p in label_text(panels_of(text)).passages for s in find(p, key_of(phrase))]


def test_a_phrase_is_found_over_a_line_break_and_with_lost_spaces():
    assert sightings("CABERNET\nSAUVIGNON", "Cabernet Sauvignon")
    assert sightings("MARQUES DEOLMO", "Marques de Olmo")


def test_a_part_of_a_word_is_no_phrase():
    assert not sightings("ELMGROVE", "Elm")


def test_columns_are_not_mixed():
    left = [line("BOTTLED BY", left=0, top=0), line("ELM WINERY", left=0, top=30)]
    right = [line("CONTAINS", left=600, top=0), line("SULFITES", left=600, top=30)]
    sheet = page()
    sheet = type(sheet)(1000, 100, (*left, *right))

    texts = [passage.text for passage in label_text(panels(sheet)).passages]

    assert "BOTTLED BY\nELM WINERY" in texts
    assert "CONTAINS\nSULFITES" in texts


def test_looks_at_one_place_make_one_statement_as_sure_as_the_second_of_them():
    sheet = page(looks=1)
    first, second = line("ELM", confidence=0.99), line("ELM", confidence=0.93, look=1)
    sheet = type(sheet)(1000, 100, (first, second))
    found = [(s, s.key) for p in label_text(panels(sheet)).passages for s in find(p, "elm")]

    (statement,) = statements(found)

    assert (statement.alike, statement.confidence) == (2, 0.93)


def test_the_same_words_at_two_places_are_two_statements():
    found = [(s, s.key) for s in sightings("ELM\n\n\nELM", "elm")]

    assert [statement.alike for statement in statements(found)] == [2, 2]


def test_prose_is_told_from_names():
    (name,) = label_text(panels_of("ELM HILL CELLARS OF LODI", looks=1)).passages
    (prose,) = label_text(panels_of("our grapes grow on the hills above the old river", looks=1)).passages

    assert not is_prose(name)
    assert is_prose(prose)
