from services.common.page import bounds
from services.validator.fields.model import FieldName, FieldState
from services.validator.fields.names import read_names
from services.validator.fields.names_fields import names_fields
from services.validator.fields.names_looks import names_second_looks
from services.validator.fields.passages import label_text
from services.validator.submission import Application
from tests.common.named_labels import panels_of

TEXT = """STONE'S THROW


MERLOT


NAPA VALLEY


2021


Produced and bottled by Elm Winery, Napa, CA"""


def read(text, application=None, **how):
    found = panels_of(text, **how)
    return found, read_names(label_text(found), application or Application())


def test_the_fields_stand_in_the_order_of_the_answer():
    _, reading = read(TEXT, Application(brand_name="Stone's Throw"))
    fields = {field.name: field for field in names_fields(reading)}

    assert list(fields) == [name for name in FieldName if name in fields]
    assert fields[FieldName.BRAND_NAME].state is FieldState.READ
    assert fields[FieldName.NAME_AND_ADDRESS].value == "produced and bottled by Elm Winery, Napa, California"
    assert [fields[name].value for name in (FieldName.APPELLATION, FieldName.VINTAGE, FieldName.VARIETALS)] == [
        "Napa Valley",
        "2021",
        "Merlot",
    ]


def test_nothing_is_invented():
    _, reading = read("")

    assert {field.state for field in names_fields(reading)} == {FieldState.NOT_ON_IMAGES}


def test_a_reading_that_differs_is_looked_at_again_once():
    application = Application(brand_name="Stone's Throne", vintage="2020")
    found, reading = read(TEXT, application, looks=1)
    places = names_second_looks(found, reading, application, 1)

    assert len(places) == len({"close crop of the name", "wide crop of the name", "vintage"})
    assert all(place.scale == 2.0 for place in places)
    assert names_second_looks(found, reading, application, 2) == ()


def test_a_sure_reading_that_agrees_needs_no_second_look():
    application = Application(brand_name="Stone's Throw", vintage="2021")
    found, reading = read(TEXT, application, looks=1)

    assert names_second_looks(found, reading, application, 1) == ()


def test_a_name_in_display_lettering_is_looked_at_with_room_for_lost_letters():
    found, reading = read("NIC\n\n\nMERLOT\n\n\n2021", looks=1)
    left, top, right, bottom = bounds(reading.brand_candidates[0].statement.evidence[0].polygon)
    close, closer = names_second_looks(found, reading, Application(), 1)

    assert all(place.left < left - 20 and place.right > right + 20 for place in (close, closer))
    assert close.top < closer.top < top
    assert bottom < closer.bottom < close.bottom


def test_never_more_than_five_places_beside_those_of_names_in_display_lettering():
    application = Application(
        brand_name="Stone's Throne",
        fanciful_name="Napa Valet",
        class_type="Merlon",
        name_and_address="Bottled by Elm Wines, Reno, NV",
        appellation="Napa Valleys",
        vintage="1999",
        varietals="Marlot",
    )
    found, reading = read(TEXT, application, looks=1, confidence=0.5)

    assert len(names_second_looks(found, reading, application, 1)) == 5 + len({"brand", "fanciful"}) * 2


def test_what_contradicts_the_application_is_looked_at_again():
    application = Application(
        brand_name="Stone's Throw", appellation="Sonoma Valley", name_and_address="Elm Winery, Reno, NV"
    )
    found, reading = read(TEXT, application, looks=1)
    places = names_second_looks(found, reading, application, 1)

    for statement in (reading.appellation, reading.name_and_address):
        left, top, right, bottom = bounds(statement.evidence[0].polygon)
        assert any(p.left <= left and p.top <= top and p.right >= right and p.bottom >= bottom for p in places)
    assert len(places) == 2


def test_a_designation_that_promises_a_strength_is_looked_at_again():
    text = "STONE'S THROW\n\n\nRUM\n\n\nBottled by Elm Spirits, Reno, NV"
    found, reading = read(text, Application(brand_name="Stone's Throw"), looks=1)

    assert len(names_second_looks(found, reading, Application(), 1)) == 1


def test_a_word_of_another_drink_beside_the_class_is_no_neutral_word():
    _, reading = read("PEACH CIDER PUNCH", Application(class_type="Peach Cider"))

    assert not reading.class_match.found
